/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "map/space_accounting.h"
#include "map/describe_addr.h"
#include "map/format.h"
#include "base/range.h"

/* ---- No address of the kernel's ---- */

/* include/linux/poison.h */
static const char *poison_of(const struct kernel *k, uint64_t addr)
{
	const uint64_t delta = k->ptr_size == 8 ? 0xdead000000000000 : 0;
	const uint64_t byte = addr >> 8 & 0xff, filled = byte * 0x0101010101010101 & k->va_mask;

	if (addr >= delta + 0x100 && addr < delta + 0x200 && delta)
		return "a member of what list_del() left, LIST_POISON1 or 2: removed twice, or "
		       "used after";
	/* and a member's offset */
	if (addr >> 12 == filled >> 12) {
		if (byte == 0x6b)
			return "POISON_FREE (0x6b): read out of memory that was freed";
		if (byte == 0x5a)
			return "POISON_INUSE (0x5a): read out of memory never written to";
		if (byte == 0xcc)
			return "POISON_FREE_INITMEM (0xcc): read out of init memory, which is gone";
	}
	return NULL;
}

static bool is_no_kernel_address(const struct kernel *k, uint64_t addr, enum describe_addr *ret,
				 struct str *out)
{
	const char *poison = poison_of(k, addr);

	if (addr < 1ull << k->page_shift) {
		*ret = ADDR_NULL;
		str_addf(out, "a NULL pointer");
		if (addr)
			str_addf(out, ", and offset %#" PRIx64, addr);
	} else if (poison) {
		*ret = ADDR_POISON;
		str_addf(out, "%s", poison);
	} else if (!kernel_is_pointer(k, addr)) {
		*ret = k->ptr_size == 8 && addr >> 56 ? ADDR_NO_ADDRESS : ADDR_USER;
		str_addf(out, *ret == ADDR_USER ? "an address of user space, or none"
						   : "no address at all (not canonical)");
	} else {
		return false;
	}
	return true;
}

/* ---- Spaces that areas come from ---- */

struct spot {
	uint64_t addr;
	struct va_extent piece;
	bool found;
};

static void take_piece(void *arg, const struct va_extent *p)
{
	struct spot *spot = arg;

	if (spot->found || !range_has(p->range, spot->addr))
		return;
	spot->piece = *p;
	spot->found = true;
}

/* kernel/fork.c: who allocates stacks, by what the caller is called over the years. */
static bool is_stack(struct vmatlas *atlas, const struct vmatlas_claim *c)
{
	static const char *const callers[] = {
		"kernel_clone", "_do_fork", "dup_task_struct", "copy_process", "fork_idle",
		"kernel_thread", "user_mode_thread", "create_io_thread", "alloc_thread_stack",
	};
	const char *name;

	if (!c->area || !c->area->caller || vmatlas_range_size(&c->range) > MIB(1))
		return false;
	name = vmatlas_symbol_name(atlas, c->area->caller);
	for (size_t i = 0; i < ARRAY_SIZE(callers); i++)
		if (!strncmp(name, callers[i], strlen(callers[i])))
			return true;
	return false;
}

static void add_owner(struct vmatlas *atlas, const struct vmatlas_claim *c, struct str *out)
{
	const char *owner = "";
	struct vmatlas_error *err = vmatlas_area_owner(atlas, c, &owner);

	vmatlas_error_free(err);	/* the area has its name anyway */
	if (*owner)
		str_addf(out, ", %s", owner);
}

/* Stacks grow down: who runs out of one comes out below it. */
static const struct vmatlas_claim *area_above(const struct vmatlas *atlas, uint64_t addr,
					      uint64_t within)
{
	vmatlas_for_each_claim(c, atlas, VMATLAS_LAYER_RECORDED)
		if (c->range.first > addr)
			return c->range.first - addr <= within ? c : NULL;
	return NULL;
}

static const struct vmatlas_claim *area_below(const struct vmatlas *atlas, uint64_t addr)
{
	const struct vmatlas_claim *below = NULL;

	vmatlas_for_each_claim(c, atlas, VMATLAS_LAYER_RECORDED) {
		if (c->range.first > addr)
			break;
		below = c;
	}
	return below;
}

static enum describe_addr in_stack_guard(struct vmatlas *atlas, const struct vmatlas_claim *stack,
				   uint64_t addr, struct str *out)
{
	str_addf(out, "%s below a stack, which ran over: ",
		 fmt_size(stack->range.first - addr).s);
	fmt_area(atlas, stack, out);
	add_owner(atlas, stack, out);
	return ADDR_STACK_GUARD;
}

