/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Open, survey, seal, inspect, close. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "expr/expr.h"
#include "kernel/survey.h"
#include "kernel/surveyors/surveyors.h"
#include "kernel/mm/percpu.h"
#include "kernel/task/task.h"
#include "map/space_accounting.h"
#include "map/phys_owner.h"

void vmatlas_close(struct vmatlas *atlas)
{
	if (!atlas)
		return;
	for (size_t i = 0; i < NR_LAYERS; i++)
		vec_done(&atlas->layers[i]);
	for (size_t i = 0; i < atlas->inspectors.nr; i++)
		inspector_free(atlas->inspectors.v[i]);
	vec_done(&atlas->inspectors);
	atlas_free_findings(atlas);
	vec_done(&atlas->coverage);
	task_layout_free(atlas->tasks);
	if (atlas->cpus)
		vec_done(&atlas->cpus->v);
	free(atlas->cpus);
	physical_free(atlas->physical);
	space_accounts_free(atlas->space_accounts);
	owners_free(atlas->owners);
	bootlog_free(atlas->boot_log);
	log_free(atlas->saved_log);
	platform_free(atlas->platform);
	kernel_free(atlas->kernel);
	kernel_readers.records_free(&atlas->no_kernel);
	expr_free(atlas->types);
	strings_free(atlas->strings);
	free(atlas);
}

DEFINE_FREEP(vmatlas, vmatlas_close)

/* ---- Open ---- */

enum file_kind { FILE_OTHER, FILE_IMAGE, FILE_DUMP };

static struct vmatlas_error *tell_kind(const char *path, enum file_kind *ret)
{
	int fd;

	*ret = FILE_DUMP;
	if (mem_is_raw(path))
		return NULL;
	/* a pipe that nobody writes to would keep us waiting */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return error_system("%s", path);
	*ret = mem_probe(fd) ? FILE_DUMP : image_probe(fd) ? FILE_IMAGE : FILE_OTHER;
	close(fd);
	return NULL;
}

/* The files that were named: what may be vmlinux first, NULL where none was. */
struct files {
	VEC(const char *) list;
};

static void files_done(struct files *f)
{
	vec_done(&f->list);
}

static struct vmatlas_error *list_files(const struct vmatlas_open_opts *opts, struct files *f)
{
	for (uint64_t i = 0; i < opts->nr_core_parts + 2; i++) {
		const char **slot = vec_push(&f->list);

		if (!slot)
			return error_no_memory();
		*slot = i == 0 ? opts->vmlinux : i == 1 ? opts->core : opts->core_parts[i - 2];
	}
	return NULL;
}

/* Which is vmlinux: the first ELF file that is no dump, or else the first file that is none. */
static struct vmatlas_error *find_vmlinux(const struct files *f, size_t *ret)
{
	*ret = f->list.nr;
	for (size_t i = 0; i < f->list.nr; i++) {
		enum file_kind kind = FILE_DUMP;
		struct vmatlas_error *err;

		err = f->list.v[i] ? tell_kind(f->list.v[i], &kind) : NULL;
		if (err)
			return err;
		if (kind == FILE_IMAGE || (kind == FILE_OTHER && *ret == f->list.nr))
			*ret = i;
		if (kind == FILE_IMAGE)
			break;
	}
	return NULL;
}

/*
 * Dump and vmlinux come in any order, and a dump may be several files; only
 * content tells. @f keeps the array that o->parts then points into.
 */
static struct vmatlas_error *sort_files(struct files *f, struct kernel_opts *o)
{
	size_t image, nr = 0;
	struct vmatlas_error *err = find_vmlinux(f, &image);

	if (err)
		return err;
	o->vmlinux = image < f->list.nr ? f->list.v[image] : NULL;
	for (size_t i = 0; i < f->list.nr; i++)
		if (i != image && f->list.v[i])
			f->list.v[nr++] = f->list.v[i];
	f->list.nr = nr;
	o->core = nr ? f->list.v[0] : NULL;
	o->parts = f->list.v + 1;
	o->nr_parts = nr ? nr - 1 : 0;
	return NULL;
}

static struct vmatlas_error *atlas_check_files(const struct kernel_opts *o)
{
	if (!o->vmlinux && o->host)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"no vmlinux given; it must be the dumped kernel's own, with debug "
			"information");
	if (!o->core && !o->live && !o->host)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"no dump given; --live reads the running kernel");
	if (o->core && o->live)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"--live reads the running kernel, yet the dump %s is given", o->core);
	return NULL;
}

