/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening a vmlinux: what its ELF headers say, checked against its size (libelf). */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "debuginfo/debuginfo_internal.h"

/* Real kernels have fewer than 100. */
#define MAX_SECTIONS 100000

bool image_probe(int fd)
{
	uint8_t head[20];
	uint64_t type;

	if (pread(fd, head, sizeof(head), 0) != sizeof(head) ||
	    memcmp(head, ELFMAG, SELFMAG) ||
	    (head[EI_CLASS] != ELFCLASS32 && head[EI_CLASS] != ELFCLASS64) ||
	    (head[EI_DATA] != ELFDATA2LSB && head[EI_DATA] != ELFDATA2MSB))
		return false;
	type = head[EI_DATA] == ELFDATA2MSB ? head[17] | head[16] << 8 :
					      head[16] | head[17] << 8;
	return type == ET_EXEC || type == ET_DYN;
}

uint16_t image_machine(const char *path)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	uint8_t head[20];
	uint16_t machine = 0;

	if (fd < 0)
		return 0;
	if (image_probe(fd) && pread(fd, head, sizeof(head), 0) == sizeof(head))
		machine = head[EI_DATA] == ELFDATA2MSB ? head[19] | head[18] << 8
						       : head[18] | head[19] << 8;
	close(fd);
	return machine;
}

/* What people hand over instead of a vmlinux. */
static const char *other_than_elf(const uint8_t *head, size_t len)
{
	/* Documentation/arch/x86/boot.rst (Linux 6.12): "HdrS" at 0x202 */
	if (len >= 0x206 && !memcmp(head + 0x202, "HdrS", 4))
		return "a compressed kernel (bzImage)";
	/* arch/arm/boot/compressed/head.S (Linux 6.12): 0x016f2818 at 0x24 */
	if (len >= 0x28 && (!memcmp(head + 0x24, "\x18\x28\x6f\x01", 4) ||
			    !memcmp(head + 0x24, "\x01\x6f\x28\x18", 4)))
		return "a compressed kernel (zImage)";
	if (len >= 2 && !memcmp(head, "\x1f\x8b", 2))
		return "a gzip file";
	if (len >= 6 && !memcmp(head, "\xfd" "7zXZ", 6))
		return "an xz file";
	return NULL;
}

static struct vmatlas_error *not_elf(struct image *image)
{
	uint8_t head[0x206] = { 0 };
	const size_t len = (size_t)MIN(image->file.size, sizeof(head));
	struct vmatlas_error *err = filemap_read(&image->file, 0, head, len);
	const char *other;

	if (err)
		return err;
	other = other_than_elf(head, len);
	if (!other)
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT, "%s: is not an ELF file",
					 image->file.path);
	return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
		"%s: is %s, not an ELF file: the vmlinux that it was made from is needed",
		image->file.path, other);
}

static struct vmatlas_error *elf_truncated(const struct image *image, const char *what,
					   uint64_t end)
{
	return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
		"%s: is truncated: %s would reach to %" PRIu64 ", the file ends at "
		"%" PRIu64, image->file.path, what, end, image->file.size);
}

static struct vmatlas_error *bad_elf(const struct image *image)
{
	return vmatlas_error_new(VMATLAS_ERROR_FORMAT, "%s: is a damaged ELF file: %s",
				 image->file.path, elf_errmsg(-1));
}

static struct vmatlas_error *elf_check_type(const struct image *image,
					    const GElf_Ehdr *ehdr)
{
	const char *what = ehdr->e_type == ET_CORE ? "a core dump" :
			   ehdr->e_type == ET_REL ? "an object file" :
			   "an ELF file of no known type";

	if (ehdr->e_type == ET_EXEC || ehdr->e_type == ET_DYN)
		return NULL;
	return vmatlas_error_new(VMATLAS_ERROR_FORMAT, "%s: is %s, not a vmlinux",
				 image->file.path, what);
}

static struct vmatlas_error *elf_read_header(struct image *image, Elf *elf)
{
	struct vmatlas_error *err;
	uint64_t table_size;
	GElf_Ehdr ehdr;

	if (!gelf_getehdr(elf, &ehdr))
		return bad_elf(image);
	err = elf_check_type(image, &ehdr);
	if (err)
		return err;
	table_size = (uint64_t)ehdr.e_shnum * ehdr.e_shentsize;
	if (!filemap_holds(&image->file, ehdr.e_shoff, table_size))
		return elf_truncated(image, "its table of sections",
				     ehdr.e_shoff + table_size);

