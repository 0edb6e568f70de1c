/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public functions at their edges: in which order, with which options, and what is kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_atlas.h"

#define assert_refused(err, wanted, part)                                     \
	do {                                                                  \
		struct vmatlas_error *err_ = (err);                           \
		assert_int_equal(vmatlas_error_code(err_), wanted);           \
		assert_says(vmatlas_error_message(err_), part);               \
		vmatlas_error_free(err_);                                     \
	} while (0)

/* ---- Opening ---- */

static void options_need_a_size(void **state)
{
	struct vmatlas_open_opts opts = { 0 };
	struct vmatlas *atlas = NULL;

	(void)state;
	assert_refused(vmatlas_open(NULL, &atlas), VMATLAS_ERROR_ARGUMENT, "without a size");
	assert_refused(vmatlas_open(&opts, &atlas), VMATLAS_ERROR_ARGUMENT, "without a size");
	assert_null(atlas);
}

static void an_old_caller_gets_defaults(void **state)
{
	struct vmatlas_open_opts opts;
	struct vmatlas *atlas = NULL;

	(void)state;
	/* what came later is not looked at: it may be anything */
	memset(&opts, 0xff, sizeof(opts));
	opts.size = sizeof(opts.size);
	assert_null(vmatlas_open(&opts, &atlas));
	vmatlas_close(atlas);
}

static void a_younger_option_is_refused_not_ignored(void **state)
{
	struct {
		struct vmatlas_open_opts opts;
		uint64_t later;
	} longer = { .opts.size = sizeof(longer) };
	struct vmatlas *atlas = NULL;

	(void)state;
	assert_null(vmatlas_open(&longer.opts, &atlas));
	vmatlas_close(atlas);
	longer.later = 1;
	assert_refused(vmatlas_open(&longer.opts, &atlas), VMATLAS_ERROR_ARGUMENT,
		       "needs a newer vmatlas");
}

static void files_that_are_not_there_are_named(void **state)
{
	VMATLAS_OPTS(vmatlas_open_opts, opts, .vmlinux = "/nowhere/vmlinux",
		     .core = "/nowhere/vmcore");
	struct vmatlas *atlas = NULL;

	(void)state;
	assert_refused(vmatlas_open(&opts, &atlas), VMATLAS_ERROR_SYSTEM, "/nowhere/vm");
	assert_null(atlas);
	vmatlas_close(NULL);
}

/* ---- Order ---- */

static void survey_comes_before_inspection(void **state)
{
	struct vmatlas *atlas = fake_atlas();

	(void)state;
	assert_refused(vmatlas_inspect(atlas), VMATLAS_ERROR_ARGUMENT, "survey first");
	assert_refused(vmatlas_survey(atlas, VMATLAS_SURVEY_ALL), VMATLAS_ERROR_ARGUMENT,
		       "no dump");
	assert_null(atlas_seal(atlas));
	assert_refused(vmatlas_survey(atlas, VMATLAS_SURVEY_ALL), VMATLAS_ERROR_ARGUMENT,
		       "surveyed already");
	assert_null(vmatlas_inspect(atlas));
	assert_null(vmatlas_inspect(atlas));
	assert_refused(vmatlas_load_plugin(atlas, "pages"), VMATLAS_ERROR_ARGUMENT,
		       "before the inspection");
	vmatlas_close(atlas);
}

static void without_a_kernel_there_is_nothing_to_read(void **state)
{
	struct vmatlas *atlas = fake_atlas();
	struct vmatlas_translate walk;
	uint64_t value = 42;

	(void)state;
	assert_null(vmatlas_info(atlas));
	assert_refused(vmatlas_read(atlas, 0, &value, 8), VMATLAS_ERROR_ARGUMENT, "no dump");
	assert_refused(vmatlas_read_uint(atlas, 0, 8, &value), VMATLAS_ERROR_ARGUMENT, "no dump");
	assert_refused(vmatlas_translate(atlas, 0, &walk), VMATLAS_ERROR_ARGUMENT, "no dump");
	assert_int_equal(value, 42);
	assert_string_equal(vmatlas_symbol_name(atlas, 0x1000), "0x1000");
	vmatlas_close(atlas);
}

/* ---- Findings ---- */

static void report(struct vmatlas *atlas, uint32_t severity, const char *code, uint64_t first)
{
	const struct vmatlas_range where = { first, first + 0xfff };
	const struct vmatlas_finding_desc r = {
		.severity = severity, .code = code, .where = &where,
		.record = first,
	};

	assert_null(atlas_add_finding(atlas, "test", &r, "message"));
}

