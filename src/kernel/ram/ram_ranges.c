/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of what is known about RAM, and who said so. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/range.h"
#include "kernel/ram/ram_internal.h"

void ram_facts_free(struct ram_facts *facts)
{
	if (!facts)
		return;
	for (size_t i = 0; i < facts->facts.nr; i++) {
		free(facts->facts.v[i].name);
		free(facts->facts.v[i].source);
	}
	for (size_t i = 0; i < facts->silences.nr; i++) {
		free(facts->silences.v[i].subject);
		free(facts->silences.v[i].why);
	}
	vec_done(&facts->facts);
	vec_done(&facts->silences);
	free(facts->command_line);
	free(facts->command_line_from);
	free(facts->model);
	bootlog_free(facts->log);
	free(facts);
}

struct vmatlas_error *ram_fact_add(struct ram_facts *facts, struct ram_fact fact,
				   const char *name, const char *source, ...)
{
	struct ram_fact *f;
	va_list ap;
	int n;

	if (facts->facts.nr >= RAM_MAX_FACTS)
		return NULL;
	f = vec_push(&facts->facts);
	if (!f)
		return error_no_memory();
	*f = fact;
	f->name = strdup(name);
	va_start(ap, source);
	n = vasprintf(&f->source, source, ap);
	va_end(ap);
	if (n < 0)
		f->source = NULL;
	return f->name && f->source ? NULL : error_no_memory();
}

struct vmatlas_error *ram_unknown_add(struct ram_facts *facts, const char *subject,
				      const char *why, ...)
{
	struct ram_unknown *q;
	va_list ap;
	int n;

	if (facts->silences.nr >= RAM_MAX_FACTS)
		return NULL;
	q = vec_push(&facts->silences);
	if (!q)
		return error_no_memory();
	q->subject = strdup(subject);
	va_start(ap, why);
	n = vasprintf(&q->why, why, ap);
	va_end(ap);
	if (n < 0)
		q->why = NULL;
	return q->subject && q->why ? NULL : error_no_memory();
}

struct vmatlas_error *ram_unknown_report_fault(struct ram_facts *facts, const char *subject,
					 struct vmatlas_error *err)
{
	struct vmatlas_error *next;

	if (!error_is_kernel_trouble(err) && !error_is(err, VMATLAS_ERROR_NOT_FOUND) &&
	    !error_is(err, VMATLAS_ERROR_UNSUPPORTED))
		return err;
	next = ram_unknown_add(facts, subject, "%s", vmatlas_error_message(err));
	vmatlas_error_free(err);
	return next;
}

enum ram_known ram_is_system_ram(const struct ram_facts *facts, struct vmatlas_range phys)
{
	for (size_t i = 0; facts && i < facts->facts.nr; i++)
		if (facts->facts.v[i].role == RAM_SYSTEM &&
		    range_overlaps(facts->facts.v[i].phys, phys))
			return RAM_YES;
	return facts && facts->system_known ? RAM_NO : RAM_UNKNOWN;
}
