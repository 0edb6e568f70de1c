/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kallsyms tables out of any bytes. The first 32 say where the tables are and how
 * they are meant; the rest is the memory that holds them.
 */
#include <string.h>

#include "base/bytes.h"
#include "kernel/symbols/kallsyms.h"

#define BASE 0xffffffff81000000ull

struct input {
	const uint8_t *bytes;
	size_t size;
};

static struct vmatlas_error *read_input(void *arg, uint64_t addr, void *buf, size_t len)
{
	const struct input *in = arg;

	if (addr < BASE || addr - BASE > in->size || len > in->size - (addr - BASE))
		return vmatlas_error_new(VMATLAS_ERROR_FAULT, "nothing there");
	memcpy(buf, in->bytes + (addr - BASE), len);
	return NULL;
}

static uint64_t table(const uint8_t *head, unsigned int which)
{
	const uint64_t at = bytes_uint(head + 2 + 4 * which, 4, false);

	return at ? BASE + at : 0;
}

static void look_up(struct kallsyms *ks, uint64_t addr)
{
	char name[KALLSYMS_NAME_MAX];
	struct vmatlas_error *err;
	struct kallsym sym;

	err = kallsyms_find(ks, addr, &sym);
	if (!err)
		err = kallsyms_name(ks, sym.index, name, NULL);
	vmatlas_error_free(err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kallsyms_tables t = { .read = read_input };
	_cleanup_(kallsyms_freep) struct kallsyms *ks = NULL;
	struct vmatlas_error *err;
	struct input in;

	if (size < 32)
		return 0;
	in = (struct input){ data + 32, size - 32 };
	t.arg = &in;
	t.ptr_size = data[0] & 1 ? 8 : 4;
	t.big_endian = data[0] & 2;
	t.has_base = data[0] & 4;
	t.num_syms = table(data, 0);
	t.names = table(data, 1);
	t.markers = table(data, 2);
	t.token_table = table(data, 3);
	t.token_index = table(data, 4);
	t.offsets = table(data, 5);
	t.addresses = table(data, 6);
	t.offsets_at = t.offsets;
	t.base = BASE;
	t.slide = (uint64_t)data[1] << 21;
	t.image = (struct vmatlas_range){ data[0] & 8 ? 0 : BASE, UINT64_MAX };
	err = kallsyms_open(&t, &ks);
	if (!err) {
		look_up(ks, BASE + 0x1000);
		look_up(ks, 0);
		look_up(ks, UINT64_MAX);
	}
	vmatlas_error_free(err);
	return 0;
}
