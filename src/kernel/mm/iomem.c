/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The tree of iomem_resource, walked with suspicion. */
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "base/range.h"
#include "kernel/lookup.h"
#include "kernel/mm/iomem.h"

enum { RES, RES_START, RES_END, RES_NAME, RES_FLAGS, RES_SIBLING, RES_CHILD, NR_RES };

#define RESOURCE(m) VMATLAS_REQUIRED_MEMBER("resource", m, RESOURCES_NEAR)

static const struct vmatlas_lookup needs[NR_RES] = {
	[RES] = RESOURCE(""),
	[RES_START] = RESOURCE("start"),
	[RES_END] = RESOURCE("end"),
	[RES_NAME] = RESOURCE("name"),
	[RES_FLAGS] = RESOURCE("flags"),
	[RES_SIBLING] = RESOURCE("sibling"),
	[RES_CHILD] = RESOURCE("child"),
};

/* IORESOURCE_SYSRAM, since 4.6; before that System RAM is known by its name alone. */
static const uint64_t resource_sysram = 0x01000000, resource_busy = 0x80000000;

struct walker {
	struct kernel *k;
	struct resolved res[NR_RES];
	enum resources_how how;
	struct resources *out;
	uint8_t bytes[256];
};

void resources_done(struct resources *r)
{
	for (size_t i = 0; i < r->v.nr; i++)
		free(r->v.v[i].name);
	vec_done(&r->v);
}

/*
 * As walk_system_ram_range() has it (kernel/resource.c): what is not busy is where RAM may
 * be plugged, as the range of a virtio-mem device (drivers/virtio/virtio_mem.c).
 */
bool resource_is_ram(const struct resource *r)
{
	if (r->flags & resource_sysram)
		return r->flags & resource_busy;
	return r->name && !strncmp(r->name, "System RAM", 10);
}

/* Members are checked once, so that iomem_field() need not ask. */
static bool iomem_shape_ok(const struct walker *w)
{
	const struct resolved *res = w->res;

	if (!res[RES].found || !res[RES].size || res[RES].size > sizeof(w->bytes) ||
	    !res[RES_SIBLING].found || !res[RES_CHILD].found)
		return false;
	for (size_t i = RES + 1; i < NR_RES; i++)
		if (res[i].found && (res[i].size > 8 || res[i].offset > res[RES].size ||
				     res[i].size > res[RES].size - res[i].offset))
			return false;
	return true;
}

static uint64_t iomem_field(const struct walker *w, size_t need)
{
	const struct resolved *f = &w->res[need];

	return f->found && f->size ? bytes_uint(w->bytes + f->offset, f->size,
						w->k->big_endian) : 0;
}

static struct vmatlas_error *read_name(struct walker *w, struct resource *r)
{
	const uint64_t at = kernel_address(w->k, iomem_field(w, RES_NAME));
	struct vmatlas_error *err;

	if ((w->how == RESOURCES_TOP && r->flags & resource_sysram) ||
	    !kernel_is_pointer(w->k, at))
		return NULL;
	err = kernel_read_str(w->k, at, 64, &r->name);
	if (!error_is_kernel_trouble(err))
		return err;
	vmatlas_error_free(err);	/* a name without a text names nothing */
	return NULL;
}

static struct vmatlas_error *iomem_add(struct walker *w, uint64_t node,
				       unsigned int depth)
{
	struct resource *r = w->out->v.nr < RESOURCES_MAX ? vec_push(&w->out->v) : NULL;

	if (!r && w->out->v.nr >= RESOURCES_MAX)
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
					 "more than %d resources", RESOURCES_MAX);
	if (!r)
		return error_no_memory();
	*r = (struct resource){
		.phys = { iomem_field(w, RES_START), iomem_field(w, RES_END) },
		.flags = iomem_field(w, RES_FLAGS),
		.record = node,
		.depth = depth,
	};
	return read_name(w, r);
}

static struct vmatlas_error *iomem_read_node(struct walker *w, uint64_t node)
{
	struct vmatlas_error *err;

	if (!kernel_is_pointer(w->k, node))
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
			"resource %#" PRIx64 " is no kernel address", node);
	err = kernel_read(w->k, node, w->bytes, w->res[RES].size);
	return vmatlas_error_wrap(kernel_pointer_fault(w->k, node, err),
				  "resource %#" PRIx64, node);
}

/*
 * Siblings are sorted and disjoint: one that goes back is damage, or a loop. A child
 * is told by its place in the tree alone: drivers ask for ranges that leave their
 * parent's.
 */
static struct vmatlas_error *iomem_walk(struct walker *w, uint64_t node,
					unsigned int depth)
{
	struct vmatlas_error *err = NULL;
	uint64_t last = 0, child;
	bool first = true;

	if (depth >= RESOURCES_MAX_DEPTH)
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
					 "resources are nested too deep");
	while (!err && node) {
		err = iomem_read_node(w, node);
		if (err)
			return err;
		if (iomem_field(w, RES_END) < iomem_field(w, RES_START) ||
		    (!first && iomem_field(w, RES_START) <= last))
			return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
						 "resource %#" PRIx64 " (%#" PRIx64
						 "-%#" PRIx64 ") is out of order",
						 node, iomem_field(w, RES_START),
						 iomem_field(w, RES_END));
		first = false;
		last = iomem_field(w, RES_END);
		child = w->how == RESOURCES_ALL
				? kernel_address(w->k, iomem_field(w, RES_CHILD))
				: 0;
		err = iomem_add(w, node, depth);
		node = kernel_address(w->k, iomem_field(w, RES_SIBLING));
		if (!err && child)
			err = iomem_walk(w, child, depth + 1);
	}
	return err;
}

struct vmatlas_error *resources_read(struct kernel *k, uint64_t root,
				     enum resources_how how, struct resources *ret)
{
	struct walker w = { .k = k, .how = how, .out = ret };
	struct vmatlas_error *err = lookup_resolve(k, needs, NR_RES, w.res);

	if (err)
		return err;
	if (!iomem_shape_ok(&w))
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
					 "no struct resource in vmlinux that we know");
	err = iomem_read_node(&w, root);
	return err ? err
		   : iomem_walk(&w, kernel_address(k, iomem_field(&w, RES_CHILD)), 0);
}
