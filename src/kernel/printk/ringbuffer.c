/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fetches struct printk_ringbuffer and what it points to (5.10+), in few reads. */
#include <inttypes.h>

#include "base/bytes.h"
#include "kernel/lookup.h"
#include "kernel/printk/printk_internal.h"

enum {
	RB, COUNT_BITS, DESCS, INFOS, HEAD_ID, TAIL_ID, SIZE_BITS, DATA, HEAD_LPOS,
	TAIL_LPOS, DESC, DESC_STATE, DESC_BEGIN, DESC_NEXT, INFO, INFO_SEQ, INFO_TS,
	INFO_TEXT_LEN, INFO_FACILITY, INFO_CALLER, NR_RING,
};

#define RING(m)  VMATLAS_REQUIRED_MEMBER("printk_ringbuffer", m, LOG_NEAR_PRINTK)
#define DESCR(m) VMATLAS_REQUIRED_MEMBER("prb_desc", m, LOG_NEAR_PRINTK)
#define INF(m)   VMATLAS_REQUIRED_MEMBER("printk_info", m, LOG_NEAR_PRINTK)

static const struct vmatlas_lookup ring_needs[NR_RING] = {
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

/* Bytes first..first+nr of a ring of @size bytes, each at its own place in @buf. */
static void read_turn(struct kernel *k, uint64_t addr, uint8_t *buf, uint64_t size,
		      uint64_t first, uint64_t nr, struct printk_log *log)
{
	uint64_t at = first % size;

	nr = MIN(nr, size);
	log_read_pages(k, addr + at, buf + at, MIN(nr, size - at), log);
	if (nr > size - at)
		log_read_pages(k, addr, buf, nr - (size - at), log);
}

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
		if (!log_member_fits(&res[RB], &res[i],
				     i == COUNT_BITS || i == SIZE_BITS ? 4 : ptr))
			return false;
	for (size_t i = DESC_STATE; i <= DESC_NEXT; i++)
		if (!log_member_fits(&res[DESC], &res[i], ptr))
			return false;
	if (!log_member_fits(&res[INFO], &res[INFO_SEQ], 8) ||
	    !log_member_fits(&res[INFO], &res[INFO_TS], 8) ||
	    !log_member_fits(&res[INFO], &res[INFO_TEXT_LEN], 2) ||
	    !log_member_fits(&res[INFO], &res[INFO_FACILITY], 1) ||
	    res[INFO_FACILITY].offset + 2 > res[INFO].size ||
	    (res[INFO_CALLER].found &&
	     !log_member_fits(&res[INFO], &res[INFO_CALLER], 4)) ||
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

struct vmatlas_error *log_read_ring(struct kernel *k, uint64_t prb,
				    struct printk_log *log)
{
	struct vmatlas_error *err;
	struct resolved res[NR_RING];
	struct log_ring ring = { 0 };
	_cleanup_(ring_buffers_done) struct ring_buffers buf = { 0 };
	uint8_t rb[4096];
	uint64_t at;

	err = log_resolve(k, ring_needs, NR_RING, INFO_CALLER, res);
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
