/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A surveyor reads one source of claims or records. kernel/surveyors/surveyors.c has the
 * table of them.
 */
#ifndef KERNEL_SURVEY_H
#define KERNEL_SURVEY_H

#include "kernel/finding_desc.h"
#include "kernel/kernel.h"
#include "kernel/lookup.h"

struct survey;

/* Where surveyors put what they find; the atlas supplies it. */
struct survey_sink {
	/* @claim's strings are copied; *claim.area too. */
	struct vmatlas_error *(*claim)(void *arg, const struct vmatlas_claim *claim);
	struct vmatlas_error *(*finding)(void *arg, const char *surveyor,
					 const struct vmatlas_finding_desc *report,
					 const char *message);
	struct vmatlas_error *(*coverage)(void *arg, enum vmatlas_coverage_state state,
					  const char *subject, const char *detail);
	void *arg;
};

struct surveyor {
	const char *name;
	uint32_t what;			/* enum vmatlas_survey_what it belongs to */
	const struct vmatlas_lookup *lookups;
	size_t nr_lookups;
	struct vmatlas_error *(*run)(struct survey *s);
};

/* One surveyor at work. */
struct survey {
	struct kernel *k;
	const struct surveyor *by;
	const struct resolved *res;	/* by index into by->lookups */
	const struct survey_sink *sink;
};

/* ---- Helpers for surveyors ---- */

static inline bool survey_has(const struct survey *s, unsigned int need)
{
	return s->res[need].found;
}

/* Add a claim; the struct is copied, size filled in. */
VMATLAS_CHECKED struct vmatlas_error *
survey_claim(struct survey *s, struct vmatlas_claim claim);
VMATLAS_CHECKED VMATLAS_PRINTF(3, 4) struct vmatlas_error *
survey_finding(struct survey *s, struct vmatlas_finding_desc report, const char *fmt, ...);
VMATLAS_CHECKED VMATLAS_PRINTF(4, 5) struct vmatlas_error *
survey_coverage(struct survey *s, enum vmatlas_coverage_state state, const char *subject,
		const char *fmt, ...);

/*
 * Kernel trouble through one gate: FAULT becomes an "unreadable" finding and
 * CORRUPT one of @code, each with a PARTIAL coverage line for @subject; NULL
 * then. Other errors pass through.
 */
VMATLAS_CHECKED struct vmatlas_error *
survey_report_fault(struct survey *s, struct vmatlas_error *err, const char *code,
	      const char *subject, uint64_t record);

/* Integer member @need out of a record already read into @buf. */
uint64_t survey_field(const struct survey *s, unsigned int need, const void *buf);

/* ---- Who there is ---- */

extern const struct surveyor survey_layout;	/* the architecture's formulas */
extern const struct surveyor survey_kcore;	/* kcore_vmalloc and its list */
extern const struct surveyor survey_markers;	/* ptdump's address_markers */
extern const struct surveyor survey_execmem;	/* windows for module text, 6.10+ */
extern const struct surveyor survey_vmalloc;	/* every vmap_area */
extern const struct surveyor survey_modules;	/* the module list, for names */
extern const struct surveyor survey_free;	/* what vmalloc may still hand out */
extern const struct surveyor survey_pools;	/* areas kept for reuse, 6.9+ */
extern const struct surveyor survey_ram;	/* installed and used RAM */

#endif
