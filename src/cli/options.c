/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Options, once: the same table is what getopt_long reads, what help prints,
 * and what says which option goes with which command.
 */
#include <getopt.h>
#include <string.h>

#include "cli/cmd.h"

enum value { VALUE_BOOL, VALUE_BOOL32, VALUE_TEXT, VALUE_LIST };

struct option_def {
	const char *name;
	char letter;		/* 0: none */
	uint8_t value;		/* enum value: what lies at the offset in struct cli */
	uint8_t for_files;	/* goes with commands that read a dump */
	const char *arg;	/* NULL: takes none */
	const char *only;	/* " map report ": goes with these alone; NULL: any */
	size_t offset;
	const char *help;	/* NULL: works, but is not shown */
};

#define CLI(m) offsetof(struct cli, m)

static const struct option_def defs[] = {
	{ "vmlinux", 'k', VALUE_TEXT, 1, "FILE", NULL, CLI(open.vmlinux),
	  "the kernel's ELF file with debug information" },
	{ "core", 'c', VALUE_LIST, 1, "FILE", NULL, CLI(cores),
	  "the dump; may be repeated if it is in several files" },
	{ "types", 0, VALUE_TEXT, 1, "FILE", NULL, CLI(open.types),
	  "take types from this file: BTF, or ELF with BTF or DWARF" },
	{ "live", 0, VALUE_BOOL, 1, NULL, NULL, CLI(live),
	  "read the running kernel through /proc/kcore" },
	{ "root", 0, VALUE_LIST, 1, "DIR", NULL, CLI(roots),
	  "look for vmlinux in this sysroot instead of /; may be repeated" },
	{ "debug-dir", 0, VALUE_LIST, 1, "DIR", NULL, CLI(debug_dirs),
	  "search this directory first for vmlinux and its debug file; may be repeated" },
	{ "debuginfod", 0, VALUE_BOOL32, 1, NULL, NULL, CLI(open.debuginfod),
	  "fetch what is not found from the servers of $DEBUGINFOD_URLS" },
	{ "boot-log", 0, VALUE_TEXT, 1, "FILE", NULL, CLI(open.boot_log),
	  "a saved boot log: its layout table becomes claims" },
	{ "platform", 0, VALUE_TEXT, 1, "FILE", NULL, CLI(open.platform_file),
	  "a platform's own numbers: lines NAME START-END [source]" },
	{ "phys-offset", 0, VALUE_TEXT, 1, "ADDR", NULL, CLI(open.phys_offset),
	  "physical start of RAM, instead of finding it" },
	{ "kaslr-offset", 0, VALUE_TEXT, 1, "ADDR", NULL, CLI(open.kaslr_offset),
	  "how far KASLR moved the kernel, instead of finding it" },
	{ "tmpdir", 0, VALUE_TEXT, 1, "DIR", NULL, CLI(open.tmpdir),
	  "where a flattened dump is rearranged (else $TMPDIR, /var/tmp)" },
	{ "plugin", 'p', VALUE_LIST, 1, "NAME|FILE", NULL, CLI(plugins),
	  "load a plugin, with options as NAME:KEY=VALUE,..." },
	{ "json", 'J', VALUE_BOOL, 0, NULL, NULL, CLI(json), "JSON instead of text" },
	{ "output", 'o', VALUE_TEXT, 0, "COL,...|DIR", " map areas diff usage plugins extract ptype ",
	  CLI(out.columns), "columns to print; +COL,... adds some; 'help' lists them; of"
	  " extract the directory to write to" },
	{ "noheadings", 'n', VALUE_BOOL, 1, NULL, NULL, CLI(out.no_headings),
	  "neither headings nor the line that names the dump" },
	{ "bytes", 'b', VALUE_BOOL, 1, NULL, NULL, CLI(out.bytes), "sizes in bytes" },
	{ "exit-code", 0, VALUE_BOOL, 1, NULL, NULL, CLI(exit_code),
	  "inspect, and exit 1 on findings, 3 if incomplete, as check does" },
	{ "boot", 0, VALUE_BOOL, 0, NULL, " map ", CLI(boot),
	  "the kernel's own \"Virtual kernel memory layout\" table" },
	{ "gaps", 0, VALUE_BOOL, 0, NULL, " map ", CLI(gaps), "a row for each gap" },
	{ "mappings", 0, VALUE_BOOL, 0, NULL, " map ", CLI(mappings),
	  "what the page tables map, as the kernel's own ptdump has it" },
	{ "direct-map", 0, VALUE_BOOL, 0, NULL, " map ", CLI(direct_map),
	  "with --mappings: also the direct map, vmemmap and shadows" },
	{ "vmallocinfo", 0, VALUE_BOOL, 0, NULL, " areas ", CLI(vmallocinfo),
	  "byte for byte what this kernel's /proc/vmallocinfo prints" },
	{ "by", 0, VALUE_TEXT, 0, "KEY", " areas diff ", CLI(by),
	  "totals by caller, module, type or node" },
	{ "interval", 0, VALUE_TEXT, 0, "SEC", " diff ", CLI(interval),
	  "with --live: seconds between the two looks; else 10" },
	{ "listen", 0, VALUE_TEXT, 0, "WHERE", " gdbserver ", CLI(listen),
	  "unix:PATH or 127.0.0.1:PORT; else gdb is at stdin and stdout" },
	{ "host-fd", 0, VALUE_TEXT, 1, "N", NULL, CLI(host_fd),
	  "memory of a debugger that answers at file descriptor N" },
	{ "gdb", 0, VALUE_TEXT, 0, "GDB", " gdb ", CLI(gdb),
	  "which gdb; else $GDB, gdb, gdb-multiarch, whichever knows the CPU" },
	{ "top", 0, VALUE_TEXT, 0, "N", " areas diff report ", CLI(top_text),
	  "only the N largest" },
	{ "physical", 0, VALUE_BOOL, 0, NULL, " addr search ", CLI(physical),
	  "the addresses are physical ones" },
	{ "all", 'a', VALUE_BOOL, 0, NULL, " bt ", CLI(all_cpus), "every CPU" },
	{ "tasks", 0, VALUE_BOOL, 0, NULL, " bt ", CLI(all_tasks),
	  "every task, as crash's foreach bt" },
	{ "execute", 'x', VALUE_TEXT, 0, "FILE", " shell ", CLI(script),
	  "run the lines of a file, then end; - is stdin" },
	{ "eval", 'e', VALUE_TEXT, 0, "LINE;...", " shell ", CLI(lines), "run these, then end" },
	{ "stop", 'E', VALUE_BOOL, 0, NULL, " shell ", CLI(stop_at_error),
	  "with -x and -e: end at the first error" },
	{ "string", 0, VALUE_TEXT, 0, "TEXT", " search ", CLI(string), "search for text" },
	{ "hex", 0, VALUE_TEXT, 0, "BYTES", " search ", CLI(hex),
	  "search for bytes; ? is any digit: 'de ad ?? 4?'" },
	{ "ignore", 0, VALUE_TEXT, 0, "BITS", " search ", CLI(ignore),
	  "bits of the value that may be anything, hexadecimal" },
	{ "range", 0, VALUE_TEXT, 0, "START-END", " search ", CLI(range),
	  "only there; or START,+LENGTH" },
	{ "offsets", 0, VALUE_BOOL, 0, NULL, " ptype ", CLI(offsets),
	  "offsets, sizes and holes, as gdb's ptype/o; in short -o" },
	{ "raw", 'r', VALUE_BOOL, 0, NULL, " log ", CLI(raw),
	  "<N>, facility and level, before each line" },
	{ "callers", 0, VALUE_BOOL, 0, NULL, " log ", CLI(callers),
	  "who wrote it, where it is known: T and a PID, or C and a CPU" },
	{ "simulate", 0, VALUE_TEXT, 0, "SIZE,...", " usage ", CLI(simulate),
	  "where it would go; then ,ALIGN ,ioremap ,module ,huge ,no-guard" },
	{ "full", 0, VALUE_BOOL, 0, NULL, " check diff report usage ", CLI(out.full),
	  "everything, not only the largest and the first; of usage, holes by size" },
	{ "verbose", 'v', VALUE_BOOL, 0, NULL, NULL, CLI(verbose),
	  "print diagnostics to stderr" },
	{ "help", 'h', VALUE_BOOL, 0, NULL, NULL, CLI(help), "help" },
	{ "version", 'V', VALUE_BOOL, 0, NULL, NULL, CLI(version), "the version" },
	{ "phys", 0, VALUE_BOOL, 0, NULL, " addr search ", CLI(physical), NULL },
	/* Former names, which scripts may still use. */
	{ "declared", 0, VALUE_TEXT, 1, "FILE", NULL, CLI(open.boot_log), NULL },
	{ "would-fit", 0, VALUE_TEXT, 0, "SIZE,...", " usage ", CLI(simulate), NULL },
};

