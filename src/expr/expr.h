/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Expressions as people type them at gdb: C without calls and assignments, values of the
 * dump, printed as gdb prints them. One session keeps $1, $name and what was looked up.
 */
#ifndef EXPR_EXPR_H
#define EXPR_EXPR_H

#include "base/strbuf.h"
#include "kernel/kernel.h"

struct expr;

/* @k must outlive the session. NULL: no memory. */
struct expr *expr_new(struct kernel *k);
void expr_free(struct expr *e);
DEFINE_FREEP(expr, expr_free)

/* What a value is beside its text. */
struct expr_result {
	const struct vmatlas_type *type;	/* NULL: void */
	uint64_t addr;			/* where it is, if has_addr */
	uint64_t number;		/* of a scalar, extended to 64 bits, if has_number */
	uint32_t history;		/* $N that it is now; 0: none */
	bool has_addr, has_number, is_signed;
};

/* gdb's format letter, 0 for none; ARGUMENT for text that is none ("/x", "x", "2x"). */
VMATLAS_CHECKED struct vmatlas_error *expr_format(const char *text, char *ret);

/* The value of @text, without "$1 = ", added to @out. @ret may be NULL. */
VMATLAS_CHECKED struct vmatlas_error *
expr_print(struct expr *e, const char *text, char format, struct str *out,
	   struct expr_result *ret);

/* Its type, as gdb's whatis has it. */
VMATLAS_CHECKED struct vmatlas_error *
expr_whatis(struct expr *e, const char *text, struct str *out);

/* Its type with all members; @offsets: as gdb's ptype/o. */
VMATLAS_CHECKED struct vmatlas_error *
expr_ptype(struct expr *e, const char *text, bool offsets, struct str *out,
	   const struct vmatlas_type **ret);

/* The type that @text names. */
VMATLAS_CHECKED struct vmatlas_error *
expr_type(struct expr *e, const char *text, const struct vmatlas_type **ret);

/* Its name in C: "struct vm_struct *". */
VMATLAS_CHECKED struct vmatlas_error *
expr_type_text(struct expr *e, const struct vmatlas_type *type, struct str *out);

#endif
