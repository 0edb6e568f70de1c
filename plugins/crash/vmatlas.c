/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * crash> extend vmatlas.so
 * crash> vmatlas check
 *
 * A bridge: the tool vmatlas runs as a process of its own, with the session's namelist, and
 * asks this extension for memory and symbols over a socket (plugins/README.md, "Hosts"). So
 * dumps, live systems, and whatever else crash can open are judged, vmatlas's libraries never
 * meet crash's own, and a fault there leaves the session alone. Output goes where crash's does:
 * pager, pipe or file.
 */
#include "defs.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#ifndef BUILT_FOR			/* the version of crash whose defs.h this is */
#error "BUILT_FOR is missing: use the Makefile of vmatlas"
#endif

enum { QUESTION_MAX = 4096, READ_MAX = 1 << 14, WORDS_MAX = 64 };

static volatile sig_atomic_t interrupted;

struct host {
	int fd;				/* to vmatlas */
	char question[QUESTION_MAX];
	size_t len;			/* of it, so far */
	char answer[2 * READ_MAX + 8];
};

/* ---- Answers ---- */

static void send_packet(struct host *h, const char *data, size_t len)
{
	char frame[2 * READ_MAX + 16];
	unsigned char sum = 0;
	size_t sent = 0, total;

	for (size_t i = 0; i < len; i++)
		sum += (unsigned char)data[i];
	total = (size_t)sprintf(frame, "$%.*s#%02x", (int)len, data, sum);
	while (sent < total) {
		const ssize_t done = send(h->fd, frame + sent, total - sent, MSG_NOSIGNAL);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return;		/* it went away: its end is seen elsewhere */
		sent += (size_t)done;
	}
}

static void answer_memory(struct host *h, const char *range, int space)
{
	static char buf[READ_MAX];
	unsigned long long addr, len;
	size_t at = 0;

	if (sscanf(range, "%llx,%llx", &addr, &len) != 2 || !len || len > READ_MAX ||
	    !readmem(addr, space, buf, (long)len, "vmatlas", RETURN_ON_ERROR | QUIET)) {
		send_packet(h, "E01", 3);
		return;
	}
	for (size_t i = 0; i < len; i++)
		at += (size_t)sprintf(h->answer + at, "%02x", (unsigned char)buf[i]);
	send_packet(h, h->answer, at);
}

static void answer_symbol(struct host *h, const char *hex)
{
	char name[QUESTION_MAX / 2] = "";
	struct syment *symbol;
	unsigned int byte;

	for (size_t i = 0; sscanf(hex, "%2x", &byte) == 1 && i + 1 < sizeof(name); i++, hex += 2)
		name[i] = (char)byte;
	symbol = symbol_search(name);
	if (symbol)
		send_packet(h, h->answer, (size_t)sprintf(h->answer, "%lx", symbol->value));
	else
		send_packet(h, "E01", 3);
}

/* Lines of VMCOREINFO that say where this kernel is. */
static const char *const keys[] = {
	"OSRELEASE", "BUILD-ID", "PAGESIZE", "KERNELOFFSET", "SYMBOL(_stext)", "SYMBOL(swapper_pg_dir)",
	"SYMBOL(init_uts_ns)", "NUMBER(phys_base)", "NUMBER(pgtable_l5_enabled)", "NUMBER(sme_mask)",
	"NUMBER(VA_BITS)", "NUMBER(TCR_EL1_T1SZ)", "NUMBER(kimage_voffset)", "NUMBER(PHYS_OFFSET)",
	"NUMBER(KERNEL_IMAGE_SIZE)", "NUMBER(va_kernel_pa_offset)", "NUMBER(phys_ram_base)",
};

/* As the dump has them; of one without, what crash itself found out. */
static void answer_vmcoreinfo(struct host *h)
{
	static char text[READ_MAX];
	size_t at = 0, hex = 0;

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		char *value = pc->read_vmcoreinfo ? pc->read_vmcoreinfo(keys[i]) : NULL;

		if (value)
			at += (size_t)snprintf(text + at, sizeof(text) - at, "%s=%s\n", keys[i], value);
		free(value);
	}
	if (!at && kt->relocate)
		at = (size_t)snprintf(text, sizeof(text), "KERNELOFFSET=%lx\n", -kt->relocate);
#ifdef X86_64
	if (at && !strstr(text, "phys_base"))
		at += (size_t)snprintf(text + at, sizeof(text) - at, "NUMBER(phys_base)=%ld\n",
				       (long)machdep->machspec->phys_base);
#endif
	for (size_t i = 0; i < at; i++)
		hex += (size_t)sprintf(h->answer + hex, "%02x", (unsigned char)text[i]);
	send_packet(h, h->answer, hex);
}

static void answer(struct host *h, const char *question)
{
	if (*question == 'm')
		answer_memory(h, question + 1, KVADDR);
	else if (!strncmp(question, "qvmatlas.physical:", 18))
		answer_memory(h, question + 18, PHYSADDR);
	else if (!strncmp(question, "qvmatlas.symbol:", 16))
		answer_symbol(h, question + 16);
	else if (!strcmp(question, "qvmatlas.vmcoreinfo"))
		answer_vmcoreinfo(h);
	else
		send_packet(h, "", 0);
}

