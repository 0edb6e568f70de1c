/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmatlas NAME: the command of a plugin that -p names or that is found by its name. */
#include <string.h>

#include "cli/cmd.h"

static struct vmatlas_error *cmd_plugin(struct cli *cli);

/* ---- Which name is one? ---- */

struct plugin_search {
	const char *name;
	bool found;
};

static int plugin_name_is(void *arg, const char *name, size_t len)
{
	struct plugin_search *search = arg;

	search->found = !strncmp(search->name, name, len) && !search->name[len];
	return search->found;
}

/* Of a file that -p names, only the plugin itself knows its name. */
static bool plugin_is_named(const struct cli *cli, const char *name)
{
	for (size_t i = 0; i < cli->plugins.nr; i++) {
		const char *p = cli->plugins.v[i];
		const size_t len = strcspn(p, ":");

		if (strchr(p, '/') || (!strncmp(p, name, len) && !name[len]))
			return true;
	}
	return false;
}

struct vmatlas_error *plugin_command_use(struct cli *cli, const char *name)
{
	struct plugin_search search = { .name = name };
	struct vmatlas_error *err = NULL;

	if (!plugin_is_named(cli, name))
		err = vmatlas_find_plugins(plugin_name_is, &search);
	else
		search.found = true;
	if (!err && !search.found)
		err = vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
					"no command '%s'; try 'vmatlas help'", name);
	cli->plugin_command = (struct command){
		.name = name, .operands = "[OPERAND...]", .help = "a plugin's command",
		.run = cmd_plugin, .flags = COMMAND_FILES | COMMAND_KERNEL | COMMAND_PLUGIN,
	};
	return err;
}

/* ---- Running it ---- */

static const struct vmatlas_inspector *plugin_loaded(const struct vmatlas *atlas,
						     const char *name)
{
	const struct vmatlas_inspector *i = NULL;

	while ((i = vmatlas_inspector_next(atlas, i)) != NULL)
		if (!strcmp(i->name, name))
			return i;
	return NULL;
}

static struct vmatlas_error *cmd_plugin(struct cli *cli)
{
	const char *name = cli->command->name;
	struct vmatlas_error *err;

	err = session_open(cli, VMATLAS_SURVEY_DECLARED | VMATLAS_SURVEY_RECORDED);
	if (!err && !plugin_loaded(cli->out.atlas, name))
		err = vmatlas_load_plugin(cli->out.atlas, name);
	if (!err && !plugin_loaded(cli->out.atlas, name)->command)
		err = vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
					"plugin %s has no command", name);
	return err ? err : vmatlas_run_command(cli->out.atlas, name, cli->operands.nr,
					       cli->operands.v, print_text, NULL);
}

/* ---- Help ---- */

struct plugin_help {
	struct vmatlas *atlas;
	const char *name;		/* NULL: all */
	size_t nr;
};

static void plugin_help_line(struct plugin_help *help, const struct vmatlas_inspector *i)
{
	if (help->name)
		printf("vmatlas %s - %s\n\nUsage: vmatlas %s [VMLINUX] VMCORE %s [OPTION...]\n",
		       i->name, i->command_help, i->name, i->command);
	else
		printf("%s  %-9s %-10s %s\n", help->nr ? "" : "\nCommands of plugins:\n\n",
		       i->name, i->command, i->command_help);
	help->nr++;
}

/* A file that is no plugin, or one of another vmatlas, has no command for us. */
static int plugin_help_of(void *arg, const char *name, size_t len)
{
	struct plugin_help *help = arg;
	_cleanup_(freep) char *copy = strndup(name, len);
	const struct vmatlas_inspector *i;
	struct vmatlas_error *err;

	if (!copy || (help->name && strcmp(copy, help->name) != 0))
		return !copy;
	err = vmatlas_load_plugin(help->atlas, copy);
	i = err ? NULL : plugin_loaded(help->atlas, copy);
	if (i && i->command)
		plugin_help_line(help, i);
	vmatlas_error_free(err);
	return 0;
}

bool print_plugin_commands(const char *name)
{
	VMATLAS_OPTS(vmatlas_open_opts, opts);
	struct plugin_help help = { .name = name };
	struct vmatlas_error *err = vmatlas_open(&opts, &help.atlas);

	if (!err)
		err = vmatlas_find_plugins(plugin_help_of, &help);
	vmatlas_error_free(err);
	vmatlas_close(help.atlas);
	return help.nr > 0;
}
