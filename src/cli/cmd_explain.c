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

static void print_page(const char *code, const char *text)
{
	size_t len = strlen(text);

	printf("%s\n\n%s%s", code, text, len && text[len - 1] == '\n' ? "" : "\n");
}

/* A code alone says little; the first line of its page says what it is about. */
static void print_code(const char *code)
{
	const char *text = vmatlas_explain(code);

	if (text)
		printf("%-20s %.*s\n", code, (int)strcspn(text, "\n"), text);
}

static void add_json(const char *code)
{
	json_t *o = json_object();

	json_object_set_new(o, "code", json_text(code));
	json_object_set_new(o, "text", json_text(vmatlas_explain(code)));
	json_element(o);
}

struct vmatlas_error *cmd_explain(struct cli *cli)
{
	struct vmatlas_error *err = check_codes(cli);

	if (err)
		return err;
	if (cli->json) {
		json_begin(cli);
		json_list("codes");
	}
	for (size_t i = 0; i < cli->operands.nr; i++) {
		const char *code = cli->operands.v[i];

		if (cli->json) {
			add_json(code);
			continue;
		}
		if (i)
			putchar('\n');
		print_page(code, vmatlas_explain(code));
	}
	if (!cli->operands.nr)
		for (const char *code = NULL; (code = vmatlas_finding_code_next(code)) != NULL;)
			cli->json ? add_json(code) : print_code(code);
	if (!cli->json)
		return NULL;
	json_list_end();
	return json_end();
}
