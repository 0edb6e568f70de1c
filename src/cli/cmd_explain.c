/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmatlas explain: the page of text behind a finding code. */
#include <string.h>

#include "cli/cmd.h"

static struct vmatlas_error *check_codes(const struct cli *cli)
{
	for (size_t i = 0; i < cli->operands.nr; i++)
		if (!vmatlas_explain(cli->operands.v[i]))
			return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
				"no finding code '%s'; 'vmatlas explain' lists them",
				cli->operands.v[i]);
	return NULL;
}

/* A page is text of ours in lines. */
static void emit_page(const struct render *r, const char *code, const char *text)
{
	emit_line(r, "%s", code);
	emit_line(r, "%s", "");
	while (*text) {
		const size_t len = strcspn(text, "\n");

		emit_line(r, "%.*s", (int)len, text);
		text += len + (text[len] == '\n');
	}
}

static void emit_code(const struct render *r, const char *code)
{
	emit_object(r, NULL);
	emit_text(r, "code", code);
	emit_text(r, "text", vmatlas_explain(code));
	emit_close(r);
}

/* A code alone says little; the first line of its page says what it is about. */
static void emit_all_codes(const struct render *r)
{
	for (const char *code = NULL; (code = vmatlas_finding_code_next(code)) != NULL;) {
		const char *text = vmatlas_explain(code);

		emit_code(r, code);
		if (text)
			emit_line(r, "%-20s %.*s", code, (int)strcspn(text, "\n"), text);
	}
}

struct vmatlas_error *cmd_explain(struct cli *cli)
{
	struct vmatlas_error *err = check_codes(cli);
	const struct render *r = &cli->out;

	if (err)
		return err;
	emit_begin(r, false);
	emit_list(r, "codes");
	for (size_t i = 0; i < cli->operands.nr; i++) {
		const char *code = cli->operands.v[i];

		emit_code(r, code);
		if (i)
			emit_line(r, "%s", "");
		emit_page(r, code, vmatlas_explain(code));
	}
	if (!cli->operands.nr)
		emit_all_codes(r);
	emit_close(r);
	return emit_end(r);
}
