/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * SLUB: the caches, their slabs that have free objects, and the free objects in them.
 * A slab on a node's list says how many of its objects are in use, so its free list must
 * have the others, each once. CONFIG_SLAB_FREELIST_HARDENED stores a free pointer xor'ed
 * with a number of the cache and with its own address (mm/slub.c, freelist_ptr_encode();
 * the address with its bytes swapped since 5.7).
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <vmatlas-plugin.h>

#define NEAR "__kmem_cache_shutdown|kmem_cache_alloc_noprof|kmem_cache_alloc"
#define CACHE(m) VMATLAS_REQUIRED_MEMBER("kmem_cache", m, NEAR)
#define CACHE_OPT(m) VMATLAS_OPTIONAL_MEMBER("kmem_cache", m, NEAR)
#define NODE_OPT(m) VMATLAS_OPTIONAL_MEMBER("kmem_cache_node", m, NEAR)

/* Since 5.17 a slab has a struct of its own, before it was a struct page. */
enum { LINK, FREELIST, INUSE, OBJECTS, OWNER, NR_SLAB };
#define SLAB_OF(tag, link)                                                                 \
	VMATLAS_OPTIONAL_MEMBER(tag, link, NEAR), VMATLAS_OPTIONAL_MEMBER(tag, "freelist", NEAR), \
	VMATLAS_OPTIONAL_MEMBER(tag, "inuse", NEAR), VMATLAS_OPTIONAL_MEMBER(tag, "objects", NEAR), \
	VMATLAS_OPTIONAL_MEMBER(tag, "slab_cache", NEAR)

enum { CACHES, NODE_IDS, LIST, NAME, SIZE, OBJECT_SIZE, OFFSET, NODES, RANDOM, PAD, PARTIAL,
       PER_NODE, PER_NODE_NODE, OO, MIN, NR_SLABS, TOTAL, LOCK, PAGE_FLAGS, OWN, OLD = OWN + NR_SLAB };

static const struct vmatlas_lookup lookups[] = {
	[CACHES] = VMATLAS_REQUIRED_SYMBOL("slab_caches"),
	[NODE_IDS] = VMATLAS_OPTIONAL_SYMBOL("nr_node_ids"),
	[LIST] = CACHE("list"), [NAME] = CACHE("name"), [SIZE] = CACHE("size"),
	[OBJECT_SIZE] = CACHE("object_size"), [OFFSET] = CACHE("offset"),
	/* of each node; since 7.0 with its barn of sheaves */
	[NODES] = CACHE_OPT("node"), [PER_NODE] = CACHE_OPT("per_node"),
	[PER_NODE_NODE] = VMATLAS_OPTIONAL_MEMBER("kmem_cache_per_node_ptrs", "node", NEAR),
	[OO] = CACHE_OPT("oo.x"), [MIN] = CACHE_OPT("min.x"), [RANDOM] = CACHE_OPT("random"),
	[PAD] = CACHE_OPT("red_left_pad"),
	[PARTIAL] = VMATLAS_REQUIRED_MEMBER("kmem_cache_node", "partial", NEAR),
	[NR_SLABS] = NODE_OPT("nr_slabs.counter"),
	[TOTAL] = NODE_OPT("total_objects.counter"), [LOCK] = NODE_OPT("list_lock"),
	[PAGE_FLAGS] = VMATLAS_OPTIONAL_MEMBER("page", "flags", NEAR),
	[OWN] = SLAB_OF("slab", "slab_list"), [OLD] = SLAB_OF("page", "slab_list"),
};

enum { CACHES_MAX = 100000, SLABS_MAX = 1 << 24, OBJECTS_MAX = 1 << 15, NODES_MAX = 1024 };

struct cache {
	struct vmatlas_plugin_ctx *ctx;
	uint64_t addr, size, offset, random, pad;
	uint64_t slabs, objects, partial, free;	/* of all nodes; free: on partial slabs */
	uint64_t oo, min;		/* how slabs are made, and when that much memory is not there */
	uint32_t slab;				/* OWN or OLD */
	uint32_t ptr;
	char name[64];
};

struct slab {
	uint64_t addr, base, freelist, inuse, objects;
};

/* ---- Free lists ---- */

static uint64_t swapped(uint64_t v, uint32_t bytes)
{
	return bytes == 8 ? __builtin_bswap64(v) : __builtin_bswap32((uint32_t)v);
}

static struct vmatlas_error *next_free(const struct cache *c, uint64_t object, uint64_t *ret)
{
	const uint64_t at = object + c->offset;
	struct vmatlas_error *err =
		vmatlas_read_uint(vmatlas_ctx_atlas(c->ctx), at, c->ptr, ret);

