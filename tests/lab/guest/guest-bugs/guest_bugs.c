// SPDX-License-Identifier: GPL-2.0
/*
 * A module with one bug, which the guest that loads it runs into:
 *
 *	insmod guest_bugs.ko what=NAME [phys=ADDRESS] [lookup=ADDRESS]
 *
 * The kernel's own messages and the records it then keeps are the ground truth. Each bug is
 * what a bad driver would do.
 */
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

static char *what = "";
module_param(what, charp, 0444);

static unsigned long phys;
module_param(phys, ulong, 0444);
MODULE_PARM_DESC(phys, "a page of a device which may be mapped; nothing touches it");

static unsigned long lookup;
module_param(lookup, ulong, 0444);
MODULE_PARM_DESC(lookup, "where kallsyms_lookup_name is");

static unsigned long find(const char *name)
{
	unsigned long (*by_name)(const char *name) = (void *)lookup;

	return by_name ? by_name(name) : 0;
}


/* ---- Crashes ---- */

/* Each turn takes an eighth of a page of stack, until there is none. */
static noinline unsigned long dig(unsigned long depth)
{
	volatile char hole[PAGE_SIZE / 8];

	hole[0] = (char)depth;
	hole[sizeof(hole) - 1] = hole[0];
	return depth == ULONG_MAX ? 0 : dig(depth + 1) + (unsigned long)hole[sizeof(hole) - 1];
}

static noinline void overflow_stack(void)
{
	pr_info("guest_bugs: %lu\n", dig(0));
}

/* The page that is read was never touched before: no TLB knows it. */
static noinline void read_freed(bool purge)
{
	char *area = vmalloc(64 * 1024);
	volatile char *late = area + 5 * PAGE_SIZE + 0x128;

	pr_info("guest_bugs: freed area %px\n", area);
	vfree(area);
	if (purge)
		vm_unmap_aliases();
	pr_info("guest_bugs: %d\n", *late);
}

/* Nothing faults: only KASAN sees it. */
static noinline void read_freed_slab(void)
{
	char *object = kmalloc(64, GFP_KERNEL);
	volatile char *late = object + 8;

	pr_info("guest_bugs: freed object %px\n", object);
	kfree(object);
	pr_info("guest_bugs: %d\n", *late);
}

/* One page after the end: the guard. */
static noinline void write_past_end(void)
{
	char *area = vmalloc(3 * PAGE_SIZE);
	volatile char *behind = area + 3 * PAGE_SIZE + 8;

	pr_info("guest_bugs: area %px\n", area);
	*behind = 1;
}

static noinline void read_null(void)
{
	volatile unsigned long *member = (void *)0x48;

	pr_info("guest_bugs: %lu\n", *member);
}

static noinline void read_wild(void)
{
	volatile unsigned long *wild = (void *)(BITS_PER_LONG == 64 ? 0x6b6b6b6b6b6b6b6bul
								    : 0x6b6b6b6bul);

	pr_info("guest_bugs: %lu\n", *wild);
}

/* ---- Exhaustion ---- */

/* One mapping after the other of the same registers, none given back. */
static noinline unsigned int leak_ioremap(size_t size)
{
	unsigned int nr = 0;

	while (ioremap(phys, size))
		nr++;
	return nr;
}

static noinline void fill_io(void)
{
	unsigned int nr = leak_ioremap(SZ_1M);

	nr += leak_ioremap(SZ_64K);
	pr_info("guest_bugs: %u mappings leaked\n", nr);
}

/*
 * 64-bit space cannot be filled by real allocations. What is reserved here is not
 * backed, as with a driver that keeps a window for later.
 */
static noinline unsigned int reserve(unsigned long size)
{
	struct vm_struct *(*get)(unsigned long size, unsigned long flags,
				 const void *caller) = (void *)find("get_vm_area_caller");
	unsigned int nr = 0;

	while (get && nr < 4096 && get(size, VM_MAP, __builtin_return_address(0)))
		nr++;
	return nr;
}

static noinline void fill_space(void)
{
	unsigned long size = (unsigned long)SZ_1G << (BITS_PER_LONG == 64 ? 10 : 0);
	unsigned int nr = 0;

	for (; size > SZ_1M; size /= 4)
		nr += reserve(size);
	pr_info("guest_bugs: %u windows reserved\n", nr);
	pr_info("guest_bugs: %p\n", vmalloc(2 * SZ_1M));
}

/*
 * RAM until there is none: the kernel then kills whoever asks, which is us, and vmalloc
 * gives up. A little is given back, so that the guest can tell. Politely: nobody is
 * killed, and 6.1 says nothing at all (__vmalloc_area_node() adds __GFP_NOWARN).
 */
static noinline void fill_ram(gfp_t how)
{
	void *last[16] = { NULL };
	unsigned int nr = 0, i;
	void *p;

	while ((p = __vmalloc(SZ_1M, GFP_KERNEL | how)))
		last[nr++ % ARRAY_SIZE(last)] = p;
	for (i = 0; i < ARRAY_SIZE(last); i++)
		vfree(last[i]);
	pr_info("guest_bugs: %u MiB of RAM taken\n", nr);
}

/* More than the machine has. */
static noinline void ask_too_much(void)
{
	pr_info("guest_bugs: %p\n", vmalloc(totalram_pages() * PAGE_SIZE + SZ_1G));
}

/* As a loader of filters or probes would do, and never frees. */
static noinline unsigned int leak_text(unsigned long size, unsigned int max)
{
	void *(*alloc)(unsigned long size) = (void *)find("module_alloc");
	unsigned int nr = 0;

	while (alloc && nr < max && alloc(size))
		nr++;
	return nr;
}

static noinline void fill_modules(void)
{
	unsigned int nr = leak_text(SZ_4M, 4096);

	nr += leak_text(SZ_1M, 4096);
	nr += leak_text(SZ_64K, 4096);
	pr_info("guest_bugs: %u pieces of module space leaked\n", nr);
}

static int guest_bugs_init(void)
{
	if (!strcmp(what, "stack-overflow"))
		overflow_stack();
	else if (!strcmp(what, "freed-area") || !strcmp(what, "purged-area"))
		read_freed(what[0] == 'p');
	else if (!strcmp(what, "freed-slab"))
		read_freed_slab();
	else if (!strcmp(what, "guard"))
		write_past_end();
	else if (!strcmp(what, "null"))
		read_null();
	else if (!strcmp(what, "wild"))
		read_wild();
	else if (!strcmp(what, "space"))
		fill_space();
	else if (!strcmp(what, "io"))
		fill_io();
	else if (!strcmp(what, "ram"))
		fill_ram(0);
	else if (!strcmp(what, "ram-politely"))
		fill_ram(__GFP_RETRY_MAYFAIL);
	else if (!strcmp(what, "too-much"))
		ask_too_much();
	else if (!strcmp(what, "modules"))
		fill_modules();
	else
		return -EINVAL;
	return 0;
}
module_init(guest_bugs_init);

/* No exit: what was taken is not given back. */

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("vmatlas: bugs on purpose");
