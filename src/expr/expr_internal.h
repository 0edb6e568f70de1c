/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of this folder share. */
#ifndef EXPR_EXPR_INTERNAL_H
#define EXPR_EXPR_INTERNAL_H

#include "base/array.h"
#include "debuginfo/type_find.h"
#include "expr/expr.h"
#include "kernel/symbols/variables.h"

/* Nests deeper than that are no question but an attack. */
enum { EXPR_DEPTH_MAX = 200, PEEL_MAX = 64 };
/* gdb's "set print elements" and "set print repeats" */
enum { ELEMENTS_MAX = 200, REPEATS_MIN = 10 };
/* A value of more bytes is not read as a whole: gdb's "set max-value-size" */
#define VALUE_BYTES_MAX 65536

typedef const struct vmatlas_type *ctype;

/*
 * A value: at an address, a number, or bytes of our own (string literals). What is at an
 * address is read when it is needed.
 */
struct value {
	ctype type;			/* NULL: void */
	bool is_at;			/* at .addr */
	bool is_literal;		/* .bytes */
	bool has_no_type;		/* a symbol whose type is not known */
	uint64_t addr;
	uint64_t bit_offset;		/* of a bit-field: bits from .addr on */
	uint64_t bit_size;		/* 0: it is no bit-field */
	uint64_t number;
	const uint8_t *bytes;
	const char *from;		/* the text that it stands for, in messages: */
	size_t from_len;
};

enum token_kind {
	TOKEN_END, TOKEN_NAME, TOKEN_NUMBER, TOKEN_CHAR, TOKEN_STRING, TOKEN_FILE,
	TOKEN_DOLLAR, TOKEN_OPERATOR,
};

struct token {
	enum token_kind kind;
	const char *at;
	size_t len;
	int op;				/* OPERATOR: its characters, first one lowest */
	uint64_t number;
	ctype type;			/* of NUMBER and CHAR */
	struct str *text;		/* of STRING: the expr's, unescaped */
};

#define OP2(a, b) ((a) | (b) << 8)

struct named_value {
	char *name;
	struct value value;
};

struct cached_name {
	char *name;
	struct value value;
	ctype type;			/* of a typedef or tag; NULL: .value counts */
	char *missing;			/* its message, where there is none */
};

struct expr {
	struct kernel *k;
	struct str text;		/* of the expression that is read */
	const char *at;			/* the rest of it */
	struct token token;
	struct str literal;		/* of the token */
	unsigned int depth;
	unsigned int looked_at;		/* members, by the question at hand */
	unsigned int skipping;		/* types count, values do not: sizeof, the other arm of ?: */
	VEC(struct value) history;
	VEC(struct named_value) variables;
	VEC(struct cached_name) names;
	VEC(char *) kept;		/* literals */
	struct value element;		/* $ of list, tree and array */
	bool has_element;
};

/* ---- lexer.c ---- */

VMATLAS_CHECKED struct vmatlas_error *lexer_next(struct expr *e);
VMATLAS_CHECKED struct vmatlas_error *lexer_start(struct expr *e, const char *text);
bool token_is(const struct expr *e, int op);
bool token_is_word(const struct expr *e, const char *word);
/* Consume @op, or say that it is missing. */
VMATLAS_CHECKED struct vmatlas_error *lexer_expect(struct expr *e, int op);
/* "a syntax error near 'x'" */
VMATLAS_CHECKED struct vmatlas_error *lexer_error(struct expr *e);
/* The token's text as a string of its own, kept by the session; NULL: no memory. */
const char *expr_keep(struct expr *e, const char *text, size_t len);

/* ---- type_name.c ---- */

/* Does a type begin at the token? */
VMATLAS_CHECKED struct vmatlas_error *type_begins(struct expr *e, bool *ret);
VMATLAS_CHECKED struct vmatlas_error *type_parse(struct expr *e, ctype *ret);