	if (!err && vmatlas_ctx_has(c->ctx, RANDOM))
		*ret ^= c->random ^ swapped(at, c->ptr);
	if (!err)
		*ret = vmatlas_pointer_address(vmatlas_ctx_atlas(c->ctx), *ret);
	return err;
}

VMATLAS_PRINTF(3, 4)
static void corrupt(const struct cache *c, const struct slab *s, const char *fmt, ...)
{
	struct vmatlas_range where = { s->base, s->base + s->objects * c->size - 1 };
	char text[128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	vmatlas_ctx_report(c->ctx, VMATLAS_SEVERITY_ERROR, "slab-free-list", &where, s->addr,
			   "free list of a slab of %s is corrupt: %s", c->name, text);
	vmatlas_ctx_evidence(c->ctx, "slab", "%#" PRIx64 ": %" PRIu64 " objects, %" PRIu64
			     " in use, first free %#" PRIx64, s->base, s->objects, s->inuse,
			     s->freelist);
	vmatlas_ctx_advise(c->ctx, "look for a write after free in the objects around it; "
			   "boot with slab_debug=FZ,%s", c->name);
}

/* Each free object lies in the slab, and none comes twice. */
static struct vmatlas_error *check_free_list(struct cache *c, const struct slab *s)
{
	uint8_t seen[OBJECTS_MAX / 8] = { 0 };
	uint64_t object = s->freelist, nr = 0;
	struct vmatlas_error *err = NULL;

	for (; object && !err; nr++) {
		const uint64_t at = object - s->base - c->pad, i = at / c->size;

		if (at % c->size || i >= s->objects) {
			corrupt(c, s, "%#" PRIx64 " is no object of it", object);
			return NULL;
		}
		if (seen[i / 8] >> i % 8 & 1) {
			corrupt(c, s, "%#" PRIx64 " is on it twice", object);
			return NULL;
		}
		seen[i / 8] |= (uint8_t)(1 << i % 8);
		err = next_free(c, object, &object);
	}
	if (!err && nr != s->objects - s->inuse)
		corrupt(c, s, "it has %" PRIu64 " objects", nr);
	c->free += nr;
	return err;
}

/* ---- Slabs ---- */

static struct vmatlas_error *slab_base(const struct cache *c, uint64_t slab, uint64_t *ret)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(c->ctx);
	uint64_t frame;
	struct vmatlas_error *err = vmatlas_frame_of_page(atlas, slab, &frame);

	return err ? err : vmatlas_direct_map(atlas, frame << vmatlas_info(atlas)->page_shift, ret);
}

static struct vmatlas_error *check_slab(struct cache *c, struct slab *s)
{
	uint64_t owner = 0, flags = 0;
	struct vmatlas_error *err = vmatlas_ctx_read(c->ctx, c->slab + FREELIST, s->addr, &s->freelist);

	if (!err)
		err = vmatlas_ctx_read(c->ctx, c->slab + INUSE, s->addr, &s->inuse);
	if (!err)
		err = vmatlas_ctx_read(c->ctx, c->slab + OBJECTS, s->addr, &s->objects);
	if (!err)
		err = vmatlas_ctx_read(c->ctx, c->slab + OWNER, s->addr, &owner);
	if (!err && vmatlas_ctx_has(c->ctx, PAGE_FLAGS))
		err = vmatlas_ctx_read(c->ctx, PAGE_FLAGS, s->addr, &flags);
	if (!err)
		err = slab_base(c, s->addr, &s->base);
	if (err || flags & 1)		/* PG_locked: a CPU was changing it */
		return err;
	if (owner == c->addr && s->inuse <= s->objects && s->objects)
		return check_free_list(c, s);
	vmatlas_ctx_report(c->ctx, VMATLAS_SEVERITY_ERROR, "slab-record", NULL, s->addr,
			   "slab on the list of %s says it is of cache %#" PRIx64 ", %" PRIu64
			   " of %" PRIu64 " objects in use", c->name, owner, s->inuse, s->objects);
	return NULL;
}

/* Spinlocks of every kind are 0 when free, but tickets, whose halves are then alike. */
static bool is_locked(const struct cache *c, uint64_t node)
{
	uint64_t lock = 0;

	if (vmatlas_ctx_size(c->ctx, LOCK) < 4)		/* without SMP it has no bytes */
		return false;
	vmatlas_error_free(vmatlas_read_uint(vmatlas_ctx_atlas(c->ctx),
					     node + vmatlas_ctx_offset(c->ctx, LOCK), 4, &lock));
	return lock >> 16 != (lock & 0xffff);
}

static struct vmatlas_error *check_node(struct cache *c, uint64_t node)
{
	struct vmatlas_walk walk;
	struct slab s = { 0 };
	uint64_t nr = 0, total = 0;
	struct vmatlas_error *err = NULL, *broken;

