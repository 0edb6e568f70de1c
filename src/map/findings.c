/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings and coverage lines. */
#include <string.h>

#include "map/vmatlas_internal.h"

/* A broken dump could yield one per record; a reader wants to know, not to drown. */
#define MAX_FINDINGS_PER_CODE 1000

static size_t count_code(const struct vmatlas *atlas, const char *code)
{
	size_t nr = 0;

	for (size_t i = 0; i < atlas->findings.nr; i++)
		nr += !strcmp(atlas->findings.v[i].pub.code, code);
	return nr;
}

/* Texts are interned: equal ones are equal pointers. */
static bool findings_list_is_reported(const struct vmatlas *atlas,
				      const struct vmatlas_finding *f)
{
	for (size_t i = 0; i < atlas->findings.nr; i++) {
		const struct vmatlas_finding *old = &atlas->findings.v[i].pub;

		if (old->code == f->code && old->message == f->message && old->record == f->record)
			return true;
	}
	return false;
}

struct vmatlas_error *atlas_add_finding(struct vmatlas *atlas, const char *inspector,
					const struct vmatlas_finding_desc *r, const char *message)
{
	struct vmatlas_finding pub = { .size = sizeof(pub), .severity = r->severity,
				       .range = { 1, 0 }, .record = r->record };
	struct finding *f;

	if (count_code(atlas, r->code) >= MAX_FINDINGS_PER_CODE)
		return atlas_add_coverage(atlas, VMATLAS_COVERAGE_PARTIAL, r->code,
					  "more than 1000 findings, the others left out");
	pub.inspector = strings_add(atlas->strings, inspector);
	pub.code = strings_add(atlas->strings, r->code);
	pub.message = strings_add(atlas->strings, message);
	pub.evidence = strings_add(atlas->strings, r->evidence);
	pub.advice = strings_add(atlas->strings, r->advice);
	if (r->where)
		pub.range = *r->where;
	if (!pub.inspector || !pub.code || !pub.message || !pub.evidence || !pub.advice)
		return error_no_memory();
	if (findings_list_is_reported(atlas, &pub))
		return NULL;
	f = vec_push(&atlas->findings);
	if (!f)
		return error_no_memory();
	f->pub = pub;
	f->order = atlas->findings.nr;
	return NULL;
}

/* The worst first; then by address, so that two runs print the same. */
static int findings_list_compare(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;

	if (x->pub.severity != y->pub.severity)
		return x->pub.severity > y->pub.severity ? -1 : 1;
	if (x->pub.range.first != y->pub.range.first)
		return x->pub.range.first < y->pub.range.first ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

void atlas_sort_findings(struct vmatlas *atlas)
{
	if (atlas->findings.nr)
		qsort(atlas->findings.v, atlas->findings.nr, sizeof(struct finding),
		      findings_list_compare);
}

const struct vmatlas_finding *vmatlas_finding_next(const struct vmatlas *atlas,
						   const struct vmatlas_finding *prev)
{
	const struct finding *f = prev ? container_of(prev, struct finding, pub) + 1
				       : atlas->findings.v;

	if (atlas->inspecting)
		return NULL;
	return atlas->findings.nr && f < atlas->findings.v + atlas->findings.nr ? &f->pub : NULL;
}

struct vmatlas_error *atlas_add_coverage(struct vmatlas *atlas, uint32_t state,
					 const char *subject, const char *detail)
{
	struct vmatlas_coverage line = { .size = sizeof(line), .state = state };
	struct vmatlas_coverage *slot;

	line.subject = strings_add(atlas->strings, subject);
	line.detail = strings_add(atlas->strings, detail);
	if (!line.subject || !line.detail)
		return error_no_memory();
	/* interned: equal texts are equal pointers */
	for (size_t i = 0; i < atlas->coverage.nr; i++)
		if (atlas->coverage.v[i].subject == line.subject &&
		    atlas->coverage.v[i].detail == line.detail &&
		    atlas->coverage.v[i].state == state)
			return NULL;
	slot = vec_push(&atlas->coverage);
	if (!slot)
		return error_no_memory();
	*slot = line;
	return NULL;
}

const struct vmatlas_coverage *vmatlas_coverage_next(const struct vmatlas *atlas,
						     const struct vmatlas_coverage *prev)
{
	const struct vmatlas_coverage *c = prev ? prev + 1 : atlas->coverage.v;

	if (atlas->inspecting)
		return NULL;
	return atlas->coverage.nr && c < atlas->coverage.v + atlas->coverage.nr ? c : NULL;
}
