/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Operands that are expressions, where an address is needed. */
#ifndef CLI_EXPRESSION_H
#define CLI_EXPRESSION_H

#include "cli/cli.h"

/*
 * Where a pointer or number points to; of any other value in memory (a struct, an array, a
 * function, a variable that is no pointer) where that is.
 */
VMATLAS_CHECKED struct vmatlas_error *
expression_address(struct vmatlas_eval *eval, const char *text, uint64_t *ret);

#endif