	if (vmatlas_ctx_has(c->ctx, NR_SLABS))
		err = vmatlas_ctx_read(c->ctx, NR_SLABS, node, &nr);
	if (!err && vmatlas_ctx_has(c->ctx, TOTAL))
		err = vmatlas_ctx_read(c->ctx, TOTAL, node, &total);
	c->slabs += nr;
	c->objects += total;
	if (err || is_locked(c, node)) {
		vmatlas_ctx_coverage(c->ctx, VMATLAS_COVERAGE_PARTIAL, "slabs",
				     "a list was being changed or is not in the dump");
		return vmatlas_ctx_report_fault(c->ctx, err, NULL);
	}
	vmatlas_walk_start(&walk, c->ctx, VMATLAS_WALK_LIST,
			   node + vmatlas_ctx_offset(c->ctx, PARTIAL), c->slab + LINK, SLABS_MAX);
	for (; !err && vmatlas_walk_next(&walk, &s.addr); c->partial++)
		err = vmatlas_ctx_report_fault(c->ctx, check_slab(c, &s), NULL);
	broken = vmatlas_walk_end(&walk);
	if (vmatlas_error_code(broken) == VMATLAS_ERROR_CORRUPT)
		vmatlas_ctx_report(c->ctx, VMATLAS_SEVERITY_ERROR, "slab-list", NULL, node,
				   "list of slabs of %s is damaged: %s", c->name,
				   vmatlas_error_message(broken));
	else
		return err ? err : vmatlas_ctx_report_fault(c->ctx, broken, NULL);
	vmatlas_error_free(broken);
	return err;
}

/* ---- Caches ---- */

static struct vmatlas_error *check_nodes(struct cache *c)
{
	struct vmatlas *atlas = vmatlas_ctx_atlas(c->ctx);
	uint64_t nr = 1, node, each = c->ptr, at = c->addr + vmatlas_ctx_offset(c->ctx, NODES);
	struct vmatlas_error *err = NULL;

	if (!vmatlas_ctx_has(c->ctx, NODES) && vmatlas_ctx_count(c->ctx, PER_NODE)) {
		each = vmatlas_ctx_size(c->ctx, PER_NODE) / vmatlas_ctx_count(c->ctx, PER_NODE);
		at = c->addr + vmatlas_ctx_offset(c->ctx, PER_NODE) +
		     vmatlas_ctx_offset(c->ctx, PER_NODE_NODE);
	}

	if (vmatlas_ctx_has(c->ctx, NODE_IDS))
		err = vmatlas_ctx_read_symbol(c->ctx, NODE_IDS, &nr);
	for (uint64_t i = 0; !err && i < nr && i < NODES_MAX; i++) {
		err = vmatlas_read_uint(atlas, at + i * each, c->ptr, &node);
		if (!err && node)
			err = check_node(c, vmatlas_pointer_address(atlas, node));
	}
	return err;
}

static struct vmatlas_error *check_cache(struct cache *c)
{
	uint64_t name;
	struct vmatlas_error *err = vmatlas_ctx_read(c->ctx, NAME, c->addr, &name);

	if (!err)
		err = vmatlas_read_string(vmatlas_ctx_atlas(c->ctx), name, c->name, sizeof(c->name));
	if (!err)
		err = vmatlas_ctx_read(c->ctx, SIZE, c->addr, &c->size);
	if (!err)
		err = vmatlas_ctx_read(c->ctx, OFFSET, c->addr, &c->offset);
	if (!err && vmatlas_ctx_has(c->ctx, RANDOM))
		err = vmatlas_ctx_read(c->ctx, RANDOM, c->addr, &c->random);
	if (!err && vmatlas_ctx_has(c->ctx, PAD))
		err = vmatlas_ctx_read(c->ctx, PAD, c->addr, &c->pad);
	if (!err && vmatlas_ctx_has(c->ctx, OO))
		err = vmatlas_ctx_read(c->ctx, OO, c->addr, &c->oo);
	if (!err && vmatlas_ctx_has(c->ctx, MIN))
		err = vmatlas_ctx_read(c->ctx, MIN, c->addr, &c->min);
	if (!err && (!c->size || c->offset > c->size)) {
		vmatlas_ctx_report(c->ctx, VMATLAS_SEVERITY_ERROR, "slab-record", NULL, c->addr,
				   "cache %s has objects of %" PRIu64 " bytes", c->name, c->size);
		return NULL;
	}
	return err ? err : check_nodes(c);
}

