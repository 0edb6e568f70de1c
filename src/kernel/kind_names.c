/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of the kinds of claims; stable, they are column values and JSON. */
#include "base/cleanup.h"
#include "kernel/kernel.h"

static const struct {
	uint32_t kind;
	const char *name;
} names[] = {
	{ VMATLAS_KIND_DIRECT_MAP, "direct-map" },
	{ VMATLAS_KIND_VMALLOC_SPACE, "vmalloc-space" },
	{ VMATLAS_KIND_VMEMMAP, "vmemmap" },
	{ VMATLAS_KIND_MODULE_SPACE, "module-space" },
	{ VMATLAS_KIND_IMAGE, "image" },
	{ VMATLAS_KIND_SECTION, "section" },
	{ VMATLAS_KIND_FIXMAP, "fixmap" },
	{ VMATLAS_KIND_PKMAP, "pkmap" },
	{ VMATLAS_KIND_VECTORS, "vectors" },
	{ VMATLAS_KIND_DMA, "dma" },
	{ VMATLAS_KIND_FDT, "fdt" },
	{ VMATLAS_KIND_PCI_IO, "pci-io" },
	{ VMATLAS_KIND_CPU_ENTRY, "cpu-entry" },
	{ VMATLAS_KIND_ESPFIX, "espfix" },
	{ VMATLAS_KIND_EFI, "efi" },
	{ VMATLAS_KIND_VSYSCALL, "vsyscall" },
	{ VMATLAS_KIND_LDT, "ldt" },
	{ VMATLAS_KIND_KASAN, "kasan" },
	{ VMATLAS_KIND_KMSAN, "kmsan" },
	{ VMATLAS_KIND_TCM, "tcm" },
	{ VMATLAS_KIND_GUARD, "guard" },
	{ VMATLAS_KIND_MODULE_WINDOW, "module-window" },
	{ VMATLAS_KIND_VMALLOC, "vmalloc" },
	{ VMATLAS_KIND_VMAP, "vmap" },
	{ VMATLAS_KIND_IOREMAP, "ioremap" },
	{ VMATLAS_KIND_VM_MAP_RAM, "vm_map_ram" },
	{ VMATLAS_KIND_UNPURGED, "unpurged" },
	{ VMATLAS_KIND_PERCPU, "percpu" },
	{ VMATLAS_KIND_DMA_AREA, "dma-coherent" },
	{ VMATLAS_KIND_SPARSE, "sparse" },
	{ VMATLAS_KIND_STATIC_MAPPING, "static-io" },
	{ VMATLAS_KIND_EMPTY_MAPPING, "reserved" },
	{ VMATLAS_KIND_USERMAP, "user" },
	{ VMATLAS_KIND_MODULE, "module" },
	{ VMATLAS_KIND_AREA, "area" },
	{ VMATLAS_KIND_PAGES, "pages" },
};

const char *vmatlas_kind_name(enum vmatlas_kind kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].kind == kind)
			return names[i].name;
	return "other";
}
