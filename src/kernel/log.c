/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fetches the raw bytes of the kernel's log, in few reads; what they mean is
 * known to log_decode.c.
 */
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/kernel.h"
#include "kernel/log.h"

enum { PRB, LOG_BUF, LOG_BUF_LEN, LOG_END, LOG_FIRST_IDX, LOG_NEXT_IDX, LOG_FIRST_SEQ };

#define PRINTK "vprintk_emit|vprintk|printk"

const struct vmatlas_need log_symbols[] = {
	[PRB]		= VMATLAS_WANT_SYMBOL("prb"),
	[LOG_BUF]	= { "log_buf", NULL, NULL,
			    VMATLAS_NEED_OPTIONAL | VMATLAS_NEED_POINTER, 0 },
	[LOG_BUF_LEN]	= VMATLAS_WANT_SYMBOL("log_buf_len"),
	[LOG_END]	= VMATLAS_WANT_SYMBOL("log_end"),
	[LOG_FIRST_IDX]	= VMATLAS_WANT_SYMBOL("log_first_idx"),
	[LOG_NEXT_IDX]	= VMATLAS_WANT_SYMBOL("log_next_idx"),
	[LOG_FIRST_SEQ]	= VMATLAS_WANT_SYMBOL("log_first_seq"),
	/* The functions whose files define the types below. */
	VMATLAS_WANT_SYMBOL("vprintk_emit"),
	VMATLAS_WANT_SYMBOL("vprintk"),
	VMATLAS_WANT_SYMBOL("printk"),
};
const size_t nr_log_symbols = ARRAY_SIZE(log_symbols);

enum {
	RB, COUNT_BITS, DESCS, INFOS, HEAD_ID, TAIL_ID, SIZE_BITS, DATA, HEAD_LPOS,
	TAIL_LPOS, DESC, DESC_STATE, DESC_BEGIN, DESC_NEXT, INFO, INFO_SEQ, INFO_TS,
	INFO_TEXT_LEN, INFO_FACILITY, INFO_CALLER, NR_RING,
};

#define RING(m)  VMATLAS_NEED_MEMBER("printk_ringbuffer", m, PRINTK)
#define DESCR(m) VMATLAS_NEED_MEMBER("prb_desc", m, PRINTK)
#define INF(m)   VMATLAS_NEED_MEMBER("printk_info", m, PRINTK)

static const struct vmatlas_need ring_needs[NR_RING] = {
	[RB]		= RING(""),
	[COUNT_BITS]	= RING("desc_ring.count_bits"),
	[DESCS]		= RING("desc_ring.descs"),
	[INFOS]		= RING("desc_ring.infos"),
	[HEAD_ID]	= RING("desc_ring.head_id"),
	[TAIL_ID]	= RING("desc_ring.tail_id"),
	[SIZE_BITS]	= RING("text_data_ring.size_bits"),
	[DATA]		= RING("text_data_ring.data"),
	[HEAD_LPOS]	= RING("text_data_ring.head_lpos"),
	[TAIL_LPOS]	= RING("text_data_ring.tail_lpos"),
	[DESC]		= DESCR(""),
	[DESC_STATE]	= DESCR("state_var"),
	[DESC_BEGIN]	= DESCR("text_blk_lpos.begin"),
	[DESC_NEXT]	= DESCR("text_blk_lpos.next"),
	[INFO]		= INF(""),
	[INFO_SEQ]	= INF("seq"),
	[INFO_TS]	= INF("ts_nsec"),
	[INFO_TEXT_LEN]	= INF("text_len"),
	[INFO_FACILITY]	= INF("facility"),
	[INFO_CALLER]	= INF("caller_id"),
};

void log_free(struct printk_log *log)
{
	if (!log)
		return;
	vec_done(&log->records);
	str_done(&log->text);
	free(log);
}

static const struct vmatlas_need *missing(const struct vmatlas_need *needs, size_t nr,
					  const struct resolved *res, size_t optional)
{
	for (size_t i = 0; i < nr; i++)
		if (!res[i].found && i != optional)
			return &needs[i];
	return NULL;
}

static struct vmatlas_error *resolve(struct kernel *k, const struct vmatlas_need *needs,
				     size_t nr, size_t optional, struct resolved *res)
{
	struct vmatlas_error *err = needs_resolve(k, needs, nr, res);
	const struct vmatlas_need *lacks;
	_cleanup_(str_done) struct str name = { 0 };

	if (err)
		return err;
	lacks = missing(needs, nr, res, optional);
	if (!lacks)
		return NULL;
	need_describe(lacks, &name);
	return vmatlas_error_new(VMATLAS_ERROR_MISSING, "no %s in vmlinux", str_text(&name));
}

