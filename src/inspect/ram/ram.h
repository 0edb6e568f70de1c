/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between the RAM inspector, which asks, and its words, and nobody else. */
#ifndef INSPECT_RAM_RAM_H
#define INSPECT_RAM_RAM_H

#include "map/evidence_list.h"
#include "map/format.h"
#include "kernel/ram/ram_survey.h"

enum { RAM_MAX_RANGES = 64 };

struct ram_ranges {
	struct vmatlas_range v[RAM_MAX_RANGES];
	size_t nr;
};

/* All that is known about one kernel's RAM, and what the judge made of it. */
struct ram_case {
	struct vmatlas_plugin_ctx *job;
	struct vmatlas *atlas;
	const struct ram_facts *facts;		/* NULL without a dump */
	const struct bootlog *logs[2];		/* the dump's own, the one given */
	size_t nr_logs;
	const struct vmatlas_claim *lowmem, *vmalloc;	/* NULL unknown */
	const char *command_line;		/* NULL unknown */
	char command_line_from[512];
	struct ram_ranges installed, reserved, logged;
	char installed_from[512];		/* "" unknown */
	bool installed_by_param;		/* mem= */
	struct arm_lowmem_input q;
	struct arm_lowmem_result a;
};

/* evidence.c: say what was found. */
void ram_report_ignored(struct ram_case *c);
void ram_report_highmem(struct ram_case *c);
void ram_report_at_limit(struct ram_case *c);
/* Lost, and not to the vmalloc reservation. */
void ram_report_otherwise(struct ram_case *c);
/* Coverage for the verdicts that are no finding. */
void ram_report_coverage(struct ram_case *c);

/* other_cuts.c: RAM that a log says was left out for want of LPAE, HIGHMEM, PAE... */
void ram_check_other_cuts(struct vmatlas_plugin_ctx *job, struct vmatlas *atlas);

/* max_pfn.c: where ARM's arithmetic does not apply. */
void ram_check_max_pfn(struct vmatlas_plugin_ctx *job, struct vmatlas *atlas);

/* advice.c */
void ram_report_choices(const struct ram_case *c, struct evidence *s);
void ram_advise(const struct arm_lowmem_result *a, struct str *s);
/* "560M", as the command line takes it */
struct fmt_buf ram_param(uint64_t bytes);

#endif
