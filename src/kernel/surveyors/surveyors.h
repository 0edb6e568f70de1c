/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One surveyor per source of claims; kernel/survey.c has the table. */
#ifndef KERNEL_SURVEYORS_SURVEYORS_H
#define KERNEL_SURVEYORS_SURVEYORS_H

#include "kernel/kernel.h"

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
