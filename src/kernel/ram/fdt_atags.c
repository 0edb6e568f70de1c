/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Flattened device trees (by libfdt) and ATAGs. */
#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/range.h"
#include "kernel/ram/fdt_atags.h"

/* No firmware lists more; a hostile one gets no more memory. */
enum { MAX_RANGES = 1024 };

/* arch/arm/include/asm/prom.h and arm64 map at most 2 MiB; take twice that. */
static const uint64_t max_fdt_size = MIB(4);

void firmware_done(struct firmware *f)
{
	vec_done(&f->ranges);
	free(f->command_line);
	free(f->model);
	f->command_line = f->model = NULL;
}

static struct vmatlas_error *fdt_add(struct firmware *f, enum firmware_role role,
				     uint64_t first, uint64_t size, bool no_map,
				     const char *name)
{
	struct firmware_range *r;
	struct vmatlas_range phys;

	if (f->ranges.nr >= MAX_RANGES || !range_from_size(first, size, &phys))
		return NULL;
	r = vec_push(&f->ranges);
	if (!r)
		return error_no_memory();
	r->role = role;
	r->phys = phys;
	r->no_map = no_map;
	snprintf(r->name, sizeof(r->name), "%s", name);
	return NULL;
}

/* Text from outside, made fit for a terminal. */
static struct vmatlas_error *keep_text(char **slot, const char *text, size_t len)
{
	char *copy = strndup(text, len);

	if (!copy)
		return error_no_memory();
	for (char *c = copy; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = ' ';
	free(*slot);
	*slot = copy;
	return NULL;
}

/* ---- Device tree ---- */

uint64_t firmware_fdt_size(const uint8_t header[static 8])
{
	uint64_t size = bytes_uint(header + 4, 4, true);

	if (bytes_uint(header, 4, true) != FDT_MAGIC ||
	    size < sizeof(struct fdt_header) || size > max_fdt_size)
		return 0;
	return size;
}

/* Before version 17 the header does not say how long the structure is. */
uint64_t firmware_fdt_used(const uint8_t header[static FIRMWARE_FDT_HEADER])
{
	const uint64_t size = firmware_fdt_size(header);
	const uint64_t structure = bytes_uint(header + 8, 4, true),
		       strings = bytes_uint(header + 12, 4, true),
		       reserved = bytes_uint(header + 16, 4, true),
		       version = bytes_uint(header + 20, 4, true);
	const uint64_t used = MAX(strings + bytes_uint(header + 32, 4, true),
				  structure + bytes_uint(header + 36, 4, true));

	/* The list of reservations has no length: it must be in front. */
	return version < 17 || reserved > structure ? size : MIN(size, used);
}

static bool text_is(const void *fdt, int node, const char *prop, const char *want)
{
	int len;
	const char *p = fdt_getprop(fdt, node, prop, &len);

	return p && len > 0 && (size_t)len >= strlen(want) + 1 &&
	       !memcmp(p, want, strlen(want) + 1);
}

/* A node without status, or with "okay", is there. */
static bool is_available(const void *fdt, int node)
{
	return !fdt_getprop(fdt, node, "status", NULL) ||
	       text_is(fdt, node, "status", "okay") || text_is(fdt, node, "status", "ok");
}

/*
 * Every (address, size) of a reg property. The cells are the parent's; where it
 * does not say, two for addresses and one for sizes.
 */
static struct vmatlas_error *add_regs(struct firmware *f, const void *fdt, int parent,
				      int node, const char *prop, enum firmware_role role,
				      bool no_map, const char *path)
{
	int ac = fdt_address_cells(fdt, parent), sc = fdt_size_cells(fdt, parent), len;
	const uint8_t *p = fdt_getprop(fdt, node, prop, &len);
	struct vmatlas_error *err = NULL;
	size_t a, s;
	char name[64];

	if (!p || len <= 0 || ac < 1 || ac > 2 || sc < 1 || sc > 2)
		return NULL;
	a = (size_t)ac * 4;
	s = (size_t)sc * 4;
	snprintf(name, sizeof(name), "%s%s", path, fdt_get_name(fdt, node, NULL));
	for (size_t at = 0; !err && (size_t)len - at >= a + s; at += a + s)
		err = fdt_add(f, role, bytes_uint(p + at, a, true),
			      bytes_uint(p + at + a, s, true), no_map, name);
	return err;
}

/* early_init_dt_scan_memory() of drivers/of/fdt.c */
static struct vmatlas_error *scan_memory(struct firmware *f, const void *fdt)
{
	struct vmatlas_error *err = NULL;
	int node;

