/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Page frames and their struct pages; CPUs and their copies of per-CPU memory. */
#include <inttypes.h>

#include "kernel/mm/percpu.h"
#include "map/phys_owner.h"

static struct vmatlas_error *frames_get(struct vmatlas *atlas, const struct frames **ret)
{
	struct physical *p = NULL;
	struct vmatlas_error *err = physical_get(atlas, &p);

	if (err)
		return err;
	if (!p->frames->known)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND, "no struct pages: %s",
					 p->frames->why);
	*ret = p->frames;
	return NULL;
}

struct vmatlas_error *vmatlas_page_of_frame(struct vmatlas *atlas, uint64_t frame,
					    uint64_t *ret)
{
	const struct frames *f = NULL;
	struct vmatlas_error *err = frames_get(atlas, &f);

	if (!err)
		*ret = frames_page(f, frame);
	return err;
}

struct vmatlas_error *vmatlas_frame_of_page(struct vmatlas *atlas, uint64_t page, uint64_t *ret)
{
	const struct frames *f = NULL;
	struct vmatlas_error *err = frames_get(atlas, &f);
	uint64_t distance;

	if (err)
		return err;
	distance = (page - f->base) & atlas->kernel->va_mask;
	if (!f->page_size || distance % f->page_size ||
	    (f->nr && distance / f->page_size - f->first >= f->nr))
		return vmatlas_error_new(VMATLAS_ERROR_CORRUPT,
					 "%#" PRIx64 " is no struct page", page);
	*ret = distance / f->page_size;
	return NULL;
}

struct vmatlas_error *vmatlas_direct_map(struct vmatlas *atlas, uint64_t phys, uint64_t *ret)
{
	struct vmatlas_error *err = api_need_kernel(atlas);

	if (err || physical_direct(atlas, phys, ret))
		return err;
	return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
				 "physical %#" PRIx64 " is not in the direct map", phys);
}

struct vmatlas_error *vmatlas_cpus(struct vmatlas *atlas, const uint32_t **ret, uint32_t *ret_nr)
{
	struct vmatlas_error *err = api_need_kernel(atlas);

	if (err)
		return err;
	if (!atlas->cpus) {
		struct cpu_list *cpus = calloc(1, sizeof(*cpus));

		if (!cpus)
			return error_no_memory();
		err = percpu_possible(atlas->kernel, cpus);
		if (err) {
			vec_done(&cpus->v);
			free(cpus);
			return err;
		}
		atlas->cpus = cpus;
	}
	*ret = atlas->cpus->v.v;
	*ret_nr = (uint32_t)atlas->cpus->v.nr;
	return NULL;
}

struct vmatlas_error *vmatlas_per_cpu(struct vmatlas *atlas, uint64_t pointer, uint32_t cpu,
				      uint64_t *ret)
{
	struct vmatlas_error *err = api_need_kernel(atlas);

	return err ? err : percpu_pointer(atlas->kernel, pointer, cpu, ret);
}
