/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writing a small vmlinux: symbols that were asked for, bytes that were read,
 * types as BTF, the build ID; nothing else of the kernel's file.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/compare.h"
#include "base/strbuf.h"
#include "debuginfo/debuginfo_internal.h"

/* Bytes to load, merged: no two touch or overlap. */
struct chunk {
	uint64_t addr;
	struct str bytes;
};

struct small {
	struct image *image;
	const char *path;
	int fd;
	Elf *elf;
	VEC(struct chunk) chunks;
	struct str names, strings, symbols;	/* .shstrtab .strtab .symtab */
	uint32_t nr_local;
	size_t nr_symbols;
};

static void small_done(struct small *s)
{
	if (s->elf)
		elf_end(s->elf);
	for (size_t i = 0; i < s->chunks.nr; i++)
		str_done(&s->chunks.v[i].bytes);
	vec_done(&s->chunks);
	str_done(&s->names);
	str_done(&s->strings);
	str_done(&s->symbols);
}

/* libelf says "cannot write data to file", the system why. */
static struct vmatlas_error *elf_failed(const struct small *s)
{
	if (errno)
		return error_system("%s", s->path);
	return vmatlas_error_new(VMATLAS_ERROR_SYSTEM, "%s: %s", s->path, elf_errmsg(-1));
}

/* ---- Pieces to chunks ---- */

static int write_vmlinux_by_addr(const void *a, const void *b)
{
	const struct image_piece *x = a, *y = b;

	return compare_u64(x->addr, y->addr) ?: compare_u64(y->len, x->len);
}

/* Overlapping pieces come from one file: where they overlap they are equal. */
static struct vmatlas_error *write_vmlinux_add_piece(struct small *s,
						     const struct image_piece *p)
{
	struct chunk *last = s->chunks.nr ? &s->chunks.v[s->chunks.nr - 1] : NULL;
	uint64_t covered = 0;

	if (!last || p->addr > last->addr + last->bytes.len) {
		last = vec_push(&s->chunks);
		if (!last)
			return error_no_memory();
		last->addr = p->addr;
	}
	covered = last->addr + last->bytes.len - p->addr;
	if (covered < p->len)
		str_add(&last->bytes, (const char *)p->bytes + covered, p->len - covered);
	return last->bytes.failed ? error_no_memory() : NULL;
}

static struct vmatlas_error *add_pieces(struct small *s, const struct image_piece *pieces, size_t nr)
{
	_cleanup_(freep) struct image_piece *sorted = calloc(nr + 1, sizeof(*sorted));
	struct vmatlas_error *err = NULL;

	if (!sorted)
		return error_no_memory();
	if (nr) {
		memcpy(sorted, pieces, nr * sizeof(*sorted));
		qsort(sorted, nr, sizeof(*sorted), write_vmlinux_by_addr);
	}
	for (size_t i = 0; i < nr && !err; i++)
		if (sorted[i].len)
			err = write_vmlinux_add_piece(s, &sorted[i]);
	return err;
}

/* ---- Symbols ---- */

static void write_vmlinux_put(struct small *s, uint64_t value, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		const char byte = value >> 8 * (s->image->info.big_endian ? size - 1 - i : i);

		str_add(&s->symbols, &byte, 1);
	}
}

static void add_symbol(struct small *s, const char *name, size_t len, const char *suffix,
		       uint64_t addr, uint64_t size, unsigned char info, uint16_t section)
{
	const bool is_64 = s->image->info.bits == 64;

	write_vmlinux_put(s, len ? s->strings.len : 0, 4);
	if (is_64) {
		write_vmlinux_put(s, info, 1);
		write_vmlinux_put(s, 0, 1);
		write_vmlinux_put(s, section, 2);
	}
	write_vmlinux_put(s, addr, is_64 ? 8 : 4);
	write_vmlinux_put(s, size, is_64 ? 8 : 4);
	if (!is_64) {
		write_vmlinux_put(s, info, 1);
		write_vmlinux_put(s, 0, 1);
		write_vmlinux_put(s, section, 2);
	}
	if (!len)
		return;
	str_add(&s->strings, name, len);
	str_add(&s->strings, suffix, strlen(suffix) + 1);
}

static const struct image_moved *find_moved(const struct image_small *what, const char *name)
{
	for (size_t i = 0; i < what->nr_moved; i++)
		if (!strcmp(what->moved[i].name, name))
			return &what->moved[i];
	return NULL;
}

