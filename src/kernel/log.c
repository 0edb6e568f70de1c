/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fetches the raw bytes of the kernel's log, in few reads; what they mean is
 * known to log_decode.c.
 */
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/kernel.h"
#include "kernel/log_parts.h"

enum { PRB, LOG_BUF, LOG_BUF_LEN, LOG_END, LOG_FIRST_IDX, LOG_NEXT_IDX, LOG_FIRST_SEQ };

static const struct vmatlas_need symbols[] = {
	[PRB]		= VMATLAS_WANT_SYMBOL("prb"),
	[LOG_BUF]	= { "log_buf", NULL, NULL,
			    VMATLAS_NEED_OPTIONAL | VMATLAS_NEED_POINTER, 0 },
	[LOG_BUF_LEN]	= VMATLAS_WANT_SYMBOL("log_buf_len"),
	[LOG_END]	= VMATLAS_WANT_SYMBOL("log_end"),
	[LOG_FIRST_IDX]	= VMATLAS_WANT_SYMBOL("log_first_idx"),
	[LOG_NEXT_IDX]	= VMATLAS_WANT_SYMBOL("log_next_idx"),
	[LOG_FIRST_SEQ]	= VMATLAS_WANT_SYMBOL("log_first_seq"),
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

struct vmatlas_error *log_resolve(struct kernel *k, const struct vmatlas_need *needs,
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
	return vmatlas_error_new(VMATLAS_ERROR_MISSING, "no %s in vmlinux",
				 str_text(&name));
}

bool log_member_fits(const struct resolved *whole, const struct resolved *m,
		     uint64_t at_least)
{
	return m->size >= at_least && m->offset <= whole->size &&
	       m->size <= whole->size - m->offset;
}

/*
 * A page that the dump does not hold costs the records on it, not the log: what
 * cannot be read stays zero, which no record is.
 */
void log_read_pages(struct kernel *k, uint64_t addr, uint8_t *buf, uint64_t len,
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
				chain_tags[t], members[i], LOG_NEAR_PRINTK);
		vmatlas_error_free(err);
		err = log_resolve(k, needs, 4, SIZE_MAX, res);
		if (!err)
			err = needs_resolve(k, needs + 4, 2, res + 4);
		if (!err)
			break;
	}
	if (err)
		return err;
	if (res[0].size > 256 || !log_member_fits(&res[0], &res[1], 8) ||
	    !log_member_fits(&res[0], &res[2], 2) ||
	    !log_member_fits(&res[0], &res[3], 2) ||
	    (res[4].found ? res[4].offset + 2 > res[0].size
			  : !res[5].found || !log_member_fits(&res[0], &res[5], 2)))
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
					 "log_buf %#" PRIx64 " of %" PRIu64
					 " bytes makes no sense",
					 at, len);

	_cleanup_(freep) uint8_t *buf = malloc(len);
	if (!buf)
		return error_no_memory();
	log_read_pages(k, at, buf, len, log);
	if (sym[LOG_FIRST_IDX].found)
		return read_chain(k, sym, buf, len, log);
	log_decode_text(buf, len, end, log);
	return NULL;
}

struct vmatlas_error *log_read(struct kernel *k, struct printk_log **ret)
{
	struct resolved sym[ARRAY_SIZE(symbols)];
	struct vmatlas_error *err = needs_resolve(k, symbols, ARRAY_SIZE(symbols), sym);
	_cleanup_(log_freep) struct printk_log *log = calloc(1, sizeof(*log));

	if (err)
		return err;
	if (!log)
		return error_no_memory();
	if (sym[PRB].found)
		err = log_read_ring(k, sym[PRB].addr, log);
	else if (sym[LOG_BUF].found && sym[LOG_BUF_LEN].found &&
		 (sym[LOG_END].found ||
		  (sym[LOG_FIRST_IDX].found && sym[LOG_NEXT_IDX].found)))
		err = read_buf(k, sym, log);
	else
		err = vmatlas_error_new(VMATLAS_ERROR_MISSING,
					"neither prb nor log_buf in vmlinux");
	if (!err && log->failed)
		err = error_no_memory();
	if (err)
		return err;
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
