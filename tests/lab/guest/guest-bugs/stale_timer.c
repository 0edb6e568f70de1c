// SPDX-License-Identifier: GPL-2.0
/*
 * A module that goes and leaves a timer behind, which will run code that is gone; with
 * data=1 the timer itself is gone as well, and the kernel stumbles over that first.
 */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/timer.h>

static bool data;
module_param(data, bool, 0444);

static struct timer_list left_behind;

static noinline void stale_timer_tick(struct timer_list *timer)
{
	mod_timer(timer, jiffies + HZ);
}

static int stale_timer_init(void)
{
	struct timer_list *timer = data ? &left_behind : kzalloc(sizeof(*timer), GFP_KERNEL);

	if (!timer)
		return -ENOMEM;
	timer_setup(timer, stale_timer_tick, 0);
	mod_timer(timer, jiffies + 2 * HZ);
	return 0;
}
module_init(stale_timer_init);

/* The bug: the timer should be deleted here. */
static void stale_timer_exit(void)
{
}
module_exit(stale_timer_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("vmatlas: leaves a timer behind");
