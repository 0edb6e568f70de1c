/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* struct pages of any bytes, by any types; and on which nodes an area's pages are. */
#include "fuzz/fuzz_kernel.h"
#include "kernel/mm/memmap.h"
#include "kernel/mm/page_numa.h"
#include "kernel/mm/vmstat.h"

static void ask_frames(struct kernel *k)
{
	struct frames *frames = NULL;
	struct frame frame;

	vmatlas_error_free(frames_open(k, &frames));
	if (!frames)
		return;
	for (uint64_t pfn = 0; frames->known && pfn < 24; pfn++) {
		vmatlas_error_free(frames_read(frames, pfn * pfn, &frame));
		frames_page(frames, pfn);
	}
	frames_free(frames);
}

static void ask_nodes(struct fuzz_kernel *f)
{
	struct vmatlas_area area = { .size = sizeof(area), .pages = f->base + 4096,
				     .nr_pages = f->option };
	struct pagenodes *nodes = NULL;
	const uint64_t *count;
	unsigned int nr;
	struct str text = { 0 };

	vmatlas_error_free(pagenodes_open(f->k, &nodes));
	if (nodes) {
		vmatlas_error_free(pagenodes_count(nodes, &area, &count, &nr));
		vmatlas_error_free(pagenodes_print(nodes, &area, &text));
	}
	str_done(&text);
	pagenodes_free(nodes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fuzz_kernel f;
	struct vmstat stat;

	if (!fuzz_kernel_init(&f, data, size))
		return 0;
	ask_frames(f.k);
	ask_nodes(&f);
	vmatlas_error_free(vmstat_read(f.k, &stat));
	module_window_offset(f.k);
	fuzz_kernel_free(&f);
	return 0;
}
