/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parts of a type in C, for whoever writes bodies between them. */
#ifndef EXPR_TYPE_TEXT_H
#define EXPR_TYPE_TEXT_H

#include "expr/expr_internal.h"

/* Without const and the like, which become bits of *mods. NULL: void */
ctype type_unqualified(ctype t, unsigned int *mods);
/* "const struct page" of a type_base(); false: it has no name but "struct ". */
bool type_text_name(ctype base, struct str *out);
/* " *" or " (*": what stands between it and the name that is declared. */
void type_text_before(ctype t, bool has_name, struct str *out);
/* "[16]", ")(int)" */
VMATLAS_CHECKED struct vmatlas_error *type_text_after(struct expr *e, ctype t, struct str *out);
VMATLAS_CHECKED struct vmatlas_error *
type_text_deep(struct expr *e, ctype t, unsigned int depth, struct str *out);

#endif