enum basic_type {
	BASIC_CHAR, BASIC_SCHAR, BASIC_UCHAR, BASIC_SHORT, BASIC_USHORT, BASIC_INT, BASIC_UINT,
	BASIC_LONG, BASIC_ULONG, BASIC_LLONG, BASIC_ULLONG, BASIC_BOOL, BASIC_FLOAT,
	BASIC_DOUBLE, BASIC_INT128, BASIC_UINT128, NR_BASIC,
};
/* NULL: no memory */
ctype type_basic(struct expr *e, enum basic_type which);
ctype type_pointer_to(struct expr *e, ctype target);

/* ---- types.c: what types are ---- */

/* Without typedefs and qualifiers; NULL is void. */
ctype type_strip(ctype t);
enum vmatlas_type_kind type_kind(ctype t);
bool type_is_integer(ctype t);		/* with bool, char and enum */
bool type_is_scalar(ctype t);		/* with pointers */
bool type_is_signed(struct expr *e, ctype t);
/* A struct, union or enum in full. */
VMATLAS_CHECKED struct vmatlas_error *type_complete(struct expr *e, ctype t, ctype *ret);
VMATLAS_CHECKED struct vmatlas_error *type_size(struct expr *e, ctype t, uint64_t *ret);
VMATLAS_CHECKED struct vmatlas_error *
type_members(struct expr *e, ctype t, const struct vmatlas_type_member **ret, size_t *ret_nr);
/* A member, also of anonymous structs in it: *ret its, .bit_offset from the start of @t. */
VMATLAS_CHECKED struct vmatlas_error *
type_member(struct expr *e, ctype t, const char *name, struct vmatlas_type_member *ret,
	    bool *ret_found);

/* ---- value.c ---- */

struct value value_number(ctype type, uint64_t number);
struct value value_at(ctype type, uint64_t addr);
/* The number of a scalar, extended by its sign. */
VMATLAS_CHECKED struct vmatlas_error *
value_load(struct expr *e, const struct value *v, uint64_t *ret);
/* The bytes of a value of any type, @len of them from @offset. */
VMATLAS_CHECKED struct vmatlas_error *
value_bytes(struct expr *e, const struct value *v, uint64_t offset, void *buf, size_t len);
/* Cut to the size of @type and extended by its sign. */
uint64_t value_fit(struct expr *e, ctype type, uint64_t number);
/* A function or array as a pointer; all else as it is. */
VMATLAS_CHECKED struct vmatlas_error *value_decay(struct expr *e, struct value *v);
VMATLAS_CHECKED struct vmatlas_error *
value_deref(struct expr *e, const struct value *v, struct value *ret);
VMATLAS_CHECKED struct vmatlas_error *
value_address_of(struct expr *e, const struct value *v, struct value *ret);
VMATLAS_CHECKED struct vmatlas_error *
value_member(struct expr *e, const struct value *v, const char *name, struct value *ret);
VMATLAS_CHECKED struct vmatlas_error *
value_cast(struct expr *e, const struct value *v, ctype type, struct value *ret);
VMATLAS_CHECKED struct vmatlas_error *
value_index(struct expr *e, const struct value *v, uint64_t index, struct value *ret);
VMATLAS_CHECKED struct vmatlas_error *
value_is_true(struct expr *e, const struct value *v, bool *ret);

/* ---- operators.c ---- */

VMATLAS_CHECKED struct vmatlas_error *
value_binary(struct expr *e, int op, const struct value *a, const struct value *b,
	     struct value *ret);
VMATLAS_CHECKED struct vmatlas_error *
value_unary(struct expr *e, int op, const struct value *v, struct value *ret);

/* ---- names.c ---- */

