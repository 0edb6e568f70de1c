/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The headers of a compressed kdump. libkdumpfile reads the pages; it does not
 * hand out the notes, the time or the state of the bitmaps, nor does its 0.5.1
 * survive all headers, so they are read and checked here first.
 *
 * Layouts: makedumpfile 1.7.2 diskdump_mod.h, IMPLEMENTATION; QEMU 7.2
 * include/sysemu/dump.h.
 */
#include <ctype.h>
#include <elf.h>
#include <string.h>

#include "base/bytes.h"
#include "mem/kdump_header.h"

enum {
	UTS_LEN = 65,
	UTS_OFFSET = 12,		/* sysname, nodename, release, version, machine */
	BLOCK_SIZE_MAX = 1 << 20,
	/* 64 TiB of RAM in pages of 4 KiB, two bits each. */
	BITMAP_BYTES_MAX = 1 << 30,
};

/* Where the members behind utsname lie: they depend on the width of long. */
struct kdump_layout {
	uint8_t bits;
	size_t seconds, status;
};

static const struct kdump_layout layouts[] = {
	{ 32, 404, 412 },
	{ 64, 408, 424 },
};

bool diskdump_probe(const uint8_t *p, size_t len)
{
	return len >= 8 && (!memcmp(p, "KDUMP   ", 8) || !memcmp(p, "DISKDUMP", 8));
}

static uint32_t u32(const struct diskdump_head *h, const uint8_t *p)
{
	return bytes_uint(p, 4, h->big_endian);
}

static uint64_t u64(const struct diskdump_head *h, const uint8_t *p)
{
	return bytes_uint(p, 8, h->big_endian);
}

static void copy_text(const uint8_t *from, char to[static UTS_LEN])
{
	size_t len = strnlen((const char *)from, UTS_LEN - 1);

	for (size_t i = 0; i < len; i++)
		if (!isprint(from[i]))
			len = 0;
	memcpy(to, from, len);
	to[len] = '\0';
}

static bool is_power_of_two(uint64_t x)
{
	return x && !(x & (x - 1));
}

/* Both bitmaps together must have a bit for each page. */
static bool plausible(const struct diskdump_head *h)
{
	const uint64_t bitmap = (uint64_t)h->bitmap_blocks * h->block_size;

	return h->version >= 0 && h->version < 1000 &&
	       is_power_of_two(h->block_size) && h->block_size >= 4096 &&
	       h->block_size <= BLOCK_SIZE_MAX && h->sub_blocks < 1 << 20 &&
	       (h->sub_blocks > 0 || !h->is_kdump) &&
	       bitmap > 0 && bitmap <= BITMAP_BYTES_MAX && h->max_mapnr > 0 &&
	       h->max_mapnr <= bitmap * 8;
}

static bool try_layout(const uint8_t *p, const struct kdump_layout *l,
		       struct diskdump_head *h)
{
	const uint8_t *status = p + l->status;

	h->bits = l->bits;
	h->version = u32(h, p + 8);
	h->taken = bytes_uint(p + l->seconds, l->bits / 8, h->big_endian);
	h->status = u32(h, status);
	h->block_size = u32(h, status + 4);
	h->sub_blocks = u32(h, status + 8);
	h->bitmap_blocks = u32(h, status + 12);
	h->max_mapnr = u32(h, status + 16);
	return plausible(h);
}

static bool find_layout(const uint8_t *p, struct diskdump_head *h)
{
	for (size_t i = 0; i < ARRAY_SIZE(layouts); i++) {
		for (int big = 0; big < 2; big++) {
			h->big_endian = big;
			if (try_layout(p, &layouts[i], h))
				return true;
		}
	}
	return false;
}

struct vmatlas_error *diskdump_head_parse(const uint8_t *p, size_t len,
					  struct diskdump_head *ret)
{
	struct diskdump_head h = { 0 };

	if (len < DISKDUMP_HEAD_SIZE)
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
			"file is truncated in its kdump header; copy the dump again");
	h.is_kdump = p[0] == 'K';
	if (!find_layout(p, &h))
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
			"damaged kdump header: its sizes make no sense");
	copy_text(p + UTS_OFFSET + 1 * UTS_LEN, h.node);
	copy_text(p + UTS_OFFSET + 2 * UTS_LEN, h.release);
	copy_text(p + UTS_OFFSET + 4 * UTS_LEN, h.machine);
	*ret = h;
	return NULL;
}

/* Offsets of kdump_sub_header's members; sizes are 4 or 8 bytes like long. */
struct sub_layout {
	size_t split, pfns, vmcoreinfo, vmcoreinfo_size, notes, notes_size, pfns_64,
		max_mapnr_64;
};

static const struct sub_layout sub_64 = { 12, 16, 32, 40, 48, 56, 80, 96 };
/* 64-bit members as i386 aligns them, and as QEMU packs them for every CPU */
static const struct sub_layout sub_32_packed = { 8, 12, 20, 28, 32, 40, 56, 72 };
/* and as ARM does */
static const struct sub_layout sub_32_padded = { 8, 12, 24, 32, 40, 48, 72, 88 };