/* Local symbols come first in ELF; @global chooses which to add. */
static void add_symbols(struct small *s, bool global, const struct image_small *what)
{
	const struct symbols *all = symbols_of(s->image)->symbols;

	for (size_t i = 0; all && i < symbols_nr(all); i++) {
		const struct wanted *w = symbols_at(all, i);
		const struct image_moved *to = find_moved(what, w->name);

		for (size_t j = 0; j < w->found.nr; j++) {
			const struct candidate *c = &w->found.v[j];
			const unsigned char type = c->symbol.is_function ? STT_FUNC : STT_OBJECT;

			if (c->is_global != global)
				continue;
			/* a suffix was there; which one does not matter */
			add_symbol(s, w->name, w->len, c->is_exact ? "" : ".0",
				   (to ? to->addr : c->symbol.addr) | c->symbol.is_thumb,
				   c->symbol.size, (global ? STB_GLOBAL : STB_LOCAL) << 4 | type,
				   c->symbol.is_absolute ? SHN_ABS : 1);
			s->nr_local += !global;
			s->nr_symbols++;
		}
	}
}

/* ---- The file ---- */

static Elf_Scn *write_vmlinux_add_section(struct small *s, const char *name,
					  GElf_Shdr shdr, const void *bytes, size_t len,
					  Elf_Type type)
{
	Elf_Scn *scn = elf_newscn(s->elf);
	Elf_Data *data = scn ? elf_newdata(scn) : NULL;
	GElf_Shdr old;

	if (!data || !gelf_getshdr(scn, &old))
		return NULL;
	shdr.sh_name = s->names.len;
	str_add(&s->names, name, strlen(name) + 1);
	data->d_buf = (void *)bytes;
	data->d_size = len;
	data->d_type = type;
	data->d_align = shdr.sh_addralign;
	data->d_version = EV_CURRENT;
	shdr.sh_size = len;
	return gelf_update_shdr(scn, &shdr) ? scn : NULL;
}

/* The note as it was: other tools look for it, and so do we. */
static bool write_vmlinux_add_build_id(struct small *s, const struct bytes *note)
{
	GElf_Shdr shdr = { .sh_type = SHT_NOTE, .sh_flags = SHF_ALLOC, .sh_addralign = 4,
			   .sh_addr = s->image->info.build_id_addr - 16 };

	return !note->len || write_vmlinux_add_section(s, ".note.gnu.build-id", shdr,
						       note->p, note->len, ELF_T_BYTE);
}

static bool add_chunks(struct small *s)
{
	for (size_t i = 0; i < s->chunks.nr; i++) {
		GElf_Shdr shdr = { .sh_type = SHT_PROGBITS, .sh_flags = SHF_ALLOC,
				   .sh_addralign = 1, .sh_addr = s->chunks.v[i].addr };

		if (!write_vmlinux_add_section(s, ".kept", shdr,
					       str_text(&s->chunks.v[i].bytes),
					       s->chunks.v[i].bytes.len, ELF_T_BYTE))
			return false;
	}
	return true;
}

static bool add_tables(struct small *s, const void *btf, size_t btf_size)
{
	const GElf_Shdr plain = { .sh_type = SHT_PROGBITS, .sh_addralign = 8 };
	const bool is_64 = s->image->info.bits == 64;
	GElf_Shdr symtab = {
		.sh_type = SHT_SYMTAB, .sh_addralign = 8, .sh_info = s->nr_local + 1,
		.sh_entsize = is_64 ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym),
	};
	const GElf_Shdr strtab = { .sh_type = SHT_STRTAB, .sh_addralign = 1 };
	static const char mark[] = "small vmlinux, made by vmatlas extract\n";
	Elf_Scn *strings;

	if (!write_vmlinux_add_section(s, IMAGE_SMALL_MARK, strtab, mark, sizeof(mark),
				       ELF_T_BYTE))
		return false;
	if (btf_size &&
	    !write_vmlinux_add_section(s, ".BTF", plain, btf, btf_size, ELF_T_BYTE))
		return false;
	strings = write_vmlinux_add_section(s, ".strtab", strtab, str_text(&s->strings),
					    s->strings.len, ELF_T_BYTE);
	if (!strings)
		return false;
	symtab.sh_link = elf_ndxscn(strings);
	return write_vmlinux_add_section(s, ".symtab", symtab, str_text(&s->symbols),
					 s->symbols.len, ELF_T_BYTE);
}

