/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's log of any bytes, in its three generations. The first sixteen
 * bytes say how the rest is meant: generation, widths, where it begins and ends.
 */
#include <stdlib.h>

#include "base/bytes.h"
#include "kernel/printk/printk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEAD = 16 };

/* struct prb_desc and struct printk_info, 5.10 and later */
static void try_ring(const uint8_t *head, const uint8_t *p, size_t size,
		     struct printk_log *out)
{
	const uint32_t wide = head[1] & 1 ? 8 : 4;
	struct log_ring r = {
		.big_endian = head[1] & 2, .long_size = wide,
		.count_bits = head[2] % 6, .size_bits = 4 + head[3] % 8,
		.tail_id = bytes_uint(head + 4, 4, false),
		.head_id = bytes_uint(head + 8, 4, false),
		.desc_size = 3 * wide, .desc_begin = wide, .desc_next = 2 * wide,
		.info_size = 88, .info_ts = 8, .info_text_len = 16, .info_facility = 18,
		.info_caller = head[1] & 4 ? 20 : UINT32_MAX,
	};
	const size_t nr = (size_t)1 << r.count_bits, text = (size_t)1 << r.size_bits;

	if (size < nr * (r.desc_size + r.info_size) + text)
		return;
	r.descs = p;
	r.infos = p + nr * r.desc_size;
	r.text = r.infos + nr * r.info_size;
	log_decode_ring(&r, out);
}

/* struct log of 3.5, struct printk_log of 3.11 */
static void try_chain(const uint8_t *head, const uint8_t *p, size_t size,
		      struct printk_log *out)
{
	const struct log_chain c = {
		.big_endian = head[1] & 2, .buf = p, .buf_len = size,
		.first = bytes_uint(head + 4, 4, false),
		.next = bytes_uint(head + 8, 4, false),
		.header_size = 16, .ts = 0, .len = 8, .text_len = 10, .facility = 14,
		.level = head[1] & 1 ? 14 : UINT32_MAX,
		.caller = head[1] & 4 ? 12 : UINT32_MAX, .joins = head[1] & 8,
	};

	log_decode_chain(&c, out);
}

static void try_text(const uint8_t *head, const uint8_t *p, size_t size,
		     struct printk_log *out)
{
	size_t len = 1;

	while (len * 2 <= size)
		len *= 2;
	if (size)
		log_decode_text(p, len, bytes_uint(head + 4, 8, false), out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct printk_log *out = calloc(1, sizeof(*out));
	struct str text = { 0 };

	if (size < HEAD || !out) {
		log_free(out);
		return 0;
	}
	switch (data[0] % 3) {
	case 0: try_ring(data, data + HEAD, size - HEAD, out); break;
	case 1: try_chain(data, data + HEAD, size - HEAD, out); break;
	case 2: try_text(data, data + HEAD, size - HEAD, out); break;
	}
	for (size_t i = 0; i < out->records.nr; i++)
		if (out->records.v[i].text > out->text.len ||
		    out->records.v[i].len > out->text.len - out->records.v[i].text)
			abort();
	log_format(out, &text);
	str_done(&text);
	log_free(out);
	return 0;
}
