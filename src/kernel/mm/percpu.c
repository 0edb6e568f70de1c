/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * __per_cpu_offset[] says how far a CPU's copy is from the address of the variable
 * (include/asm-generic/percpu.h); a kernel without SMP has no such array, and one copy.
 */
#include <inttypes.h>

#include "kernel/mm/percpu.h"

enum { OFFSETS, POSSIBLE, POSSIBLE_OLD, NR_LOOKUPS };

const struct vmatlas_lookup percpu_lookups[] = {
	[OFFSETS] = VMATLAS_OPTIONAL_SYMBOL("__per_cpu_offset"),
	[POSSIBLE] = VMATLAS_OPTIONAL_SYMBOL("__cpu_possible_mask"),
	[POSSIBLE_OLD] = VMATLAS_OPTIONAL_SYMBOL("cpu_possible_bits"),	/* up to 4.4 */
};
const size_t nr_percpu_lookups = ARRAY_SIZE(percpu_lookups);

enum { PERCPU_CPUS_MAX = 8192 };	/* NR_CPUS of the largest machines */

static struct vmatlas_error *percpu_push(struct cpu_list *list, uint32_t cpu)
{
	uint32_t *slot = vec_push(&list->v);

	if (!slot)
		return error_no_memory();
	*slot = cpu;
	return NULL;
}

/* A bitmap is an array of unsigned long (include/linux/bitmap.h). */
static struct vmatlas_error *percpu_read_mask(struct kernel *k, const struct resolved *mask,
					      struct cpu_list *ret)
{
	const uint64_t bits = k->ptr_size * 8;
	struct vmatlas_error *err = NULL;

	for (uint64_t at = 0; at < MIN(mask->size, (uint64_t)PERCPU_CPUS_MAX / 8) && !err;
	     at += k->ptr_size) {
		uint64_t word = 0;

		err = kernel_read_uint(k, mask->addr + at, k->ptr_size, &word);
		for (uint32_t bit = 0; bit < bits && !err; bit++)
			if (word >> bit & 1)
				err = percpu_push(ret, (uint32_t)(at * 8 + bit));
	}
	return vmatlas_error_wrap(err, "possible CPUs");
}

struct vmatlas_error *percpu_possible(struct kernel *k, struct cpu_list *ret)
{
	struct resolved res[NR_LOOKUPS];
	struct vmatlas_error *err = lookup_resolve(k, percpu_lookups, NR_LOOKUPS, res);
	const struct resolved *mask = &res[res[POSSIBLE].found ? POSSIBLE : POSSIBLE_OLD];

	if (err)
		return err;
	return res[OFFSETS].found && mask->found ? percpu_read_mask(k, mask, ret)
						 : percpu_push(ret, 0);
}

struct vmatlas_error *percpu_pointer(struct kernel *k, uint64_t pointer, uint32_t cpu,
				     uint64_t *ret)
{
	struct resolved offsets;
	struct vmatlas_error *err = lookup_resolve(k, &percpu_lookups[OFFSETS], 1, &offsets);
	uint64_t base = 0;

	if (err)
		return err;
	if (offsets.found ? cpu >= offsets.size / k->ptr_size : cpu > 0)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "no CPU %" PRIu32, cpu);
	if (offsets.found)
		err = kernel_read_ptr(k, offsets.addr + (uint64_t)cpu * k->ptr_size, &base);
	if (err)
		return vmatlas_error_wrap(err, "offset of CPU %" PRIu32, cpu);
	*ret = (pointer + base) & k->va_mask;
	return NULL;
}

/*
 * x86-64 until 6.14 counts per-CPU symbols from 0 (arch/x86/kernel/vmlinux.lds.S): KASLR
 * does not move them.
 */
struct vmatlas_error *percpu_symbol(struct kernel *k, uint64_t addr, uint32_t cpu, uint64_t *ret)
{
	const uint64_t link = (addr - k->slide) & k->va_mask;

	return percpu_pointer(k, kernel_is_pointer(k, link) ? addr : link, cpu, ret);
}