/*
 * Nothing says which of the two a 32-bit header is. From version 6 on the last
 * member repeats max_mapnr. Before, VMCOREINFO must lie between the sub-header
 * and the bitmaps, as libkdumpfile tells them apart.
 */
static bool is_padded(const uint8_t *p, const struct diskdump_head *h)
{
	const uint64_t first = h->block_size;
	const uint64_t end = first * (1 + (uint64_t)h->sub_blocks);
	uint64_t offset, size;

	if (h->version >= 6 && u64(h, p + sub_32_packed.max_mapnr_64) == h->max_mapnr)
		return false;
	if (h->version >= 6 && u64(h, p + sub_32_padded.max_mapnr_64) == h->max_mapnr)
		return true;
	if (h->version < 3)
		return false;
	offset = u64(h, p + sub_32_packed.vmcoreinfo);
	size = u32(h, p + sub_32_packed.vmcoreinfo_size);
	return !(offset == 0 && size == 0) &&
	       !(offset > first && offset < end && size <= end - offset);
}

static struct diskdump_part part(const struct diskdump_head *h, const uint8_t *offset,
				 const uint8_t *size)
{
	return (struct diskdump_part){
		.offset = u64(h, offset),
		.size = bytes_uint(size, h->bits / 8, h->big_endian),
	};
}

void diskdump_sub_parse(const uint8_t *p, struct diskdump_head *h)
{
	const size_t word = h->bits / 8;
	const struct sub_layout *l = &sub_64;

	if (h->bits == 32) {
		h->padded = is_padded(p, h);
		l = h->padded ? &sub_32_padded : &sub_32_packed;
	}
	if (h->version >= 2 && u32(h, p + l->split)) {
		h->split = true;
		h->first_pfn = bytes_uint(p + l->pfns, word, h->big_endian);
		h->end_pfn = bytes_uint(p + l->pfns + word, word, h->big_endian);
	}
	if (h->version >= 6 && h->split) {
		h->first_pfn = u64(h, p + l->pfns_64);
		h->end_pfn = u64(h, p + l->pfns_64 + 8);
	}
	if (h->version >= 6 && u64(h, p + l->max_mapnr_64))
		h->max_mapnr = u64(h, p + l->max_mapnr_64);
	if (h->version >= 3)
		h->vmcoreinfo = part(h, p + l->vmcoreinfo, p + l->vmcoreinfo_size);
	if (h->version >= 4)
		h->notes = part(h, p + l->notes, p + l->notes_size);
}

const char *diskdump_format(const struct diskdump_head *h, bool flattened)
{
	static const struct {
		uint32_t flag;
		const char *name[2];
	} formats[] = {
		{ DISKDUMP_ZLIB, { "kdump (zlib)", "kdump (zlib), flattened" } },
		{ DISKDUMP_LZO, { "kdump (lzo)", "kdump (lzo), flattened" } },
		{ DISKDUMP_SNAPPY, { "kdump (snappy)", "kdump (snappy), flattened" } },
		{ DISKDUMP_ZSTD, { "kdump (zstd)", "kdump (zstd), flattened" } },
	};

	if (!h->is_kdump)
		return flattened ? "diskdump, flattened" : "diskdump";
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (h->status & formats[i].flag)
			return formats[i].name[flattened];
	return flattened ? "kdump, flattened" : "kdump";
}

uint16_t diskdump_machine(const char *uts_machine)
{
	/* CPUs named here: uname -m, as the format has it. By beginning; the longer name first. */
	static const struct {
		const char *name;
		uint16_t machine;
	} machines[] = {
		{ "x86_64", EM_X86_64 },
		{ "aarch64", EM_AARCH64 },
		{ "arm64", EM_AARCH64 },
		{ "arm", EM_ARM },
		{ "riscv", EM_RISCV },
		{ "ppc64", EM_PPC64 },
		{ "ppc", EM_PPC },
		{ "s390", EM_S390 },
		{ "mips", EM_MIPS },
		{ "ia64", EM_IA_64 },
		{ "sparc64", EM_SPARCV9 },
		{ "loongarch", 258 },	/* EM_LOONGARCH, glibc 2.36 and later */
	};

	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		if (!strncmp(uts_machine, machines[i].name, strlen(machines[i].name)))
			return machines[i].machine;
	/* i386 .. i686 */
	if (uts_machine[0] == 'i' && isdigit((unsigned char)uts_machine[1]) &&
	    !strcmp(uts_machine + 2, "86"))
		return EM_386;
	return 0;
}

struct diskdump_desc diskdump_desc_parse(const struct diskdump_head *h, const uint8_t *p)
{
	return (struct diskdump_desc){ u64(h, p), u32(h, p + 8), u32(h, p + 12) };
}