/* A variable, function or enumerator; NOT_FOUND says what may have been meant. */
VMATLAS_CHECKED struct vmatlas_error *
name_value(struct expr *e, const char *name, struct value *ret);
VMATLAS_CHECKED struct vmatlas_error *
name_value_of_file(struct expr *e, const char *file, const char *name, struct value *ret);
/* NULL in *ret: there is no such type. */
VMATLAS_CHECKED struct vmatlas_error *
name_type(struct expr *e, enum vmatlas_type_kind kind, const char *name, ctype *ret);
VMATLAS_CHECKED struct vmatlas_error *
name_type_of_file(struct expr *e, enum vmatlas_type_kind kind, const char *file,
		  const char *name, ctype *ret);
/* ARGUMENT with their files, if types of that name differ. */
VMATLAS_CHECKED struct vmatlas_error *
name_type_is_one(struct expr *e, enum vmatlas_type_kind kind, const char *name);
VMATLAS_CHECKED struct vmatlas_error *
name_type_missing(struct expr *e, enum vmatlas_type_kind kind, const char *name);
/* Is there a symbol of that name? */
VMATLAS_CHECKED struct vmatlas_error *name_is_symbol(struct expr *e, const char *name, bool *ret);
/* $, $1, $$2, $name; true in *ret if there is one, else it is void. */
VMATLAS_CHECKED struct vmatlas_error *
name_dollar(struct expr *e, const char *name, size_t len, struct value *ret);
VMATLAS_CHECKED struct vmatlas_error *
name_set(struct expr *e, const char *name, size_t len, const struct value *v);

/* ---- parse.c ---- */

VMATLAS_CHECKED struct vmatlas_error *parse_expression(struct expr *e, struct value *ret);
VMATLAS_CHECKED struct vmatlas_error *parse_unary(struct expr *e, struct value *ret);
/* All of @text is one expression, or, if @ret_type, a type: *ret_type NULL otherwise. */
VMATLAS_CHECKED struct vmatlas_error *
parse_text(struct expr *e, const char *text, struct value *ret, ctype *ret_type);

/* The type that @text names, in the middle of another text. */
VMATLAS_CHECKED struct vmatlas_error *
expr_type_inside(struct expr *e, const char *text, ctype *ret);

/* ---- kernel_words.c ---- */

/* $name( was read up to the parenthesis; *ret_is false if there is no such function. */
VMATLAS_CHECKED struct vmatlas_error *
kernel_word(struct expr *e, const char *name, struct value *ret, bool *ret_is);
/* The copy of a per-CPU variable. */
VMATLAS_CHECKED struct vmatlas_error *
per_cpu_value(struct expr *e, const struct value *v, uint64_t cpu, struct value *ret);

/* ---- type_text.c ---- */

VMATLAS_CHECKED struct vmatlas_error *type_text(struct expr *e, ctype t, struct str *out);
/* The type at the bottom of pointers, arrays and functions; see type_text.h. */
ctype type_base(ctype t);

/* ---- ptype.c ---- */

VMATLAS_CHECKED struct vmatlas_error *
ptype_text(struct expr *e, ctype t, bool offsets, struct str *out);

/* ---- print_value.c, print_scalar.c, print_string.c ---- */

struct print_how {
	char format;
	bool is_top;
	unsigned int depth;
};

VMATLAS_CHECKED struct vmatlas_error *
print_value(struct expr *e, const struct value *v, struct print_how how, struct str *out);
VMATLAS_CHECKED struct vmatlas_error *
print_scalar(struct expr *e, const struct value *v, struct print_how how, struct str *out);
/* "0xffffffff81000000 <_text>" */
VMATLAS_CHECKED struct vmatlas_error *
print_address(struct expr *e, uint64_t addr, struct str *out);
void print_char(uint64_t c, char quote, struct str *out);
/* Characters of @width bytes; a last NUL is left out. */
void print_string(const uint8_t *p, size_t nr, bool more, struct str *out);
/* The string at @addr, up to its NUL. */
VMATLAS_CHECKED struct vmatlas_error *
print_string_at(struct expr *e, uint64_t addr, struct str *out);
/* Is @t what gdb prints as text? */
bool type_is_text(ctype t, char format);

#endif
