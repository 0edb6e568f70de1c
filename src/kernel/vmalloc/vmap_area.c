/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Decoding of vmap_area and vm_struct, over all generations. */
#include <inttypes.h>
#include <string.h>

#include "kernel/survey.h"
#include "kernel/vmalloc/vmap_area.h"

/* The records are 64 to 96 bytes on every kernel; more is another struct. */
#define MAX_RECORD 512

static struct vmatlas_error *read_record(struct survey *s, uint64_t at, unsigned int whole,
					 uint8_t buf[static MAX_RECORD])
{
	if (s->res[whole].size > MAX_RECORD)
		return vmatlas_error_new(VMATLAS_ERROR_UNSUPPORTED,
			"struct of %" PRIu64 " bytes where at most %d were expected",
			s->res[whole].size, MAX_RECORD);
	return kernel_read(s->k, at, buf, s->res[whole].size);
}

/* Up to 5.3 lazily freed areas stay on the list of busy ones. */
static enum area_state true_state(const struct survey *s, const uint8_t *va,
				  enum area_state state)
{
	if (state == AREA_BUSY && area_has_old_flags(s) &&
	    survey_field(s, VA_FLAGS, va) & VM_LAZY_FLAGS)
		return AREA_UNPURGED;
	return state;
}

/*
 * Up to 5.3 a flag says whether there is a vm_struct; later the pointer does,
 * and only in busy areas: elsewhere the word is something else or stale.
 */
static uint64_t vm_pointer(const struct survey *s, const uint8_t *va, enum area_state state)
{
	if (state != AREA_BUSY)
		return 0;
	if (area_has_old_flags(s) && !(survey_field(s, VA_FLAGS, va) & VM_VM_AREA))
		return 0;
	return kernel_address(s->k, survey_field(s, survey_has(s, VA_VM) ? VA_VM : VA_PRIVATE, va));
}

static void decode_vm(const struct survey *s, const uint8_t *vm, struct area *ret)
{
	struct vmatlas_area *r = &ret->rec;

	ret->has_vm = true;
	r->vm_addr = survey_field(s, VM_ADDR, vm);
	r->vm_size = survey_field(s, VM_SIZE, vm);
	r->vm_flags = survey_field(s, VM_FLAGS, vm);
	r->pages = kernel_address(s->k, survey_field(s, VM_PAGES, vm));
	r->nr_pages = survey_field(s, VM_NR_PAGES, vm);
	r->phys = survey_field(s, VM_PHYS, vm);
	r->caller = survey_field(s, VM_CALLER, vm);
	ret->requested = survey_field(s, VM_REQUESTED, vm);
}

/* Bit 29 means two things; only ARM's empty mappings have IOREMAP beside it. */
static uint32_t classify_arm(uint64_t flags)
{
	if (!(flags & VM_IOREMAP))
		return 0;
	if (flags & VM_ARM_STATIC_MAPPING)
		return VMATLAS_KIND_STATIC_MAPPING;
	if (flags & VM_ARM_EMPTY_MAPPING)
		return VMATLAS_KIND_EMPTY_MAPPING;
	return 0;
}

static uint32_t classify(const struct survey *s, const struct area *a)
{
	const uint64_t flags = a->rec.vm_flags;
	const bool dma = flags & VM_DMA_COHERENT && survey_has(s, VA) && !area_has_old_flags(s);

	if (a->state == AREA_UNPURGED)
		return VMATLAS_KIND_UNPURGED;
	if (!a->has_vm)
		return VMATLAS_KIND_VM_MAP_RAM;
	if (s->k->ptr_size == 4 && classify_arm(flags))
		return classify_arm(flags);
	if (flags & VM_IOREMAP)
		return VMATLAS_KIND_IOREMAP;
	if (flags & VM_SPARSE)
		return VMATLAS_KIND_SPARSE;
	if (dma)
		return VMATLAS_KIND_DMA_AREA;
	if (flags & VM_ALLOC)
		return a->rec.nr_pages || a->rec.pages ? VMATLAS_KIND_VMALLOC
						       : VMATLAS_KIND_PERCPU;
	if (flags & VM_MAP)
		return VMATLAS_KIND_VMAP;
	return flags & VM_USERMAP ? VMATLAS_KIND_USERMAP : VMATLAS_KIND_AREA;
}

