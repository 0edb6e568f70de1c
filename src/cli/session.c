/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From options and operands to a surveyed kernel; and what the library says
 * meanwhile, on stderr.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/escape.h"
#include "cli/cli.h"
#include "cli/gdb_listing.h"
#include "cli/host_memory.h"

enum { WIDTH_MIN = 60, WIDTH_MAX = 160, WIDTH_OF_A_FILE = 100 };

bool parse_address(const char *text, uint64_t *ret)
{
	char *end;

	if (text[0] == '0' && (text[1] | 0x20) == 'x')
		text += 2;
	if (!isxdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	*ret = strtoull(text, &end, 16);
	return !errno && !*end;
}

struct vmatlas_error *top_read(struct cli *cli)
{
	char *end;

	if (!cli->top_text)
		return NULL;
	errno = 0;
	cli->top = isdigit((unsigned char)cli->top_text[0])
		? strtoull(cli->top_text, &end, 10) : 0;
	if (cli->top && !errno && !*end)
		return NULL;
	return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
		"--top '%s'? how many to show: 1 or more", cli->top_text);
}

/* "face" may be a file; "0xface" is an address. */
static bool is_file(const char *text)
{
	uint64_t addr;

	return !parse_address(text, &addr) ||
	       (strncmp(text, "0x", 2) != 0 && access(text, F_OK) == 0);
}

/* A file, or FILE@ADDR of a raw image; ptr@n is neither. */
static bool is_there(const char *text)
{
	const char *at = strrchr(text, '@');
	_cleanup_(freep) char *path = at ? strndup(text, (size_t)(at - text)) : NULL;

	return !access(text, F_OK) || (path && !access(path, F_OK));
}

static struct vmatlas_error *add_core(struct cli *cli, const char *path)
{
	const char **item = vec_push(&cli->cores);

	if (!item)
		return no_memory();
	*item = path;
	return NULL;
}

/* A dump is not needed: the memory is somewhere else. */
static bool has_memory(const struct cli *cli)
{
	return cli->live || cli->host_fd;
}

/*
 * One more file: vmlinux first, then the dump, in as many files as there are; the
 * library tells by content which is which. Once both are named, among addresses,
 * it must be there to count.
 */
static bool takes_file(const struct cli *cli, const char *text)
{
	uint64_t addr;

	if (cli->command->flags & COMMAND_PLUGIN)
		return (!cli->open.vmlinux || !cli->cores.nr) &&
		       (strchr(text, '@') || !access(text, F_OK));
	if (cli->command->flags & COMMAND_EXPR)
		return (!cli->open.vmlinux || (!has_memory(cli) && !cli->cores.nr)) && is_there(text);
	if (!cli->command->operands[0])
		return true;
	if (!cli->open.vmlinux || (!has_memory(cli) && !cli->cores.nr))
		return is_file(text);
	return !parse_address(text, &addr) && (strchr(text, '@') || !access(text, F_OK));
}

static struct vmatlas_error *not_an_address(const char *text)
{
	return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
		"not an address: '%s' (hex, with or without 0x)", text);
}

/* "-" in the place of files: gdb's own listing of them comes by stdin. */
static struct vmatlas_error *take_listing(struct cli *cli)
{
	struct vmatlas_error *err;

	if (!cli->operands.nr || strcmp(cli->operands.v[0], "-") != 0)
		return NULL;
	if (cli->open.vmlinux || cli->cores.nr || cli->live)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"'-' takes both files from gdb's 'info files': no others with it");
	err = gdb_listing_read(&cli->listed_vmlinux, &cli->listed_core);
	if (err)
		return err;
	cli->open.vmlinux = cli->listed_vmlinux;
	cli->operands.nr--;
	memmove(cli->operands.v, cli->operands.v + 1, cli->operands.nr * sizeof(*cli->operands.v));
	return add_core(cli, cli->listed_core);
}

/* The files among the operands; what is left stays in the list. */
static struct vmatlas_error *take_files(struct cli *cli)
{
	struct vmatlas_error *err = take_listing(cli);
	const bool named = cli->cores.nr > 0;	/* by -c: operands are no more of it */
	size_t left = 0;

	for (size_t i = 0; i < cli->operands.nr && !err; i++) {
		const char *text = cli->operands.v[i];

		if (!takes_file(cli, text) &&
		    (cli->command->flags & (COMMAND_PLUGIN | COMMAND_EXPR) || !is_file(text)))
			cli->operands.v[left++] = text;
		else if (!takes_file(cli, text))
			err = not_an_address(text);
		else if (!cli->open.vmlinux)
			cli->open.vmlinux = text;
		else if (!has_memory(cli) && !named)
			err = add_core(cli, text);
		else
			err = vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
						"extra operand: '%s'", text);
	}
	cli->operands.nr = left;
	if (!err && cli->cores.nr) {
		cli->open.core = cli->cores.v[0];
		cli->open.core_parts = cli->cores.v + 1;
		cli->open.nr_core_parts = cli->cores.nr - 1;
	}
	return err;
}