enum { NR_OPTIONS = ARRAY_SIZE(defs), LONG_BASE = 256 };

/* Does option @def mean anything to @command? */
static bool goes_with(const struct option_def *def, const struct command *command)
{
	char word[32];

	if (command->flags & COMMAND_PLUGIN && def->offset == CLI(json))
		return false;
	if (def->for_files && !(command->flags & COMMAND_FILES))
		return false;
	if (!def->only)
		return true;
	snprintf(word, sizeof(word), " %s ", command->name);
	return strstr(def->only, word) != NULL;
}

static struct vmatlas_error *store(struct cli *cli, const struct option_def *def,
				   const char *arg)
{
	void *at = (char *)cli + def->offset;
	const char **item;

	switch (def->value) {
	case VALUE_BOOL:
		*(bool *)at = true;
		return NULL;
	case VALUE_BOOL32:
		*(uint32_t *)at = true;
		return NULL;
	case VALUE_TEXT:
		*(const char **)at = arg;
		return NULL;
	default:
		item = vec_push((struct text_list *)at);
		if (!item)
			return no_memory();
		*item = arg;
		return NULL;
	}
}

/* The first operand names the command, the others are its own. */
static struct vmatlas_error *operand(struct cli *cli, const char *text)
{
	const char **item;

	if (!cli->command) {
		cli->command = command_find(text);
		if (!cli->command) {
			cli->plugin_command.name = text;	/* -p may be still to come */
			cli->command = &cli->plugin_command;
		}
		return NULL;
	}
	item = vec_push(&cli->operands);
	if (!item)
		return no_memory();
	*item = text;
	return NULL;
}

