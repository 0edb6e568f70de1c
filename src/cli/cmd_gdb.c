/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vmatlas gdb: the right gdb on a dump, its symbols where the kernel was, its memory from
 * "vmatlas gdbserver". Needs no Python in gdb.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cmd.h"

struct gdb_command {
	struct text_list words;
	struct text_list owned;		/* those that are freed */
};

static struct vmatlas_error *gdb_word(struct gdb_command *c, const char *word)
{
	const char **slot = vec_push(&c->words);

	if (!slot)
		return no_memory();
	*slot = word;
	return NULL;
}

/* -ex COMMAND; takes @text. */
static struct vmatlas_error *gdb_do(struct gdb_command *c, struct str *text)
{
	const char **slot = vec_push(&c->owned);
	struct vmatlas_error *err;

	if (!slot)
		return no_memory();
	*slot = str_take(text);
	if (!*slot)
		return no_memory();
	err = gdb_word(c, "-ex");
	return err ? err : gdb_word(c, *slot);
}

static struct vmatlas_error *gdb_do_text(struct gdb_command *c, const char *text)
{
	struct str s = { 0 };

	str_addf(&s, "%s", text);
	return gdb_do(c, &s);
}

static void gdb_command_done(struct gdb_command *c)
{
	for (size_t i = 0; i < c->owned.nr; i++)
		free((char *)c->owned.v[i]);
	vec_done(&c->owned);
	vec_done(&c->words);
}

/* As sh and gdb's buildargv() both read it: in single quotes. */
static void add_quoted(struct str *s, const char *text)
{
	str_addf(s, "'");
	for (; *text; text++)
		str_addf(s, *text == '\'' ? "'\\''" : "%c", *text);
	str_addf(s, "'");
}

/* ---- Which gdb ---- */

/* Does @gdb know @arch ("aarch64")? It says so in some 50 ms. */
static bool gdb_knows(const char *gdb, const char *arch)
{
	char command[64];
	pid_t child;
	int status;

	snprintf(command, sizeof(command), "set architecture %s", arch);
	child = fork();
	if (!child) {
		if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr))
			_exit(127);
		execlp(gdb, gdb, "-nx", "-batch", "-ex", command, (char *)NULL);
		_exit(127);
	}
	while (child > 0 && waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return child > 0 && WIFEXITED(status) && !WEXITSTATUS(status);
}

static struct vmatlas_error *choose_gdb(const struct cli *cli, const char *arch, const char **ret)
{
	static const char *const known[] = { "gdb", "gdb-multiarch" };

	*ret = cli->gdb ? cli->gdb : getenv("GDB");
	if (*ret && **ret)
		return NULL;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		*ret = known[i];
		if (gdb_knows(*ret, arch))
			return NULL;
	}
	return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
		"no gdb here knows %s: apt install gdb-multiarch, or name one by --gdb", arch);
}

/* What stands in the target description between <architecture> and its end. */
static struct vmatlas_error *gdb_arch(struct vmatlas *atlas, char ret[static 32])
{
	const char *xml, *at;
	struct vmatlas_error *err = vmatlas_target_description(atlas, &xml);

	*ret = '\0';
	if (!err && (at = strstr(xml, "<architecture>")))
		sscanf(at, "<architecture>%31[^<]", ret);
	return err;
}

/* ---- What it is told ---- */

/*
 * gdb moves symbols by what the server answers to qOffsets, all by the same. x86-64's per-CPU
 * symbols up to 6.14 do not move with the rest: then each section is placed by hand.
 */
static struct vmatlas_error *tell_symbols(struct gdb_command *c, struct vmatlas *atlas)
{
	const struct vmatlas_info *info = vmatlas_info(atlas);
	struct vmatlas_symbol percpu = { .size = sizeof(percpu) };
	struct str s = { 0 };
	struct vmatlas_error *err = vmatlas_symbol_find(atlas, "__per_cpu_start", &percpu);

	const bool apart = !err && info->kaslr_offset && percpu.addr < info->vmlinux_base;

	vmatlas_error_free(take(err));
	if (apart) {
		str_addf(&s, "exec-file ");
		add_quoted(&s, info->vmlinux_path);
		err = gdb_do(c, &s);
		str_addf(&s, "add-symbol-file ");
		add_quoted(&s, info->vmlinux_path);
		str_addf(&s, " -o 0x%" PRIx64 " -s .data..percpu 0", info->kaslr_offset);
	} else {
		str_addf(&s, "file ");
		add_quoted(&s, info->vmlinux_path);
	}
	if (!err)
		return gdb_do(c, &s);
	str_done(&s);
	return err;
}

/* The same command line, for the server: all but --gdb and what is gdb's own. */
static struct vmatlas_error *tell_target(struct gdb_command *c, const struct cli *cli)
{
	char self[4096] = "vmatlas";
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	struct str s = { 0 };
	bool is_first = true;

	if (len > 0)
		self[len] = '\0';
	str_addf(&s, "target remote | ");
	add_quoted(&s, self);
	for (int i = 1; i < cli->argc && strcmp(cli->argv[i], "--") != 0; i++) {
		if (!strncmp(cli->argv[i], "--gdb", 5)) {
			i += !cli->argv[i][5];
			continue;
		}
		str_addf(&s, " ");
		add_quoted(&s, is_first && !strcmp(cli->argv[i], "gdb") ? "gdbserver" : cli->argv[i]);
		is_first = is_first && strcmp(cli->argv[i], "gdb") != 0;
	}
	return gdb_do(c, &s);
}

/* Errors end no script of ours; commands that follow are the user's, and then "set language c". */
static struct vmatlas_error *tell_gdb(struct gdb_command *c, struct cli *cli)
{
	static const char *const first[] = {
		"set confirm off", "set pagination off", "set remotetimeout 60", "set language c",
	};
	struct vmatlas_error *err = gdb_word(c, "-q");

	for (size_t i = 0; i < sizeof(first) / sizeof(*first) && !err; i++)
		err = gdb_do_text(c, first[i]);
	if (!err)
		err = tell_symbols(c, cli->out.atlas);
	if (!err)
		err = tell_target(c, cli);
	if (!err)
		err = gdb_do_text(c, "set pagination on");
	return err;
}

static struct vmatlas_error *add_users(struct gdb_command *c, const struct cli *cli)
{
	struct vmatlas_error *err = NULL;
	int i = 1;

	while (i < cli->argc && strcmp(cli->argv[i], "--") != 0)
		i++;
	while (++i < cli->argc && !err)
		err = gdb_word(c, cli->argv[i]);
	return err;
}

struct vmatlas_error *cmd_gdb(struct cli *cli)
{
	struct gdb_command c = { 0 };
	struct vmatlas_error *err = session_open(cli, 0);
	const char *gdb;
	char arch[32];

	if (!err)
		err = gdb_arch(cli->out.atlas, arch);
	if (!err)
		err = choose_gdb(cli, arch, &gdb);
	if (!err)
		err = gdb_word(&c, gdb);
	if (!err)
		err = tell_gdb(&c, cli);
	if (!err)
		err = add_users(&c, cli);
	if (!err)
		err = gdb_word(&c, NULL);
	if (!err) {
		fflush(NULL);
		execvp(gdb, (char **)c.words.v);
		err = vmatlas_error_new(VMATLAS_ERROR_SYSTEM, "cannot start %s: %s", gdb,
					strerror(errno));
	}
	gdb_command_done(&c);
	return err;
}