	memcpy(image->ident, ehdr.e_ident, EI_NIDENT);
	image->type = ehdr.e_type;
	image->info.machine = ehdr.e_machine;
	image->info.bits = ehdr.e_ident[EI_CLASS] == ELFCLASS64 ? 64 : 32;
	image->info.big_endian = ehdr.e_ident[EI_DATA] == ELFDATA2MSB;
	image->info.entry = ehdr.e_entry;
	return NULL;
}

static struct vmatlas_error *elf_add_section(struct image *image, Elf *elf, size_t names,
					     size_t i)
{
	GElf_Shdr sh;
	struct section *s;
	const char *name;

	if (!gelf_getshdr(elf_getscn(elf, i), &sh))
		return bad_elf(image);
	if (sh.sh_type != SHT_NOBITS && sh.sh_type != SHT_NULL &&
	    !filemap_holds(&image->file, sh.sh_offset, sh.sh_size))
		return elf_truncated(image, "a section", sh.sh_offset + sh.sh_size);
	name = elf_strptr(elf, names, sh.sh_name);
	s = vec_push(&image->sections);
	if (!s)
		return error_no_memory();
	*s = (struct section){ .type = sh.sh_type, .link = sh.sh_link,
		.name_offset = sh.sh_name, .flags = sh.sh_flags, .addr = sh.sh_addr,
		.offset = sh.sh_offset, .size = sh.sh_size, .align = sh.sh_addralign,
		.name = strdup(name ? name : "") };
	return s->name ? NULL : error_no_memory();
}

static struct vmatlas_error *read_sections(struct image *image, Elf *elf)
{
	struct vmatlas_error *err;
	size_t nr = 0, names = 0;

	if (elf_getshdrnum(elf, &nr) || elf_getshdrstrndx(elf, &names))
		return bad_elf(image);
	if (nr > MAX_SECTIONS)
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT, "%s: has %zu sections",
					 image->file.path, nr);
	image->names_section = (uint32_t)names;
	for (size_t i = 0; i < nr; i++) {
		err = elf_add_section(image, elf, names, i);
		if (err)
			return err;
	}
	return NULL;
}

/* Segments may lie: those of a separate debug file describe another file. */
static struct vmatlas_error *read_segments(struct image *image, Elf *elf)
{
	struct segment *s;
	size_t nr = 0;
	GElf_Phdr ph;

	if (elf_getphdrnum(elf, &nr))
		return bad_elf(image);
	for (size_t i = 0; i < nr && i <= INT32_MAX; i++) {
		if (!gelf_getphdr(elf, (int)i, &ph))
			return bad_elf(image);
		if (ph.p_type != PT_LOAD || !ph.p_filesz ||
		    ph.p_vaddr + (ph.p_filesz - 1) < ph.p_vaddr)
			continue;
		s = vec_push(&image->segments);
		if (!s)
			return error_no_memory();
		*s = (struct segment){ ph.p_vaddr, ph.p_offset, ph.p_filesz };
		if (image->segments.nr == 1)
			image->info.first_load = ph.p_vaddr;
	}
	return NULL;
}

const struct section *image_section(const struct image *image, const char *name)
{
	for (size_t i = 0; i < image->sections.nr; i++) {
		const struct section *s = &image->sections.v[i];

		if (s->type != SHT_NULL && s->type != SHT_NOBITS && s->size &&
		    !strcmp(s->name, name))
			return s;
	}
	return NULL;
}

void section_expect(const struct image *image, const char *name)
{
	const struct section *s = image_section(image, name);

	if (s)
		filemap_expect(&image->file, s->offset, s->size);
}

struct vmatlas_error *section_bytes(struct image *image, const struct section *s,
				    struct bytes *ret)
{
	struct vmatlas_error *err;

	if (!s) {
		*ret = (struct bytes){ 0 };
		return NULL;
	}
	err = filemap_fetch(&image->file, s->offset, s->size);
	if (!err)
		*ret = (struct bytes){ image->file.bytes + s->offset, (size_t)s->size };
	return err;
}

static struct vmatlas_error *find_build_id(struct image *image)
{
	struct vmatlas_error *err;
	struct bytes notes;
	size_t at, size;

