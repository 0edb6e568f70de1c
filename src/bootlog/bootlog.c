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

/* ---- Bytes to lines ---- */

/* "ESC [ 32 m": how a terminal is told colours; the length of those at @s. */
static size_t skip_escape(const char *s, const char *end)
{
	const char *p = s;

	while (end - p >= 3 && p[0] == 0x1b && p[1] == '[') {
		const char *q = p + 2;

		while (q < end && (isdigit((unsigned char)*q) || *q == ';'))
			q++;
		if (q >= end || !isalpha((unsigned char)*q))
			break;
		p = q + 1;
	}
	return (size_t)(p - s);
}

/*
 * Cleaned of whatever a terminal might obey. Returns what follows the line.
 * Lines longer than a kernel prints lose their tail.
 */
static const char *line_take(const char *s, const char *end, char buf[LINE_MAX_LEN])
{
	size_t n = 0;

	for (; s < end && *s != '\n'; s++) {
		unsigned char c;

		s += skip_escape(s, end);
		if (s >= end || *s == '\n')
			break;
		c = (unsigned char)*s;
		if (c == 0xc2 && s + 1 < end && (unsigned char)s[1] == 0xa0)
			c = ' ', s++;		/* a space that web pages do not break at */
		if (n < LINE_MAX_LEN - 1)
			buf[n++] = c < ' ' || c == 0x7f ? ' ' : c > 0x7f ? '?' : (char)c;
	}
	while (n && buf[n - 1] == ' ')
		n--;
	buf[n] = '\0';
	return s < end ? s + 1 : end;
}

/* ---- Boots ---- */

struct parser {
	struct bootlog *told;		/* the boot that will be told */
	struct bootlog *cur;
	struct bootlog_state st;
	uint32_t nr_boots;
	const char *name;
	/* Lines, of which one is read ahead: a mailer may have wrapped it. */
	const char *s, *end;
	struct line_prefix prefix;
	uint32_t nr_lines;
	char next[LINE_MAX_LEN];
	const char *next_text;		/* NULL at the end */
	bool keep;
	VEC(struct bootlog_kept) kept;
	struct str kept_text;
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
	vec_done(&log->kept);
	str_done(&log->kept_text);
	free(log->release);
	free(log->machine);
	free(log->command_line);
	free(log->name);
	free(log);
}

/* One boot has ended: the last with a table is told, else the last. */
static void boot_end(struct parser *p)
{
	bootlog_table_done(p->cur, &p->st);
	if (p->told && p->told->has_table && !p->cur->has_table) {
		bootlog_free(take(p->cur));
		return;
	}
	bootlog_free(p->told);
	p->told = take(p->cur);
}

static struct vmatlas_error *bootlog_parse_line(struct parser *p,
						const struct bootlog_line *line)
{
	if (strncmp(line->text, "Linux version ", 14) == 0) {
		if (p->cur->release) {
			bool failed = p->cur->failed;

			boot_end(p);
			p->cur = boot_new(p->name);
			if (!p->cur || failed)
				return error_no_memory();
			p->st = (struct bootlog_state){ 0 };
		}
		p->cur->boot = ++p->nr_boots;
	}
	if (!bootlog_table_line(p->cur, &p->st, line))
		bootlog_message(p->cur, line);
	return p->cur->failed ? error_no_memory() : NULL;
}

/* ---- One line after the other ---- */

static void line_read_ahead(struct parser *p)
{
	p->next_text = NULL;
	if (p->s >= p->end)
		return;
	p->s = line_take(p->s, p->end, p->next);
	p->nr_lines++;
	p->next_text = line_message(&p->prefix, p->next);
}

static struct vmatlas_error *line_keep(struct parser *p, const struct bootlog_line *line,
				       bool has_time, uint64_t nsec)
{
	const size_t len = strlen(line->text);
	struct bootlog_kept *k;

	if (!p->keep || !len)
		return NULL;
	k = vec_push(&p->kept);
	if (!k)
		return error_no_memory();
	*k = (struct bootlog_kept){ .text = p->kept_text.len, .len = (uint32_t)len,
				    .line = line->nr, .has_time = has_time, .nsec = nsec };
	str_add(&p->kept_text, line->text, len);
	return p->kept_text.failed ? error_no_memory() : NULL;
}

enum { MAX_WRAPS = 8 };

static struct vmatlas_error *line_next(struct parser *p)
{
	struct bootlog_line line = { .nr = p->nr_lines };
	const bool has_time = p->prefix.has_time;
	const uint64_t nsec = p->prefix.nsec;
	char buf[LINE_MAX_LEN];
	struct vmatlas_error *err;
	size_t len = strlen(p->next_text);

	memcpy(buf, p->next_text, len + 1);
	line.text = buf;
	line_read_ahead(p);
	for (int i = 0; i < MAX_WRAPS && p->next_text &&
			line_goes_on(buf, has_time, p->next_text, &p->prefix); i++) {
		const size_t more = strlen(p->next_text);

		if (len + 1 + more >= LINE_MAX_LEN)
			break;
		buf[len++] = ' ';
		memcpy(buf + len, p->next_text, more + 1);
		len += more;
		line_read_ahead(p);
	}
	err = line_keep(p, &line, has_time, nsec);
	return err ? err : bootlog_parse_line(p, &line);
}

static struct vmatlas_error *parse(struct parser *p, struct bootlog **ret)
{
	struct vmatlas_error *err = NULL;

	line_read_ahead(p);
	while (!err && p->next_text)
		err = line_next(p);
	if (!err)
		boot_end(p);
	if (err) {
		bootlog_free(p->cur);
		bootlog_free(p->told);
		vec_done(&p->kept);
		str_done(&p->kept_text);
		return err;
	}
	p->told->nr_boots = p->nr_boots;
	p->told->kept.v = p->kept.v;
	p->told->kept.nr = p->kept.nr;
	p->told->kept.cap = p->kept.cap;
	p->told->kept_text = p->kept_text;
	*ret = p->told;
	return NULL;
}

static struct vmatlas_error *parse_text(const char *text, size_t len, const char *name,
					bool keep, struct bootlog **ret)
{
	_cleanup_(freep) struct parser *p = calloc(1, sizeof(*p));

	if (!p)
		return error_no_memory();
	p->name = name;
	p->s = text;
	p->end = text + len;
	p->keep = keep;
	p->cur = boot_new(name);
	return p->cur ? parse(p, ret) : error_no_memory();
}

struct vmatlas_error *bootlog_parse(const char *text, size_t len, const char *name,
				    struct bootlog **ret)
{
	return parse_text(text, len, name, false, ret);
}

struct vmatlas_error *bootlog_parse_saved(const char *text, size_t len, const char *name,
					  struct bootlog **ret)
{
	return parse_text(text, len, name, true, ret);
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
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return error_system("%s", path);
	err = read_all(fd, path, &text);
	close(fd);
	return err ? err : bootlog_parse_saved(str_text(&text), text.len, path, ret);
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
	return log->has_table || log->title_at || log->cuts.nr || log->remarks.nr ||
	       log->command_line || log->memory_at || log->vmalloc_total_at;
}