/* Nobody inside needs to know how much is wanted. */
static void pass_log(void *arg, enum vmatlas_log_level level, const char *line)
{
	const struct vmatlas *atlas = arg;

	if (level <= atlas->log_level)
		atlas->log(atlas->log_arg, level, line);
}

static struct vmatlas_error *open_kernel(struct vmatlas *atlas,
					 const struct vmatlas_open_opts *opts)
{
	_cleanup_(files_done) struct files files = { 0 };
	struct plugin_lookups lookups;
	struct kernel_opts o = {
		.live = opts->live, .readers = &kernel_readers,
		.lookups = lookups.sets, .nr_lookups = plugin_builtin_lookups(&lookups),
		.types = opts->types, .host = opts->memory_ops, .phys_offset = opts->phys_offset,
		.kaslr_offset = opts->kaslr_offset,
		.mem = { .tmpdir = opts->tmpdir, .record = opts->keep_for_extract, .log = opts->log ? pass_log : NULL,
			 .log_arg = atlas },
		.search = {
			.roots = opts->sysroots, .debug_dirs = opts->debug_dirs,
			.debuginfod = opts->debuginfod, .confirm = opts->confirm,
			.cancelled = opts->cancelled, .ask_arg = opts->ask_arg,
			.log = opts->log ? pass_log : NULL, .log_arg = atlas,
		},
	};
	struct vmatlas_error *err;

	atlas->log = opts->log;
	atlas->log_arg = opts->log_arg;
	atlas->log_level = opts->log_level;
	if (!opts->vmlinux && !opts->core && !o.live && !o.host)
		return NULL;	/* a boot log is enough to survey, nothing to list inspectors */
	err = list_files(opts, &files);
	if (!err)
		err = sort_files(&files, &o);
	if (!err)
		err = atlas_check_files(&o);
	if (!err)
		err = kernel_open(&o, &atlas->kernel);
	if (err)
		return err;
	atlas->records = &atlas->kernel->records;
	return atlas_fill_info(atlas);
}

/* Copy the options we know; refuse the ones we would have to ignore. */
static struct vmatlas_error *import_opts(struct vmatlas_open_opts *ours,
					 const struct vmatlas_open_opts *theirs)
{
	if (!theirs || theirs->size < sizeof(theirs->size))
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "options without a size");
	for (uint64_t i = sizeof(*ours); i < theirs->size; i++)
		if (((const uint8_t *)theirs)[i])
			return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
				"option at byte %u needs a newer vmatlas", (unsigned int)i);
	memset(ours, 0, sizeof(*ours));
	memcpy(ours, theirs, MIN(theirs->size, (uint64_t)sizeof(*ours)));
	return NULL;
}

struct vmatlas_error *vmatlas_open(const struct vmatlas_open_opts *theirs, struct vmatlas **ret)
{
	_cleanup_(vmatlas_closep) struct vmatlas *atlas = calloc(1, sizeof(*atlas));
	struct vmatlas_open_opts opts;
	struct vmatlas_error *err;

	if (!atlas || !(atlas->strings = strings_new()))
		return error_no_memory();
	atlas->records = &atlas->no_kernel;
	err = import_opts(&opts, theirs);
	if (!err && opts.boot_log)
		err = saved_log_read(opts.boot_log, &atlas->boot_log, &atlas->saved_log);
	if (!err && opts.platform_file)
		err = platform_read_file(opts.platform_file, &atlas->platform);
	if (!err)
		err = open_kernel(atlas, &opts);
	if (!err)
		err = plugin_add_builtin(atlas);
	if (err)
		return err;
	*ret = take(atlas);
	return NULL;
}

/* ---- Survey ---- */

static struct vmatlas_error *sink_claim(void *arg, const struct vmatlas_claim *claim)
{
	return atlas_add_claim(arg, claim);
}

static struct vmatlas_error *sink_finding(void *arg, const char *surveyor,
					  const struct vmatlas_finding_desc *report,
					  const char *message)
{
	return atlas_add_finding(arg, surveyor, report, message);
}

static struct vmatlas_error *sink_coverage(void *arg, enum vmatlas_coverage_state state, const char *subject,
					   const char *detail)
{
	return atlas_add_coverage(arg, state, subject, detail);
}

