/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * arch/arm64/include/asm/memory.h and asm/pgtable.h of Linux 3.8 to 7.2. The layout
 * was turned around in 5.4 and rearranged in 4.6, 5.11 and 6.9.
 */
#include "arch/arm64.h"

/* PAGE_OFFSET and PAGE_END of that many bits: where kernel space, or its half, begins. */
static uint64_t whole(unsigned int va_bits)
{
	return UINT64_MAX << va_bits;
}

static uint64_t half(unsigned int va_bits)
{
	return UINT64_MAX << (va_bits - 1);
}

static unsigned int arm64_log2_of(uint64_t size)
{
	unsigned int shift = 0;

	while (1ull << shift < size)
		shift++;
	return shift;
}

/* A folded PUD is as large as what lies below it: PMD, or PTE. */
static uint64_t pud_size(const struct arm64_places *p)
{
	const unsigned int per_table = p->page_shift - 3;
	const unsigned int levels = (p->va_bits - p->page_shift + per_table - 1) / per_table;

	return 1ull << (per_table * (levels >= 3 ? 3 : 2) + 3);
}

/* Counted from the shadow's beginning; the bits are of configuration or of the CPU. */
static uint64_t shadow_size(const struct arm64_places *p, unsigned int va_bits)
{
	return 1ull << (va_bits - p->kasan_scale);
}

static void place_io(struct arm64_places *p, uint64_t end, uint64_t fixaddr_top)
{
	p->pci_io_end = end;
	p->pci_io = end - MIB(16);
	p->fixaddr_top = fixaddr_top;
}

/* Image and modules lie around PAGE_OFFSET, the upper half is the linear map. */
static void place_oldest(struct arm64_places *p)
{
	const bool is_sized = p->release >= KERNEL_RELEASE(3, 18);
	const uint64_t pages = (1ull << (p->va_bits - p->page_shift)) * p->sizeof_page;
	const uint64_t size = align_up(pages, pud_size(p));

	p->linear = half(p->va_bits);
	p->linear_end = 0;
	p->modules = p->linear - MIB(64);
	p->modules_end = p->linear;
	p->vmalloc = whole(p->va_bits);
	if (p->kasan_scale) {
		p->shadow = whole(p->va_bits);
		p->shadow_end = p->shadow + shadow_size(p, p->va_bits);
		p->vmalloc = p->shadow_end + KIB(64);
	}
	/* a fixed gap of 16 GiB, before 3.18 */
	p->vmalloc_end = p->linear - KIB(64) - (is_sized ? pud_size(p) + size : GIB(16));
	p->vmemmap = p->vmalloc_end + KIB(64);
	p->vmemmap_end = p->vmemmap + (is_sized ? size : GIB(8));
	place_io(p, p->modules - MIB(2), p->modules - MIB(2) - MIB(16) - MIB(2));
	if (p->release < KERNEL_RELEASE(3, 19))
		p->fixaddr_top = p->modules - MIB(2) - (1ull << p->page_shift);
}

/* The image moves into vmalloc space, the linear map keeps the upper half. */
static void place_above(struct arm64_places *p)
{
	const unsigned int shift =
		p->va_bits - p->page_shift - 1 + arm64_log2_of(p->sizeof_page);

	p->linear = half(p->va_bits);
	p->linear_end = 0;
	p->modules = whole(p->va_bits);
	if (p->kasan_scale) {
		p->shadow = p->modules;
		p->shadow_end = p->shadow + shadow_size(p, p->va_bits);
		p->modules = p->shadow_end;
	}
	if (p->release >= KERNEL_RELEASE(5, 0)) {
		p->bpf = p->modules;
		p->modules += MIB(128);
	}
	p->modules_end = p->modules + MIB(128);
	p->vmalloc = p->modules_end;
	p->vmemmap = p->linear - (1ull << shift);
	p->vmemmap_end = p->linear;
	p->vmalloc_end = p->vmemmap - pud_size(p) - KIB(64);
	place_io(p, p->vmemmap - MIB(2), p->vmemmap - MIB(2) - MIB(16) - MIB(2));
}

/*
 * From 5.4 on modules lie at @from and end where the image was linked to, which tells
 * how large their region is: 128 MiB, and 128 MiB for BPF below it up to 5.14; 2 GiB
 * since 6.5.
 */
