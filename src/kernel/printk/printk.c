/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fetches the raw bytes of the kernel's log, in few reads; what they mean is
 * known to record.c.
 */
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/lookup.h"
#include "kernel/kernel.h"
#include "kernel/printk/printk_internal.h"

enum { PRB, LOG_BUF, LOG_BUF_LEN, LOG_END, LOG_FIRST_IDX, LOG_NEXT_IDX, LOG_FIRST_SEQ };

const struct vmatlas_lookup log_needs[] = {
	[PRB]		= VMATLAS_OPTIONAL_SYMBOL("prb"),
	[LOG_BUF]	= { "log_buf", NULL, NULL,
			    VMATLAS_LOOKUP_OPTIONAL | VMATLAS_LOOKUP_POINTER, 0 },
	[LOG_BUF_LEN]	= VMATLAS_OPTIONAL_SYMBOL("log_buf_len"),
	[LOG_END]	= VMATLAS_OPTIONAL_SYMBOL("log_end"),
	[LOG_FIRST_IDX]	= VMATLAS_OPTIONAL_SYMBOL("log_first_idx"),
	[LOG_NEXT_IDX]	= VMATLAS_OPTIONAL_SYMBOL("log_next_idx"),
	[LOG_FIRST_SEQ]	= VMATLAS_OPTIONAL_SYMBOL("log_first_seq"),
	/* Not read; found in the same pass for the sake of their types' files. */
	VMATLAS_OPTIONAL_SYMBOL("vprintk_emit"),
	VMATLAS_OPTIONAL_SYMBOL("vprintk"),
	VMATLAS_OPTIONAL_SYMBOL("printk"),
};

const size_t nr_log_needs = ARRAY_SIZE(log_needs);

void log_free(struct printk_log *log)
{
	if (!log)
		return;
	vec_done(&log->records);
	str_done(&log->text);
	free(log);
}

static const struct vmatlas_lookup *printk_missing(const struct vmatlas_lookup *needs,
						   size_t nr, const struct resolved *res,
						   size_t optional)
{
	for (size_t i = 0; i < nr; i++)
		if (!res[i].found && i != optional)
			return &needs[i];
	return NULL;
}

struct vmatlas_error *log_resolve(struct kernel *k, const struct vmatlas_lookup *needs,
				  size_t nr, size_t optional, struct resolved *res)
{
	struct vmatlas_error *err = lookup_resolve(k, needs, nr, res);
	const struct vmatlas_lookup *lacks;
	_cleanup_(str_done) struct str name = { 0 };

	if (err)
		return err;
	lacks = printk_missing(needs, nr, res, optional);
	if (!lacks)
		return NULL;
	lookup_describe(lacks, &name);
	return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "no %s in vmlinux",
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

enum { CH, CH_TS, CH_LEN, CH_TEXT_LEN, CH_FACILITY, CH_LEVEL, CH_CALLER, CH_CONT, NR_CHAIN };

static bool chain_fits(const struct resolved res[static NR_CHAIN])
{
	const struct resolved *all = &res[CH];

	return all->size <= 256 && log_member_fits(all, &res[CH_TS], 8) &&
	       log_member_fits(all, &res[CH_LEN], 2) &&
	       log_member_fits(all, &res[CH_TEXT_LEN], 2) &&
	       (res[CH_FACILITY].found ? res[CH_FACILITY].offset + 2 <= all->size :
		res[CH_LEVEL].found && log_member_fits(all, &res[CH_LEVEL], 2)) &&
	       (!res[CH_CALLER].found || log_member_fits(all, &res[CH_CALLER], 4));
}

static struct vmatlas_error *chain_resolve(struct kernel *k, const char *tag,
					   struct resolved res[static NR_CHAIN])
{
	/* Only printk that joins fragments itself keeps how much it has shown: to 4.8 */
	const struct vmatlas_lookup needs[NR_CHAIN] = {
		[CH]		= VMATLAS_REQUIRED_MEMBER(tag, "", LOG_NEAR_PRINTK),
		[CH_TS]		= VMATLAS_REQUIRED_MEMBER(tag, "ts_nsec", LOG_NEAR_PRINTK),
		[CH_LEN]	= VMATLAS_REQUIRED_MEMBER(tag, "len", LOG_NEAR_PRINTK),
		[CH_TEXT_LEN]	= VMATLAS_REQUIRED_MEMBER(tag, "text_len", LOG_NEAR_PRINTK),
		[CH_FACILITY]	= VMATLAS_REQUIRED_MEMBER(tag, "facility", LOG_NEAR_PRINTK),
		[CH_LEVEL]	= VMATLAS_REQUIRED_MEMBER(tag, "level", LOG_NEAR_PRINTK),
		[CH_CALLER]	= VMATLAS_REQUIRED_MEMBER(tag, "caller_id", LOG_NEAR_PRINTK),
		[CH_CONT]	= VMATLAS_REQUIRED_MEMBER("cont", "cons", LOG_NEAR_PRINTK),
	};
	struct vmatlas_error *err = log_resolve(k, needs, CH_FACILITY, SIZE_MAX, res);

	return err ? err : lookup_resolve(k, needs + CH_FACILITY, NR_CHAIN - CH_FACILITY,
					 res + CH_FACILITY);
}

/* struct printk_log since 3.11, struct log before. */
static struct vmatlas_error *chain_layout(struct kernel *k, struct log_chain *c)
{
	struct resolved res[NR_CHAIN];
	struct vmatlas_error *err = chain_resolve(k, "printk_log", res);

	if (err && error_is(err, VMATLAS_ERROR_NOT_FOUND)) {
		vmatlas_error_free(err);
		err = chain_resolve(k, "log", res);
	}
	if (err)
		return err;
	if (!chain_fits(res))
		return vmatlas_error_new(VMATLAS_ERROR_UNSUPPORTED,
					 "log records of an unknown shape");
	c->header_size = (uint32_t)res[CH].size;
	c->ts = (uint32_t)res[CH_TS].offset;
	c->len = (uint32_t)res[CH_LEN].offset;
	c->text_len = (uint32_t)res[CH_TEXT_LEN].offset;
	c->facility = (uint32_t)res[CH_FACILITY].offset;
	c->level = res[CH_FACILITY].found ? UINT32_MAX : (uint32_t)res[CH_LEVEL].offset;
	c->caller = res[CH_CALLER].found ? (uint32_t)res[CH_CALLER].offset : UINT32_MAX;
	c->joins = res[CH_CONT].found && res[CH_FACILITY].found;
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
	struct resolved sym[ARRAY_SIZE(log_needs)];
	struct vmatlas_error *err = lookup_resolve(k, log_needs, nr_log_needs, sym);
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
		err = vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
					"neither prb nor log_buf in vmlinux");
	if (!err && log->failed)
		err = error_no_memory();
	if (err)
		return err;
	*ret = take(log);
	return NULL;
}

struct vmatlas_error *kernel_log(struct kernel *k, const struct printk_log **ret)
{
	struct kernel_records *b = &k->records;
	struct vmatlas_error *err = b->log ? NULL : log_read(k, &b->log);

	if (!err)
		*ret = b->log;
	return err;
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