static struct vmatlas_error *each_cache(struct vmatlas_plugin_ctx *ctx, void (*done)(struct cache *c))
{
	const struct vmatlas_info *info = vmatlas_info(vmatlas_ctx_atlas(ctx));
	const uint32_t slab = vmatlas_ctx_has(ctx, OWN + FREELIST) ? OWN : OLD;
	struct cache total = { 0 };
	struct vmatlas_walk walk;
	struct vmatlas_error *err = NULL, *end;
	uint64_t addr;

	vmatlas_walk_start(&walk, ctx, VMATLAS_WALK_LIST, vmatlas_ctx_address(ctx, CACHES), LIST,
			   CACHES_MAX);
	while (!err && vmatlas_walk_next(&walk, &addr)) {
		struct cache c = { .ctx = ctx, .addr = addr, .slab = slab, .ptr = info->pointer_size };

		err = vmatlas_ctx_report_fault(ctx, check_cache(&c), NULL);
		total.partial += c.partial;
		total.free += c.free;
		if (done)
			done(&c);
	}
	end = vmatlas_walk_end(&walk);
	if (!err && !end)
		vmatlas_ctx_coverage(ctx, VMATLAS_COVERAGE_FULL, "slab caches", "%" PRIu64
				     " caches, %" PRIu64 " slabs with %" PRIu64 " free objects",
				     walk.nr, total.partial, total.free);
	if (!err)
		return vmatlas_ctx_report_fault(ctx, end, NULL);
	vmatlas_error_free(end);
	return err;
}

static bool knows_slabs(const struct vmatlas_plugin_ctx *ctx)
{
	const uint32_t slab = vmatlas_ctx_has(ctx, OWN + FREELIST) ? OWN : OLD;

	for (uint32_t i = 0; i < NR_SLAB; i++)
		if (!vmatlas_ctx_has(ctx, slab + i))
			return false;
	return vmatlas_ctx_has(ctx, NODES) || vmatlas_ctx_has(ctx, PER_NODE_NODE);
}

static struct vmatlas_error *inspect(struct vmatlas_plugin_ctx *ctx)
{
	const struct vmatlas_info *info = vmatlas_info(vmatlas_ctx_atlas(ctx));

	if (info && !knows_slabs(ctx)) {
		vmatlas_ctx_coverage(ctx, VMATLAS_COVERAGE_SKIPPED, "slab caches",
				     "because their structs are not known");
		return NULL;
	}
	if (info && info->live) {
		vmatlas_ctx_coverage(ctx, VMATLAS_COVERAGE_SKIPPED, "slab caches",
				     "because they change while the kernel runs");
		return NULL;
	}
	return info ? each_cache(ctx, NULL) : NULL;
}

/* ---- The command ---- */

/*
 * A slab has the order and the number of objects of .oo or, where that failed, of .min
 * (mm/slub.c, allocate_slab(); both are order << 16 | objects). The sums tell how many are
 * of each. What kmalloc() takes from the page allocator directly, which /proc/meminfo counts
 * as Slab, belongs to no cache. Return: KiB.
 */
static uint64_t memory_of(const struct cache *c)
{
	const uint64_t page = 1u << (vmatlas_info(vmatlas_ctx_atlas(c->ctx))->page_shift - 10);
	const uint64_t full = c->oo & 0xffff, less = c->min & 0xffff;
	uint64_t small = 0;

	if (c->oo >> 16 > 20 || c->min >> 16 > 20)
		return 0;
	if (full > less && c->slabs * full > c->objects)
		small = (c->slabs * full - c->objects) / (full - less);
	if (small > c->slabs)
		small = c->slabs;
	return ((c->slabs - small) << (c->oo >> 16)) * page + (small << (c->min >> 16)) * page;
}

static void print_cache(struct cache *c)
{
	vmatlas_ctx_print(c->ctx, "%-24s %8" PRIu64 " %8" PRIu64 " %8" PRIu64 " %8" PRIu64 " %8" PRIu64
			  " %8" PRIu64 "\n", c->name, c->size, c->objects, c->slabs, memory_of(c),
			  c->partial, c->free);
}

static struct vmatlas_error *command(struct vmatlas_plugin_ctx *ctx, size_t argc,
				     const char *const *argv)
{
	if (argc)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "extra operand '%s'", argv[0]);
	if (!knows_slabs(ctx))
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "structs of slabs are not known");
	vmatlas_ctx_print(ctx, "%-24s %8s %8s %8s %8s %8s %8s\n", "CACHE", "SIZE", "OBJECTS", "SLABS",
			  "KIB", "PARTIAL", "FREE");
	return each_cache(ctx, print_cache);
}

VMATLAS_PLUGIN(
	.name = "slab",
	.summary = "slabs whose free list is corrupt",
	.lookups = lookups,
	.nr_lookups = sizeof(lookups) / sizeof(lookups[0]),
	.inspect = inspect,
	.command = command,
	.command_help = "the slab caches, their objects and slabs",
);