/* Which of two files is missing only the library can tell. */
static struct vmatlas_error *session_check_files(const struct cli *cli)
{
	const char *operands = cli->command->operands;

	if (cli->live || cli->open.vmlinux || cli->open.core || cli->host_fd)
		return NULL;
	if ((cli->open.boot_log || cli->open.platform_file) && !(cli->command->flags & COMMAND_KERNEL))
		return NULL;
	return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
		"no dump given: vmatlas %s VMLINUX VMCORE%s%s,"
		" or --live for the running kernel", cli->command->name,
		operands[0] ? " " : "", operands);
}

/* "[WORD...]", and no more */
static bool may_be_none(const char *operands)
{
	const char *end = operands[0] == '[' ? strchr(operands, ']') : NULL;

	return !operands[0] || (end && !end[1]);
}

static struct vmatlas_error *check_operands(const struct cli *cli)
{
	if (may_be_none(cli->command->operands) || cli->operands.nr || cli->string || cli->hex ||
	    cli->command->flags & COMMAND_PLUGIN)
		return NULL;
	if (cli->command->flags & COMMAND_EXPR)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"no expression given: vmatlas %s VMLINUX VMCORE %s", cli->command->name,
			cli->command->operands);
	return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
		"no address given: vmatlas %s VMLINUX VMCORE %s", cli->command->name,
		cli->command->operands);
}

static bool progress_shown;

static void progress_clear(void)
{
	if (progress_shown)
		fputs("\r\033[K", stderr);
	progress_shown = false;
}

/* Progress rewrites its own line on a terminal; anything else clears it first. */
static void session_report(void *arg, uint32_t level, const char *line)
{
	_cleanup_(str_done) struct str s = { 0 };
	const char *prefix = level == VMATLAS_LOG_WARNING ? "warning: " : "";

	(void)arg;
	progress_clear();
	escape_add(&s, line, strlen(line));
	if (level == VMATLAS_LOG_PROGRESS && isatty(STDERR_FILENO)) {
		fputs(str_text(&s), stderr);
		progress_shown = true;
		return;
	}
	fprintf(stderr, "vmatlas: %s%s\n", prefix, str_text(&s));
}

/* What the kernel itself printed is for comparing; a terminal gets no control characters. */
int print_text(void *arg, const char *text, size_t len)
{
	_cleanup_(str_done) struct str s = { 0 };

	(void)arg;
	if (!isatty(STDOUT_FILENO))
		return fwrite(text, 1, len, stdout) != len;
	escape_add_but(&s, text, len, "\n\t");
	return fwrite(str_text(&s), 1, s.len, stdout) != s.len;
}

static void measure_page(struct cli *cli)
{
	const struct vmatlas_info *info = vmatlas_info(cli->out.atlas);
	struct winsize size = { 0 };

	cli->out.digits = 16;
	if (info) {
		cli->out.digits = info->pointer_size * 2;
	} else {
		const struct vmatlas_claim *last = NULL;

		vmatlas_for_each_claim(c, cli->out.atlas, VMATLAS_LAYER_DECLARED)
			last = c;
		if (last && last->range.last <= UINT32_MAX)
			cli->out.digits = 8;
	}

	cli->out.width = WIDTH_OF_A_FILE;
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col)	/* a terminal */
		cli->out.width = size.ws_col < WIDTH_MIN ? WIDTH_MIN :
			     size.ws_col > WIDTH_MAX ? WIDTH_MAX : size.ws_col;
}

static struct vmatlas_error *survey(struct cli *cli, uint32_t what)
{
	struct vmatlas_error *err;

	for (size_t i = 0; i < cli->plugins.nr; i++) {
		err = vmatlas_load_plugin(cli->out.atlas, cli->plugins.v[i]);
		if (err)
			return err;
	}
	if (cli->exit_code)
		what = VMATLAS_SURVEY_ALL;
	if (what) {
		err = vmatlas_survey(cli->out.atlas, what);
		if (err)
			return err;
	}
	return cli->exit_code ? vmatlas_inspect(cli->out.atlas) : NULL;
}

/* ---- A download: only with consent, and Ctrl-C ends it ---- */

static volatile sig_atomic_t interrupted;

static void interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

/*
 * From the first time this is asked, Ctrl-C waits for the answer: the library then
 * leaves no half of a file behind.
 */
int is_interrupted(void *arg)
{
	struct sigaction sa = { .sa_handler = interrupt };

	(void)arg;
	sigaction(SIGINT, &sa, NULL);
	return interrupted;
}

