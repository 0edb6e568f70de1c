/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmatlas sym, vtop and ptov: what an address is called, and where it is. */
#include <inttypes.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/expression.h"

/* ---- sym ---- */

/* "NAME" and "&NAME": where that is, not where a pointer of that name points to. */
static bool sym_by_name(struct vmatlas *atlas, const char *text, struct vmatlas_symbol *ret)
{
	struct vmatlas_error *err = vmatlas_symbol_find(atlas, text + (*text == '&'), ret);
	const bool found = !err;

	vmatlas_error_free(err);
	return found;
}

static struct vmatlas_error *answer_sym(struct cli *cli, struct vmatlas_eval *eval, const char *text)
{
	const struct render *r = &cli->out;
	struct vmatlas_variable v = { .size = sizeof(v), .unit = "" };
	struct vmatlas_symbol s = { .size = sizeof(s) }, named = { .size = sizeof(named) };
	const bool by_name = sym_by_name(r->atlas, text, &named);
	uint64_t addr = named.addr;
	struct vmatlas_error *err = by_name ? NULL : expression_address(eval, text, &addr);

	if (!err)
		err = vmatlas_symbol_at(r->atlas, addr, &s);
	if (by_name && vmatlas_error_code(err) == VMATLAS_ERROR_NOT_FOUND) {
		vmatlas_error_free(err);	/* kallsyms may have no data (KALLSYMS_ALL) */
		err = NULL;
		s = named;
	}
	if (err)
		return vmatlas_error_wrap(err, "%s", text);
	/* of several statics of one name the file is not told */
	if (!*s.module)
		vmatlas_error_free(vmatlas_variable_find(r->atlas, s.name, NULL, &v));
	if (v.addr != s.addr)
		v.unit = "";
	emit_object(r, NULL);
	emit_hex(r, "address", addr);
	emit_text(r, "name", s.name);
	emit_number(r, "offset", addr - s.addr);
	emit_number(r, "size", s.bytes ? s.bytes : CELL_NONE);
	emit_text(r, "module", s.module);
	emit_text(r, "file", v.unit);
	emit_close(r);
	emit_line(r, "0x%0*" PRIx64 "  %s+0x%" PRIx64 "/0x%" PRIx64 "%s%s%s%s%s", r->digits, addr,
		  s.name, addr - s.addr, s.bytes, *s.module ? " [" : "", s.module,
		  *s.module ? "]" : "", *v.unit ? "  " : "", v.unit);
	return NULL;
}

/* ---- vtop ---- */

static struct vmatlas_error *answer_vtop(struct cli *cli, struct vmatlas_eval *eval,
					 const char *text)
{
	const struct render *r = &cli->out;
	struct vmatlas_translate w = { .size = sizeof(w) };
	uint64_t addr = 0;
	struct vmatlas_error *err = expression_address(eval, text, &addr);

	if (!err)
		err = vmatlas_translate(r->atlas, addr, &w);
	if (!err && !w.mapped)
		err = vmatlas_error_new(VMATLAS_ERROR_FAULT, "0x%" PRIx64 " is not mapped%s%s", addr,
					w.why[0] ? ": " : "", w.why);
	if (err)
		return err;
	emit_object(r, NULL);
	emit_hex(r, "virtual", addr);
	emit_hex(r, "physical", w.phys);
	emit_number(r, "page_size", (uint64_t)1 << (w.page_shift & 63));
	emit_text(r, "attributes", w.attributes);
	emit_close(r);
	emit_line(r, "0x%0*" PRIx64 "  0x%" PRIx64 "  %s", r->digits, addr, w.phys, w.attributes);
	return NULL;
}

/* ---- ptov ---- */

static struct vmatlas_error *answer_ptov(struct cli *cli, struct vmatlas_eval *eval,
					 const char *text)
{
	const struct render *r = &cli->out;
	uint64_t phys = 0, addr = 0;
	struct vmatlas_error *err = expression_address(eval, text, &phys);

	if (!err)
		err = vmatlas_direct_map(r->atlas, phys, &addr);
	if (err)
		return err;
	emit_object(r, NULL);
	emit_hex(r, "physical", phys);
	emit_hex(r, "virtual", addr);
	emit_close(r);
	emit_line(r, "0x%" PRIx64 "  0x%0*" PRIx64, phys, r->digits, addr);
	return NULL;
}

/* ---- The commands ---- */

static struct vmatlas_error *run_each(struct cli *cli, uint32_t survey, const char *list,
				      struct vmatlas_error *(*answer)(struct cli *cli,
					      struct vmatlas_eval *eval, const char *text))
{
	struct vmatlas_eval *eval = NULL;
	struct vmatlas_error *err = expressions_begin(cli, survey, list, &eval);

	if (err)
		return err;
	for (size_t i = 0; !err && i < cli->operands.nr; i++)
		err = answer(cli, eval, cli->operands.v[i]);
	return expressions_end(cli, eval, err);
}

struct vmatlas_error *cmd_sym(struct cli *cli)
{
	return run_each(cli, 0, "symbols", answer_sym);
}

struct vmatlas_error *cmd_vtop(struct cli *cli)
{
	return run_each(cli, 0, "translations", answer_vtop);
}

struct vmatlas_error *cmd_ptov(struct cli *cli)
{
	return run_each(cli, VMATLAS_SURVEY_DECLARED, "translations", answer_ptov);
}
