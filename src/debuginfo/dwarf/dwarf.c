/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opening debug information with libdw. libdw interns every unit up to the one
 * asked for, so it is shown a file with one unit only: a made-up ELF header right
 * before the file's own bytes, whose section headers point at the sections where
 * they are, .debug_info narrowed to the unit. Everything that is not a reference
 * to another unit then works as ever, at a cost of 40 us.
 */
#include <string.h>

#include "debuginfo/debuginfo_internal.h"

#define MAX_SHOWN 16

/* Sections that types need, and those that tell which unit covers an address. */
static const char *const narrow_names[] = {
	".debug_abbrev", ".debug_str", ".debug_line_str", ".debug_str_offsets", ".debug_addr",
};
static const char *const whole_names[] = {
	".debug_info", ".debug_types", ".debug_abbrev", ".debug_str", ".debug_line_str",
	".debug_str_offsets", ".debug_addr", ".debug_rnglists", ".debug_ranges",
};

/* Likewise for code: functions, what was inlined into them, lines. */
static const char *const code_names[] = {
	".debug_info", ".debug_abbrev", ".debug_str", ".debug_line", ".debug_line_str",
	".debug_str_offsets", ".debug_addr", ".debug_rnglists", ".debug_ranges",
};

/* The section headers of a made-up file. */
struct shown {
	struct image *image;
	uint64_t slot;			/* its number */
	struct section sections[MAX_SHOWN];
	size_t nr;
};

static struct vmatlas_error *libdw_show(struct shown *s, const struct section *section,
					uint64_t offset, uint64_t size)
{
	struct section *to = &s->sections[s->nr++];

	*to = *section;
	/* Offsets count from the slot, the file's bytes begin after the last one. */
	to->offset = offset + (FILE_NR_SLOTS - s->slot) * FILE_SLOT_SIZE;
	to->size = size;
	if (s->image->info.bits == 32 && to->offset + size > UINT32_MAX)
		return vmatlas_error_new(VMATLAS_ERROR_UNSUPPORTED,
					 "%s: is too large for a 32-bit file",
					 s->image->info.path);
	return filemap_fetch(&s->image->file, offset, size);
}

static struct vmatlas_error *show_named(struct shown *s, const char *const *names,
					size_t nr)
{
	struct vmatlas_error *err = NULL;

	for (size_t i = 0; i < nr && !err; i++) {
		const struct section *section = image_section(s->image, names[i]);
		char z[32] = ".z";

		if (!section)
			section = image_section(s->image, strcat(z, names[i] + 1));
		if (section)
			err = libdw_show(s, section, section->offset, section->size);
	}
	return err;
}

/* The names of sections come from the file's own table, shown as the last one. */
static struct vmatlas_error *show_names(struct shown *s)
{
	const struct image *image = s->image;
	const struct section *names;

	if (image->names_section >= image->sections.nr)
		return NULL;
	names = &image->sections.v[image->names_section];
	if (names->type != SHT_STRTAB)
		return NULL;
	return libdw_show(s, names, names->offset, names->size);
}

static void libdw_put(const struct image *image, Elf_Type type, void *to, size_t size,
		      void *from)
{
	Elf_Data src = { .d_buf = from, .d_type = type, .d_version = EV_CURRENT,
			 .d_size = size };
	Elf_Data dst = { .d_buf = to, .d_type = type, .d_version = EV_CURRENT,
			 .d_size = size };

	if (image->info.bits == 64)
		elf64_xlatetof(&dst, &src, image->ident[EI_DATA]);
	else
		elf32_xlatetof(&dst, &src, image->ident[EI_DATA]);
}

static void put_64(const struct shown *s, uint8_t *to)
{
	Elf64_Ehdr eh = { .e_type = s->image->type, .e_machine = s->image->info.machine,
		.e_version = EV_CURRENT, .e_ehsize = sizeof(eh), .e_shoff = sizeof(eh),
		.e_shentsize = sizeof(Elf64_Shdr), .e_shnum = (uint16_t)(s->nr + 1),
		.e_shstrndx = (uint16_t)s->nr };

	memcpy(eh.e_ident, s->image->ident, EI_NIDENT);
	libdw_put(s->image, ELF_T_EHDR, to, sizeof(eh), &eh);
	to += sizeof(eh) + sizeof(Elf64_Shdr);
	for (size_t i = 0; i < s->nr; i++, to += sizeof(Elf64_Shdr)) {
		const struct section *sec = &s->sections[i];
		Elf64_Shdr sh = { .sh_name = sec->name_offset, .sh_type = sec->type,
			.sh_flags = sec->flags & SHF_COMPRESSED, .sh_offset = sec->offset,
			.sh_size = sec->size, .sh_addralign = 1 };

		libdw_put(s->image, ELF_T_SHDR, to, sizeof(sh), &sh);
	}
}

