/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The map of a kernel out of any bytes, as vmatlas_open() leaves it. */
#ifndef FUZZ_FUZZ_ATLAS_H
#define FUZZ_FUZZ_ATLAS_H

#include "fuzz/fuzz_kernel.h"
#include "kernel/type_log.h"
#include "map/vmatlas_internal.h"

/* Owns @f's kernel; NULL: too short. @record: as for an extract. */
static inline struct vmatlas *fuzz_atlas(struct fuzz_kernel *f, const uint8_t *data,
					 size_t size, bool record)
{
	struct vmatlas *atlas;
	struct vmatlas_error *err = NULL;

	if (!fuzz_kernel_init(f, data, size))
		return NULL;
	atlas = calloc(1, sizeof(*atlas));
	if (!atlas || !(atlas->strings = strings_new()))
		abort();
	atlas->kernel = f->k;
	atlas->records = &f->k->records;
	f->k->release_text = strdup("6.1.0");
	f->k->version_text = strdup("#1");
	f->k->host_text = strdup("host");
	f->k->banner = strdup("Linux version 6.1.0");
	f->k->proof = strdup("");
	f->k->slide_from = strdup("");
	f->k->phys_from = strdup("");
	f->k->vmcoreinfo_from = strdup("");
	if (record) {
		f->k->mem->record = mem_record_new();
		err = trace_start(f->k);
	}
	if (!err)
		err = atlas_fill_info(atlas);
	if (!err)
		err = plugin_add_builtin(atlas);
	vmatlas_error_free(err);
	return atlas;
}

#endif
