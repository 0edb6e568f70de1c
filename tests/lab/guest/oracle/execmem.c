// SPDX-License-Identifier: GPL-2.0
/* Where each kind of generated code may go, as the kernel has settled it at boot. */
#include <linux/version.h>
#include <linux/vmalloc.h>

#include "oracle.h"

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#include <linux/execmem.h>

/*
 * Two variables have the name execmem_info: mm/execmem.c's is a pointer, mostly to the
 * CPU's, which is the structure itself.
 */
static unsigned long found[2];
static unsigned int nr_found;

static int note(void *unused, unsigned long address)
{
	if (nr_found < ARRAY_SIZE(found))
		found[nr_found++] = address;
	return 0;
}

static struct execmem_info *settled(void)
{
	int (*each)(int (*)(void *, unsigned long), const char *, void *);
	unsigned int i;

	each = (void *)symbol("kallsyms_on_each_match_symbol");
	nr_found = 0;
	if (each)
		each(note, "execmem_info", NULL);
	for (i = 0; nr_found == 2 && i < 2; i++)
		if (*(unsigned long *)found[i] == found[!i])
			return (struct execmem_info *)found[!i];
	return NULL;
}

void put_execmem(struct seq_file *m)
{
	struct execmem_info *info = settled();
	int i;

	/* By the order of enum execmem_type: what is 0 has not been set apart. */
	for (i = 0; info && i < EXECMEM_TYPE_MAX; i++) {
		struct execmem_range *range = &info->ranges[i];

		seq_printf(m, "execmem.%d.start=0x%lx\n", i, range->start);
		seq_printf(m, "execmem.%d.end=0x%lx\n", i, range->end);
		seq_printf(m, "execmem.%d.fallback_start=0x%lx\n", i, range->fallback_start);
		seq_printf(m, "execmem.%d.fallback_end=0x%lx\n", i, range->fallback_end);
	}
}

#else

void put_execmem(struct seq_file *m)
{
}

#endif
