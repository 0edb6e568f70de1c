/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What commands on expressions share: their session, their list of answers, addresses. */
#include <ctype.h>
#include <string.h>

#include "cli/expression.h"

struct vmatlas_error *expressions_begin(struct cli *cli, uint32_t survey, const char *list,
					struct vmatlas_eval **ret)
{
	struct vmatlas_error *err = session_open(cli, survey);

	if (!err)
		err = session_eval(cli, ret);
	if (err)
		return err;
	emit_begin(&cli->out, false);
	emit_list(&cli->out, list);
	return NULL;
}

struct vmatlas_error *expressions_end(struct cli *cli, struct vmatlas_eval *eval,
				      struct vmatlas_error *err)
{
	struct vmatlas_error *last;

	session_eval_done(cli, eval);
	emit_close(&cli->out);
	last = emit_end(&cli->out);
	if (!err)
		return last;
	vmatlas_error_free(last);
	return err;
}

struct vmatlas_error *expression_address(struct vmatlas_eval *eval, const char *text, uint64_t *ret)
{
	struct vmatlas_value v = { .size = sizeof(v) };
	_cleanup_(freep) char *address = NULL;
	struct vmatlas_error *err;
	const char *name;
	uint64_t plain;

	/* a bare number is hex, as everywhere where an address is meant; names come first */
	if (isdigit((unsigned char)text[0]) && parse_address(text, &plain)) {
		*ret = plain;
		return NULL;
	}
	err = vmatlas_eval_whatis(eval, text, &name);
	if (vmatlas_error_code(err) == VMATLAS_ERROR_NOT_FOUND && parse_address(text, &plain)) {
		vmatlas_error_free(err);	/* an address that begins with a letter */
		*ret = plain;
		return NULL;
	}
	if (err)
		return err;
	if (asprintf(&address, "%s(%s)", strchr(name, '*') && !strchr(name, '(') &&
		     !strchr(name, '[') ? "" : "&", text) < 0)
		return no_memory();
	err = vmatlas_eval_print(eval, address, 'x', &v);
	if (err) {		/* it is in no memory: a number, then */
		vmatlas_error_free(err);
		err = vmatlas_eval_print(eval, text, 'x', &v);
	}
	if (!err && !(v.flags & VMATLAS_VALUE_NUMBER))
		err = vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "'%s' is no address", text);
	if (!err)
		*ret = v.number;
	return err;
}