static struct vmatlas_error *run_surveyor(struct vmatlas *atlas, const struct surveyor *by,
					  const struct survey_sink *sink)
{
	_cleanup_(freep) struct resolved *res = calloc(by->nr_lookups + 1, sizeof(*res));
	struct survey s = {
		.k = atlas->kernel, .by = by, .res = res, .sink = sink,
	};
	struct vmatlas_error *err;

	if (!res)
		return error_no_memory();
	err = lookup_resolve(atlas->kernel, by->lookups, by->nr_lookups, res);
	if (!err)
		err = by->run(&s);
	return vmatlas_error_wrap(err, "survey of %s", by->name);
}

static struct vmatlas_error *add_declared(struct vmatlas *atlas)
{
	struct vmatlas_error *err = NULL;
	const struct vmatlas_claim *c;

	for (size_t i = 0; atlas->boot_log && !err &&
			   (c = bootlog_claim_next(atlas->boot_log, &i));)
		err = atlas_add_claim(atlas, c);
	for (size_t i = 0; atlas->platform && !err && i < atlas->platform->claims.nr; i++)
		err = atlas_add_claim(atlas, &atlas->platform->claims.v[i]);
	return err;
}

/* Told even where nothing that was wanted is missing: the next question may want it. */
static struct vmatlas_error *cover_dump(struct vmatlas *atlas)
{
	const struct mem_info *info = atlas->kernel ? &atlas->kernel->mem->info : NULL;
	_cleanup_(str_done) struct str detail = { 0 };
	struct vmatlas_error *err = NULL;

	if (info && info->lacks)
		err = atlas_add_coverage(atlas, VMATLAS_COVERAGE_PARTIAL, "dump", info->lacks);
	if (err || !info || !info->truncated_at)
		return err;
	str_addf(&detail, "%s is truncated: %" PRIu64 " of %s%" PRIu64 " bytes are there",
		 info->truncated_file ? info->truncated_file : "file", info->truncated_at,
		 info->expected_is_least ? "at least " : "", info->expected_size);
	return atlas_add_coverage(atlas, VMATLAS_COVERAGE_PARTIAL, "dump", str_text(&detail));
}

/* A note that memory disproves: what else it says may be as wrong. */
static struct vmatlas_error *report_wrong_note(struct vmatlas *atlas)
{
	const struct vmatlas_finding_desc desc = {
		.severity = VMATLAS_SEVERITY_WARNING,
		.code = "vmcoreinfo-wrong",
	};
	_cleanup_(str_done) struct str message = { 0 };

	if (!atlas->kernel || !atlas->kernel->vmcoreinfo_wrong)
		return NULL;
	str_addf(&message, "VMCOREINFO of the dump is wrong: %s", atlas->kernel->vmcoreinfo_wrong);
	return message.failed ? error_no_memory()
			      : atlas_add_finding(atlas, "identify", &desc, str_text(&message));
}

struct vmatlas_error *vmatlas_survey(struct vmatlas *atlas, uint32_t what)
{
	const struct survey_sink sink = { sink_claim, sink_finding, sink_coverage, atlas };
	struct vmatlas_error *err;

	if (atlas->sealed)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "surveyed already");
	if (!atlas->kernel && !atlas->boot_log && !atlas->platform)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"no dump given; --live reads the running kernel");
	atlas->surveyed = what;
	err = cover_dump(atlas);
	if (!err)
		err = report_wrong_note(atlas);
	for (size_t i = 0; i < nr_surveyors && atlas->kernel && !err; i++)
		if (surveyors[i]->what & what)
			err = run_surveyor(atlas, surveyors[i], &sink);
	if (!err && what & VMATLAS_SURVEY_DECLARED)
		err = add_declared(atlas);
	if (!err)
		err = atlas_seal(atlas);
	return err || !atlas->records->free ? err : space_account(atlas);
}

struct vmatlas_error *vmatlas_inspect(struct vmatlas *atlas)
{
	struct vmatlas_error *err;

	if (!atlas->sealed)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "survey first, then inspect");
	if (atlas->inspected)
		return NULL;
	atlas->inspected = true;
	atlas->inspecting = true;
	err = plugin_run_all(atlas);
	atlas->inspecting = false;
	atlas_sort_findings(atlas);
	return err;
}
