/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmatlas extract: a small case that gives the same answers, to be passed on. */
#include <inttypes.h>

#include "cli/cmd.h"

static void extract_print_json(struct cli *cli, const struct vmatlas_extract_stats *x)
{
	json_begin(cli);
	printf(",\n\"extract\": {\"vmcore_size\": %" PRIu64 ", \"vmlinux_size\": %" PRIu64
	       ", \"pages\": %" PRIu64 ", \"bytes\": %" PRIu64 ", \"described\": %" PRIu64
	       ", \"tables\": %" PRIu64 ", \"tables_left_out\": %" PRIu64
	       ", \"symbols\": %" PRIu64 ", \"names\": %" PRIu64 ", \"types\": %" PRIu64 "}",
	       x->vmcore_size, x->vmlinux_size, x->nr_pages, x->nr_bytes, x->nr_described,
	       x->nr_tables, x->nr_tables_left, x->nr_symbols, x->nr_names, x->nr_types);
	json_coverage(cli);
}

static void print_text_of(const struct cli *cli, const struct vmatlas_extract_stats *x)
{
	char a[TEXT_MAX], b[TEXT_MAX];

	print_target(cli);
	printf("WROTE    %s/vmcore %s, %s/vmlinux %s\n", cli->columns,
	       text_size(cli, x->vmcore_size, a), cli->columns,
	       text_size(cli, x->vmlinux_size, b));
	printf("KEPT     %s of %s of memory, in %" PRIu64 " pages whose other bytes are zero:\n"
	       "         page tables (%" PRIu64 "), records, modules and their symbols, log,\n"
	       "         and what the inspectors read; VMCOREINFO\n",
	       text_size(cli, x->nr_bytes, a), text_size(cli, x->nr_described, b), x->nr_pages,
	       x->nr_tables);
	printf("         %" PRIu64 " symbols, %" PRIu64 " names of kallsyms, %" PRIu64
	       " members of types as BTF, the build ID\n", x->nr_symbols, x->nr_names,
	       x->nr_types);
	printf("LEFT OUT user space, page cache, slab, stacks, and all else that no answer needs\n");
	if (x->nr_tables_left)
		printf("         %" PRIu64 " page tables: missing from the dump, or too many\n",
		       x->nr_tables_left);
	printf("NOTE     log, command line and module names are kept as they are: read them first,\n"
	       "         if you pass it on\n");
}

struct vmatlas_error *cmd_extract(struct cli *cli)
{
	struct vmatlas_extract_stats x = { .size = sizeof(x) };
	struct vmatlas_error *err;

	if (!cli->columns)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"where to? vmatlas extract -o DIR VMLINUX VMCORE");
	cli->open.keep_for_extract = true;
	err = session_open(cli, VMATLAS_SURVEY_ALL);
	if (!err)
		err = vmatlas_inspect(cli->atlas);
	if (!err)
		err = vmatlas_extract(cli->atlas, cli->columns, &x);
	if (err)
		return err;
	if (!cli->json) {
		print_text_of(cli, &x);
		return NULL;
	}
	extract_print_json(cli, &x);
	return json_end();
}
