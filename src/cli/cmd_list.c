/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmatlas list, tree and array: elements of any structure, and expressions on each. */
#include <inttypes.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/expression.h"

/* What is printed of each element. */
struct element_printer {
	struct cli *cli;
	struct vmatlas_eval *eval;
	const char *const *words;	/* the operands that are expressions */
	size_t nr_words;
	char format;
	struct vmatlas_error *err;
};

/* A comma separates expressions, but not in parentheses, brackets or quotes. */
static size_t expression_length(const char *text)
{
	int depth = 0;
	char quote = 0;
	size_t i = 0;

	for (; text[i]; i++) {
		if (quote) {
			if (text[i] == '\\' && text[i + 1])
				i++;
			else if (text[i] == quote)
				quote = 0;
		} else if (text[i] == '"' || text[i] == '\'') {
			quote = text[i];
		} else if (strchr("([{", text[i])) {
			depth++;
		} else if (strchr(")]}", text[i])) {
			depth--;
		} else if (text[i] == ',' && depth <= 0) {
			break;
		}
	}
	return i;
}

static void element_value(struct element_printer *p, const char *text, size_t len, struct str *line)
{
	struct vmatlas_value v = { .size = sizeof(v) };
	_cleanup_(freep) char *expression = strndup(text, len);
	const struct render *r = &p->cli->out;

	if (!expression) {
		p->err = no_memory();
		return;
	}
	p->err = vmatlas_eval_print(p->eval, expression, p->format, &v);
	if (p->err)
		return;
	str_addf(line, "%s%s = %s", line->len ? ", " : "", expression, v.text);
	emit_object(r, NULL);
	emit_text(r, "expression", expression);
	emit_text(r, "type", v.type_name);
	if (!(v.flags & VMATLAS_VALUE_NUMBER))
		emit_null(r, "number");
	else if (v.flags & VMATLAS_VALUE_SIGNED)
		emit_integer(r, "number", (int64_t)v.number);
	else
		emit_hex(r, "number", v.number);
	emit_text(r, "text", v.text);
	emit_close(r);
}

static int print_element(void *arg, uint64_t index, uint64_t addr)
{
	struct element_printer *p = arg;
	const struct render *r = &p->cli->out;
	_cleanup_(str_done) struct str line = { 0 };

	emit_object(r, NULL);
	emit_number(r, "index", index);
	emit_hex(r, "address", addr);
	emit_list(r, "values");
	for (size_t i = 0; i < p->nr_words && !p->err; i++) {
		const char *text = p->words[i];

		while (*text && !p->err) {
			const size_t skip = strspn(text, " ,"), len = expression_length(text + skip);

			if (len)
				element_value(p, text + skip, len, &line);
			text += skip + len;
		}
	}
	emit_close(r);
	emit_close(r);
	if (!p->err)
		emit_line(r, "0x%0*" PRIx64 "%s%s", r->digits, addr, line.len ? "  " : "",
			  str_text(&line));
	return p->err != NULL;
}

/* ---- Operands: TYPE.MEMBER HEAD [/FMT] [EXPR...] [where EXPR] ---- */

static struct vmatlas_error *walk_operands(struct cli *cli, struct vmatlas_eval_walk *walk,
					   struct element_printer *p)
{
	const char *const *v = cli->operands.v;
	const size_t nr = cli->operands.nr, need = walk->kind == VMATLAS_EVAL_ARRAY ? 1 : 2;
	size_t end = nr;

	if (nr < need)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "vmatlas %s VMLINUX VMCORE %s",
					 cli->command->name, cli->command->operands);
	if (need == 2)
		walk->element = v[0];
	walk->head = v[need - 1];
	if (nr >= need + 2 && !strcmp(v[nr - 2], "where")) {
		walk->where = v[nr - 1];
		end = nr - 2;
	}
	p->words = v + need;
	p->nr_words = end - need;
	if (p->nr_words && p->words[0][0] == '/' && p->words[0][1] && !p->words[0][2]) {
		p->format = p->words[0][1];
		p->words++;
		p->nr_words--;
	}
	return NULL;
}

static struct vmatlas_error *run_walk(struct cli *cli, enum vmatlas_eval_walk_kind kind)
{
	struct vmatlas_eval_walk walk = { .size = sizeof(walk), .kind = kind };
	struct element_printer p = { .cli = cli };
	struct vmatlas_error *err = session_open(cli, 0);

	if (!err)
		err = walk_operands(cli, &walk, &p);
	if (!err)
		err = session_eval(cli, &p.eval);
	if (err)
		return err;
	emit_begin(&cli->out, false);
	emit_list(&cli->out, "elements");
	err = vmatlas_eval_walk(p.eval, &walk, print_element, &p);
	if (p.err) {
		vmatlas_error_free(err);
		err = p.err;
	}
	/* what was read is shown, also of a list that is broken */
	return expressions_end(cli, p.eval, err);
}

struct vmatlas_error *cmd_list(struct cli *cli)
{
	return run_walk(cli, VMATLAS_EVAL_LIST);
}

struct vmatlas_error *cmd_tree(struct cli *cli)
{
	return run_walk(cli, VMATLAS_EVAL_TREE);
}

struct vmatlas_error *cmd_array(struct cli *cli)
{
	return run_walk(cli, VMATLAS_EVAL_ARRAY);
}
