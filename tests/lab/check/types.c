/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * types VMLINUX VMCORE SCRATCH: every question about types that a whole analysis asks,
 * put to the DWARF of VMLINUX, to its BTF, and to BTF made of either; then every member
 * of every struct that stands in both near the same functions. Prints counts, below
 * them what is answered differently, and tags that mean several structs.
 */
#include <stdio.h>
#include <string.h>

#include "map/vmatlas_internal.h"
#include "debuginfo/btf/btf_member.h"
#include "kernel/type_log.h"

struct answer {
	uint32_t code;
	struct image_member m;
	int64_t value;
};

static void must(struct vmatlas_error *err)
{
	if (!err)
		return;
	fprintf(stderr, "types: %s\n", vmatlas_error_message(err));
	exit(2);
}

static struct answer ask(struct image *image, const struct image_need *n)
{
	struct answer a = { 0 };
	struct vmatlas_error *err =
		n->member ? image_member(image, n->near, n->name, n->member, &a.m) :
			    image_enumerator(image, n->near, n->name, &a.value);

	a.code = vmatlas_error_code(err);
	if (err && a.code != VMATLAS_ERROR_NOT_FOUND)
		must(err);
	vmatlas_error_free(err);
	return a;
}

static void say(const char *who, const struct answer *a)
{
	if (a->code)
		printf("  %s missing", who);
	else
		printf("  %s +%llu %llu bytes, %llu%s%s, value %lld", who,
		       (unsigned long long)a->m.offset, (unsigned long long)a->m.size,
		       (unsigned long long)a->m.count, a->m.is_signed ? " signed" : "",
		       a->m.is_pointer ? " pointer" : "", (long long)a->value);
}

/* Whether char has a sign, pahole did not say before 1.22: those are not compared. */
static bool same_sign(const struct image_member *a, const struct image_member *b)
{
	return a->is_signed == b->is_signed || a->size <= (a->count ? a->count : 1);
}

/* B, being BTF, knows no "near": it may answer where DWARF has nothing there. */
static bool is_same(const struct image_need *n, struct image *a, const char *a_name,
		    struct image *b, const char *b_name)
{
	const struct answer x = ask(a, n), y = ask(b, n);

	if (x.code && !y.code)
		return true;
	if (x.code == y.code && x.value == y.value && x.m.offset == y.m.offset &&
	    x.m.size == y.m.size && x.m.count == y.m.count &&
	    same_sign(&x.m, &y.m) && x.m.is_pointer == y.m.is_pointer)
		return true;
	printf("    %s.%s near %s:", n->name, n->member ? n->member : "", n->near);
	say(a_name, &x);
	say(b_name, &y);
	putchar('\n');
	return false;
}

/* How many of all that was asked two images answer differently. */
static unsigned int compare(const struct trace *t, struct image *a, const char *a_name,
			    struct image *b, const char *b_name)
{
	unsigned int nr = 0;

	for (size_t i = 0; i < t->types.nr; i++)
		nr += !is_same(&t->types.v[i], a, a_name, b, b_name);
	return nr;
}

static struct image *open_with(const char *vmlinux, const char *types, const void *bytes,
			       size_t size)
{
	struct image *image = NULL;
	FILE *out = fopen(types, "wb");

	if (!out || fwrite(bytes, 1, size, out) != size || fclose(out)) {
		perror(types);
		exit(2);
	}
	must(image_open(vmlinux, &image));
	must(image_use_types(image, types));
	return image;
}

static size_t compare_made(const struct trace *t, struct image *from, const char *name,
			   const char *vmlinux, const char *scratch, unsigned int *nr_bad)
{
	char path[4096];
	size_t size = 0;
	void *made;

	must(image_make_btf(from, t->types.v, t->types.nr, &made, &size));
	snprintf(path, sizeof(path), "%s/made-of-%s", scratch, name);
	struct image *image = open_with(vmlinux, path, made, size);

	*nr_bad += compare(t, from, name, image, "made of it");
	free(made);
	image_free(image);
	return size;
}

/* ---- Tags that mean several structs ---- */

static unsigned int nr_structs(const struct btf_blob *b, const char *tag)
{
	struct btf_record r;
	unsigned int nr = 0;

	for (uint32_t i = 0; btf_next_named(b, tag, &i, &r);)
		nr += r.kind == BTF_KIND_STRUCT || r.kind == BTF_KIND_UNION;
	return nr;
}