static void the_worst_come_first_then_by_address(void **state)
{
	static const struct {
		uint32_t severity;
		uint64_t first;
	} order[] = {
		{ VMATLAS_SEVERITY_ERROR, 0x2000 }, { VMATLAS_SEVERITY_ERROR, 0x9000 },
		{ VMATLAS_SEVERITY_WARNING, 0x1000 }, { VMATLAS_SEVERITY_NOTE, 0 },
	};
	struct vmatlas *atlas = fake_atlas();
	size_t n = 0;

	(void)state;
	report(atlas, VMATLAS_SEVERITY_NOTE, "a", 0);
	report(atlas, VMATLAS_SEVERITY_ERROR, "b", 0x9000);
	report(atlas, VMATLAS_SEVERITY_WARNING, "c", 0x1000);
	report(atlas, VMATLAS_SEVERITY_ERROR, "d", 0x2000);
	atlas_sort_findings(atlas);
	for (const struct vmatlas_finding *f = NULL; (f = vmatlas_finding_next(atlas, f)); n++) {
		assert_int_equal(f->severity, order[n].severity);
		assert_int_equal(f->range.first, order[n].first);
		assert_null(f->evidence);
		assert_int_equal(f->nr_evidence, 0);
		assert_string_equal(f->advice, "");
	}
	assert_int_equal(n, ARRAY_SIZE(order));
	vmatlas_close(atlas);
}

static void the_same_is_reported_once(void **state)
{
	struct vmatlas *atlas = fake_atlas();
	size_t lines = 0;

	(void)state;
	report(atlas, VMATLAS_SEVERITY_ERROR, "a", 0x1000);
	report(atlas, VMATLAS_SEVERITY_ERROR, "a", 0x1000);
	report(atlas, VMATLAS_SEVERITY_ERROR, "a", 0x2000);
	assert_int_equal(nr_findings(atlas), 2);
	for (int i = 0; i < 3; i++)
		assert_null(atlas_add_coverage(atlas, VMATLAS_COVERAGE_FULL, "areas", "all"));
	assert_null(atlas_add_coverage(atlas, VMATLAS_COVERAGE_PARTIAL, "areas", "all"));
	for (const struct vmatlas_coverage *c = NULL; (c = vmatlas_coverage_next(atlas, c));)
		lines++;
	assert_int_equal(lines, 2);
	vmatlas_close(atlas);
}

/* What a name in a dump contains is one item's text, never an item of its own. */
static void evidence_keeps_its_shape(void **state)
{
	const struct vmatlas_evidence items[] = {
		{ .label = "name", .text = "a\nb\tc", .type = VMATLAS_EVIDENCE_TEXT },
		{ .label = "size", .type = VMATLAS_EVIDENCE_SIZE, .value = 8192 },
		{ .label = "at", .type = VMATLAS_EVIDENCE_RANGE, .value = 0x1000, .last = 0x1fff },
		{ .label = "nr", .type = VMATLAS_EVIDENCE_NUMBER, .value = 3 },
		{ .type = VMATLAS_EVIDENCE_TEXT },
	};
	static const char *const text[] = { "a\nb\tc", "8 KiB", "00001000-00002000", "3", "" };
	struct vmatlas_finding_desc r = {
		.severity = VMATLAS_SEVERITY_NOTE, .code = "a",
		.evidence = items, .nr_evidence = ARRAY_SIZE(items),
	};
	struct vmatlas *atlas = fake_atlas();
	const struct vmatlas_finding *f;

	(void)state;
	assert_null(atlas_add_finding(atlas, "test", &r, "message"));
	f = vmatlas_finding_next(atlas, NULL);
	assert_int_equal(f->nr_evidence, ARRAY_SIZE(items));
	for (size_t i = 0; i < f->nr_evidence; i++) {
		assert_string_equal(f->evidence[i].text, text[i]);
		assert_int_equal(f->evidence[i].type, items[i].type);
		assert_int_equal(f->evidence[i].value, items[i].value);
		assert_int_equal(f->evidence[i].last, items[i].last);
	}
	assert_string_equal(f->evidence[0].label, "name");
	assert_string_equal(f->evidence[4].label, "");
	vmatlas_close(atlas);
}

static void evidence_of_no_type_is_refused(void **state)
{
	const struct vmatlas_evidence item = { .label = "a", .text = "b", .type = 99 };
	struct vmatlas_finding_desc r = {
		.severity = VMATLAS_SEVERITY_NOTE, .code = "a",
		.evidence = &item, .nr_evidence = 1,
	};
	struct vmatlas *atlas = fake_atlas();

	(void)state;
	assert_refused(atlas_add_finding(atlas, "test", &r, "message"), VMATLAS_ERROR_PLUGIN,
		       "type 99");
	vmatlas_close(atlas);
}

