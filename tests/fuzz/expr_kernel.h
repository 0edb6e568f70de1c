/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A kernel for expressions: an image, and memory in which every byte is its address's. */
#ifndef FUZZ_EXPR_KERNEL_H
#define FUZZ_EXPR_KERNEL_H

#include "expr/element_walk.h"
#include "expr/expr.h"

static int expr_kernel_read(void *arg, enum vmatlas_space space, uint64_t addr, void *buf,
			    size_t len)
{
	const struct kernel *k = arg;
	uint8_t *to = buf;

	if (space != VMATLAS_VIRTUAL || addr % (1 << 20) >= 1 << 16)
		return -1;
	for (size_t i = 0; i < len; i++)
		to[i] = (uint8_t)((addr + i) % 3 ? addr + i : 0);
	/* some words are pointers to the memory beside them */
	if (len == k->ptr_size)
		for (size_t i = 0; i < len; i++)
			to[k->big_endian ? len - 1 - i : i] = (uint8_t)((addr + 64) >> 8 * i);
	return 0;
}

/* False: it could not be made. */
static inline bool expr_kernel_init(struct kernel *k, struct vmatlas_memory_ops *host,
				    struct image *image)
{
	const struct image_info *info = image_info(image);
	struct vmatlas_error *err;

	*host = (struct vmatlas_memory_ops){ .size = sizeof(*host), .arg = k,
					     .read = expr_kernel_read };
	*k = (struct kernel){ .image = image, .page_shift = 12, .ptr_size = info->bits / 8,
		.big_endian = info->big_endian, .image_range = { 1, 0 },
		.va_mask = info->bits == 64 ? UINT64_MAX : UINT32_MAX };
	err = mem_open_host(host, &k->mem);
	vmatlas_error_free(err);
	return !err;
}

static int expr_kernel_element(void *arg, uint64_t index, uint64_t addr)
{
	(void)index;
	(void)addr;
	return ++*(unsigned int *)arg > 100;
}

/* One of the five things that can be asked with a text: all of them would be slow. */
static inline void expr_kernel_ask(struct expr *e, const char *text, char format,
				   unsigned int which)
{
	const struct expr_walk array = { .kind = EXPR_WALK_ARRAY, .head = text };
	const struct expr_walk list = { .kind = EXPR_WALK_LIST, .element = text, .head = text,
					.where = text };
	struct vmatlas_error *err = NULL;
	struct str out = { 0 };
	unsigned int nr = 0;

	switch (which % 5) {
	case 0: err = expr_print(e, text, format, &out, NULL); break;
	case 1: err = expr_whatis(e, text, &out); break;
	case 2: err = expr_ptype(e, text, format == 'x', &out, NULL); break;
	case 3: err = expr_walk(e, &array, expr_kernel_element, &nr); break;
	case 4: err = expr_walk(e, &list, expr_kernel_element, &nr); break;
	}
	vmatlas_error_free(err);
	str_done(&out);
}

#endif
