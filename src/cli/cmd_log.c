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

static void log_prefix(const struct cli *cli, const struct vmatlas_printk_record *m,
		       struct str *s)
{
	const bool has_caller = cli->callers && m->flags & VMATLAS_PRINTK_HAS_CALLER;
	char caller[16];

	if (cli->raw)
		str_addf(s, "<%" PRIu32 ">", m->facility << 3 | m->level);
	if (m->flags & VMATLAS_PRINTK_HAS_TIME)
		str_addf(s, "[%5" PRIu64 ".%06" PRIu64 "]", m->nsec / 1000000000,
			 m->nsec % 1000000000 / 1000);
	if (has_caller)
		str_addf(s, "[%6s]", caller_text(m, caller));
	if (has_caller || m->flags & VMATLAS_PRINTK_HAS_TIME)
		str_addf(s, " ");
}

/* The prefix before every line of a record, as the kernel's syslog() has it. */
static void log_lines(const struct cli *cli, const struct vmatlas_printk_record *m)
{
	_cleanup_(str_done) struct str prefix = { 0 };
	const char *s = m->text;

	log_prefix(cli, m, &prefix);
	for (;;) {
		const size_t len = strcspn(s, "\n");

		emit_line(&cli->out, "%s%.*s", str_text(&prefix), (int)len, s);
		if (!s[len] || !s[len + 1])
			return;
		s += len + 1;
	}
}

static void log_members(const struct render *r, const struct vmatlas_printk_record *m)
{
	char caller[16];

	emit_object(r, NULL);
	emit_number(r, "seq", m->seq);
	emit_number(r, "level", m->level);
	emit_number(r, "facility", m->facility);
	emit_number(r, "usec", m->flags & VMATLAS_PRINTK_HAS_TIME ? m->nsec / 1000 : CELL_NONE);
	emit_text(r, "caller", m->flags & VMATLAS_PRINTK_HAS_CALLER ? caller_text(m, caller)
								    : NULL);
	emit_text(r, "text", m->text);
	emit_close(r);
}

static int log_record(void *arg, const struct vmatlas_printk_record *m)
{
	const struct cli *cli = arg;

	log_members(&cli->out, m);
	if (render_is_for(&cli->out, FOR_PEOPLE))
		log_lines(cli, m);
	return 0;
}

struct vmatlas_error *cmd_log(struct cli *cli)
{
	struct vmatlas_error *err = session_open(cli, 0), *last;

	if (err)
		return err;
	emit_begin(&cli->out, false);
	emit_list(&cli->out, "messages");
	err = vmatlas_printk_records(cli->out.atlas, log_record, cli);
	emit_close(&cli->out);
	last = emit_end(&cli->out);
	if (!err)
		return last;
	vmatlas_error_free(last);
	return err;
}