/* A member must lie in its record, and the record be of a sane size. */
static bool member_fits(const struct resolved *whole, const struct resolved *m,
			uint64_t at_least)
{
	return m->size >= at_least && m->offset <= whole->size &&
	       m->size <= whole->size - m->offset;
}

/*
 * A page that the dump does not hold costs the records on it, not the log: what
 * cannot be read stays zero, which no record is.
 */
static void read_pages(struct kernel *k, uint64_t addr, uint8_t *buf, uint64_t len,
		       struct printk_log *log)
{
	struct vmatlas_error *err = len ? kernel_read(k, addr, buf, len) : NULL;

	if (!err)
		return;
	vmatlas_error_free(err);
	memset(buf, 0, len);
	log->is_partial = true;
	for (uint64_t at = 0; at < len;) {
		uint64_t n = MIN(len - at, 4096 - ((addr + at) & 4095));

		err = kernel_read(k, addr + at, buf + at, n);
		if (err)
			memset(buf + at, 0, n);
		vmatlas_error_free(err);
		at += n;
	}
}

/* Bytes first..first+nr of a ring of @size bytes, each at its own place in @buf. */
static void read_turn(struct kernel *k, uint64_t addr, uint8_t *buf, uint64_t size,
		      uint64_t first, uint64_t nr, struct printk_log *log)
{
	uint64_t at = first % size;

	nr = MIN(nr, size);
	read_pages(k, addr + at, buf + at, MIN(nr, size - at), log);
	if (nr > size - at)
		read_pages(k, addr, buf, nr - (size - at), log);
}

/* ---- printk_rb ---- */

struct ring_buffers {
	uint8_t *descs, *infos, *text;
	uint64_t descs_at, infos_at, text_at, head_lpos, tail_lpos;
};

static void ring_buffers_done(struct ring_buffers *b)
{
	free(b->descs);
	free(b->infos);
	free(b->text);
}

static bool ring_layout(const struct kernel *k, const struct resolved *res,
			struct log_ring *r)
{
	uint32_t ptr = k->ptr_size;

	for (size_t i = COUNT_BITS; i <= TAIL_LPOS; i++)
		if (!member_fits(&res[RB], &res[i], i == COUNT_BITS || i == SIZE_BITS ? 4 : ptr))
			return false;
	for (size_t i = DESC_STATE; i <= DESC_NEXT; i++)
		if (!member_fits(&res[DESC], &res[i], ptr))
			return false;
	if (!member_fits(&res[INFO], &res[INFO_SEQ], 8) ||
	    !member_fits(&res[INFO], &res[INFO_TS], 8) ||
	    !member_fits(&res[INFO], &res[INFO_TEXT_LEN], 2) ||
	    !member_fits(&res[INFO], &res[INFO_FACILITY], 1) ||
	    res[INFO_FACILITY].offset + 2 > res[INFO].size ||
	    (res[INFO_CALLER].found && !member_fits(&res[INFO], &res[INFO_CALLER], 4)) ||
	    res[RB].size > 4096 || res[DESC].size > 256 || res[INFO].size > 1024)
		return false;

	r->big_endian = k->big_endian;
	r->long_size = ptr;
	r->desc_size = (uint32_t)res[DESC].size;
	r->desc_state = (uint32_t)res[DESC_STATE].offset;
	r->desc_begin = (uint32_t)res[DESC_BEGIN].offset;
	r->desc_next = (uint32_t)res[DESC_NEXT].offset;
	r->info_size = (uint32_t)res[INFO].size;
	r->info_seq = (uint32_t)res[INFO_SEQ].offset;
	r->info_ts = (uint32_t)res[INFO_TS].offset;
	r->info_text_len = (uint32_t)res[INFO_TEXT_LEN].offset;
	r->info_facility = (uint32_t)res[INFO_FACILITY].offset;
	r->info_caller = res[INFO_CALLER].found ? (uint32_t)res[INFO_CALLER].offset
						: UINT32_MAX;
	return true;
}

