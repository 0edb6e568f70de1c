/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The list of loaded modules: where each one lies in memory. */
#ifndef KERNEL_SYMBOLS_MODULES_H
#define KERNEL_SYMBOLS_MODULES_H

#include "kernel/kernel.h"

/*
 * Fill k->records.modules, unless it was done. Trouble in the dump is handed back
 * in *ret_trouble (the caller's to free), and what was read before it stays.
 */
VMATLAS_CHECKED struct vmatlas_error *
modules_load(struct kernel *k, struct vmatlas_error **ret_trouble);

/* The module that holds @addr, as __module_address() finds it; NULL if none does. */
const struct module *modules_at(const struct kernel *k, uint64_t addr);

/* Does @addr belong to the part that is freed once the module runs? */
bool module_init_holds(const struct module *m, uint64_t addr);

#endif
