// SPDX-License-Identifier: GPL-2.0
/*
 * The oracle: a module which runs inside the guest whose memory is dumped, and
 * says what the kernel's own macros say there.
 *
 *   /proc/vmatlas/macros   NAME=0x…, or NAME=- for what this kernel has not
 *   /proc/vmatlas/walks    ADDRESS=LEVEL:PHYSICAL, by the kernel's own page
 *                          table accessors (no Debian kernel has ptdump)
 *
 * Built for 5.10, 6.1, 6.12 and 7.2; each CPU has a file.
 */
#include <linux/module.h>
#include <linux/pgtable.h>
#include <linux/proc_fs.h>
#include <linux/vmalloc.h>
#include <asm/fixmap.h>

#include "oracle.h"

static unsigned long phys;
module_param(phys, ulong, 0444);
MODULE_PARM_DESC(phys, "three pages of a device which may be mapped; nothing touches them");

static void put_symbols(struct seq_file *m)
{
	static const char *const names[] = {
		"_text", "_stext", "_etext", "__start_rodata", "__end_rodata",
		"__init_begin", "__init_end", "_sdata", "_edata", "__bss_start", "__bss_stop", "_end",
		"swapper_pg_dir",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		put_symbol(m, names[i]);
}

static int macros_show(struct seq_file *m, void *unused)
{
	free_some();
	MACRO(m, PAGE_SHIFT);
	MACRO(m, PAGE_OFFSET);
	MACRO(m, high_memory);
	MACRO(m, VMALLOC_START);
	MACRO(m, VMALLOC_END);
	MACRO(m, PMD_SIZE);
	put_arch(m);
	put_symbols(m);
	put_execmem(m);
	return 0;
}

static int oracle_init(void)
{
	struct proc_dir_entry *dir;

	make_areas(phys);
	dir = proc_mkdir("vmatlas", NULL);
	if (!dir)
		return -ENOMEM;
	proc_create_single("macros", 0400, dir, macros_show);
	proc_create_single("walks", 0400, dir, walks_show);
	return 0;
}
module_init(oracle_init);

/* No exit: what was made must stay. */

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("vmatlas: says what the kernel's macros say, and makes areas to look at");
