/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The headers of every kind of dump, out of any bytes. */
#include <string.h>

#include "mem/kdump_header.h"
#include "mem/elf_header.h"
#include "mem/flattened.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_elf(const uint8_t *data, size_t size)
{
	struct elf_head h;
	struct vmatlas_error *err = elf_head_parse(data, size, &h);

	if (!err && elf_head_xnum(&h) && size >= elf_shdr_size(&h))
		elf_shdr_xnum(&h, data + size - elf_shdr_size(&h));
	for (size_t at = 0; !err && at < h.nr_phdrs && at < 64; at++)
		if (size >= elf_phdr_size(&h) * (at + 1))
			elf_phdr_parse(&h, data + elf_phdr_size(&h) * at);
	vmatlas_error_free(err);
}

/* The sub-header stands right behind the header here, to keep inputs small. */
static void try_diskdump(const uint8_t *data, size_t size)
{
	struct diskdump_head h;
	struct vmatlas_error *err = diskdump_head_parse(data, size, &h);

	if (!err && size >= DISKDUMP_HEAD_SIZE + DISKDUMP_SUB_SIZE) {
		diskdump_sub_parse(data + DISKDUMP_HEAD_SIZE, &h);
		diskdump_desc_parse(&h, data + size - DISKDUMP_DESC_SIZE);
		diskdump_machine(h.machine);
		if (!diskdump_format(&h, true))
			abort();
	}
	vmatlas_error_free(err);
}

static void try_flat(const uint8_t *data, size_t size)
{
	struct flat_block block;

	vmatlas_error_free(flat_head_check(data, size));
	if (size >= FLAT_BLOCK_SIZE)
		vmatlas_error_free(flat_block_parse(data, 0, &block));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	elf_probe(data, size);
	diskdump_probe(data, size);
	flat_probe(data, size);
	try_elf(data, size);
	try_diskdump(data, size);
	try_flat(data, size);
	return 0;
}
