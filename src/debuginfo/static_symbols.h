/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Statics of one name, told apart by the file they are in. */
#ifndef DEBUGINFO_STATIC_SYMBOLS_H
#define DEBUGINFO_STATIC_SYMBOLS_H

#include "debuginfo/debuginfo_internal.h"

/* Is candidate @at of @w one of several that are alike? */
bool twins_are(const struct wanted *w, size_t at);

/* The source file of a function ("a|b"), by DWARF; NULL unknown. */
VMATLAS_CHECKED struct vmatlas_error *
twins_file(struct image *image, const char *near, const char **ret);

/* Of those like candidate @at the one that @own has in @file takes its place. */
VMATLAS_CHECKED struct vmatlas_error *
static_symbol_resolve(struct image *own, const char *file, struct wanted *w, size_t at);

#endif
