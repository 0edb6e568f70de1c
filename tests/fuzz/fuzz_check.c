/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All surveyors, all inspectors and the questions behind them, on any bytes by any types. */
#include "fuzz/fuzz_atlas.h"

static int forget(void *arg, const char *text, size_t len)
{
	(void)arg, (void)text, (void)len;
	return 0;
}

static int skip_task(void *arg, const struct vmatlas_task *task)
{
	(void)arg;
	return !task->addr;
}

static void ask(struct vmatlas *atlas, uint64_t base)
{
	struct vmatlas_alloc_sim sim = { .size = sizeof(sim) };
	struct vmatlas_phys_info phys = { .size = sizeof(phys) };
	struct vmatlas_translate t = { .size = sizeof(t) };

	vmatlas_error_free(vmatlas_simulate_alloc(atlas, 8192, 0, 0, &sim));
	vmatlas_error_free(vmatlas_phys_info(atlas, 4096, VMATLAS_PHYS_INFO_AREAS, &phys));
	vmatlas_error_free(vmatlas_translate(atlas, base + 5, &t));
	vmatlas_error_free(vmatlas_for_each_task(atlas, skip_task, NULL));
	vmatlas_error_free(vmatlas_boot_layout(atlas, forget, NULL));
	vmatlas_resource_next(atlas, NULL);
	vmatlas_info(atlas);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fuzz_kernel f;
	struct vmatlas *atlas = fuzz_atlas(&f, data, size, false);
	struct vmatlas_error *err;

	if (!atlas)
		return 0;
	err = vmatlas_survey(atlas, VMATLAS_SURVEY_ALL);
	if (!err)
		err = vmatlas_inspect(atlas);
	if (!err)
		ask(atlas, f.base);
	vmatlas_error_free(err);
	for (const struct vmatlas_finding *x = NULL; (x = vmatlas_finding_next(atlas, x));)
		if (!*x->code || !*x->message)
			abort();
	vmatlas_close(atlas);
	return 0;
}
