// SPDX-License-Identifier: GPL-2.0
/* A module that goes and leaves a timer behind, which will run code that is gone. */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/timer.h>
#include <linux/version.h>

static struct timer_list left_behind;

static noinline void leaver_tick(struct timer_list *timer)
{
	mod_timer(timer, jiffies + HZ);
}

static int leaver_init(void)
{
	timer_setup(&left_behind, leaver_tick, 0);
	mod_timer(&left_behind, jiffies + 2 * HZ);
	return 0;
}
module_init(leaver_init);

/* The mistake: the timer should be deleted here. */
static void leaver_exit(void)
{
}
module_exit(leaver_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("vmatlas: leaves a timer behind");
