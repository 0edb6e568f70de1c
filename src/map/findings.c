/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings and coverage lines. */
#include <inttypes.h>
#include <string.h>

#include "base/compare.h"
#include "map/format.h"
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

/* What the value says, where the inspector left that to us. */
static void evidence_say(const struct vmatlas *atlas, const struct vmatlas_evidence *e,
			 struct str *out)
{
	const struct vmatlas_range range = { e->value, e->last };

	switch (e->type) {
	case VMATLAS_EVIDENCE_NUMBER:
		str_addf(out, "%" PRIu64, e->value);
		break;
	case VMATLAS_EVIDENCE_SIZE:
		str_addf(out, "%s", fmt_size(e->value).s);
		break;
	case VMATLAS_EVIDENCE_ADDRESS:
		str_addf(out, "%s", fmt_record(atlas, e->value).s);
		break;
	case VMATLAS_EVIDENCE_PHYSICAL:
		str_addf(out, "physical %#" PRIx64, e->value);
		break;
	case VMATLAS_EVIDENCE_RANGE:
		str_addf(out, "%s", fmt_range(atlas, range).s);
		break;
	case VMATLAS_EVIDENCE_PHYSICAL_RANGE:
		str_addf(out, "physical %#" PRIx64 "-%#" PRIx64, e->value, e->last);
		break;
	default:
		break;
	}
}

static struct vmatlas_error *evidence_copy(struct vmatlas *atlas,
					   const struct vmatlas_finding_desc *r,
					   struct vmatlas_evidence **ret)
{
	_cleanup_(freep) struct vmatlas_evidence *copy = NULL;

	if (!r->evidence || !r->nr_evidence)
		return NULL;
	copy = calloc(r->nr_evidence, sizeof(*copy));
	if (!copy)
		return error_no_memory();
	for (size_t i = 0; i < r->nr_evidence; i++) {
		const struct vmatlas_evidence *e = &r->evidence[i];
		_cleanup_(str_done) struct str text = { 0 };

		if (e->type < VMATLAS_EVIDENCE_TEXT || e->type > VMATLAS_EVIDENCE_PHYSICAL_RANGE)
			return vmatlas_error_new(VMATLAS_ERROR_PLUGIN, "%s: evidence of type %"
						 PRIu32 ", which is none", r->code, e->type);
		if (!e->text)
			evidence_say(atlas, e, &text);
		copy[i] = *e;
		copy[i].label = strings_add(atlas->strings, e->label);
		copy[i].text = strings_add(atlas->strings, e->text ? e->text : str_text(&text));
		if (!copy[i].label || !copy[i].text || text.failed)
			return error_no_memory();
	}
	*ret = take(copy);
	return NULL;
}

void atlas_free_findings(struct vmatlas *atlas)
{
	for (size_t i = 0; i < atlas->findings.nr; i++)
		free((void *)atlas->findings.v[i].pub.evidence);
	vec_done(&atlas->findings);
}

struct vmatlas_error *atlas_add_finding(struct vmatlas *atlas, const char *inspector,
					const struct vmatlas_finding_desc *r, const char *message)
{
	struct vmatlas_finding pub = { .size = sizeof(pub), .severity = r->severity,
				       .range = { 1, 0 }, .record = r->record };
	_cleanup_(freep) struct vmatlas_evidence *evidence = NULL;
	struct vmatlas_error *err;
	struct finding *f;

	if (count_code(atlas, r->code) >= MAX_FINDINGS_PER_CODE)
		return atlas_add_coverage(atlas, VMATLAS_COVERAGE_PARTIAL, r->code,
					  "more than 1000 findings, the others left out");
	pub.inspector = strings_add(atlas->strings, inspector);
	pub.code = strings_add(atlas->strings, r->code);
	pub.message = strings_add(atlas->strings, message);
	pub.advice = strings_add(atlas->strings, r->advice);
	if (r->where)
		pub.range = *r->where;
	if (!pub.inspector || !pub.code || !pub.message || !pub.advice)
		return error_no_memory();
	if (findings_list_is_reported(atlas, &pub))
		return NULL;
	err = evidence_copy(atlas, r, &evidence);
	if (err)
		return err;
	f = vec_push(&atlas->findings);
	if (!f)
		return error_no_memory();
	pub.nr_evidence = evidence ? r->nr_evidence : 0;
	pub.evidence = take(evidence);
	f->pub = pub;
	f->order = atlas->findings.nr;
	return NULL;
}

/* The worst first; then by address, so that two runs print the same. */
static int findings_list_compare(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;

	return compare_u64(y->pub.severity, x->pub.severity) ?:
	       compare_u64(x->pub.range.first, y->pub.range.first) ?:
	       compare_u64(x->order, y->order);
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

struct vmatlas_error *atlas_add_coverage(struct vmatlas *atlas, enum vmatlas_coverage_state state,
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
