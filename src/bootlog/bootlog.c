/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A boot log, line by line. This file knows lines and boots; the table and the
 * messages have their own.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "bootlog/bootlog_internal.h"

enum { LINE_MAX_LEN = 4096 };
static const size_t max_file_size = MIB(64);

char *bootlog_dup(struct bootlog *log, const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		log->failed = true;
	return copy;
}

/* ---- Lines ---- */

/*
 * Cleaned of whatever a terminal might obey. Returns what follows the line.
 * Lines longer than a kernel prints lose their tail.
 */
static const char *line_take(const char *s, const char *end, char buf[LINE_MAX_LEN])
{
	size_t n = 0;

	for (; s < end && *s != '\n'; s++) {
		unsigned char c = (unsigned char)*s;

		if (n < LINE_MAX_LEN - 1)
			buf[n++] = c < ' ' || c == 0x7f ? ' ' : c > 0x7f ? '?' : (char)c;
	}
	while (n && buf[n - 1] == ' ')
		n--;
	buf[n] = '\0';
	return s < end ? s + 1 : end;
}

/* "[    0.000000] ", "[    T0] ", "[Mon Nov 23 03:38:00 2026] " */
static bool skip_bracket(const char **s)
{
	size_t len = strcspn(*s, "]");

	if (**s != '[' || len > 40 || (*s)[len] != ']')
		return false;
	*s += len + 1;
	return true;
}

/* "<6>" */
static bool skip_level(const char **s)
{
	const char *p = *s;
	uint64_t level;

	if (!text_skip(&p, "<") || !text_decimal(&p, &level) || !text_skip(&p, ">"))
		return false;
	*s = p;
	return true;
}

/* "6,123,4567,-;" of /dev/kmsg */
static bool skip_kmsg(const char **s)
{
	size_t len = strspn(*s, "0123456789,-c");

	if (!isdigit((unsigned char)**s) || (*s)[len] != ';' || !memchr(*s, ',', len))
		return false;
	*s += len + 1;
	return true;
}

/* "Nov 23 03:38:00 host kernel: " of syslog and the journal */
static bool skip_syslog(const char **s)
{
	const char *kernel = strstr(*s, " kernel: ");

	if (!kernel || kernel - *s > 120)
		return false;
	*s = kernel + strlen(" kernel: ");
	return true;
}

/* The message itself: without what loggers, and people who quote, put before. */
static const char *line_message(const char *s)
{
	skip_syslog(&s);
	do {
		s += strspn(s, " >`*\"");
	} while (skip_level(&s) || skip_bracket(&s) || skip_kmsg(&s));
	return s;
}

/* ---- Boots ---- */

struct parser {
	struct bootlog *told;		/* the boot that will be told */
	struct bootlog *cur;
	uint32_t nr_boots;
	const char *name;
};

static struct bootlog *boot_new(const char *name)
{
	struct bootlog *log = calloc(1, sizeof(*log));

	if (!log)
		return NULL;
	log->aliasing = -1;
	log->name = strdup(name);
	if (!log->name) {
		free(log);
		return NULL;
	}
	return log;
}

void bootlog_free(struct bootlog *log)
{
	if (!log)
		return;
	for (size_t i = 0; i < log->rows.nr; i++) {
		free((char *)log->rows.v[i].claim.name);
		free((char *)log->rows.v[i].claim.source);
		free(log->rows.v[i].complaint);
	}
	for (size_t i = 0; i < log->cuts.nr; i++)
		free(log->cuts.v[i].text);
	for (size_t i = 0; i < log->places.nr; i++)
		free(log->places.v[i].name);
	for (size_t i = 0; i < log->remarks.nr; i++)
		free(log->remarks.v[i].text);
	vec_done(&log->rows);
	vec_done(&log->cuts);
	vec_done(&log->places);
	vec_done(&log->remarks);
	free(log->release);
	free(log->machine);
	free(log->command_line);
	free(log->name);
	free(log);
}

/* One boot has ended: the last with a table is told, else the last. */
static void boot_end(struct parser *p)
{
	if (p->told && p->told->has_table && !p->cur->has_table) {
		bootlog_free(take(p->cur));
		return;
	}
	bootlog_free(p->told);
	p->told = take(p->cur);
}

static struct vmatlas_error *bootlog_parse_line(struct parser *p,
						struct bootlog_state *st,
						const struct bootlog_line *line)
{
	if (strncmp(line->text, "Linux version ", 14) == 0) {
		if (p->cur->release) {
			bool failed = p->cur->failed;

			boot_end(p);
			p->cur = boot_new(p->name);
			if (!p->cur || failed)
				return error_no_memory();
			*st = (struct bootlog_state){ 0 };
		}
		p->cur->boot = ++p->nr_boots;
	}
	if (!bootlog_table_line(p->cur, st, line))
		bootlog_message(p->cur, line);
	return p->cur->failed ? error_no_memory() : NULL;
}

struct vmatlas_error *bootlog_parse(const char *text, size_t len, const char *name,
				    struct bootlog **ret)
{
	struct vmatlas_error *err = NULL;
	struct parser p = { .name = name, .cur = boot_new(name) };
	struct bootlog_state st = { 0 };
	struct bootlog_line line = { 0 };
	char buf[LINE_MAX_LEN];
	const char *s = text;

	if (!p.cur)
		return error_no_memory();
	while (!err && s < text + len) {
		s = line_take(s, text + len, buf);
		line.text = line_message(buf);
		line.nr++;
		err = bootlog_parse_line(&p, &st, &line);
	}
	if (!err)
		boot_end(&p);
	if (err) {
		bootlog_free(p.cur);
		bootlog_free(p.told);
		return err;
	}
	p.told->nr_boots = p.nr_boots;
	*ret = p.told;
	return NULL;
}

/* ---- Files ---- */

static struct vmatlas_error *read_all(int fd, const char *path, struct str *text)
{
	char buf[65536];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_system("%s", path);
		if (text->len + (size_t)n > max_file_size)
			return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
				"%s: too large for a boot log (over 64 MiB)", path);
		str_add(text, buf, (size_t)n);
		if (text->failed)
			return error_no_memory();
	}
	return NULL;
}

struct vmatlas_error *bootlog_read_file(const char *path, struct bootlog **ret)
{
	struct vmatlas_error *err;
	_cleanup_(str_done) struct str text = { 0 };
	_cleanup_(bootlog_freep) struct bootlog *log = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_system("%s", path);
	err = read_all(fd, path, &text);
	close(fd);
	if (!err)
		err = bootlog_parse(str_text(&text), text.len, path, &log);
	if (err)
		return err;
	if (!log->has_table && !bootlog_has_news(log))
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
			"%s: no \"Virtual kernel memory layout\" table and nothing else "
			"about memory that a kernel prints", path);
	*ret = take(log);
	return NULL;
}

/* ---- Answers ---- */

const struct vmatlas_claim *bootlog_claim_next(const struct bootlog *log, size_t *i)
{
	while (*i < log->rows.nr) {
		const struct bootlog_row *row = &log->rows.v[(*i)++];

		if (row->has_claim)
			return &row->claim;
	}
	return NULL;
}

bool bootlog_has_news(const struct bootlog *log)
{
	return log->cuts.nr || log->remarks.nr || log->command_line || log->memory_at;
}