static struct vmatlas_error *check_options(const struct cli *cli, uint64_t given)
{
	if (!cli->command || cli->help || cli->version)
		return NULL;
	for (size_t i = 0; i < NR_OPTIONS; i++)
		if (given & (uint64_t)1 << i && !goes_with(&defs[i], cli->command))
			return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
				"option --%s does not go with '%s';"
				" try 'vmatlas help %s'", defs[i].name,
				cli->command->name, cli->command->name);
	return NULL;
}

static struct vmatlas_error *bad_option(int what, char **argv)
{
	const char *problem = what == ':' ? "needs an argument" :
			      optopt >= LONG_BASE ? "takes no argument" : "is unknown";
	const char *word = argv[optind - 1];
	int len = strcspn(word, "=");

	/* A short one may hide among others, as in -nZ. */
	if (optopt > 0 && optopt < LONG_BASE)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"option -%c %s; try 'vmatlas help'", optopt, problem);
	return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
		"option %.*s %s; try 'vmatlas help'", len, word, problem);
}

/* "-:" hands operands out in order, wherever they stand; and every mistake to us. */
static void getopt_tables(char letters[static 3 * NR_OPTIONS + 3],
			  struct option longs[static NR_OPTIONS + 1])
{
	letters += sprintf(letters, "-:");
	for (size_t i = 0; i < NR_OPTIONS; i++) {
		longs[i] = (struct option){ defs[i].name, defs[i].arg != NULL, NULL,
					    LONG_BASE + (int)i };
		if (defs[i].letter)
			letters += sprintf(letters, "%c%s", defs[i].letter,
					   defs[i].arg ? ":" : "");
	}
	longs[NR_OPTIONS] = (struct option){ 0 };
}

static size_t option_index(int c)
{
	size_t i = 0;

	if (c >= LONG_BASE)
		return c - LONG_BASE;
	while (defs[i].letter != c)
		i++;
	return i;
}

struct vmatlas_error *options_parse(struct cli *cli, int argc, char **argv)
{
	char letters[3 * NR_OPTIONS + 3];
	struct option longs[NR_OPTIONS + 1];
	struct vmatlas_error *err = NULL;
	uint64_t given = 0;
	int c;

	_Static_assert(NR_OPTIONS <= 64, "one bit for each option");
	getopt_tables(letters, longs);
	while (!err && (c = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		if (c == 1) {
			err = operand(cli, optarg);
		} else if (c == '?' || c == ':') {
			err = bad_option(c, argv);
		} else {
			size_t i = option_index(c);

			given |= (uint64_t)1 << i;
			err = store(cli, &defs[i], optarg);
		}
	}
	cli->argc = argc;
	cli->argv = argv;
	if (!cli->command || !(cli->command->flags & COMMAND_REST))
		while (!err && optind < argc)
			err = operand(cli, argv[optind++]);
	if (!err && cli->command == &cli->plugin_command)
		err = plugin_command_use(cli, cli->plugin_command.name);
	return err ? err : check_options(cli, given);
}

void options_help(const struct command *command)
{
	for (size_t i = 0; i < NR_OPTIONS; i++) {
		const struct option_def *def = &defs[i];
		char name[48], letter[8] = "    ";

		if (!def->help)
			continue;
		if (command ? !def->only || !goes_with(def, command) : def->only != NULL)
			continue;
		if (def->letter)
			snprintf(letter, sizeof(letter), "-%c, ", def->letter);
		snprintf(name, sizeof(name), "%s--%s%s%s", letter, def->name,
			 def->arg ? " " : "", def->arg ? def->arg : "");
		printf("  %-28s %s\n", name, def->help);
	}
}
