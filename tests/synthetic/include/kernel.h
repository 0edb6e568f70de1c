/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What every fake kernel has: the types Linux is written in, and the macros
 * that put things where a kernel has them. Only what vmatlas reads is here.
 * Members of structures stand in an order no kernel has: a tool that passes
 * has no offset in its head.
 */
#ifndef FAKE_KERNEL_H
#define FAKE_KERNEL_H

#include "types.h"

#define EMPTY_LIST(head) { &(head), &(head) }

/* Sections that the linker scripts know. */
#define SECTION(name) __attribute__((section(name)))
#define IN_INIT	    SECTION(".init.data")
#define IN_INITTEXT SECTION(".init.text")
#define IN_SLAB	    SECTION(".slab")	 /* memory from the page allocator */
#define IN_MODULE   SECTION(".module")	 /* memory of a loaded module */
#define IN_LOWPAGE  SECTION(".lowpage")	 /* the first page of RAM (ARM: ATAGs) */
#define IN_PGTABLES SECTION(".pgtables") /* at a place of its own on ARM */
#define PAGE_ALIGNED __attribute__((aligned(4096)))

#ifndef RELEASE
#error "-DRELEASE=\"6.1.0-fake\" comes from kernels.mk"
#endif

/* init/version.c: what proves that a vmlinux and a dump belong together. */
#define FAKE_BUILD "(fake@vmatlas) (a kernel written in C for vmatlas's tests)"

const char linux_banner[] =
	"Linux version " RELEASE " " FAKE_BUILD " #1 SMP Thu Jan 1 00:00:00 UTC 1970\n";

struct new_utsname {	/* include/uapi/linux/utsname.h: frozen */
	char sysname[65], nodename[65], release[65], version[65], machine[65], domainname[65];
};
struct uts_namespace { ulong scrambled; struct new_utsname name; };

struct uts_namespace init_uts_ns = {
	.name = { "Linux", "fake", RELEASE, "#1 SMP Thu Jan 1 00:00:00 UTC 1970", MACHINE,
		  "(none)" },
};

/* The note a core brings (kernel/crash_core.c); here vmlinux has it already. */
#ifdef VMCOREINFO
#define VMCOREINFO_TEXT							      \
	"OSRELEASE=" RELEASE "\nBUILD-ID=" BUILD_ID "\nPAGESIZE=4096\n" VMCOREINFO
const struct {
	u32 name_size, text_size, type;
	char name[12], text[(sizeof(VMCOREINFO_TEXT) + 3) & ~3ul];
} vmcoreinfo_note __attribute__((section(".note.vmcoreinfo"), aligned(4))) = {
	sizeof("VMCOREINFO"), sizeof(VMCOREINFO_TEXT) - 1, 0, "VMCOREINFO", VMCOREINFO_TEXT,
};
#endif

#endif
