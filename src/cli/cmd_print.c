/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmatlas print, whatis and ptype: gdb's words, on a dump. */
#include <string.h>

#include "base/escape.h"
#include "cli/cmd.h"
#include "cli/expression.h"

/* Lines of a text, each escaped for people; programs get it as it is. */
static void emit_lines(const struct render *r, const char *prefix, const char *text)
{
	if (!render_is_for(r, FOR_PEOPLE))
		return;
	for (bool first = true;; first = false) {
		const size_t len = strcspn(text, "\n");

		emit_line(r, "%s%.*s", first ? prefix : "", (int)len, text);
		if (!text[len])
			return;
		text += len + 1;
	}
}

static bool is_format(const char *text)
{
	return text[0] == '/' && text[1] && !text[2];
}

static void value_members(const struct render *r, const char *expression,
			  const struct vmatlas_value *v)
{
	emit_object(r, NULL);
	emit_text(r, "expression", expression);
	emit_text(r, "type", v->type_name);
	if (v->flags & VMATLAS_VALUE_ADDRESS)
		emit_hex(r, "address", v->addr);
	else
		emit_null(r, "address");
	if (!(v->flags & VMATLAS_VALUE_NUMBER))
		emit_null(r, "number");
	else if (v->flags & VMATLAS_VALUE_SIGNED)
		emit_integer(r, "number", (int64_t)v->number);
	else
		emit_hex(r, "number", v->number);
	emit_text(r, "text", v->text);
	emit_close(r);
}

static struct vmatlas_error *print_expression(struct cli *cli, struct vmatlas_eval *eval,
					      const char *text, char format)
{
	struct vmatlas_value v = { .size = sizeof(v) };
	struct vmatlas_error *err = vmatlas_eval_print(eval, text, format, &v);
	char prefix[24] = "";

	if (err)
		return err;
	value_members(&cli->out, text, &v);
	if (v.history && !strchr(v.text, '\n'))
		snprintf(prefix, sizeof(prefix), "$%u = ", v.history);
	emit_lines(&cli->out, prefix, v.text);
	return NULL;
}

static struct vmatlas_error *print_whatis(struct cli *cli, struct vmatlas_eval *eval,
					  const char *text, char format)
{
	const char *type;
	struct vmatlas_error *err = vmatlas_eval_whatis(eval, text, &type);

	(void)format;
	if (err)
		return err;
	emit_object(&cli->out, NULL);
	emit_text(&cli->out, "expression", text);
	emit_text(&cli->out, "type", type);
	emit_close(&cli->out);
	emit_lines(&cli->out, "type = ", type);
	return NULL;
}

/* ---- ptype ---- */

static const char *kind_word(const struct vmatlas_type *t)
{
	static const char *const words[] = {
		[VMATLAS_TYPE_VOID] = "void", [VMATLAS_TYPE_BOOL] = "bool",
		[VMATLAS_TYPE_CHAR] = "char", [VMATLAS_TYPE_INT] = "int",
		[VMATLAS_TYPE_FLOAT] = "float", [VMATLAS_TYPE_POINTER] = "pointer",
		[VMATLAS_TYPE_ARRAY] = "array", [VMATLAS_TYPE_STRUCT] = "struct",
		[VMATLAS_TYPE_UNION] = "union", [VMATLAS_TYPE_ENUM] = "enum",
		[VMATLAS_TYPE_TYPEDEF] = "typedef", [VMATLAS_TYPE_CONST] = "const",
		[VMATLAS_TYPE_VOLATILE] = "volatile", [VMATLAS_TYPE_RESTRICT] = "restrict",
		[VMATLAS_TYPE_ATOMIC] = "atomic", [VMATLAS_TYPE_FUNCTION] = "function",
	};

	return t && t->kind < ARRAY_SIZE(words) ? words[t->kind] : "void";
}

static const struct vmatlas_type *body_of(const struct vmatlas_type *t)
{
	for (int i = 0; t && i < 64 && (t->kind == VMATLAS_TYPE_TYPEDEF ||
					t->kind == VMATLAS_TYPE_CONST ||
					t->kind == VMATLAS_TYPE_VOLATILE); i++)
		t = t->target;
	return t;
}

