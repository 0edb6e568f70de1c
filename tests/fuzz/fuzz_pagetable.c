/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Page tables of any bytes: every entry decoded at every level, then addresses
 * walked through a memory that repeats itself, so that tables are found wherever
 * an entry says. The first byte chooses the format.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/kernel.h"
#include "kernel/pgtable/translate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct memory {
	const uint8_t *bytes;
	size_t size;
};

static int read_around(void *arg, uint32_t space, uint64_t addr, void *buf, uint64_t len)
{
	const struct memory *m = arg;
	uint8_t *to = buf;

	(void)space;
	for (uint64_t i = 0; i < len; i++)
		to[i] = m->bytes[(addr + i) % m->size];
	return 0;
}

static void decode_all(const struct pt_format *f, const struct memory *m)
{
	for (size_t at = 0; at + f->entry_size <= m->size; at += f->entry_size) {
		const uint64_t entry = bytes_uint(m->bytes + at, f->entry_size, false);

		for (unsigned int level = 0; level < f->nr_levels; level++) {
			struct pt_entry e = { 0 };

			if (pt_decode(f, level, entry, &e) != PT_LEAF)
				continue;
			if (e.shift < f->page_shift || e.shift > 48 ||
			    e.phys & ((1ull << e.shift) - 1))
				abort();
		}
	}
}

static void walk_some(struct kernel *k, const struct memory *m)
{
	for (size_t i = 0; i < 16; i++) {
		const uint64_t addr = bytes_uint(m->bytes + i * 8 % (m->size - 7), 8, false);
		struct walk w;
		uint64_t phys;

		vmatlas_error_free(kernel_walk(k, addr & k->va_mask, &w));
		if (w.nr_steps > k->format->nr_levels)
			abort();
		vmatlas_error_free(kernel_translate(k, addr & k->va_mask, &phys));
	}
}

static const struct pt_format *const formats[] = {
	&pt_x86_64_4level, &pt_x86_64_5level, &pt_arm_short, &pt_arm_short_remap,
	&pt_i386, &pt_i386_pae, &pt_arm_lpae,
	&pt_riscv_sv39, &pt_riscv_sv48, &pt_riscv_sv57,
	&pt_thead_sv39, &pt_thead_sv48, &pt_thead_sv57,
};

static const struct pt_format *choose(uint8_t byte)
{
	const size_t i = byte % (ARRAY_SIZE(formats) + nr_pt_arm64);

	return i < ARRAY_SIZE(formats) ? formats[i] : &pt_arm64[i - ARRAY_SIZE(formats)];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct memory m = { data + 1, size - 1 };
	const struct vmatlas_memory_ops host = {
		.size = sizeof(host), .arg = &m, .read = read_around,
	};
	struct kernel k = { .image_range = { 1, 0 } };

	if (size < 9)
		return 0;
	k.format = choose(data[0]);
	k.page_shift = k.format->page_shift;
	k.va_mask = k.format->kernel_bits ? UINT64_MAX : UINT32_MAX;
	k.has_tags = k.format->kernel_bits && data[0] & 0x80;
	decode_all(k.format, &m);
	vmatlas_error_free(mem_open_host(&host, &k.mem));
	vmatlas_error_free(translate_init(&k));
	if (k.mem && k.tlb)
		walk_some(&k, &m);
	translate_done(&k);
	mem_free(k.mem);
	return 0;
}
