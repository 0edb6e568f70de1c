/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ELF headers in a buffer. By hand instead of by libelf: a core's headers are
 * a few words, and libelf would map the file.
 */
#include <elf.h>
#include <string.h>

#include "base/bytes.h"
#include "mem/elf_header.h"

bool elf_probe(const uint8_t *p, size_t len)
{
	return len >= SELFMAG && !memcmp(p, ELFMAG, SELFMAG);
}

static uint64_t elf_header_field(const struct elf_head *h, const uint8_t *p, size_t size)
{
	return bytes_uint(p, size, h->big_endian);
}

#define EHDR(h, p, m)                                                                    \
	((h)->bits == 64 ? elf_header_field((h), (p) + offsetof(Elf64_Ehdr, m),          \
					    sizeof(((Elf64_Ehdr *)0)->m))                \
			 : elf_header_field((h), (p) + offsetof(Elf32_Ehdr, m),          \
					    sizeof(((Elf32_Ehdr *)0)->m)))
#define PHDR(h, p, m)                                                                    \
	((h)->bits == 64 ? elf_header_field((h), (p) + offsetof(Elf64_Phdr, m),          \
					    sizeof(((Elf64_Phdr *)0)->m))                \
			 : elf_header_field((h), (p) + offsetof(Elf32_Phdr, m),          \
					    sizeof(((Elf32_Phdr *)0)->m)))

static struct vmatlas_error *elf_header_truncated(void)
{
	return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
		"file is truncated in its ELF header; copy the dump again");
}

static struct vmatlas_error *check_ident(const uint8_t *p, size_t len,
					 struct elf_head *ret)
{
	if (len < EI_NIDENT)
		return elf_header_truncated();
	if ((p[EI_CLASS] != ELFCLASS32 && p[EI_CLASS] != ELFCLASS64) ||
	    (p[EI_DATA] != ELFDATA2LSB && p[EI_DATA] != ELFDATA2MSB))
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
			"damaged ELF header: class %u, byte order %u",
			p[EI_CLASS], p[EI_DATA]);
	ret->bits = p[EI_CLASS] == ELFCLASS64 ? 64 : 32;
	ret->big_endian = p[EI_DATA] == ELFDATA2MSB;
	return len < (ret->bits == 64 ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr))
		       ? elf_header_truncated()
		       : NULL;
}

static struct vmatlas_error *elf_header_check_type(uint16_t type)
{
	switch (type) {
	case ET_CORE:
		return NULL;
	case ET_EXEC:
	case ET_DYN:
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
			"is an ELF executable such as vmlinux, not a dump; "
			"a dump is needed here");
	case ET_REL:
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
			"is an ELF object such as a module, not a dump; "
			"a dump is needed here");
	}
	return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
		"is an ELF file of type %u, not a core dump", type);
}

struct vmatlas_error *elf_head_parse(const uint8_t *p, size_t len, struct elf_head *ret)
{
	struct elf_head h = { 0 };
	struct vmatlas_error *err;

	err = check_ident(p, len, &h);
	if (err)
		return err;
	h.type = EHDR(&h, p, e_type);
	h.machine = EHDR(&h, p, e_machine);
	h.phoff = EHDR(&h, p, e_phoff);
	h.shoff = EHDR(&h, p, e_shoff);
	h.nr_phdrs = EHDR(&h, p, e_phnum);
	h.phdr_size = EHDR(&h, p, e_phentsize);
	err = elf_header_check_type(h.type);
	if (err)
		return err;
	if (h.phdr_size < elf_phdr_size(&h))
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
			"damaged ELF header: program headers of %u bytes", h.phdr_size);
	*ret = h;
	return NULL;
}

bool elf_head_xnum(const struct elf_head *h)
{
	return h->nr_phdrs == PN_XNUM && h->shoff != 0;
}

size_t elf_shdr_size(const struct elf_head *h)
{
	return h->bits == 64 ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr);
}

uint32_t elf_shdr_xnum(const struct elf_head *h, const uint8_t *p)
{
	return elf_header_field(h,
				p + (h->bits == 64 ? offsetof(Elf64_Shdr, sh_info)
						   : offsetof(Elf32_Shdr, sh_info)),
				4);
}

size_t elf_phdr_size(const struct elf_head *h)
{
	return h->bits == 64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
}

/* All ones in the width of the file is how the kernel says "none". */
static uint64_t elf_header_address(const struct elf_head *h, uint64_t addr)
{
	return h->bits == 32 && addr == UINT32_MAX ? UINT64_MAX : addr;
}

struct elf_phdr elf_phdr_parse(const struct elf_head *h, const uint8_t *p)
{
	return (struct elf_phdr){
		.type = PHDR(h, p, p_type),
		.offset = PHDR(h, p, p_offset),
		.vaddr = elf_header_address(h, PHDR(h, p, p_vaddr)),
		.paddr = elf_header_address(h, PHDR(h, p, p_paddr)),
		.file_size = PHDR(h, p, p_filesz),
		.mem_size = PHDR(h, p, p_memsz),
	};
}
