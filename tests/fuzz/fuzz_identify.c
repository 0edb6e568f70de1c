/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where is the kernel, and is it this one? Of any memory, with a VMCOREINFO note: the end of
 * the input, four bytes for each that the header's last byte counts. A build ID of zeros is
 * at 4 KiB of the image.
 */
#include "fuzz/fuzz_kernel.h"
#include "kernel/identify/identify.h"

static char zeros[] = "0000000000000000000000000000000000000000";

static void bring_note(struct mem_info *info, const uint8_t *data, size_t size)
{
	const size_t len = MIN((size_t)data[3] * 4, size - FUZZ_HEAD);

	if (len && (info->vmcoreinfo = malloc(len))) {
		memcpy((char *)info->vmcoreinfo, data + size - len, len);
		info->vmcoreinfo_size = len;
	}
}

/* One segment, and one CPU whose CR3 leads to the tables. */
static void bring_headers(struct mem_info *info, uint8_t how)
{
	struct mem_segment *s = calloc(1, sizeof(*s));
	struct mem_cpu *cpu = how & 1 ? calloc(1, sizeof(*cpu)) : NULL;

	if (!s)
		abort();
	*s = (struct mem_segment){ .paddr = how & 2 ? 4096 : 0, .size = FUZZ_MEMORY,
				   .vaddr = UINT64_MAX, .file_size = FUZZ_MEMORY,
				   .held = FUZZ_MEMORY };
	info->segments = s;
	info->nr_segments = 1;
	info->max_paddr = s->paddr + FUZZ_MEMORY - 1;
	info->is_raw = how & 4;
	info->is_extract = how & 8;
	if (cpu) {
		cpu->cr[0] = how & 16 ? 0x80000011 : 0;
		cpu->cr[3] = FUZZ_ROOT;
		cpu->cr[4] = how & 32 ? 0x1020 : 0x20;
		info->cpus = cpu;
		info->nr_cpus = 1;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fuzz_kernel f;
	struct kernel_opts opts = { .readers = &kernel_readers };
	struct vmatlas_error *err;

	if (!fuzz_kernel_init(&f, data, size))
		return 0;
	bring_note(&f.k->mem->info, data, size);
	bring_headers(&f.k->mem->info, data[1]);
	opts.phys_offset = data[1] & 64 ? "0x1000" : NULL;
	opts.kaslr_offset = data[1] & 128 ? "0x200000" : NULL;
	memcpy(f.image->info.build_id, zeros, sizeof(zeros));
	f.image->info.build_id_addr = f.base + 4096;
	f.k->image_range = (struct vmatlas_range){ 1, 0 };
	f.k->image_delta = f.k->pgd_phys = f.k->page_offset = 0;
	f.k->page_shift = f.k->arch->page_shift;
	f.k->format = NULL;
	f.k->has_tags = false;
	err = identify(f.k, &opts);
	if (!err && (!f.k->release_text || !f.k->proof || !f.k->format))
		abort();
	vmatlas_error_free(err);
	fuzz_kernel_free(&f);
	return 0;
}
