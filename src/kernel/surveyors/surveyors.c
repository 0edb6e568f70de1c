/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who reads a kernel: the table of surveyors, and of whatever else looks names up. */
#include "base/array.h"
#include "kernel/survey.h"
#include "kernel/mm/memmap.h"
#include "kernel/mm/page_numa.h"
#include "kernel/mm/percpu.h"
#include "kernel/mm/tasks.h"
#include "kernel/task/task.h"
#include "kernel/task/task_walk.h"
#include "kernel/mm/vmstat.h"
#include "kernel/pgtable/walk.h"
#include "kernel/printk/printk.h"
#include "kernel/ram/ram_survey.h"
#include "kernel/symbols/module_symbols.h"
#include "kernel/symbols/symbolize.h"
#include "kernel/vmalloc/free_area_tree.h"
#include "kernel/vmalloc/vmallocinfo.h"
#include "kernel/surveyors/surveyors.h"

/* In order of trust: of two whole claims on a region, the first is the row. */
const struct surveyor *const surveyors[] = {
	&survey_layout,
	&survey_kcore,
	&survey_markers,
	&survey_execmem,
	&survey_vmalloc,
	&survey_modules,
	&survey_free,
	&survey_pools,
	&survey_ram,
};

const size_t nr_surveyors = ARRAY_SIZE(surveyors);

/* Who else looks names up. */
static const struct lookup_set lookups[] = {
	{ symname_needs, &nr_symname_needs },
	{ modsyms_needs, &nr_modsyms_needs },
	{ pagenodes_needs, &nr_pagenodes_needs },
	{ percpu_lookups, &nr_percpu_lookups },
	{ vmallocinfo_needs, &nr_vmallocinfo_needs },
	{ frames_needs, &nr_frames_needs },
	{ log_needs, &nr_log_needs },
	{ tasks_needs, &nr_tasks_needs },
	{ task_lookups, &nr_task_lookups },
	{ task_walk_lookups, &nr_task_walk_lookups },
	{ vmstat_needs, &nr_vmstat_needs },
	{ mapping_needs, &nr_mapping_needs },
};

static void records_free(struct kernel_records *b)
{
	vec_done(&b->areas);
	vec_done(&b->lists);
	free_records_free(b->free);
	b->free = NULL;
	vec_done(&b->modules);
	ram_facts_free(b->ram);
	b->ram = NULL;
	symnames_free(b->names);
	b->names = NULL;
	log_free(b->log);
	b->log = NULL;
}

const struct kernel_readers kernel_readers = {
	.surveyors = surveyors,
	.nr_surveyors = ARRAY_SIZE(surveyors),
	.lookups = lookups,
	.nr_lookups = ARRAY_SIZE(lookups),
	.records_free = records_free,
};
