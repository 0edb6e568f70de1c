/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Page-table entries of a fake x86-64 (Intel SDM vol. 3, 4.5), and what of the
 * tables is the same in all of them. A story says what else is mapped:
 *
 *	#define MORE_PTES [16] = PTES64(0xa000000 + PAGE)
 *	#define SECOND_PTES PTES256(0xa100000 + PAGE)		(from 2 MiB on; THIRD_..)
 */
#ifndef FAKE_X86_PAGES_H
#define FAKE_X86_PAGES_H

#define TABLE 0x067			/* present, rw, accessed, dirty */
#define LARGE 0x1e3			/* present, rw, accessed, dirty, large, global */
#define LARGE_TEXT 0x1e1		/* the same, read-only */
#define LARGE_DATA (0x8000000000000000 + LARGE)	/* not executable */
#define PAGE  0x8000000000000163	/* a small page, not executable */
#define PAGE_TEXT 0x161
#define UNCACHED 0x8000000000000173
#define PHYS(table) ((ulong)&(table) - START_KERNEL_MAP + PHYS_BASE)

#define PTES4(e)   (e), (e) + 0x1000, (e) + 0x2000, (e) + 0x3000
#define PTES16(e)  PTES4(e), PTES4((e) + 0x4000), PTES4((e) + 0x8000), PTES4((e) + 0xc000)
#define PTES32(e)  PTES16(e), PTES16((e) + 0x10000)
#define PTES64(e)  PTES16(e), PTES16((e) + 0x10000), PTES16((e) + 0x20000), PTES16((e) + 0x30000)
#define PTES256(e) PTES64(e), PTES64((e) + 0x40000), PTES64((e) + 0x80000), PTES64((e) + 0xc0000)
#define PTES128(e) PTES64(e), PTES64((e) + 0x40000)

#ifndef IO_PTES
#define IO_PTES [0] = 0x7fe0000 + UNCACHED
#endif
#ifndef HASH_PTES
#define HASH_PTES \
	[4] = 0x9000000 + PAGE, 0x9003000 + PAGE, 0x9001000 + PAGE, 0x9002000 + PAGE
#endif
#ifndef MORE_PTES			/* behind the first two areas */
#define MORE_PTES [511] = 0
#endif
#ifndef MODULE_PTES			/* four pages from 0x10000000 on */
#define MODULE_PTES 0x10000000 + PAGE_TEXT, 0x10001000 + PAGE, 0x10002000 + PAGE, 0x10003000 + PAGE
#endif

#define RANDOMIZED_BASE (MODULES_VADDR == 0xffffffffc0000000)

ulong level1_modules_pgt[512] PAGE_ALIGNED = { MODULE_PTES };
#ifndef IMAGE_TEXT
#define IMAGE_TEXT PHYS_BASE + 0x1000000 + LARGE_TEXT
#endif
#ifndef IMAGE_DATA
#define IMAGE_DATA PHYS_BASE + 0x1200000 + LARGE_DATA
#endif
/* The image: 4 MiB from its link address on; module memory, without RANDOMIZE_BASE. */
ulong level2_kernel_pgt[512] PAGE_ALIGNED = {
	[8] = IMAGE_TEXT,
	[9] = IMAGE_DATA,
	[256] = RANDOMIZED_BASE ? 0 : PHYS(level1_modules_pgt) + TABLE,
};
/* The first two areas, of one page and of four, and what else a story maps. */
ulong level1_vmalloc_pgt[512] PAGE_ALIGNED = { IO_PTES, HASH_PTES, MORE_PTES };
#ifdef SECOND_PTES		/* of the second 2 MiB of vmalloc space, and so on */
ulong level1_second_pgt[512] PAGE_ALIGNED = { SECOND_PTES };
ulong level1_third_pgt[512] PAGE_ALIGNED = { THIRD_PTES };
#endif
#ifdef FIFTH_PTES
ulong level1_fifth_pgt[512] PAGE_ALIGNED = { FIFTH_PTES };
#endif
ulong level2_vmalloc_pgt[512] PAGE_ALIGNED = {
	[0] = PHYS(level1_vmalloc_pgt) + TABLE,
#ifdef SECOND_PTES
	[1] = PHYS(level1_second_pgt) + TABLE, PHYS(level1_third_pgt) + TABLE,
#endif
#ifdef FIFTH_PTES
	[4] = PHYS(level1_fifth_pgt) + TABLE,
#endif
};
ulong level3_vmalloc_pgt[512] PAGE_ALIGNED = { [0] = PHYS(level2_vmalloc_pgt) + TABLE };
#ifndef DIRECT_MORE			/* behind the first 1 GiB */
#define DIRECT_MORE
#endif
ulong level3_direct_pgt[512] PAGE_ALIGNED = { [0] = 0 + LARGE_DATA DIRECT_MORE };

/* init/main.c; that pages are not both writable and executable */
u8 rodata_enabled = 1;

#endif