static void a_finding_without_a_place_has_none(void **state)
{
	const struct vmatlas_finding_desc r = {
		.severity = VMATLAS_SEVERITY_NOTE, .code = "a",
	};
	struct vmatlas *atlas = fake_atlas();
	const struct vmatlas_finding *f;

	(void)state;
	assert_null(atlas_add_finding(atlas, "test", &r, "message"));
	f = vmatlas_finding_next(atlas, NULL);
	assert_true(f->range.first > f->range.last);
	vmatlas_close(atlas);
}

/* ---- Inspectors ---- */

static void built_in_inspectors_are_listed(void **state)
{
	VMATLAS_OPTS(vmatlas_open_opts, opts);
	struct vmatlas *atlas = NULL;
	size_t nr = 0;

	(void)state;
	assert_null(vmatlas_open(&opts, &atlas));
	for (const struct vmatlas_inspector *i = NULL; (i = vmatlas_inspector_next(atlas, i));) {
		assert_true(i->name[0] && i->summary[0]);
		assert_string_equal(i->path, "");
		assert_int_equal(i->nr_missing, 0);
		nr++;
	}
	assert_true(nr >= 5);
	vmatlas_close(atlas);
}

static struct vmatlas_error *curious(struct vmatlas_plugin_ctx *job)
{
	const struct vmatlas *atlas = vmatlas_ctx_atlas(job);

	for (int i = 0; i < 100; i++)
		vmatlas_ctx_report(job, VMATLAS_SEVERITY_NOTE, "a", NULL, (uint64_t)i, "message");
	assert_null(vmatlas_finding_next(atlas, NULL));
	assert_null(vmatlas_coverage_next(atlas, NULL));
	return NULL;
}

static void an_inspector_sees_no_findings(void **state)
{
	static const struct vmatlas_plugin plugin = {
		.abi = VMATLAS_PLUGIN_ABI, .size = sizeof(plugin), .name = "curious",
		.inspect = curious,
	};
	struct vmatlas *atlas = fake_atlas();

	(void)state;
	report(atlas, VMATLAS_SEVERITY_NOTE, "b", 0x1000);
	fake_inspect(atlas, &plugin);
	assert_int_equal(nr_findings(atlas), 101);
	vmatlas_close(atlas);
}

static void inspectors_stay_where_they_are(void **state)
{
	struct vmatlas_plugin plugin = {
		.abi = VMATLAS_PLUGIN_ABI, .size = sizeof(plugin), .inspect = curious,
	};
	struct vmatlas *atlas = fake_atlas();
	const struct vmatlas_inspector *first;
	char name[100][8];
	size_t nr = 0;

	(void)state;
	for (int i = 0; i < 100; i++) {
		snprintf(name[i], sizeof(name[i]), "i%d", i);
		plugin.name = name[i];
		assert_null(plugin_add(atlas, &plugin, ""));
		if (i == 0)
			first = vmatlas_inspector_next(atlas, NULL);
	}
	assert_ptr_equal(vmatlas_inspector_next(atlas, NULL), first);
	assert_string_equal(first->name, "i0");
	assert_refused(plugin_add(atlas, &plugin, ""), VMATLAS_ERROR_PLUGIN, "there already");
	for (const struct vmatlas_inspector *i = NULL; (i = vmatlas_inspector_next(atlas, i));)
		assert_string_equal(i->name, name[nr++]);
	assert_int_equal(nr, 100);
	vmatlas_close(atlas);
}

static void a_plugin_is_not_looked_for_in_this_folder(void **state)
{
	struct vmatlas *atlas = fake_atlas();

	(void)state;
	assert_refused(vmatlas_load_plugin(atlas, "no-such-plugin"), VMATLAS_ERROR_PLUGIN,
		       "a file is named with a slash");
	assert_refused(vmatlas_load_plugin(atlas, "./no-such-plugin.so"), VMATLAS_ERROR_PLUGIN,
		       "./no-such-plugin.so");
	vmatlas_close(atlas);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_need_a_size),
		cmocka_unit_test(an_old_caller_gets_defaults),
		cmocka_unit_test(a_younger_option_is_refused_not_ignored),
		cmocka_unit_test(files_that_are_not_there_are_named),
		cmocka_unit_test(survey_comes_before_inspection),
		cmocka_unit_test(without_a_kernel_there_is_nothing_to_read),
		cmocka_unit_test(the_worst_come_first_then_by_address),
		cmocka_unit_test(the_same_is_reported_once),
		cmocka_unit_test(evidence_keeps_its_shape),
		cmocka_unit_test(evidence_of_no_type_is_refused),
		cmocka_unit_test(a_finding_without_a_place_has_none),
		cmocka_unit_test(built_in_inspectors_are_listed),
		cmocka_unit_test(an_inspector_sees_no_findings),
		cmocka_unit_test(inspectors_stay_where_they_are),
		cmocka_unit_test(a_plugin_is_not_looked_for_in_this_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