/* struct printk_ringbuffer itself; false if no kernel would write such a thing. */
static bool ring_head(const struct kernel *k, const struct resolved *res,
		      const uint8_t *rb, struct log_ring *r, struct ring_buffers *b)
{
	uint32_t ptr = k->ptr_size;

#define FIELD(m, size) bytes_uint(rb + res[m].offset, size, k->big_endian)
	uint64_t count_bits = FIELD(COUNT_BITS, 4), size_bits = FIELD(SIZE_BITS, 4);

	r->head_id = FIELD(HEAD_ID, ptr);
	r->tail_id = FIELD(TAIL_ID, ptr);
	b->descs_at = FIELD(DESCS, ptr);
	b->infos_at = FIELD(INFOS, ptr);
	b->text_at = FIELD(DATA, ptr);
	b->head_lpos = FIELD(HEAD_LPOS, ptr);
	b->tail_lpos = FIELD(TAIL_LPOS, ptr);
#undef FIELD
	if (!count_bits || !size_bits || count_bits > LOG_MAX_BITS ||
	    size_bits > LOG_MAX_BITS ||
	    r->info_size > MIB(64) >> count_bits || r->desc_size > MIB(64) >> count_bits)
		return false;
	r->count_bits = (uint32_t)count_bits;
	r->size_bits = (uint32_t)size_bits;
	return kernel_is_pointer(k, b->descs_at) && kernel_is_pointer(k, b->infos_at) &&
	       kernel_is_pointer(k, b->text_at);
}

/* Only what is in use: a young ring is mostly empty, and reading costs. */
static struct vmatlas_error *ring_fetch(struct kernel *k, struct log_ring *r,
					struct ring_buffers *b, struct printk_log *log)
{
	uint64_t n = (uint64_t)1 << r->count_bits, size = (uint64_t)1 << r->size_bits;
	uint64_t id_mask = ((uint64_t)1 << (r->long_size * 8 - 2)) - 1;
	uint64_t nr = MIN(((r->head_id - r->tail_id) & id_mask) + 1, n);
	uint64_t first = r->tail_id & (n - 1);

	r->descs = b->descs = calloc(n, r->desc_size);
	r->infos = b->infos = calloc(n, r->info_size);
	r->text = b->text = calloc(1, size + 8);
	if (!b->descs || !b->infos || !b->text)
		return error_no_memory();
	read_turn(k, b->descs_at, b->descs, n * r->desc_size, first * r->desc_size,
		  nr * r->desc_size, log);
	read_turn(k, b->infos_at, b->infos, n * r->info_size, first * r->info_size,
		  nr * r->info_size, log);
	read_turn(k, b->text_at, b->text, size, b->tail_lpos & (size - 1),
		  (b->head_lpos - b->tail_lpos) & k->va_mask, log);
	return NULL;
}

static struct vmatlas_error *read_ring(struct kernel *k, uint64_t prb,
				       struct printk_log *log)
{
	struct vmatlas_error *err;
	struct resolved res[NR_RING];
	struct log_ring ring = { 0 };
	_cleanup_(ring_buffers_done) struct ring_buffers buf = { 0 };
	uint8_t rb[4096];
	uint64_t at;

	err = resolve(k, ring_needs, NR_RING, INFO_CALLER, res);
	if (err)
		return err;
	if (!ring_layout(k, res, &ring))
		return vmatlas_error_new(VMATLAS_ERROR_UNSUPPORTED,
					 "struct printk_ringbuffer of an unknown shape");
	err = kernel_read_ptr(k, prb, &at);
	if (!err)
		err = kernel_read(k, at, rb, res[RB].size);
	if (err)
		return vmatlas_error_wrap(err, "prb");
	if (!ring_head(k, res, rb, &ring, &buf))
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
			"printk_ringbuffer at %#" PRIx64 " makes no sense", at);
	err = ring_fetch(k, &ring, &buf, log);
	if (err)
		return err;
	log_decode_ring(&ring, log);
	return NULL;
}

/* ---- log_buf ---- */

static const char *const chain_tags[] = { "printk_log", "log" };

/* struct printk_log since 3.11, struct log before. */
static struct vmatlas_error *chain_layout(struct kernel *k, struct log_chain *c)
{
	static const char *const members[] = { "", "ts_nsec", "len", "text_len",
					       "facility", "level" };
	struct resolved res[ARRAY_SIZE(members)];
	struct vmatlas_error *err = NULL;

	for (size_t t = 0; t < ARRAY_SIZE(chain_tags); t++) {
		struct vmatlas_need needs[ARRAY_SIZE(members)];

		for (size_t i = 0; i < ARRAY_SIZE(members); i++)
			needs[i] = (struct vmatlas_need)VMATLAS_NEED_MEMBER(
				chain_tags[t], members[i], PRINTK);
		vmatlas_error_free(err);
		err = resolve(k, needs, 4, SIZE_MAX, res);
		if (!err)
			err = needs_resolve(k, needs + 4, 2, res + 4);
		if (!err)
			break;
	}
	if (err)
		return err;
	if (res[0].size > 256 || !member_fits(&res[0], &res[1], 8) ||
	    !member_fits(&res[0], &res[2], 2) || !member_fits(&res[0], &res[3], 2) ||
	    (res[4].found ? res[4].offset + 2 > res[0].size
			  : !res[5].found || !member_fits(&res[0], &res[5], 2)))
		return vmatlas_error_new(VMATLAS_ERROR_UNSUPPORTED,
					 "log records of an unknown shape");
	c->header_size = (uint32_t)res[0].size;
	c->ts = (uint32_t)res[1].offset;
	c->len = (uint32_t)res[2].offset;
	c->text_len = (uint32_t)res[3].offset;
	c->facility = (uint32_t)res[4].offset;
	c->level = res[4].found ? UINT32_MAX : (uint32_t)res[5].offset;
	return NULL;
}