/* What came, up to the "#xx" that ends a question; the socket loses no bytes. */
static int take_bytes(struct host *h)
{
	char buf[QUESTION_MAX];
	const ssize_t got = read(h->fd, buf, sizeof(buf));

	for (ssize_t i = 0; i < got; i++) {
		if (h->len == sizeof(h->question) - 1)
			return 0;
		h->question[h->len++] = buf[i];
		if (h->len >= 4 && h->question[h->len - 3] == '#') {
			h->question[h->len - 3] = '\0';
			answer(h, h->question + 1);
			h->len = 0;
		}
	}
	return got > 0 || (got < 0 && errno == EINTR);
}

/* ---- The child ---- */

static void run_child(int memory, int out, char **words, int nr)
{
	char number[16], *argv[WORDS_MAX + 8];
	int at = 0;

	signal(SIGINT, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	/* neither is closed when vmatlas starts */
	if (dup2(out, STDOUT_FILENO) < 0 || dup2(out, STDERR_FILENO) < 0 || (memory = dup(memory)) < 0)
		_exit(2);
	sprintf(number, "%d", memory);
	argv[at++] = (char *)"vmatlas";
	argv[at++] = words[0];
	argv[at++] = (char *)"--host-fd";
	argv[at++] = number;
	argv[at++] = (char *)"--vmlinux";
	argv[at++] = pc->namelist_debug ? pc->namelist_debug : pc->namelist;
	for (int i = 1; i < nr; i++)
		argv[at++] = words[i];
	argv[at] = NULL;
	execvp("vmatlas", argv);
	fprintf(stderr, "vmatlas: not found in PATH: %s\n", strerror(errno));
	fflush(stderr);
	_exit(2);
}

static void on_interrupt(int signal)
{
	interrupted = 1;
	(void)signal;
}

/* Its output to crash's, its questions answered, until it is done. */
static void serve(struct host *h, int out, pid_t child)
{
	char buf[4096];
	ssize_t got = 1;

	while (got > 0) {
		struct pollfd p[] = { { .fd = out, .events = POLLIN }, { .fd = h->fd, .events = POLLIN } };

		if (poll(p, 2, -1) < 0 && errno != EINTR)
			break;
		if (interrupted) {
			kill(child, SIGINT);
			interrupted = 0;
		}
		if (p[1].revents && !take_bytes(h))
			shutdown(h->fd, SHUT_RDWR);
		if (!p[0].revents)
			continue;
		got = read(out, buf, sizeof(buf));
		if (got > 0)
			fwrite(buf, 1, (size_t)got, fp);
		else if (got < 0 && errno == EINTR)
			got = 1;
	}
}

static void run(char **words, int nr)
{
	struct sigaction now = { .sa_handler = on_interrupt }, before;
	static struct host h;
	int memory[2], out[2], status;
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, memory))
		error(FATAL, "vmatlas: %s\n", strerror(errno));
	if (pipe2(out, O_CLOEXEC)) {
		close(memory[0]);
		close(memory[1]);
		error(FATAL, "vmatlas: %s\n", strerror(errno));
	}
	fflush(NULL);
	interrupted = 0;
	sigaction(SIGINT, &now, &before);
	child = fork();
	if (!child)
		run_child(memory[1], out[1], words, nr);
	close(memory[1]);
	close(out[1]);
	h.fd = memory[0];
	h.len = 0;
	if (child > 0)
		serve(&h, out[0], child);
	close(memory[0]);
	close(out[0]);
	if (child > 0 && waitpid(child, &status, 0) == child && WIFSIGNALED(status) &&
	    WTERMSIG(status) != SIGPIPE)
		fprintf(fp, "vmatlas: ended by signal %d; the session goes on\n", WTERMSIG(status));
	fflush(fp);
	sigaction(SIGINT, &before, NULL);
}

/* ---- The command ---- */

static void cmd_vmatlas(void)
{
	char *words[WORDS_MAX];
	int nr = 0;

	for (int i = 1; i < argcnt && args[i] && nr < WORDS_MAX; i++)
		words[nr++] = args[i];
	if (!nr)
		words[nr++] = (char *)"check";
	run(words, nr);
}

static char *help_vmatlas[] = {
	(char *)"vmatlas",
	(char *)"the kernel's virtual address space: declared, recorded, mapped, and judged",
	(char *)"[command] [operands] [options]",
	(char *)"  Runs the tool vmatlas on this session's namelist and memory: map, areas, usage,",
	(char *)"  addr ADDRESS, check, report, print EXPRESSION, info, log, list, tree, ptype;",
	(char *)"  without a command, check. \"vmatlas help\" lists them, as its manual does.",
	(char *)"\nEXAMPLES",
	(char *)"    crash> vmatlas check",
	(char *)"    crash> vmatlas areas --by caller | head",
	(char *)"    crash> vmatlas report > report.txt",
	NULL
};

static struct command_table_entry commands[] = {
	{ (char *)"vmatlas", cmd_vmatlas, help_vmatlas, 0 },
	{ NULL },
};

/*
 * Static: crash exports thousands of names, and a global one would be crash's own. Nothing in
 * crash checks that an extension was built for it, and structs differ between versions.
 */
static void __attribute__((constructor)) vmatlas_bridge_init(void)
{
	if (strcmp(pc->program_version, BUILT_FOR) != 0) {
		fprintf(fp, "vmatlas.so was built for crash " BUILT_FOR ", this is %s: build it anew, "
			"make crash\n", pc->program_version);
		return;
	}
	register_extension(commands);
}
