/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which vmlinux, where none was named: what the dump says of its kernel. */
#ifndef KERNEL_IDENTIFY_SELECT_VMLINUX_H
#define KERNEL_IDENTIFY_SELECT_VMLINUX_H

#include "kernel/kernel.h"

/*
 * Sets k->found and k->found_from for k->mem. By VMCOREINFO or the dump's header; where
 * they do not tell, by what stands in memory. MISSING says what was looked for.
 */
VMATLAS_CHECKED struct vmatlas_error *
find_vmlinux(struct kernel *k, const struct kernel_opts *opts);

#endif
