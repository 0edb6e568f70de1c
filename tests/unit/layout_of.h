/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Claims of a CPU's layout function, from facts that a test makes up. */
#ifndef UNIT_LAYOUT_OF_H
#define UNIT_LAYOUT_OF_H

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "arch/arch.h"

struct said {
	uint32_t kind, flags;
	char name[32], source[128];
	uint64_t start, end;		/* @end exclusive, 0 the top */
};

struct layout_of {
	struct arch_sink sink;		/* first: the sink's functions get it */
	const struct arch *arch;
	struct arch_facts facts;
	bool found[64];
	uint64_t value[64];
	struct said said[64];
	size_t nr;
};

static void layout_take(struct arch_sink *sink, uint32_t kind, const char *name,
			uint64_t start, uint64_t end, uint32_t flags, const char *source)
{
	struct layout_of *l = (struct layout_of *)sink;
	struct said *s = &l->said[l->nr++];

	assert_true(l->nr <= ARRAY_SIZE(l->said));
	*s = (struct said){ .kind = kind, .flags = flags, .start = start, .end = end };
	snprintf(s->name, sizeof(s->name), "%s", name);
	snprintf(s->source, sizeof(s->source), "%s", source);
}

/* Say that the kernel has a symbol, a variable, a number of this value. */
static void layout_fact(struct layout_of *l, const char *name, uint64_t value)
{
	for (size_t i = 0; i < l->arch->nr_wants; i++) {
		if (strcmp(l->arch->wants[i].name, name))
			continue;
		l->found[i] = true;
		l->value[i] = value;
		return;
	}
	fail_msg("%s is not wanted", name);
}

static void layout_init(struct layout_of *l, const struct arch *arch,
			const struct pt_format *format, uint32_t release)
{
	assert_true(arch->nr_wants <= ARRAY_SIZE(l->found));
	*l = (struct layout_of){
		.sink.claim = layout_take, .arch = arch,
		.facts = { .release = release, .page_shift = 12, .format = format },
	};
	l->facts.found = l->found;
	l->facts.value = l->value;
}

static void layout_run(struct layout_of *l)
{
	l->nr = 0;
	l->arch->layout(&l->facts, &l->sink);
}

/* The first whole claim of that name, or NULL. */
static const struct said *layout_find(const struct layout_of *l, const char *name)
{
	for (size_t i = 0; i < l->nr; i++)
		if (!strcmp(l->said[i].name, name) &&
		    !(l->said[i].flags & (VMATLAS_CLAIM_START_ONLY | VMATLAS_CLAIM_END_ONLY)))
			return &l->said[i];
	return NULL;
}

#define assert_region(l, name, from, to)                                      \
	do {                                                                  \
		const struct said *said_ = layout_find((l), (name));          \
		if (!said_)                                                   \
			fail_msg("no %s", (name));                            \
		assert_int_equal(said_->start, (from));                       \
		assert_int_equal(said_->end, (to));                           \
	} while (0)

#endif
