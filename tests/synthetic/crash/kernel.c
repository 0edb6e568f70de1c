/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel died of a write behind the end of an area; the log tells it. */
#define LOG_LINES(X)								\
	X(0, "Linux version " RELEASE),						\
	X(1, "BUG: unable to handle page fault for address: ffffc90000008010"),	\
	X(2, "#PF: supervisor write access in kernel mode"),			\
	X(3, "Oops: 0002 [#1] PREEMPT SMP NOPTI"),				\
	X(4, "CPU: 1 PID: 812 Comm: kworker/1:0 Not tainted 6.1.0-fake #1"),	\
	X(5, "RIP: 0010:kernel_clone+0x1c/0x40"),				\
	X(6, "RSP: 0018:ffffc90000005e80 EFLAGS: 00010246"),			\
	X(7, "Modules linked in: fakemod [last unloaded: gone]"),		\
	X(8, "Kernel panic - not syncing: Fatal exception")
#define LOG_HEAD 8
#include "v6_1.h"

struct vm_struct vm[] IN_SLAB = { HEALTHY_VM };
struct vmap_area area[] IN_SLAB = { HEALTHY_AREAS };
LISTS(area[0], area[NR_AREAS - 1]);
NOTHING_TO_PURGE;