static void place_modules(struct arm64_places *p, uint64_t from)
{
	p->modules_end = align_down(p->text, MIB(128));
	p->vmalloc = p->modules_end;
	p->modules = from;
	if (p->modules_end - from == MIB(256)) {
		p->bpf = from;
		p->modules = from + MIB(128);
	}
}

/* log2 of how many bytes of memory a byte of vmemmap stands for */
static unsigned int vmemmap_shift(const struct arm64_places *p)
{
	return p->page_shift - arm64_log2_of(p->sizeof_page);
}

static uint64_t vmemmap_size(const struct arm64_places *p)
{
	return (half(p->va_bits_min) - p->linear) >> vmemmap_shift(p);
}

/* With KASAN its shadow comes between linear map and BPF; the image tells where it ends. */
static void place_below(struct arm64_places *p)
{
	uint64_t from = half(p->va_bits_min);

	p->linear = whole(p->va_bits);
	p->linear_end = half(p->va_bits_actual);
	if (p->kasan_scale) {
		from = align_down(p->text, MIB(128)) - MIB(256);
		p->shadow_end = from;
		p->shadow = from - shadow_size(p, p->va_bits_actual);
	}
	place_modules(p, from);
	p->vmemmap = 0 - vmemmap_size(p) - MIB(2);
	p->vmemmap_end = 0 - MIB(2);
	p->vmalloc_end = 0 - pud_size(p) - vmemmap_size(p) - KIB(64);
	place_io(p, p->vmemmap - MIB(2), p->vmemmap - MIB(2) - MIB(16) - MIB(2));
}

/* The shadow, by its default offset, is now the top of the linear map's half. */
static void place_linear(struct arm64_places *p)
{
	p->linear = whole(p->va_bits);
	p->linear_end = half(p->va_bits_min);
	if (p->kasan_scale) {
		p->shadow_end = p->linear_end;
		p->shadow = p->shadow_end - shadow_size(p, p->va_bits_actual);
		p->linear_end = p->shadow;
	}
	place_modules(p, half(p->va_bits_min));
}

static void place_aligned(struct arm64_places *p)
{
	place_linear(p);
	p->vmemmap = whole(p->va_bits - vmemmap_shift(p));
	p->vmemmap_end = p->vmemmap + vmemmap_size(p);
	p->vmalloc_end = p->vmemmap - MIB(256);
	place_io(p, p->vmemmap - MIB(8), p->vmemmap - MIB(32));
}

/*
 * struct pages exactly, and the part of them that a CPU without 52 bits has no use for
 * belongs to vmalloc space. The macro VMEMMAP_START still counts that part; ptdump's
 * "vmemmap start", like this, does not.
 */
static void place_at_top(struct arm64_places *p)
{
	const uint64_t from = whole(MIN(p->va_bits, p->va_bits_actual));
	const uint64_t pages = (half(p->va_bits_min) - from) >> p->page_shift;

	place_linear(p);
	p->vmemmap_end = 0 - GIB(1);
	p->vmemmap = p->vmemmap_end - pages * p->sizeof_page;
	p->vmalloc_end = p->vmemmap - MIB(8);
	place_io(p, 0 - GIB(1) + MIB(8) + MIB(16), 0 - MIB(8));
}

static bool is_sane(const struct arm64_places *p)
{
	const unsigned int bits[] = { p->va_bits, p->va_bits_min, p->va_bits_actual };

	for (size_t i = 0; i < ARRAY_SIZE(bits); i++)
		if (bits[i] < 36 || bits[i] > 52)
			return false;
	return p->va_bits_min <= p->va_bits && p->va_bits_actual <= p->va_bits &&
	       p->page_shift >= 12 && p->page_shift <= 16 &&
	       p->sizeof_page >= 32 && p->sizeof_page <= 256;
}

bool arm64_place(struct arm64_places *p)
{
	static void (*const how[])(struct arm64_places *p) = {
		[IMAGE_IN_LINEAR_MAP] = place_oldest, [LINEAR_MAP_ABOVE] = place_above,
		[LINEAR_MAP_BELOW] = place_below, [VMEMMAP_ALIGNED] = place_aligned,
		[VMEMMAP_AT_TOP] = place_at_top,
	};

	if (!is_sane(p))
		return false;
	how[p->era](p);
	return true;
}
