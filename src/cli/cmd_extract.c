/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmatlas extract: a small case that gives the same answers, to be passed on. */
#include <inttypes.h>

#include "cli/cmd.h"

static void extract_members(const struct render *r, const struct vmatlas_extract_stats *x)
{
	emit_object(r, "extract");
	emit_number(r, "vmcore_size", x->vmcore_size);
	emit_number(r, "vmlinux_size", x->vmlinux_size);
	emit_number(r, "pages", x->nr_pages);
	emit_number(r, "bytes", x->nr_bytes);
	emit_number(r, "described", x->nr_described);
	emit_number(r, "tables", x->nr_tables);
	emit_number(r, "tables_left_out", x->nr_tables_left);
	emit_number(r, "symbols", x->nr_symbols);
	emit_number(r, "names", x->nr_names);
	emit_number(r, "types", x->nr_types);
	emit_close(r);
}

static void extract_lines(const struct render *r, const struct vmatlas_extract_stats *x)
{
	char a[TEXT_MAX], b[TEXT_MAX];

	emit_line(r, "WROTE    %s/vmcore %s, %s/vmlinux %s", r->columns,
		  text_size(r, x->vmcore_size, a), r->columns,
		  text_size(r, x->vmlinux_size, b));
	emit_line(r, "KEPT     %s of %s of memory, in %" PRIu64 " pages whose other bytes are zero:",
		  text_size(r, x->nr_bytes, a), text_size(r, x->nr_described, b), x->nr_pages);
	emit_line(r, "         page tables (%" PRIu64 "), records, modules and their symbols, log,",
		  x->nr_tables);
	emit_line(r, "         and what the inspectors read; VMCOREINFO");
	emit_line(r, "         %" PRIu64 " symbols, %" PRIu64 " names of kallsyms, %" PRIu64
		  " members of types as BTF, the build ID", x->nr_symbols, x->nr_names,
		  x->nr_types);
	emit_line(r, "LEFT OUT user space, page cache, slab, stacks, and all else that no answer needs");
	if (x->nr_tables_left)
		emit_line(r, "         %" PRIu64 " page tables: missing from the dump, or too many",
			  x->nr_tables_left);
	emit_line(r, "NOTE     log, command line and module names are kept as they are: read them first,");
	emit_line(r, "         if you pass it on");
}

struct vmatlas_error *cmd_extract(struct cli *cli)
{
	struct vmatlas_extract_stats x = { .size = sizeof(x) };
	struct vmatlas_error *err;

	if (!cli->out.columns)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"where to? vmatlas extract -o DIR VMLINUX VMCORE");
	cli->open.keep_for_extract = true;
	err = session_open(cli, VMATLAS_SURVEY_ALL);
	if (!err)
		err = vmatlas_inspect(cli->out.atlas);
	if (!err)
		err = vmatlas_extract(cli->out.atlas, cli->out.columns, &x);
	if (err)
		return err;
	emit_begin(&cli->out, true);
	extract_members(&cli->out, &x);
	extract_lines(&cli->out, &x);
	emit_coverage(&cli->out, FOR_PROGRAMS, true);
	return emit_end(&cli->out);
}
