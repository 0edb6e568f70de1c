// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Many areas, to see how time grows with them: areas= of one page each, all of the
 * same page frame, and threads= that sleep, each on a stack of its own.
 */
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/vmalloc.h>

static unsigned long areas, threads;
module_param(areas, ulong, 0);
module_param(threads, ulong, 0);

static struct page *page;

static int sleeper(void *unused)
{
	while (!kthread_should_stop()) {
		set_current_state(TASK_IDLE);
		schedule();
	}
	return 0;
}

static int __init many_init(void)
{
	struct task_struct *task;
	unsigned long i;

	page = alloc_page(GFP_KERNEL);
	for (i = 0; page && i < areas; i++) {
		if (!vmap(&page, 1, VM_MAP, PAGE_KERNEL))
			return -ENOMEM;
		cond_resched();
	}
	for (i = 0; i < threads; i++) {
		task = kthread_run(sleeper, NULL, "many/%lu", i);
		if (IS_ERR(task))
			return PTR_ERR(task);
		cond_resched();
	}
	return 0;
}
module_init(many_init);

MODULE_LICENSE("GPL");