static void put_32(const struct shown *s, uint8_t *to)
{
	Elf32_Ehdr eh = { .e_type = s->image->type, .e_machine = s->image->info.machine,
		.e_version = EV_CURRENT, .e_ehsize = sizeof(eh), .e_shoff = sizeof(eh),
		.e_shentsize = sizeof(Elf32_Shdr), .e_shnum = (uint16_t)(s->nr + 1),
		.e_shstrndx = (uint16_t)s->nr };

	memcpy(eh.e_ident, s->image->ident, EI_NIDENT);
	libdw_put(s->image, ELF_T_EHDR, to, sizeof(eh), &eh);
	to += sizeof(eh) + sizeof(Elf32_Shdr);
	for (size_t i = 0; i < s->nr; i++, to += sizeof(Elf32_Shdr)) {
		const struct section *sec = &s->sections[i];
		Elf32_Shdr sh = { .sh_name = sec->name_offset, .sh_type = sec->type,
			.sh_flags = (uint32_t)sec->flags & SHF_COMPRESSED,
			.sh_offset = (uint32_t)sec->offset,
			.sh_size = (uint32_t)sec->size, .sh_addralign = 1 };

		libdw_put(s->image, ELF_T_SHDR, to, sizeof(sh), &sh);
	}
}

/* zstd came with elfutils 0.189; and llvm-objcopy 14 spoils 32-bit files. */
static struct vmatlas_error *cannot_open(const struct shown *s, const char *why)
{
	for (size_t i = 0; i < s->nr; i++)
		if (s->sections[i].flags & SHF_COMPRESSED)
			return vmatlas_error_new(VMATLAS_ERROR_UNSUPPORTED,
				"%s: libelf cannot unpack its debug information; objcopy "
				"--decompress-debug-sections can", s->image->info.path);
	return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
		"%s: has damaged debug information: %s", s->image->info.path, why);
}

static struct vmatlas_error *open_shown(const struct shown *s, Elf **ret_elf, Dwarf **ret)
{
	const struct filemap *f = &s->image->file;
	uint8_t *slot = f->room + s->slot * FILE_SLOT_SIZE;

	memset(slot, 0, FILE_SLOT_SIZE);
	if (s->image->info.bits == 64)
		put_64(s, slot);
	else
		put_32(s, slot);

	const size_t size = (FILE_NR_SLOTS - s->slot) * FILE_SLOT_SIZE + (size_t)f->size;
	Elf *elf = elf_memory((char *)slot, size);
	Dwarf *dwarf = elf ? dwarf_begin_elf(elf, DWARF_C_READ, NULL) : NULL;

	if (!dwarf) {
		struct vmatlas_error *err = cannot_open(s, elf ? dwarf_errmsg(-1) :
								 elf_errmsg(-1));

		elf_end(elf);
		return err;
	}
	*ret_elf = elf;
	*ret = dwarf;
	return NULL;
}

/* Compressed sections are unpacked by libdw as a whole, once, not once a unit. */
bool dwarf_can_be_narrow(const struct image *image)
{
	const struct section *s = image_section(image, ".debug_info");

	if (!s || s->flags & SHF_COMPRESSED)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(narrow_names); i++) {
		char z[32] = ".z";

		s = image_section(image, narrow_names[i]);
		if (s ? s->flags & SHF_COMPRESSED :
		    image_section(image, strcat(z, narrow_names[i] + 1)) != NULL)
			return false;
	}
	return true;
}

struct vmatlas_error *dwarf_open_narrow(struct image *image, uint64_t offset,
					uint64_t size, size_t slot, Elf **ret_elf,
					Dwarf **ret)
{
	struct vmatlas_error *err;
	const struct section *info = image_section(image, ".debug_info");
	struct shown s = { .image = image, .slot = slot };

	err = libdw_show(&s, info, info->offset + offset, size);
	if (!err)
		err = show_named(&s, narrow_names, ARRAY_SIZE(narrow_names));
	if (!err)
		err = show_names(&s);
	return err ? err : open_shown(&s, ret_elf, ret);
}

struct vmatlas_error *dwarf_open_whole(struct image *image, size_t slot, Elf **ret_elf,
				       Dwarf **ret)
{
	struct vmatlas_error *err;
	struct shown s = { .image = image, .slot = slot };

	err = show_named(&s, whole_names, ARRAY_SIZE(whole_names));
	if (!err)
		err = show_names(&s);
	return err ? err : open_shown(&s, ret_elf, ret);
}

struct vmatlas_error *dwarf_open_code(struct image *image, size_t slot, Elf **ret_elf, Dwarf **ret)
{
	struct vmatlas_error *err;
	struct shown s = { .image = image, .slot = slot };

	err = show_named(&s, code_names, ARRAY_SIZE(code_names));
	if (!err)
		err = show_names(&s);
	return err ? err : open_shown(&s, ret_elf, ret);
}
