/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VMCOREINFO: KEY=VALUE text that a kernel leaves about itself. Pure; fuzzed. */
#ifndef KERNEL_VMCOREINFO_H
#define KERNEL_VMCOREINFO_H

#include <vmatlas.h>

#include "base/error.h"

struct vmcoreinfo;

/* Copies @text; any bytes are accepted, lines without '=' are ignored. */
VMATLAS_CHECKED struct vmatlas_error *
vmcoreinfo_parse(const char *text, size_t len, struct vmcoreinfo **ret);
void vmcoreinfo_free(struct vmcoreinfo *v);
DEFINE_FREEP(vmcoreinfo, vmcoreinfo_free)

/* As if @key had not been said. */
void vmcoreinfo_forget(struct vmcoreinfo *v, const char *key);

/* Line @i in the order of the text; false after the last. */
bool vmcoreinfo_line(const struct vmcoreinfo *v, size_t i, const char **ret_key,
		     const char **ret_value);

/* Value text of a whole key: "OSRELEASE", "NUMBER(phys_base)"; NULL if absent. */
const char *vmcoreinfo_text(const struct vmcoreinfo *v, const char *key);

/* SYMBOL(name) and KERNELOFFSET are hex; the others guess their base (0x, -). */
bool vmcoreinfo_hex(const struct vmcoreinfo *v, const char *key, uint64_t *ret);
bool vmcoreinfo_number(const struct vmcoreinfo *v, const char *name, uint64_t *ret);
bool vmcoreinfo_symbol(const struct vmcoreinfo *v, const char *name, uint64_t *ret);
size_t vmcoreinfo_nr(const struct vmcoreinfo *v);

#endif