	fdt_for_each_subnode(node, fdt, 0) {
		bool limited = fdt_getprop(fdt, node, "linux,usable-memory", NULL);

		if (err || !text_is(fdt, node, "device_type", "memory") ||
		    !is_available(fdt, node))
			continue;
		err = add_regs(f, fdt, 0, node, limited ? "linux,usable-memory" : "reg",
			       FIRMWARE_RAM, false, "/");
	}
	return err;
}

static struct vmatlas_error *scan_reserved(struct firmware *f, const void *fdt)
{
	int parent = fdt_path_offset(fdt, "/reserved-memory"), node;
	struct vmatlas_error *err = NULL;
	int nr = fdt_num_mem_rsv(fdt);

	for (int i = 0; !err && i < MIN(nr, (int)MAX_RANGES); i++) {
		uint64_t first, size;

		if (fdt_get_mem_rsv(fdt, i, &first, &size) == 0)
			err = fdt_add(f, FIRMWARE_RESERVED, first, size, false,
				      "/memreserve/");
	}
	if (parent < 0)
		return err;
	fdt_for_each_subnode(node, fdt, parent) {
		bool no_map = fdt_getprop(fdt, node, "no-map", NULL);

		if (!err && is_available(fdt, node))
			err = add_regs(f, fdt, parent, node, "reg", FIRMWARE_RESERVED,
				       no_map, "/reserved-memory/");
	}
	return err;
}

static bool number_prop(const void *fdt, int node, const char *name, uint64_t *ret)
{
	int len;
	const void *p = fdt_getprop(fdt, node, name, &len);

	if (!p || (len != 4 && len != 8))
		return false;
	*ret = bytes_uint(p, (size_t)len, true);
	return true;
}

static struct vmatlas_error *scan_chosen(struct firmware *f, const void *fdt)
{
	int node = fdt_path_offset(fdt, "/chosen"), len;
	struct vmatlas_error *err = NULL;
	uint64_t start, end;
	const char *text;

	if (node < 0)
		return NULL;
	if (number_prop(fdt, node, "linux,initrd-start", &start) &&
	    number_prop(fdt, node, "linux,initrd-end", &end) && end > start)
		err = fdt_add(f, FIRMWARE_INITRD, start, end - start, false, "initrd");
	text = fdt_getprop(fdt, node, "bootargs", &len);
	if (!err && text && len > 1)
		err = keep_text(&f->command_line, text, (size_t)len);
	return err;
}

struct vmatlas_error *firmware_parse_fdt(const void *blob, size_t len,
					 struct firmware *ret)
{
	struct vmatlas_error *err;
	const char *model;
	int n, bad;

	/*
	 * fdt_check_full() of libfdt 1.6.1 follows a NULL name in trees older than
	 * version 16, which nobody has written since 2005.
	 */
	if (len < sizeof(struct fdt_header) || fdt_version(blob) < 16)
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
					 "device tree: no header of version 16 or later");
	bad = fdt_check_full(blob, len);
	if (bad)
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
					 "device tree: %s", fdt_strerror(bad));
	err = scan_memory(ret, blob);
	if (!err)
		err = scan_reserved(ret, blob);
	if (!err)
		err = scan_chosen(ret, blob);
	model = fdt_getprop(blob, 0, "model", &n);
	if (!err && model && n > 1)
		err = keep_text(&ret->model, model, (size_t)n);
	return err;
}

/* ---- ATAGs: arch/arm/include/uapi/asm/setup.h ---- */

enum {
	ATAG_NONE, ATAG_CORE = 0x54410001, ATAG_MEM = 0x54410002,
	ATAG_INITRD2 = 0x54420005, ATAG_CMDLINE = 0x54410009,
};

static struct vmatlas_error *atag(const uint8_t *p, size_t len, uint64_t tag,
				  bool big_endian, struct firmware *f)
{
	uint64_t a, b;

	if (tag == ATAG_CMDLINE && len)
		return keep_text(&f->command_line, (const char *)p, len);
	if ((tag != ATAG_MEM && tag != ATAG_INITRD2) || len < 8)
		return NULL;
	a = bytes_uint(p, 4, big_endian);
	b = bytes_uint(p + 4, 4, big_endian);
	if (tag == ATAG_MEM)	/* size comes first here, start there */
		return fdt_add(f, FIRMWARE_RAM, b, a, false, "ATAG_MEM");
	return fdt_add(f, FIRMWARE_INITRD, a, b, false, "initrd");
}

struct vmatlas_error *firmware_parse_atags(const uint8_t *p, size_t len, bool big_endian,
					   struct firmware *ret)
{
	struct vmatlas_error *err = NULL;

	if (len < 8 || bytes_uint(p + 4, 4, big_endian) != ATAG_CORE)
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT, "no ATAG_CORE");
	while (!err && len >= 8) {
		uint64_t words = bytes_uint(p, 4, big_endian);
		uint64_t tag = bytes_uint(p + 4, 4, big_endian);

		if (tag == ATAG_NONE || words < 2 || words > len / 4)
			break;
		err = atag(p + 8, words * 4 - 8, tag, big_endian, ret);
		p += words * 4;
		len -= words * 4;
	}
	return err;
}
