/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands whose operands are expressions. */
#ifndef CLI_EXPRESSION_H
#define CLI_EXPRESSION_H

#include "cli/cli.h"

/* Open the dump, and begin a list of answers. */
VMATLAS_CHECKED struct vmatlas_error *
expressions_begin(struct cli *cli, uint32_t survey, const char *list, struct vmatlas_eval **ret);

/* The list ends, also where @err ended it: what was answered is shown. Returns @err, or ours. */
VMATLAS_CHECKED struct vmatlas_error *
expressions_end(struct cli *cli, struct vmatlas_eval *eval, struct vmatlas_error *err);

/*
 * Where a pointer or number points to; of any other value in memory (a struct, an array, a
 * function, a variable that is no pointer) where that is.
 */
VMATLAS_CHECKED struct vmatlas_error *
expression_address(struct vmatlas_eval *eval, const char *text, uint64_t *ret);

#endif
