/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The map itself: claims in three layers, findings, coverage, and the
 * inspectors that judge. Surveyors write it, it is sealed, inspectors read it.
 */
#ifndef MAP_VMATLAS_INTERNAL_H
#define MAP_VMATLAS_INTERNAL_H

#include <vmatlas-plugin.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "base/array.h"
#include "bootlog/bootlog.h"
#include "kernel/finding_desc.h"
#include "kernel/kernel.h"
#include "kernel/lookup.h"
#include "kernel/printk/log_events.h"
#include "bootlog/platform_file.h"
#include "map/evidence_list.h"

#define NR_LAYERS 3

/* The public struct is the first member of a private one: ours may come and go. */
struct claim {
	struct vmatlas_claim pub;
	uint32_t order;			/* of arrival: sources in order of trust */
};

struct finding {
	struct vmatlas_finding pub;	/* the array of its evidence is ours */
	uint32_t order;
};

/* What the user set an option to. */
struct plugin_option {
	char *name;			/* owned, with its value */
	const char *value;
};

struct expr;

struct inspector {
	struct vmatlas_plugin plugin;
	struct vmatlas_inspector pub;
	struct resolved *res;		/* after resolve */
	VEC(struct plugin_option) options;
	size_t index;			/* in atlas->inspectors */
};

struct vmatlas {
	struct kernel *kernel;		/* NULL where only a boot log was given */
	struct bootlog *boot_log;	/* --boot-log; NULL */
	struct printk_log *saved_log;	/* its lines; NULL likewise */
	struct platform *platform;	/* --platform; NULL */
	struct kernel_records *records;	/* the kernel's; without a kernel, no_kernel's: empty */
	struct kernel_records no_kernel;
	struct space_accounts *space_accounts;		/* space_accounting.h; NULL where free space was not surveyed */
	struct vmatlas_info info;
	struct owners *owners;		/* area_owner.c; likewise */
	struct cpu_list *cpus;		/* kernel/mm/percpu.h; NULL until asked for */
	struct task_layout *tasks;	/* kernel/task/task.h; likewise */
	struct physical *physical;	/* phys_owner.h; NULL until a frame was asked for */
	struct expr *types;		/* expr/expr.h: names of types; NULL until asked for */
	struct strings *strings;	/* everything a const char * points to */
	VEC(struct claim) layers[NR_LAYERS];	/* the recorded one lies in the records */
	VEC(struct finding) findings;
	VEC(struct vmatlas_coverage) coverage;
	VEC(struct inspector *) inspectors;	/* each stays where it is when others come */
	vmatlas_log_fn *log;		/* the caller's, or NULL */
	void *log_arg;
	uint32_t log_level;
	uint32_t surveyed;		/* enum vmatlas_survey_what */
	bool sealed, inspected;
	bool inspecting;		/* findings and coverage may still move */
};

struct vmatlas_plugin_ctx {
	struct vmatlas *atlas;
	struct inspector *by;
	struct vmatlas_error *failed;	/* sticky; surfaces after inspect() */
	struct pending_finding {	/* reported last: advice and evidence may follow */
		struct vmatlas_finding_desc desc;	/* .code NULL: there is none */
		struct vmatlas_range where;
		const char *message;
		struct evidence evidence;
	} pending;
	vmatlas_write_fn *write;	/* of a command; NULL: it may not print */
	void *write_arg;
	bool stopped;			/* write() wants no more */
};

/* ---- string_pool.c: text that lives as long as the atlas, each only once ---- */

struct strings *strings_new(void);
void strings_free(struct strings *s);
/* NULL only when out of memory; NULL text gives "". */
const char *strings_add(struct strings *s, const char *text);

/* ---- claims.c, findings.c ---- */

VMATLAS_CHECKED struct vmatlas_error *
atlas_add_claim(struct vmatlas *atlas, const struct vmatlas_claim *claim);
/* Sort each layer by address and choose the primary claim of each region. */
VMATLAS_CHECKED struct vmatlas_error *atlas_seal(struct vmatlas *atlas);

VMATLAS_CHECKED struct vmatlas_error *
atlas_add_finding(struct vmatlas *atlas, const char *inspector,
		  const struct vmatlas_finding_desc *report, const char *message);
void atlas_free_findings(struct vmatlas *atlas);
void atlas_sort_findings(struct vmatlas *atlas);
VMATLAS_CHECKED struct vmatlas_error *
atlas_add_coverage(struct vmatlas *atlas, enum vmatlas_coverage_state state,
		   const char *subject, const char *detail);

/* First primary region of @kind, or NULL. */
const struct vmatlas_claim *atlas_region(const struct vmatlas *atlas, uint32_t kind);

/* ---- api/read.c ---- */

/*
 * Fill a struct that is the caller's: as many bytes as both sides know. Both
 * begin with a 32-bit size.
 */
VMATLAS_CHECKED struct vmatlas_error *
api_give(void *theirs, uint32_t their_size, void *ours, uint32_t our_size);

/* ARGUMENT where no kernel was opened. */
VMATLAS_CHECKED struct vmatlas_error *api_need_kernel(const struct vmatlas *atlas);

/* ---- area_owner.c ---- */

struct owners;
void owners_free(struct owners *o);
/* The tasks, which are else read when an area's owner is asked for. */
VMATLAS_CHECKED struct vmatlas_error *owners_read(struct vmatlas *atlas);
/* After owners_read(). */
const struct tasks *owners_tasks(const struct vmatlas *atlas);

/* ---- api/info.c ---- */

VMATLAS_CHECKED struct vmatlas_error *atlas_fill_info(struct vmatlas *atlas);

/* ---- inspect/plugin.c ---- */

void inspector_free(struct inspector *in);
DEFINE_FREEP(inspector, inspector_free)

VMATLAS_CHECKED struct vmatlas_error *
plugin_add(struct vmatlas *atlas, const struct vmatlas_plugin *plugin, const char *path);
VMATLAS_CHECKED struct vmatlas_error *plugin_add_builtin(struct vmatlas *atlas);

enum { PLUGIN_BUILTIN_MAX = 32 };

/* What the built-in ones look up, for the one pass over vmlinux's symbols. */
struct plugin_lookups {
	struct lookup_set sets[PLUGIN_BUILTIN_MAX];
	size_t nr[PLUGIN_BUILTIN_MAX];
};

/* How many of @ret->sets there are. */
size_t plugin_builtin_lookups(struct plugin_lookups *ret);
VMATLAS_CHECKED struct vmatlas_error *plugin_run_all(struct vmatlas *atlas);

/* ---- inspect/report.c ---- */

/* A finding of a built-in inspector; a failure surfaces after inspect(). */
VMATLAS_PRINTF(3, 4)
void ctx_report(struct vmatlas_plugin_ctx *ctx, const struct vmatlas_finding_desc *desc,
		const char *fmt, ...);
/* Add what was reported last: nothing more will be said of it. */
void ctx_flush(struct vmatlas_plugin_ctx *ctx);

/* Built-in inspectors; the list is in inspect/plugin.c. */
extern const struct vmatlas_plugin inspector_overlap, inspector_out_of_region, inspector_bounds,
	inspector_vm_struct, inspector_page_owners, inspector_direct_map, inspector_accounting, inspector_alloc_failure, inspector_low_space,
	inspector_ram,
	inspector_crash_addr, inspector_boot_log,
				   inspector_kernel_overlap, inspector_kernel_sums, inspector_zone_sums, inspector_task_stacks, inspector_vmemmap,
				   inspector_module_areas,
	inspector_pgtable;

#endif
