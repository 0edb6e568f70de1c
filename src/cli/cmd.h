/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The commands, each in its own file, named after it. */
#ifndef CLI_CMD_H
#define CLI_CMD_H

#include "cli/cli.h"
#include "render/table.h"

struct vmatlas_error *cmd_info(struct cli *cli);
struct vmatlas_error *cmd_map(struct cli *cli);
struct vmatlas_error *cmd_areas(struct cli *cli);
struct vmatlas_error *cmd_usage(struct cli *cli);
struct vmatlas_error *cmd_addr(struct cli *cli);
struct vmatlas_error *cmd_check(struct cli *cli);
struct vmatlas_error *cmd_report(struct cli *cli);
struct vmatlas_error *cmd_log(struct cli *cli);
struct vmatlas_error *cmd_print(struct cli *cli);
struct vmatlas_error *cmd_whatis(struct cli *cli);
struct vmatlas_error *cmd_ptype(struct cli *cli);
struct vmatlas_error *cmd_list(struct cli *cli);
struct vmatlas_error *cmd_tree(struct cli *cli);
struct vmatlas_error *cmd_array(struct cli *cli);
struct vmatlas_error *cmd_sym(struct cli *cli);
struct vmatlas_error *cmd_rd(struct cli *cli);
struct vmatlas_error *cmd_bt(struct cli *cli);
struct vmatlas_error *cmd_shell(struct cli *cli);
struct vmatlas_error *cmd_search(struct cli *cli);
struct vmatlas_error *cmd_vtop(struct cli *cli);
struct vmatlas_error *cmd_ptov(struct cli *cli);
struct vmatlas_error *cmd_diff(struct cli *cli);
struct vmatlas_error *cmd_extract(struct cli *cli);
struct vmatlas_error *cmd_gdb(struct cli *cli);
struct vmatlas_error *cmd_gdbserver(struct cli *cli);
struct vmatlas_error *cmd_explain(struct cli *cli);
struct vmatlas_error *cmd_plugins(struct cli *cli);
struct vmatlas_error *cmd_help(struct cli *cli);

/* Take @name for a plugin's command; NOT_FOUND if no plugin is called that. */
struct vmatlas_error *plugin_command_use(struct cli *cli, const char *name);
/* For help: every command of a plugin, or that of @name; false if there is none. */
bool print_plugin_commands(const char *name);

/* The answer to usage --simulate; first, whether the question is one. */
struct vmatlas_error *check_simulate(const struct cli *cli);
struct vmatlas_error *print_simulate(const struct cli *cli);

/* The columns that -o picks from, as the other options have it. */
const struct column *map_columns(const struct cli *cli);
const struct column *areas_columns(const struct cli *cli);
const struct column *usage_columns(const struct cli *cli);
const struct column *diff_columns(const struct cli *cli);
const struct column *plugins_columns(const struct cli *cli);

/* Help on @command, or on the tool if NULL. */
void print_help(const struct command *command);

#endif