static void say_ambiguous(const struct trace *t, const struct btf_blob *b)
{
	for (size_t i = 0; i < t->types.nr; i++) {
		const struct image_need *n = &t->types.v[i];
		bool seen = !n->member;

		for (size_t j = 0; j < i && !seen; j++)
			seen = t->types.v[j].member && !strcmp(t->types.v[j].name, n->name);
		if (!seen && nr_structs(b, n->name) > 1)
			printf("    BTF has %u structs %s\n", nr_structs(b, n->name), n->name);
	}
}

/* ---- Everything in both ---- */

struct sum {
	unsigned long asked, differ;
};

/* All members of one struct, if DWARF knows it near that function. */
static void compare_struct(struct image *dwarf, struct image *btf,
			   const struct btf_record *r, const char *near, struct sum *sum)
{
	struct image_need n = { near, btf_string(btf->btf, r->name), "" };

	if (r->kind == BTF_KIND_FWD || ask(dwarf, &n).code)
		return;
	sum->asked++;
	sum->differ += !is_same(&n, dwarf, "dwarf", btf, "btf");
	if (r->kind == BTF_KIND_TYPEDEF || nr_structs(btf->btf, n.name) > 1)
		return;
	for (uint32_t i = 0; i < r->vlen; i++) {
		n.member = btf_string(btf->btf, btf_u32(btf->btf, r->data + 12 * i));
		if (!*n.member)
			continue;
		sum->asked++;
		sum->differ += !is_same(&n, dwarf, "dwarf", btf, "btf");
	}
}

static struct sum compare_everything(const struct trace *t, struct image *dwarf,
				     struct image *btf)
{
	struct sum sum = { 0 };

	for (size_t i = 0; i < t->types.nr; i++) {
		const char *near = t->types.v[i].near;
		bool seen = false;

		for (size_t j = 0; j < i && !seen; j++)
			seen = !strcmp(t->types.v[j].near, near);
		for (size_t j = 0; j < btf->btf->names.nr && !seen; j++) {
			struct btf_record r;

			if (btf_record(btf->btf, btf->btf->names.v[j].at, &r))
				compare_struct(dwarf, btf, &r, near, &sum);
		}
	}
	return sum;
}

/* ---- */

static int forget(void *arg, const char *text, size_t len)
{
	(void)arg, (void)text, (void)len;
	return 0;
}

static struct vmatlas *analyse(const char *vmlinux, const char *core, const char *scratch)
{
	VMATLAS_OPTS(vmatlas_open_opts, opts, .vmlinux = vmlinux, .core = core, .keep_for_extract = 1);
	struct vmatlas_extract_stats counts = { .size = sizeof(counts) };
	struct vmatlas *atlas = NULL;
	char dir[4096];

	snprintf(dir, sizeof(dir), "%s/extract", scratch);
	must(vmatlas_open(&opts, &atlas));
	must(vmatlas_survey(atlas, VMATLAS_SURVEY_ALL));
	must(vmatlas_inspect(atlas));
	must(vmatlas_vmallocinfo(atlas, forget, NULL));
	must(vmatlas_extract(atlas, dir, &counts));
	return atlas;
}

int main(int argc, char **argv)
{
	struct image *dwarf = NULL, *btf = NULL;
	unsigned int differ = 0, made_differ = 0, found = 0;
	struct sum all = { 0 };
	size_t size_dwarf, size_btf = 0;
	struct bytes raw;
	char path[4096];

	if (argc != 4)
		return 2;
	struct vmatlas *atlas = analyse(argv[1], argv[2], argv[3]);
	const struct trace *t = atlas->kernel->trace;

	must(image_open(argv[1], &dwarf));
	for (size_t i = 0; i < t->types.nr; i++)
		found += !ask(dwarf, &t->types.v[i]).code;
	must(section_bytes(dwarf, image_section(dwarf, ".BTF"), &raw));
	if (raw.len) {
		snprintf(path, sizeof(path), "%s/btf", argv[3]);
		btf = open_with(argv[1], path, raw.p, raw.len);
		differ = compare(t, dwarf, "dwarf", btf, "btf");
		say_ambiguous(t, btf->btf);
		size_btf = compare_made(t, btf, "btf", argv[1], argv[3], &made_differ);
		all = compare_everything(t, dwarf, btf);
	}
	size_dwarf = compare_made(t, dwarf, "dwarf", argv[1], argv[3], &made_differ);
	printf("%-9zu %-5u %-4u %-10lu %-4lu %-10zu %-8zu %u\n", t->types.nr, found, differ,
	       all.asked, all.differ, size_dwarf, size_btf, made_differ);
	image_free(dwarf);
	image_free(btf);
	vmatlas_close(atlas);
	return differ || made_differ || all.differ;
}