static bool write_vmlinux_add_names(struct small *s)
{
	const GElf_Shdr strtab = { .sh_type = SHT_STRTAB, .sh_addralign = 1 };
	Elf_Scn *scn =
		write_vmlinux_add_section(s, ".shstrtab", strtab, "", 0, ELF_T_BYTE);
	Elf_Data *data = scn ? elf_getdata(scn, NULL) : NULL;
	GElf_Ehdr ehdr;
	GElf_Shdr shdr;

	if (!data || !gelf_getehdr(s->elf, &ehdr) || !gelf_getshdr(scn, &shdr))
		return false;
	/* complete only now that every section has its name */
	data->d_buf = (void *)str_text(&s->names);
	data->d_size = shdr.sh_size = s->names.len;
	ehdr.e_shstrndx = elf_ndxscn(scn);
	return gelf_update_shdr(scn, &shdr) && gelf_update_ehdr(s->elf, &ehdr);
}

static bool write_vmlinux_begin(struct small *s, size_t nr_phdrs)
{
	const struct image_info *info = &s->image->info;
	GElf_Ehdr ehdr;

	elf_version(EV_CURRENT);
	s->elf = elf_begin(s->fd, ELF_C_WRITE, NULL);
	if (!s->elf || !gelf_newehdr(s->elf, info->bits == 64 ? ELFCLASS64 : ELFCLASS32) ||
	    !gelf_getehdr(s->elf, &ehdr))
		return false;
	ehdr.e_ident[EI_DATA] = info->big_endian ? ELFDATA2MSB : ELFDATA2LSB;
	ehdr.e_type = ET_EXEC;
	ehdr.e_machine = info->machine;
	ehdr.e_version = EV_CURRENT;
	ehdr.e_entry = info->entry;
	return gelf_update_ehdr(s->elf, &ehdr) && (!nr_phdrs || gelf_newphdr(s->elf, nr_phdrs));
}

/* One PT_LOAD for each section that is loaded, now that libelf placed them. */
static bool add_phdrs(struct small *s)
{
	size_t nr = 0;

	if (elf_update(s->elf, ELF_C_NULL) < 0)
		return false;
	for (Elf_Scn *scn = NULL; (scn = elf_nextscn(s->elf, scn));) {
		GElf_Phdr phdr = { .p_type = PT_LOAD, .p_flags = PF_R, .p_align = 1 };
		GElf_Shdr shdr;

		if (!gelf_getshdr(scn, &shdr))
			return false;
		if (!(shdr.sh_flags & SHF_ALLOC))
			continue;
		phdr.p_offset = shdr.sh_offset;
		phdr.p_vaddr = phdr.p_paddr = shdr.sh_addr;
		phdr.p_filesz = phdr.p_memsz = shdr.sh_size;
		if (!gelf_update_phdr(s->elf, nr++, &phdr))
			return false;
	}
	return true;
}

/* The 36 bytes of the note: header, "GNU", the ID. */
static struct vmatlas_error *read_build_id(struct image *image, uint8_t note[static 36],
					   struct bytes *ret)
{
	struct vmatlas_error *err;

	*ret = (struct bytes){ 0 };
	if (!image->info.build_id_addr || strlen(image->info.build_id) != 40)
		return NULL;
	err = image_read(image, image->info.build_id_addr - 16, note, 36);
	if (!err)
		*ret = (struct bytes){ note, 36 };
	return err;
}

static bool write_file(struct small *s, const struct bytes *note, const struct image_small *what,
		       uint64_t *ret_size)
{
	off_t written;

	errno = 0;
	if (!write_vmlinux_begin(s, s->chunks.nr + (note->len != 0)) ||
	    !write_vmlinux_add_build_id(s, note) || !add_chunks(s) ||
	    !add_tables(s, what->btf, what->btf_size) || !write_vmlinux_add_names(s) ||
	    !add_phdrs(s))
		return false;
	written = elf_update(s->elf, ELF_C_WRITE);
	*ret_size = written;
	return written >= 0;
}

struct vmatlas_error *image_write_small(struct image *image, int fd, const char *path,
					const struct image_small *what, uint64_t *ret_size,
					size_t *ret_nr_symbols)
{
	_cleanup_(small_done) struct small s = { .image = image, .path = path, .fd = fd };
	struct vmatlas_error *err;
	struct bytes note;
	uint8_t raw[36];

	err = read_build_id(image, raw, &note);
	if (!err)
		err = add_pieces(&s, what->pieces, what->nr_pieces);
	if (err)
		return err;
	str_add(&s.names, "", 1);
	str_add(&s.strings, "", 1);
	add_symbol(&s, "", 0, "", 0, 0, 0, 0);
	add_symbols(&s, false, what);
	add_symbols(&s, true, what);
	if (s.symbols.failed || s.strings.failed)
		return error_no_memory();
	if (!write_file(&s, &note, what, ret_size))
		return elf_failed(&s);
	*ret_nr_symbols = s.nr_symbols;
	return NULL;
}