static struct vmatlas_error *read_chain(struct kernel *k, const struct resolved *sym,
					const uint8_t *buf, uint64_t len,
					struct printk_log *log)
{
	struct log_chain c = { .big_endian = k->big_endian, .buf = buf, .buf_len = len };
	struct vmatlas_error *err = chain_layout(k, &c);

	if (!err)
		err = kernel_read_uint(k, sym[LOG_FIRST_IDX].addr, 4, &c.first);
	if (!err)
		err = kernel_read_uint(k, sym[LOG_NEXT_IDX].addr, 4, &c.next);
	if (!err && sym[LOG_FIRST_SEQ].found)
		err = kernel_read_uint(k, sym[LOG_FIRST_SEQ].addr, 8, &c.first_seq);
	if (!err)
		log_decode_chain(&c, log);
	return err;
}

static struct vmatlas_error *read_buf(struct kernel *k, const struct resolved *sym,
				      struct printk_log *log)
{
	struct vmatlas_error *err;
	uint64_t at, len, end = 0;

	err = kernel_read_ptr(k, sym[LOG_BUF].addr, &at);
	if (!err)
		err = kernel_read_uint(k, sym[LOG_BUF_LEN].addr, 4, &len);
	if (!err && !sym[LOG_FIRST_IDX].found)
		err = kernel_read_uint(k, sym[LOG_END].addr, 4, &end);
	if (err)
		return vmatlas_error_wrap(err, "log_buf");
	if (!len || len > MIB(64) || (len & (len - 1)) || !kernel_is_pointer(k, at))
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
			"log_buf %#" PRIx64 " of %" PRIu64 " bytes makes no sense", at, len);

	_cleanup_(freep) uint8_t *buf = malloc(len);
	if (!buf)
		return error_no_memory();
	read_pages(k, at, buf, len, log);
	if (sym[LOG_FIRST_IDX].found)
		return read_chain(k, sym, buf, len, log);
	log_decode_text(buf, len, end, log);
	return NULL;
}

struct vmatlas_error *log_read(struct kernel *k, struct printk_log **ret)
{
	struct resolved sym[ARRAY_SIZE(log_symbols)];
	struct vmatlas_error *err = needs_resolve(k, log_symbols, LOG_FIRST_SEQ + 1, sym);
	_cleanup_(log_freep) struct printk_log *log = calloc(1, sizeof(*log));

	if (err)
		return err;
	if (!log)
		return error_no_memory();
	if (sym[PRB].found)
		err = read_ring(k, sym[PRB].addr, log);
	else if (sym[LOG_BUF].found && sym[LOG_BUF_LEN].found &&
		 (sym[LOG_END].found || (sym[LOG_FIRST_IDX].found && sym[LOG_NEXT_IDX].found)))
		err = read_buf(k, sym, log);
	else
		err = vmatlas_error_new(VMATLAS_ERROR_MISSING,
					"neither prb nor log_buf in vmlinux");
	if (!err && log->failed)
		err = error_no_memory();
	if (err)
		return vmatlas_error_wrap(err, "kernel log");
	*ret = take(log);
	return NULL;
}

void log_format(const struct printk_log *log, struct str *out)
{
	for (size_t i = 0; i < log->records.nr; i++) {
		const struct log_record *rec = &log->records.v[i];
		const char *s = str_text(&log->text) + rec->text, *end = s + rec->len;

		do {	/* the prefix before every line of a record, as dmesg does */
			const char *eol = memchr(s, '\n', (size_t)(end - s));
			size_t len = (size_t)((eol ? eol : end) - s);

			if (rec->has_ts)
				str_addf(out, "[%5" PRIu64 ".%06" PRIu64 "] ",
					 rec->ts_nsec / 1000000000,
					 rec->ts_nsec % 1000000000 / 1000);
			str_add(out, s, len);
			str_add(out, "\n", 1);
			s += len + (eol != NULL);
		} while (s < end);
	}
}
