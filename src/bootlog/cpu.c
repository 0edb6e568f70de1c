/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which CPU a boot log is of. Tables of the same title have other rows and other rules
 * on each: those of ARM and i386 apply to ARM and i386 alone.
 */
#include <ctype.h>
#include <string.h>

#include "base/array.h"
#include "bootlog/bootlog_internal.h"

/* CPUs named here: text that kernels and compilers print. */
static const char arm[] = "ARM", arm_m[] = "ARM without an MMU", x86[] = "x86";

/* ---- Messages that only one architecture prints ---- */

static const struct {
	const char *start, *cpu;
} messages[] = {
	{ "CPU: ARMv6-M", arm_m }, { "CPU: ARMv7-M", arm_m }, { "CPU: ARMv8-M", arm_m },
	{ "CPU: ARM", arm },
	{ "CPU: PIPT", arm }, { "CPU: VIPT", arm }, { "CPU: VIVT", arm },
	{ "Truncating RAM at ", arm }, { "Ignoring RAM at ", arm },
	{ "BIOS-provided physical RAM map", x86 }, { "BIOS-e820: ", x86 },
	{ "e820: ", x86 }, { "x86/", x86 },
	{ "Checking if this processor honours the WP bit", x86 },
	/* arch/m68k */
	{ "Atari hardware found", "m68k" }, { "Amiga hardware found", "m68k" },
	{ "Detected Macintosh model", "m68k" }, { "Apple Macintosh", "m68k" },
	{ "COLDFIRE port done by", "m68k" }, { "uClinux with CPU COLDFIRE", "m68k" },
	{ "CPU: 680", "m68k" },
	/* arch/sh */
	{ "Booting machvec: ", "SuperH" }, { "CPU: SH", "SuperH" },
	{ "Boot params:", "SuperH" },
	/* arch/mips */
	{ "CPU0 revision is: ", "MIPS" }, { "CPU revision is: ", "MIPS" },
	{ "Determined physical RAM map:", "MIPS" },
	{ "Primary instruction cache ", "MIPS" },
	/* arch/powerpc */
	{ "phys_mem_size     = ", "PowerPC" }, { "Top of RAM: 0x", "PowerPC" },
	{ "ppc_md.", "PowerPC" },
	/* arch/microblaze, arch/xtensa, arch/nios2, arch/csky, arch/arc, arch/nds32 */
	{ "Ramdisk addr 0x", "MicroBlaze" }, { "setup_cpuinfo: initialising", "MicroBlaze" },
	{ "config ID: ", "Xtensa" }, { "xtensa", "Xtensa" },
	{ "Nios II", "Nios II" }, { "C-SKY", "C-SKY" }, { "Phys. mem: ", "C-SKY" },
	{ "Processor: ARC", "ARC" }, { "IDENTITY\t: ARC", "ARC" }, { "ARC HS", "ARC" },
	{ "Memory @ ", "ARC" }, { "CPU: AndesCore", "NDS32" }, { "CPU: UniCore", "UniCore" },
	{ "CPU: OpenRISC", "OpenRISC" },
};

/* ---- The compiler's name: "(arm-linux-gnueabi-gcc (GCC) 12.1.0 ...", "sh4-linux-gcc" ---- */

static const struct {
	const char *start, *cpu;
} compilers[] = {
	/* CPUs named here: the names of compilers */
	{ "aarch64", "arm64" }, { "armeb", arm }, { "arm", arm }, { "m68k", "m68k" },
	{ "sh4", "SuperH" }, { "sh3", "SuperH" }, { "sh2", "SuperH" }, { "sh-", "SuperH" },
	{ "powerpc", "PowerPC" }, { "ppc", "PowerPC" }, { "mips", "MIPS" },
	{ "microblaze", "MicroBlaze" }, { "mb-", "MicroBlaze" }, { "xtensa", "Xtensa" },
	{ "nios2", "Nios II" }, { "csky", "C-SKY" }, { "arceb", "ARC" }, { "arc-", "ARC" },
	{ "nds32", "NDS32" }, { "unicore32", "UniCore" }, { "or1k", "OpenRISC" },
	{ "hppa", "PA-RISC" }, { "parisc", "PA-RISC" }, { "sparc", "SPARC" },
	{ "riscv", "RISC-V" }, { "i386-", x86 }, { "i486-", x86 }, { "i586-", x86 },
	{ "i686-", x86 }, { "x86_64", x86 },
};

static bool is_compiler(const char *word, size_t len)
{
	if (len > 3 && !strncmp(word + len - 3, "gcc", 3))
		return true;
	return len > 5 && !strncmp(word + len - 5, "clang", 5);
}

static const char *by_compiler(const char *text)
{
	for (const char *w = strchr(text, '('); w; w = strpbrk(w, " (")) {
		size_t len;

		w += strspn(w, " (");
		len = strcspn(w, " ()");
		if (!is_compiler(w, len) || !memchr(w, '-', len))
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(compilers); i++)
			if (!strncmp(w, compilers[i].start, strlen(compilers[i].start)))
				return compilers[i].cpu;
	}
	return NULL;
}

/* "CPU: XScale-PXA270 [69054114] revision 4 (ARMv5TE), cr=0000397f" */
static const char *by_processor(const char *text)
{
	const char *is = strstr(text, "] revision ");

	if (strncmp(text, "CPU: ", 5) != 0 || !is || !(is = strstr(is, "(ARMv")))
		return NULL;
	is += strlen("(ARMv");
	is += strspn(is, "0123456789.");
	return *is == 'M' ? arm_m : arm;
}

static const char *cpu_of(const char *text)
{
	const char *cpu = by_processor(text);

	for (size_t i = 0; !cpu && i < ARRAY_SIZE(messages); i++)
		if (!strncmp(text, messages[i].start, strlen(messages[i].start)))
			cpu = messages[i].cpu;
	if (!cpu && !strncmp(text, "Using ", 6) && strstr(text, " machine description"))
		cpu = "PowerPC";
	if (!cpu && !strncmp(text, "Linux version ", 14))
		cpu = by_compiler(text);
	return cpu;
}

void bootlog_cpu_line(struct bootlog *log, const char *text)
{
	const char *cpu = log->cpu && log->cpu != arm ? NULL : cpu_of(text);

	/* the compiler makes code for both: the processor's own line knows about its MMU */
	if (cpu && (!log->cpu || cpu == arm_m))
		log->cpu = cpu;
	log->is_arm = log->cpu == arm || log->cpu == arm_m;
	log->is_x86 = log->cpu == x86;
	if (log->cpu == arm_m)
		log->style = BOOTLOG_STYLE_NOMMU;
}