static void add_neighbours(struct vmatlas *atlas, uint64_t addr, struct str *out)
{
	const struct vmatlas_claim *below = area_below(atlas, addr);
	const struct vmatlas_claim *above = area_above(atlas, addr, UINT64_MAX);

	if (below && addr > below->range.last && addr - below->range.last < MIB(16)) {
		str_addf(out, ", %s behind ", fmt_size(addr - below->range.last - 1).s);
		fmt_area(atlas, below, out);
	}
	if (above && above->range.first - addr < MIB(16)) {
		str_addf(out, ", %s before ", fmt_size(above->range.first - addr).s);
		fmt_area(atlas, above, out);
	}
}

static enum describe_addr in_hole(struct vmatlas *atlas, uint64_t addr, const char *unloaded,
			    struct str *out)
{
	const struct space_usage *code = space_usage(atlas, VMATLAS_KIND_MODULE_SPACE);

	if (!code || !range_has(code->pub.range, addr)) {
		str_addf(out, "a hole in vmalloc space: freed and purged, or never allocated");
		add_neighbours(atlas, addr, out);
		return ADDR_HOLE;
	}
	str_addf(out, "module space, but no module");
	if (unloaded && *unloaded)
		str_addf(out, ": %s was unloaded last", unloaded);
	add_neighbours(atlas, addr, out);
	return ADDR_NO_MODULE;
}

static enum describe_addr in_piece(struct vmatlas *atlas, const struct va_extent *p, uint64_t addr,
			     const char *unloaded, struct str *out)
{
	if (p->what == VA_LOST) {
		str_addf(out, "neither in use nor free: freed, and its purge was under way");
		add_neighbours(atlas, addr, out);
		return ADDR_FREED;
	}
	if (p->what == VA_FREE)
		return in_hole(atlas, addr, unloaded, out);
	if (p->what == VA_UNPURGED || p->what == VA_POOLED) {
		str_addf(out, "an area that was freed, %s: ",
			 p->what == VA_POOLED ? "kept for the next of its size"
						  : "not yet purged");
		if (p->area)
			fmt_area(atlas, p->area, out);
		else
			str_addf(out, "%s", fmt_range(atlas, p->range).s);
		return ADDR_FREED;
	}
	if (p->what == VA_GUARD)
		str_addf(out, "the guard page after ");
	if (p->area)
		fmt_area(atlas, p->area, out);
	if (p->what == VA_BUSY && p->area)
		str_addf(out, ", offset %#" PRIx64, addr - p->area->range.first);
	return p->what == VA_GUARD ? ADDR_GUARD : ADDR_AREA;
}

static enum describe_addr in_region(struct vmatlas *atlas, uint64_t addr, struct str *out)
{
	const struct vmatlas_claim *c = vmatlas_claim_at(atlas, VMATLAS_LAYER_DECLARED, addr);

	if (!c) {
		str_addf(out, "no region that anybody declared");
		return ADDR_UNKNOWN;
	}
	str_addf(out, "%s", c->name);
	return ADDR_REGION;
}

/* Is it in a space of the ledger at all? */
static bool is_handed_out(const struct vmatlas *atlas, uint64_t addr)
{
	for (size_t i = 0; atlas->space_accounts && i < atlas->space_accounts->spaces.nr; i++)
		if (range_has(atlas->space_accounts->spaces.v[i]->pub.range, addr))
			return true;
	return false;
}

static bool is_below(const struct vmatlas_range *stack, uint64_t addr)
{
	return stack && addr < stack->first &&
	       stack->first - addr <= vmatlas_range_size(stack);
}

enum describe_addr describe_addr(struct vmatlas *atlas, uint64_t addr, const char *unloaded,
		     const struct vmatlas_range *stack, struct str *out)
{
	struct kernel *k = atlas->kernel;
	struct spot spot = { .addr = kernel_address(k, addr) };
	const struct vmatlas_claim *above;
	enum describe_addr what;

	if (is_no_kernel_address(k, addr, &what, out))
		return what;
	addr = spot.addr;
	if (is_handed_out(atlas, addr))
		va_extent_walk(atlas, (struct vmatlas_range){ addr, addr }, take_piece, &spot);
	if (!spot.found)
		return in_region(atlas, addr, out);
	/* one page, or as far down as the log's own bounds say */
	above = area_above(atlas, addr, is_below(stack, addr) ? stack->first - addr
							      : 1ull << k->page_shift);
	if (above && spot.piece.what != VA_BUSY && is_stack(atlas, above))
		return in_stack_guard(atlas, above, addr, out);
	return in_piece(atlas, &spot.piece, addr, unloaded, out);
}
