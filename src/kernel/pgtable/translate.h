/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef KERNEL_PGTABLE_TRANSLATE_H
#define KERNEL_PGTABLE_TRANSLATE_H

#include "kernel/kernel.h"

VMATLAS_CHECKED struct vmatlas_error *translate_init(struct kernel *k);
void translate_done(struct kernel *k);

#endif