	for (size_t i = 0; i < image->sections.nr; i++) {
		const struct section *s = &image->sections.v[i];

		if (s->type != SHT_NOTE || s->flags & SHF_COMPRESSED)
			continue;
		err = section_bytes(image, s, &notes);
		if (err)
			return err;
		if (!notes_build_id(&notes, s->align, image->info.big_endian, &at,
				    &size) ||
		    size > (sizeof(image->info.build_id) - 1) / 2)
			continue;
		for (size_t j = 0; j < size; j++)
			sprintf(image->info.build_id + 2 * j, "%02x", notes.p[at + j]);
		image->info.build_id_addr = s->flags & SHF_ALLOC ? s->addr + at : 0;
		return NULL;
	}
	return NULL;
}

static struct vmatlas_error *read_elf(struct image *image)
{
	struct vmatlas_error *err;
	Elf *elf;

	if (!image_probe(image->file.fd)) {
		uint8_t magic[SELFMAG] = { 0 };

		err = image->file.size < sizeof(magic) ? NULL :
		      filemap_read(&image->file, 0, magic, sizeof(magic));
		if (err || memcmp(magic, ELFMAG, SELFMAG))
			return err ? err : not_elf(image);
	}
	/* Not mapped by libelf: it only reads headers here. */
	elf_version(EV_CURRENT);
	elf = elf_begin(image->file.fd, ELF_C_READ, NULL);
	if (!elf || elf_kind(elf) != ELF_K_ELF) {
		elf_end(elf);
		return image->file.size >= sizeof(Elf64_Ehdr)
			       ? bad_elf(image)
			       : elf_truncated(image, "the ELF header",
					       sizeof(Elf64_Ehdr));
	}
	err = elf_read_header(image, elf);
	if (!err)
		err = read_sections(image, elf);
	if (!err)
		err = read_segments(image, elf);
	elf_end(elf);
	return err;
}

struct vmatlas_error *image_open_parts(const char *path, bool copy, struct image **ret)
{
	struct vmatlas_error *err;

	_cleanup_(image_freep) struct image *image = calloc(1, sizeof(*image));
	if (!image)
		return error_no_memory();
	image->types = image;
	image->file.fd = -1;
	err = filemap_open(path, copy, &image->file);
	if (!err)
		err = read_elf(image);
	if (!err)
		err = find_build_id(image);
	if (err)
		return err;
	image->info.path = image->file.path;
	image->info.is_small = image_section(image, IMAGE_SMALL_MARK) != NULL;
	provider_choose(image);
	*ret = take(image);
	return NULL;
}

void image_free(struct image *image)
{
	if (!image)
		return;
	graph_free(image->graph);
	symbol_index_free(image->by_addr);
	provider_done(image);
	image_free(image->debug);
	units_free(image->units);
	symbols_free(image->symbols);
	for (size_t i = 0; i < image->sections.nr; i++)
		free(image->sections.v[i].name);
	vec_done(&image->sections);
	vec_done(&image->segments);
	filemap_close(&image->file);
	free(image);
}

const struct image_info *image_info(const struct image *image)
{
	return &image->info;
}

/* In a separate debug file, segments remain while their sections lost their bytes. */
static bool is_nobits(const struct image *image, uint64_t addr, size_t len)
{
	for (size_t i = 0; i < image->sections.nr; i++) {
		const struct section *s = &image->sections.v[i];

		if (s->type == SHT_NOBITS && s->size && s->flags & SHF_ALLOC &&
		    !(s->flags & SHF_TLS) &&
		    addr <= s->addr + (s->size - 1) && addr + (len - 1) >= s->addr)
			return true;
	}
	return false;
}

struct vmatlas_error *image_read(struct image *image, uint64_t addr, void *buf,
				 size_t len)
{
	struct vmatlas_error *err;

	if (!len)
		return NULL;
	for (size_t i = 0; i < image->segments.nr; i++) {
		const struct segment *s = &image->segments.v[i];
		const uint64_t in = addr - s->addr;

		if (in >= s->file_size || len > s->file_size - in ||
		    s->offset + in < in ||
		    !filemap_holds(&image->file, s->offset + in, len))
			continue;
		if (is_nobits(image, addr, len))
			break;
		return filemap_read(&image->file, s->offset + in, buf, len);
	}
	err = vmatlas_error_new(VMATLAS_ERROR_FAULT, "%s: holds nothing at %#" PRIx64,
				image->file.path, addr);
	error_set_address(err, VMATLAS_VIRTUAL, addr);
	return err;
}