void interrupts_end(void)
{
	signal(SIGINT, SIG_DFL);
	interrupted = 0;
}

static void die_if_interrupted(void)
{
	signal(SIGINT, SIG_DFL);
	if (!interrupted)
		return;
	progress_clear();
	raise(SIGINT);
}

static int confirm(void *arg, const char *question)
{
	_cleanup_(str_done) struct str s = { 0 };
	char answer[16];

	(void)arg;
	progress_clear();
	escape_add(&s, question, strlen(question));
	fprintf(stderr, "vmatlas: %s [y/N] ", str_text(&s));
	fflush(stderr);
	return fgets(answer, sizeof(answer), stdin) && (answer[0] | 0x20) == 'y';
}

static void allow_downloads(struct cli *cli)
{
	struct sigaction now;

	/* A shell's background jobs ignore it, and so they shall. */
	if (!sigaction(SIGINT, NULL, &now) && now.sa_handler != SIG_IGN)
		cli->open.cancelled = is_interrupted;
	if (isatty(STDIN_FILENO) && isatty(STDERR_FILENO))
		cli->open.confirm = confirm;
}

/* For the library lists end with NULL. */
static struct vmatlas_error *end_list(struct text_list *list, const char *const **ret)
{
	if (!list->nr)
		return NULL;
	if (!vec_push(list))
		return no_memory();
	*ret = list->v;
	return NULL;
}

static struct vmatlas_error *session_survey(struct cli *cli, uint32_t what)
{
	struct vmatlas_error *err = survey(cli, what);

	progress_clear();
	if (!err)
		measure_page(cli);
	return err;
}

/* Within a session the dump is there, and the one that a line may not choose. */
static struct vmatlas_error *session_inside(struct cli *cli, uint32_t what)
{
	struct vmatlas_error *err;

	if (cli->open.vmlinux || cli->cores.nr || cli->live || cli->host_fd || cli->open.types ||
	    cli->open.boot_log || cli->open.platform_file || cli->open.phys_offset ||
	    cli->open.kaslr_offset || cli->roots.nr || cli->debug_dirs.nr)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"this session has its dump: options that choose one do not work here");
	err = check_operands(cli);
	return err ? err : session_survey(cli, what);
}

static struct vmatlas_error *open_host(struct cli *cli)
{
	char *end;
	long fd;

	if (!cli->host_fd)
		return NULL;
	fd = strtol(cli->host_fd, &end, 10);
	if (!isdigit((unsigned char)cli->host_fd[0]) || *end || fd > INT32_MAX || fcntl(fd, F_GETFD) < 0)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"--host-fd '%s'? the number of an open file, where a debugger answers",
			cli->host_fd);
	if (cli->live || cli->cores.nr)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"--host-fd has the memory: no dump and no --live with it");
	cli->host = calloc(1, sizeof(*cli->host));
	if (!cli->host)
		return no_memory();
	host_memory_begin(cli->host, (int)fd, cli->open.vmlinux != NULL, &cli->host_ops);
	cli->open.memory_ops = &cli->host_ops;
	return NULL;
}

struct vmatlas_error *session_open(struct cli *cli, uint32_t what)
{
	struct vmatlas_error *err;

	if (cli->out.atlas)
		return session_inside(cli, what);
	err = take_files(cli);
	if (!err && !(cli->command->flags & COMMAND_NO_DUMP))
		err = session_check_files(cli);
	if (!err)
		err = check_operands(cli);
	if (err)
		return err;

	err = end_list(&cli->roots, &cli->open.sysroots);
	if (!err)
		err = end_list(&cli->debug_dirs, &cli->open.debug_dirs);
	if (err)
		return err;
	err = open_host(cli);
	if (err)
		return err;
	cli->open.live = cli->live;
	cli->open.log = session_report;
	cli->open.log_level = cli->verbose ? VMATLAS_LOG_DEBUG :
			      isatty(STDERR_FILENO) ? VMATLAS_LOG_PROGRESS :
						      VMATLAS_LOG_WARNING;
	allow_downloads(cli);
	err = vmatlas_open(&cli->open, &cli->out.atlas);
	if (cli->open.cancelled)
		die_if_interrupted();
	if (!err)
		return session_survey(cli, what);
	progress_clear();
	return err;
}

struct vmatlas_error *session_eval(struct cli *cli, struct vmatlas_eval **ret)
{
	if (!cli->eval)
		return vmatlas_eval_new(cli->out.atlas, ret);
	*ret = cli->eval;
	return NULL;
}

void session_eval_done(struct cli *cli, struct vmatlas_eval *eval)
{
	if (eval != cli->eval)
		vmatlas_eval_free(eval);
}
