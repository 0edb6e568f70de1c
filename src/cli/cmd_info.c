/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmatlas info: which kernel this is, and how that was found out. */
#include <inttypes.h>
#include <string.h>

#include "cli/cmd.h"

struct info_field {
	const char *label;
	const char *key;	/* JSON */
	json_t *value;		/* owned */
	char *text;		/* owned; NULL: unknown */
};

enum { FIELD_MAX = 32 };

struct info_fields {
	struct info_field v[FIELD_MAX];
	size_t nr;
};

static void info_add(struct info_fields *f, const char *label, const char *key,
		     json_t *value, char *text)
{
	f->v[f->nr++] = (struct info_field){ label, key, value, text };
}

static void info_add_text(struct info_fields *f, const char *label, const char *key,
			  const char *text)
{
	info_add(f, label, key, json_text(text), *text ? strdup(text) : NULL);
}

static void info_add_number(struct info_fields *f, const char *label, const char *key,
			    uint64_t value)
{
	_cleanup_(str_done) struct str s = { 0 };

	str_addf(&s, "%" PRIu64, value);
	info_add(f, label, key, json_number(value), str_take(&s));
}

/* An address with the words that say where it comes from; without them, unknown. */
static void add_offset(struct info_fields *f, const char *label, const char *key,
		       const char *from_key, uint64_t value, const char *from)
{
	_cleanup_(str_done) struct str s = { 0 };

	str_addf(&s, "0x%" PRIx64 " (%s)", value, from);
	info_add(f, label, key, *from ? json_hex(value) : json_null(),
		 *from ? str_take(&s) : NULL);
	info_add(f, NULL, from_key, json_text(from), NULL);
}

/* Only where somebody may wonder which file that is. */
static void add_found(struct info_fields *f, const char *from)
{
	info_add(f, *from ? "found by" : NULL, "vmlinux_from", json_text(from),
		 *from ? strdup(from) : NULL);
}

static void add_part(struct str *s, const struct cli *cli, uint64_t bytes, const char *what)
{
	char size[TEXT_MAX];

	if (bytes)
		str_addf(s, ", %s%s", text_size(cli, bytes, size), what);
}

static void add_ram(const struct cli *cli, const struct vmatlas_info *i,
		    struct info_fields *f)
{
	const uint64_t low = i->ram - i->ram_high - i->ram_unused;
	_cleanup_(str_done) struct str s = { 0 };
	char size[TEXT_MAX];

	str_addf(&s, "%s System RAM", text_size(cli, i->ram, size));
	if (i->ram_high)
		add_part(&s, cli, low, " of it lowmem");
	add_part(&s, cli, i->ram_high, " highmem");
	add_part(&s, cli, i->ram_unused, " not used by this kernel");
	info_add(f, "RAM", "ram", i->ram ? json_number(i->ram) : json_null(),
		 i->ram ? str_take(&s) : NULL);
	info_add(f, NULL, "ram_high", i->ram ? json_number(i->ram_high) : json_null(),
		 NULL);
	info_add(f, NULL, "ram_unused", i->ram ? json_number(i->ram_unused) : json_null(),
		 NULL);
}

static void info_collect(const struct cli *cli, const struct vmatlas_info *i,
			 struct info_fields *f)
{
	const char *phys_label = strcmp(i->arch, "x86_64") ? "PHYS_OFFSET" : "phys_base";
	char when[TEXT_MAX];

	info_add_text(f, "host", "host", i->nodename);
	info_add_text(f, "release", "release", i->release);
	info_add_text(f, "version", "version", i->version);
	info_add_text(f, "banner", "banner", i->banner);
	info_add_text(f, "cpu", "cpu", i->cpu);
	info_add_text(f, "arch", "arch", i->arch);
	info_add_number(f, "pointer size", "pointer_size", i->pointer_size);
	info_add_text(f, "byte order", "byte_order",
		      i->big_endian ? "big-endian" : "little-endian");
	info_add_number(f, "page size", "page_size", (uint64_t)1 << (i->page_shift & 31));
	info_add_number(f, "levels", "levels", i->levels);
	add_ram(cli, i, f);
	info_add_text(f, "vmlinux", "vmlinux", i->vmlinux_path);
	add_found(f, i->vmlinux_from);
	info_add_text(f, "build ID", "build_id", i->build_id);
	info_add_text(f, "types", "types_from", i->types_from);
	info_add_text(f, "dump", "core", i->core_path);
	info_add_text(f, "format", "core_format", i->core_format);
	info_add(f, NULL, "live", json_boolean(i->live), NULL);
	info_add_text(f, "taken", "taken",
		      text_time(i->dump_time, "%Y-%m-%dT%H:%M:%SZ", when));
	info_add_text(f, "vmcoreinfo", "vmcoreinfo_from", i->vmcoreinfo_from);
	info_add_text(f, "proof", "proof", i->verified_by);
	add_offset(f, "KASLR offset", "kaslr_offset", "kaslr_from", i->kaslr_offset,
		   i->kaslr_from);
	add_offset(f, phys_label, "phys_base", "phys_from", i->phys_base, i->phys_from);
	info_add_number(f, "bytes read", "bytes_read", i->bytes_read);
	info_add_number(f, "reads", "nr_reads", i->nr_reads);
}

static void print_fields(const struct cli *cli, struct info_fields *f)
{
	for (size_t i = 0; i < f->nr; i++)
		if (f->v[i].label)
			print_field(cli, 0, 13, f->v[i].label,
				    f->v[i].text ? f->v[i].text : "unknown");
}

static void json_fields(struct info_fields *f)
{
	json_t *o = json_object();

	for (size_t i = 0; i < f->nr; i++)
		json_object_set(o, f->v[i].key, f->v[i].value);
	json_member("info", o);
}

struct vmatlas_error *cmd_info(struct cli *cli)
{
	struct vmatlas_error *err = session_open(cli, VMATLAS_SURVEY_RAM);
	const struct vmatlas_info *info;
	struct info_fields f = { .nr = 0 };

	if (err)
		return err;
	info = vmatlas_info(cli->atlas);
	if (info)
		info_collect(cli, info, &f);
	if (cli->json) {
		json_begin(cli);
		json_fields(&f);
		json_findings(cli);
		json_coverage(cli);
		err = json_end();
	} else {
		print_target(cli);
		print_fields(cli, &f);
		print_findings(cli);
		if (vmatlas_coverage_next(cli->atlas, NULL))
			print_coverage(cli, true);
	}
	for (size_t i = 0; i < f.nr; i++) {
		json_decref(f.v[i].value);
		free(f.v[i].text);
	}
	return err;
}
