/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A kernel without vmlinux: its memory is an array, its symbols a table of the test. */
#ifndef UNIT_FAKE_KERNEL_H
#define UNIT_FAKE_KERNEL_H

#include <string.h>

#include <cmocka.h>

#include "kernel/kernel.h"
#include "kernel/pgtable/translate.h"

struct fake_symbol {
	const char *name;
	uint64_t addr, size;
};

struct fake {
	struct vmatlas_memory_ops host;
	struct kernel k;
	uint32_t space;			/* of enum vmatlas_space: where @bytes are */
	uint64_t base;
	uint8_t bytes[1 << 16];
	const struct fake_symbol *symbols;	/* ends with a NULL name */
};

static inline int fake_read(void *arg, uint32_t space, uint64_t addr, void *buf, uint64_t len)
{
	const struct fake *f = arg;
	const uint64_t from = addr - f->base;

	if (space != f->space || from > sizeof(f->bytes) || len > sizeof(f->bytes) - from)
		return -1;
	memcpy(buf, f->bytes + from, len);
	return 0;
}

static inline int fake_symbol(void *arg, const char *name, uint64_t *ret_addr,
			      uint64_t *ret_size)
{
	const struct fake *f = arg;

	for (const struct fake_symbol *s = f->symbols; s && s->name; s++)
		if (!strcmp(s->name, name)) {
			*ret_addr = s->addr;
			*ret_size = s->size;
			return 0;
		}
	return -1;
}

/* Memory by virtual address, of a kernel with pointers of @ptr_size. */
static inline void fake_init(struct fake *f, uint64_t base, uint32_t ptr_size)
{
	memset(f, 0, sizeof(*f));
	f->host = (struct vmatlas_memory_ops){
		.size = sizeof(f->host), .arg = f, .read = fake_read, .symbol = fake_symbol,
	};
	f->space = VMATLAS_VIRTUAL;
	f->base = base;
	f->k = (struct kernel){
		.host = &f->host, .ptr_size = ptr_size, .page_shift = 12,
		.va_mask = ptr_size == 8 ? UINT64_MAX : UINT32_MAX,
		.image_range = { 1, 0 },
	};
	assert_null(mem_open_host(&f->host, &f->k.mem));
}

/* The same memory by physical address, reached through page tables in it. */
static inline void fake_use_page_tables(struct fake *f, const struct pt_format *format,
					uint64_t pgd)
{
	f->space = VMATLAS_PHYSICAL;
	f->k.format = format;
	f->k.pgd_phys = pgd;
	f->k.mem->info.has_virtual = false;
	assert_null(translate_init(&f->k));
}

static inline void fake_done(struct fake *f)
{
	translate_done(&f->k);
	mem_free(f->k.mem);
}

static inline void fake_put(struct fake *f, uint64_t addr, uint64_t value, size_t size)
{
	for (size_t i = 0; i < size; i++)
		f->bytes[addr - f->base + (f->k.big_endian ? size - 1 - i : i)] = value >> 8 * i;
}

#define assert_error(err, wanted, part)                                       \
	do {                                                                  \
		struct vmatlas_error *err_ = (err);                           \
		assert_int_equal(vmatlas_error_code(err_), wanted);           \
		if (!strstr(vmatlas_error_message(err_), part))               \
			fail_msg("%s", vmatlas_error_message(err_));          \
		vmatlas_error_free(err_);                                     \
	} while (0)

#endif
