/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An atlas without a kernel: claims that a test makes up, judged by one inspector. */
#ifndef UNIT_FAKE_ATLAS_H
#define UNIT_FAKE_ATLAS_H

#include <string.h>

#include <cmocka.h>

#include "kernel/surveyors/surveyors.h"
#include "map/vmatlas_internal.h"

static inline struct vmatlas *fake_atlas(void)
{
	struct vmatlas *atlas = calloc(1, sizeof(*atlas));

	assert_non_null(atlas);
	atlas->records = &atlas->no_kernel;
	atlas->strings = strings_new();
	assert_non_null(atlas->strings);
	return atlas;
}

/* A host that has nothing: no byte, no symbol. */
static inline int no_memory(void *arg, uint32_t space, uint64_t addr, void *buf, uint64_t len)
{
	(void)arg, (void)space, (void)addr, (void)buf, (void)len;
	return -1;
}

static inline int no_symbol(void *arg, const char *name, uint64_t *ret_addr,
			    uint64_t *ret_size)
{
	(void)arg, (void)name, (void)ret_addr, (void)ret_size;
	return -1;
}

static const struct vmatlas_memory_ops fake_nothing = {
	.size = sizeof(fake_nothing), .read = no_memory, .symbol = no_symbol,
};

/*
 * What kernel the atlas is of, for inspectors that ask: one without memory and
 * without modules. The atlas owns it.
 */
static inline struct kernel *fake_atlas_kernel(struct vmatlas *atlas, uint32_t ptr_size)
{
	struct kernel *k = calloc(1, sizeof(*k));

	assert_non_null(k);
	k->arch = ptr_size == 8 ? &arch_x86_64 : &arch_arm;
	k->ptr_size = ptr_size;
	k->page_shift = 12;
	k->va_mask = ptr_size == 8 ? UINT64_MAX : UINT32_MAX;
	k->image_range = (struct vmatlas_range){ 1, 0 };
	k->host = &fake_nothing;
	assert_null(mem_open_host(k->host, &k->mem));
	k->records_free = kernel_readers.records_free;
	atlas->kernel = k;
	atlas->records = &k->records;
	atlas->records->modules_read = atlas->records->modules_complete = true;
	atlas->info = (struct vmatlas_info){
		.size = sizeof(atlas->info), .page_shift = 12, .pointer_size = ptr_size,
	};
	return k;
}

static inline void fake_claim(struct vmatlas *atlas, struct vmatlas_claim claim)
{
	if (!claim.name)
		claim.name = vmatlas_kind_name(claim.kind);
	if (!claim.source)
		claim.source = "a test";
	assert_null(atlas_add_claim(atlas, &claim));
}

static inline void fake_region(struct vmatlas *atlas, uint32_t kind, const char *name,
			       uint64_t start, uint64_t end, uint32_t flags)
{
	fake_claim(atlas, (struct vmatlas_claim){
		.layer = VMATLAS_LAYER_DECLARED, .kind = kind, .name = name, .flags = flags,
		.range = { start, end - 1 } });
}

static inline void fake_area(struct vmatlas *atlas, uint64_t start, uint64_t end)
{
	fake_claim(atlas, (struct vmatlas_claim){
		.layer = VMATLAS_LAYER_RECORDED, .kind = VMATLAS_KIND_VMALLOC,
		.range = { start, end - 1 }, .record = start ^ 0xabc000 });
}

/* Seal the map and let one inspector look at it. */
static inline void fake_inspect(struct vmatlas *atlas, const struct vmatlas_plugin *plugin)
{
	assert_null(atlas_seal(atlas));
	assert_null(plugin_add(atlas, plugin, ""));
	assert_null(vmatlas_inspect(atlas));
}

static inline size_t nr_findings(const struct vmatlas *atlas)
{
	size_t n = 0;

	for (const struct vmatlas_finding *f = NULL; (f = vmatlas_finding_next(atlas, f));)
		n++;
	return n;
}

/* The one finding there is, of that code. */
static inline const struct vmatlas_finding *only_finding(const struct vmatlas *atlas,
							 const char *code)
{
	const struct vmatlas_finding *f = vmatlas_finding_next(atlas, NULL);

	assert_int_equal(nr_findings(atlas), 1);
	assert_string_equal(f->code, code);
	assert_true(f->message[0]);
	return f;
}

#define assert_says(text, part)                                               \
	do {                                                                  \
		if (!strstr((text), (part)))                                  \
			fail_msg("'%s' does not say '%s'", (text), (part));   \
	} while (0)

/* Does one item of the evidence say @part? */
static inline bool evidence_says(const struct vmatlas_finding *f, const char *part)
{
	for (size_t i = 0; i < f->nr_evidence; i++)
		if (strstr(f->evidence[i].text, part))
			return true;
	return false;
}

#define assert_evidence(f, part)                                              \
	do {                                                                  \
		if (!evidence_says(f, part))                                  \
			fail_msg("no evidence says '%s'", (part));            \
	} while (0)

#endif