static struct vmatlas_error *type_object(struct cli *cli, const struct vmatlas_type *type)
{
	const struct vmatlas_type_member *m = NULL;
	const struct vmatlas_type *t = body_of(type);
	const struct render *r = &cli->out;
	struct vmatlas_error *err = NULL;
	size_t nr = 0;

	if (t && !(t->flags & VMATLAS_TYPE_DECLARATION))
		err = vmatlas_type_members(r->atlas, t, &m, &nr);
	if (err)
		return err;
	emit_text(r, "kind", kind_word(t));
	emit_number(r, "size", t ? t->bytes : 0);
	emit_list(r, "members");
	for (size_t i = 0; i < nr; i++) {
		const bool is_enum = t->kind == VMATLAS_TYPE_ENUM;

		emit_object(r, NULL);
		emit_text(r, "name", m[i].name);
		emit_number(r, "offset", is_enum ? CELL_NONE : m[i].bit_offset / 8);
		emit_number(r, "bit", m[i].bit_size ? m[i].bit_offset % 8 : CELL_NONE);
		emit_number(r, "bits", m[i].bit_size ? m[i].bit_size : CELL_NONE);
		emit_number(r, "size", !is_enum && m[i].type ? m[i].type->bytes : CELL_NONE);
		if (is_enum)
			emit_integer(r, "value", m[i].value);
		else
			emit_null(r, "value");
		emit_close(r);
	}
	emit_close(r);
	return NULL;
}

static struct vmatlas_error *print_ptype(struct cli *cli, struct vmatlas_eval *eval,
					 const char *text, char format)
{
	const struct vmatlas_type *type = NULL;
	const char *lines;
	struct vmatlas_error *err = vmatlas_eval_ptype(eval, text, cli->offsets || format == 'o',
						       &lines, &type);

	if (err)
		return err;
	emit_object(&cli->out, NULL);
	emit_text(&cli->out, "expression", text);
	err = type_object(cli, type);
	emit_text(&cli->out, "text", lines);
	emit_close(&cli->out);
	emit_lines(&cli->out, "", lines);
	return err;
}

/* ---- The commands ---- */

typedef struct vmatlas_error *answer_fn(struct cli *cli, struct vmatlas_eval *eval,
					const char *text, char format);

static struct vmatlas_error *answer_each(struct cli *cli, struct vmatlas_eval *eval,
					 answer_fn *answer)
{
	struct vmatlas_error *err = NULL;
	char format = 0;

	for (size_t i = 0; !err && i < cli->operands.nr; i++) {
		const char *text = cli->operands.v[i];

		if (is_format(text))
			format = text[1];
		else
			err = answer(cli, eval, text, format);
	}
	return err;
}

static struct vmatlas_error *run_expressions(struct cli *cli, const char *list, answer_fn *answer)
{
	struct vmatlas_eval *eval = NULL;
	struct vmatlas_error *err = expressions_begin(cli, 0, list, &eval);

	return err ? err : expressions_end(cli, eval, answer_each(cli, eval, answer));
}

struct vmatlas_error *cmd_print(struct cli *cli)
{
	return run_expressions(cli, "values", print_expression);
}

struct vmatlas_error *cmd_whatis(struct cli *cli)
{
	return run_expressions(cli, "types", print_whatis);
}

/* "-o TYPE" is read as an option with an argument: it was the type, or a file. */
struct vmatlas_error *cmd_ptype(struct cli *cli)
{
	if (cli->out.columns) {
		if (!vec_push(&cli->operands))
			return no_memory();
		memmove(cli->operands.v + 1, cli->operands.v,
			(cli->operands.nr - 1) * sizeof(*cli->operands.v));
		cli->operands.v[0] = cli->out.columns;
		cli->out.columns = NULL;
		cli->offsets = true;
	}
	return run_expressions(cli, "types", print_ptype);
}