static struct vmatlas_error *decode_range(const struct survey *s, uint64_t va,
					  const uint8_t *raw, struct vmatlas_range *ret)
{
	const uint64_t start = survey_field(s, VA_START, raw), end = survey_field(s, VA_END, raw);

	/* an end of 0 would be the top of the address space: no allocator gets there */
	if (end <= start || !range_from_end(start, end, ret))
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
			"vmap_area at %#" PRIx64 ": end %#" PRIx64 " is not above start %#" PRIx64,
			va, end, start);
	return NULL;
}

static struct vmatlas_error *read_vm(struct survey *s, uint64_t va, uint64_t vm,
				     uint8_t buf[static MAX_RECORD])
{
	struct vmatlas_error *err;

	if (!kernel_is_pointer(s->k, vm))
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
			"vmap_area at %#" PRIx64 ": vm %#" PRIx64 " is no kernel pointer", va, vm);
	err = kernel_pointer_fault(s->k, vm, read_record(s, vm, VM, buf));
	return vmatlas_error_wrap(err, "vmap_area at %#" PRIx64 ": vm %#" PRIx64, va, vm);
}

static void vmap_area_claim(struct area *a, uint32_t kind)
{
	struct vmatlas_claim *c = &a->claim;

	c->size = sizeof(*c);
	c->layer = VMATLAS_LAYER_RECORDED;
	c->kind = kind;
	c->flags = VMATLAS_CLAIM_PRIMARY;
	c->record = a->rec.vmap_area ? a->rec.vmap_area : a->rec.vm_struct;
	c->record_type = a->rec.vmap_area ? "vmap_area" : "vm_struct";
	c->name = vmatlas_kind_name(kind);
	c->source = a->state == AREA_UNPURGED ? "purge list"
		  : a->rec.vmap_area ? "busy list" : "vmlist";
}

struct vmatlas_error *area_decode(struct survey *s, uint64_t va, enum area_state state,
				  struct area *ret, struct vmatlas_error **ret_vm_err)
{
	struct vmatlas_error *err;
	uint8_t raw[MAX_RECORD];
	uint64_t vm;

	*ret = (struct area){ .state = state };
	ret->rec.size = sizeof(ret->rec);
	ret->rec.vmap_area = va;
	err = read_record(s, va, VA, raw);
	if (!err)
		err = decode_range(s, va, raw, &ret->claim.range);
	if (err)
		return err;
	ret->state = true_state(s, raw, state);
	ret->rec.va_flags = survey_field(s, VA_FLAGS, raw);
	vm = vm_pointer(s, raw, ret->state);
	ret->odd_flags = ret->state == AREA_BUSY && survey_has(s, VA_FLAGS) &&
			 !area_has_old_flags(s) && !vm == !(ret->rec.va_flags & VMAP_RAM);
	ret->rec.vm_struct = vm;
	if (vm)
		*ret_vm_err = read_vm(s, va, vm, raw);
	if (vm && !*ret_vm_err)
		decode_vm(s, raw, ret);
	vmap_area_claim(ret, vm && *ret_vm_err ? VMATLAS_KIND_AREA : classify(s, ret));
	if (vm && *ret_vm_err)
		ret->claim.flags |= VMATLAS_CLAIM_UNREADABLE;
	return NULL;
}

struct vmatlas_error *area_decode_vm(struct survey *s, uint64_t vm, struct area *ret,
				     uint64_t *ret_next)
{
	struct vmatlas_error *err;
	uint8_t raw[MAX_RECORD];

	*ret_next = 0;
	err = read_record(s, vm, VM, raw);
	if (err)
		return err;
	*ret_next = kernel_address(s->k, survey_field(s, VM_NEXT, raw));
	ret->state = AREA_BUSY;
	ret->rec.size = sizeof(ret->rec);
	ret->rec.vm_struct = vm;
	decode_vm(s, raw, ret);
	vmap_area_claim(ret, classify(s, ret));
	return NULL;
}

void area_unpurge(struct area *a)
{
	a->state = AREA_UNPURGED;
	vmap_area_claim(a, VMATLAS_KIND_UNPURGED);
}
