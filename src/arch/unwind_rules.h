/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Of each CPU, what unwinding needs to know. */
#ifndef ARCH_UNWIND_RULES_H
#define ARCH_UNWIND_RULES_H

#include "arch/arch.h"

extern const struct arch_unwind unwind_x86_64, unwind_i386, unwind_arm, unwind_arm64, unwind_riscv64;

#endif
