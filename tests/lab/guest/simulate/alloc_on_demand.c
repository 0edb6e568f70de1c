// SPDX-License-Identifier: GPL-2.0
/*
 * Allocates address space on demand, so that the dump of a moment can be asked first.
 * Orders come through memory: who debugs the machine writes alloc_request and sets .order.
 */
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pgtable.h>
#include <linux/vmalloc.h>

enum { OP_AREA, OP_FREE, OP_PURGE };

static struct alloc_request {
	u64 order, done;		/* the same: nothing to do */
	u64 op, size, flags, start, end;
	u64 result;
	u64 vmalloc_start, vmalloc_end, modules_start, modules_end;
} alloc_request = {
	.vmalloc_start = 1,
};

static unsigned long lookup;
module_param(lookup, ulong, 0444);
static unsigned long box = (unsigned long)&alloc_request;
module_param(box, ulong, 0444);	/* not every kernel's kallsyms has variables */

static struct vm_struct *(*get_area)(unsigned long size, unsigned long flags,
				     unsigned long start, unsigned long end, const void *caller);
static struct vm_struct *area;

static void obey(void)
{
	switch (alloc_request.op) {
	case OP_AREA:
		area = get_area(alloc_request.size, alloc_request.flags, alloc_request.start, alloc_request.end, obey);
		alloc_request.result = area ? (unsigned long)area->addr : 0;
		break;
	case OP_FREE:
		if (area)
			free_vm_area(area);
		area = NULL;
		break;
	case OP_PURGE:
		vm_unmap_aliases();
		break;
	}
}

static int serve(void *unused)
{
	while (!kthread_should_stop()) {
		if (READ_ONCE(alloc_request.order) != alloc_request.done) {
			obey();
			alloc_request.done = alloc_request.order;
		}
		schedule_timeout_interruptible(HZ / 20);
	}
	return 0;
}

static int alloc_on_demand_init(void)
{
	unsigned long (*lookup_name)(const char *name) = (void *)lookup;
	unsigned long __maybe_unused *offset;

	get_area = (void *)lookup_name("__get_vm_area_caller");
	if (!get_area)
		return -ENOENT;
	alloc_request.vmalloc_start = (unsigned long)VMALLOC_START;
	alloc_request.vmalloc_end = (unsigned long)VMALLOC_END;
#ifdef MODULES_VADDR
	/* What KASLR adds on x86: from 6.10 on nobody keeps it, and modules are not asked for. */
	offset = (void *)lookup_name("module_load_offset");
	if (!IS_ENABLED(CONFIG_X86_64) || offset)
		alloc_request.modules_start = (unsigned long)MODULES_VADDR + (offset ? *offset : 0);
	alloc_request.modules_end = (unsigned long)MODULES_END;
#endif
	return PTR_ERR_OR_ZERO(kthread_run(serve, NULL, "alloc_on_demand"));
}
module_init(alloc_on_demand_init);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("vmatlas: allocates address space when a debugger says so");
