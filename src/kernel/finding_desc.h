/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What surveyors and built-in inspectors hand in; plugins have vmatlas_ctx_report(). */
#ifndef KERNEL_FINDING_DESC_H
#define KERNEL_FINDING_DESC_H

#include <vmatlas.h>

/* A finding as surveyors and built-in inspectors make it; what it points to is copied. */
struct vmatlas_finding_desc {
	enum vmatlas_severity severity;
	const char *code;
	const struct vmatlas_evidence *evidence;	/* .text NULL: made of .value */
	uint64_t nr_evidence;
	const char *advice;		/* or NULL */
	const struct vmatlas_range *where;	/* or NULL */
	uint64_t record;
};

#endif
