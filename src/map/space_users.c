/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who fills a space: areas added up by caller. */
#include <inttypes.h>

#include "base/compare.h"
#include "map/space_accounting.h"
#include "map/evidence_list.h"
#include "map/format.h"
#include "base/range.h"

struct sum {
	uint64_t caller;		/* 0: none; then the kind counts */
	uint32_t kind;
	uint64_t nr_areas, bytes;
};

struct user_sums {
	VEC(struct sum) v;
};

static int users_by_caller(const void *a, const void *b)
{
	const struct sum *x = a, *y = b;

	return compare_u64(x->caller, y->caller) ?:
	       (x->caller ? 0 : compare_u64(x->kind, y->kind));
}

static int users_by_bytes(const void *a, const void *b)
{
	const struct sum *x = a, *y = b;

	return compare_u64(y->bytes, x->bytes) ?: users_by_caller(a, b);
}

/* Sorted by caller: neighbours of one caller become one. */
static void users_fold(struct user_sums *sums)
{
	size_t to = 0;

	for (size_t from = 1; from < sums->v.nr; from++) {
		struct sum *sum = &sums->v.v[to], *next = &sums->v.v[from];

		if (users_by_caller(sum, next) != 0) {
			sums->v.v[++to] = *next;
			continue;
		}
		sum->nr_areas += next->nr_areas;
		sum->bytes += next->bytes;
	}
	if (sums->v.nr)
		sums->v.nr = to + 1;
}

static struct vmatlas_error *users_collect(const struct vmatlas *atlas,
					   struct vmatlas_range range,
					   struct user_sums *ret)
{
	vmatlas_for_each_claim(c, atlas, VMATLAS_LAYER_RECORDED) {
		struct sum *sum;

		if (!c->area || !range_overlaps(range, c->range))
			continue;
		sum = vec_push(&ret->v);
		if (!sum)
			return error_no_memory();
		sum->caller = c->area->caller;
		sum->kind = c->kind;
		sum->nr_areas = 1;
		sum->bytes = MIN(c->range.last, range.last) - MAX(c->range.first, range.first) + 1;
	}
	return NULL;
}

struct vmatlas_error *space_users(struct vmatlas *atlas, struct vmatlas_range range,
				     struct space_user *ret, size_t max, size_t *ret_nr)
{
	struct user_sums sums = { 0 };
	struct vmatlas_error *err = users_collect(atlas, range, &sums);

	if (!err && sums.v.nr) {
		qsort(sums.v.v, sums.v.nr, sizeof(*sums.v.v), users_by_caller);
		users_fold(&sums);
		qsort(sums.v.v, sums.v.nr, sizeof(*sums.v.v), users_by_bytes);
	}
	*ret_nr = err ? 0 : MIN(max, sums.v.nr);
	for (size_t i = 0; i < *ret_nr; i++) {
		const struct sum *sum = &sums.v.v[i];

		ret[i] = (struct space_user){
			.caller = sum->caller ? vmatlas_symbol_name(atlas, sum->caller)
					      : vmatlas_kind_name(sum->kind),
			.nr_areas = sum->nr_areas, .bytes = sum->bytes,
		};
	}
	vec_done(&sums.v);
	return err;
}

static uint64_t users_bytes_of(const struct vmatlas_range *r)
{
	return range_valid(*r) ? vmatlas_range_size(r) : 0;
}

struct vmatlas_error *space_evidence(struct vmatlas *atlas, const struct space_usage *s,
				      size_t max, struct evidence *out)
{
	_cleanup_(freep) struct space_user *filler = calloc(max + 1, sizeof(*filler));
	struct vmatlas_error *err;
	size_t nr;

	if (!filler)
		return error_no_memory();
	err = space_users(atlas, s->pub.range, filler, max, &nr);
	if (err)
		return err;
	evidence_range(out, "range", s->pub.range, "%s %s, %s", s->pub.region->name,
		       fmt_range(atlas, s->pub.range).s,
		       fmt_size(vmatlas_range_size(&s->pub.range)).s);
	evidence_size(out, "free", s->pub.free, "%s in %" PRIu64 " hole%s, the largest %s",
		      fmt_size(s->pub.free).s, s->pub.nr_holes,
		      s->pub.nr_holes == 1 ? "" : "s",
		      fmt_size(users_bytes_of(&s->pub.largest)).s);
	if (s->pub.unpurged + s->pub.pooled)
		evidence_size(out, "purged", s->pub.unpurged + s->pub.pooled,
			      "%s are given back when they are needed; the largest hole "
			      "would be %s then",
			      fmt_size(s->pub.unpurged + s->pub.pooled).s,
			      fmt_size(users_bytes_of(&s->pub.largest_purged)).s);
	for (size_t i = 0; i < nr; i++)
		evidence_size(out, "allocated by", filler[i].bytes,
			      "%s: %s in %" PRIu64 " area%s", filler[i].caller,
			      fmt_size(filler[i].bytes).s, filler[i].nr_areas,
			      filler[i].nr_areas == 1 ? "" : "s");
	return out->failed ? error_no_memory() : NULL;
}
