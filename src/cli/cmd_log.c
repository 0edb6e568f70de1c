/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmatlas log: the kernel's log, as dmesg prints it. */
#include <inttypes.h>
#include <string.h>

#include "cli/cmd.h"

enum { CALLER_IS_CPU = 1u << 31 };

/* "T123", "C0": as CONFIG_PRINTK_CALLER prints it, kernel/printk/printk.c */
static const char *caller_text(const struct vmatlas_printk_record *m, char buf[static 16])
{
	snprintf(buf, 16, "%c%" PRIu32, m->caller & CALLER_IS_CPU ? 'C' : 'T',
		 m->caller & ~CALLER_IS_CPU);
	return buf;
}

static void print_prefix(const struct cli *cli, const struct vmatlas_printk_record *m)
{
	const bool has_caller = cli->callers && m->flags & VMATLAS_PRINTK_HAS_CALLER;
	char caller[16];

	if (cli->raw)
		printf("<%" PRIu32 ">", m->facility << 3 | m->level);
	if (m->flags & VMATLAS_PRINTK_HAS_TIME)
		printf("[%5" PRIu64 ".%06" PRIu64 "]", m->nsec / 1000000000,
		       m->nsec % 1000000000 / 1000);
	if (has_caller)
		printf("[%6s]", caller_text(m, caller));
	if (has_caller || m->flags & VMATLAS_PRINTK_HAS_TIME)
		putchar(' ');
}

/* Tabs stand in some messages; nothing else that is not printable does. */
static void log_print_line(const char *s, size_t len)
{
	while (len) {
		const char *tab = memchr(s, '\t', len);
		const size_t n = tab ? (size_t)(tab - s) : len;

		print_safe(s, n);
		if (tab)
			putchar('\t');
		s += n + (tab != NULL);
		len -= n + (tab != NULL);
	}
	putchar('\n');
}

/* The prefix before every line of a record, as the kernel's syslog() has it. */
static int print_message(void *arg, const struct vmatlas_printk_record *m)
{
	const char *s = m->text;

	for (;;) {
		const char *eol = strchr(s, '\n');

		print_prefix(arg, m);
		log_print_line(s, eol ? (size_t)(eol - s) : strlen(s));
		if (!eol || !eol[1])
			return 0;
		s = eol + 1;
	}
}

static int print_object(void *arg, const struct vmatlas_printk_record *m)
{
	json_t *o = json_object();
	char caller[16];

	(void)arg;
	json_object_set_new(o, "seq", json_number(m->seq));
	json_object_set_new(o, "level", json_number(m->level));
	json_object_set_new(o, "facility", json_number(m->facility));
	json_object_set_new(o, "usec", m->flags & VMATLAS_PRINTK_HAS_TIME ?
			    json_number(m->nsec / 1000) : json_null());
	json_object_set_new(o, "caller", m->flags & VMATLAS_PRINTK_HAS_CALLER ?
			    json_text(caller_text(m, caller)) : json_null());
	json_object_set_new(o, "text", json_text(m->text));
	json_element(o);
	return 0;
}

struct vmatlas_error *cmd_log(struct cli *cli)
{
	struct vmatlas_error *err = session_open(cli, 0), *last;

	if (err || !cli->json)
		return err ? err : vmatlas_printk_records(cli->atlas, print_message, cli);
	json_begin(cli);
	json_list("messages");
	err = vmatlas_printk_records(cli->atlas, print_object, cli);
	json_list_end();
	last = json_end();
	if (!err)
		return last;
	vmatlas_error_free(last);
	return err;
}
