/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines "NAME START-END [source]" and "vmalloc_min=ADDR", each checked, none skipped. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/range.h"
#include "base/strbuf.h"
#include "bootlog/bootlog_internal.h"
#include "bootlog/platform_file.h"

/* More than any platform has; longer lines than anybody writes. */
enum { PLATFORM_MAX_SIZE = 1 << 20, PLATFORM_MAX_CLAIMS = 256, PLATFORM_MAX_LINE = 1000 };

void platform_free(struct platform *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->claims.nr; i++) {
		free((char *)p->claims.v[i].name);
		free((char *)p->claims.v[i].source);
	}
	vec_done(&p->claims);
	free(p->name);
	free(p);
}

static VMATLAS_PRINTF(3, 4) struct vmatlas_error *
bad(const struct platform *p, uint32_t line, const char *fmt, ...)
{
	_cleanup_(str_done) struct str what = { 0 };
	va_list ap;

	va_start(ap, fmt);
	str_vaddf(&what, fmt, ap);
	va_end(ap);
	return vmatlas_error_new(VMATLAS_ERROR_FORMAT, "%s:%" PRIu32 ": %s", p->name, line,
				 str_text(&what));
}

/* The names that boot tables have, and what the old headers call them. */
static void find_kind(const char *name, struct vmatlas_claim *c, const char **ret_known_as)
{
	static const struct { const char *name, *known_as; } others[] = {
		{ "consistent", "DMA" }, { "dma", "DMA" }, { "CONSISTENT", "DMA" },
		{ "direct-map", "lowmem" }, { "pci-io", "PCI I/O" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (!strcmp(others[i].name, name))
			name = others[i].known_as;
	*ret_known_as = name;
	if (!bootlog_row_kind(name, &c->kind, &c->flags, ret_known_as))
		c->kind = VMATLAS_KIND_OTHER;	/* may share addresses with none */
}

static struct vmatlas_error *platform_add(struct platform *p, uint32_t line,
					  const char *name, struct vmatlas_range range,
					  const char *source)
{
	struct vmatlas_claim *c, claim = {
		.size = sizeof(claim), .layer = VMATLAS_LAYER_DECLARED, .range = range,
	};
	const char *known_as = name;
	char *text = NULL;

	if (p->claims.nr >= PLATFORM_MAX_CLAIMS)
		return bad(p, line, "more than %d ranges", PLATFORM_MAX_CLAIMS);
	find_kind(name, &claim, &known_as);
	c = vec_push(&p->claims);
	if (!c)
		return error_no_memory();
	*c = claim;
	c->name = strdup(known_as);
	if (asprintf(&text, "%s:%" PRIu32 "%s%s%s", p->name, line, *source ? " (" : "", source,
		     *source ? ")" : "") < 0)
		text = NULL;
	c->source = text;
	return c->name && c->source ? NULL : error_no_memory();
}

static struct vmatlas_error *parse_setting(struct platform *p, uint32_t line, const char *text)
{
	static const char word[] = "vmalloc_min=";
	const char *s = text;
	uint64_t value;
	bool has_0x;

	if (!text_skip(&s, word))
		return bad(p, line, "'%.40s' is no setting; vmalloc_min=ADDRESS is", text);
	if (!text_hex(&s, &value, &has_0x) || (text_skip_blanks(&s), *s && *s != '#'))
		return bad(p, line, "'%.40s' is no address (hex)", text + strlen(word));
	if (p->vmalloc_min_at)
		return bad(p, line, "vmalloc_min was set in line %" PRIu32, p->vmalloc_min_at);
	p->vmalloc_min = value;
	p->vmalloc_min_at = line;
	return NULL;
}

static struct vmatlas_error *platform_parse_range(struct platform *p, uint32_t line,
						  const char *text)
{
	const size_t len = strcspn(text, " \t");
	const char *s = text + len;
	struct vmatlas_range range;
	char name[40], source[200];
	uint64_t start, end;
	bool has_0x;

	if (len >= sizeof(name))
		return bad(p, line, "a name of %zu letters", len);
	snprintf(name, sizeof(name), "%.*s", (int)len, text);
	text_skip_blanks(&s);
	if (!text_hex(&s, &start, &has_0x) || (text_skip_blanks(&s), !text_skip(&s, "-")) ||
	    (text_skip_blanks(&s), !text_hex(&s, &end, &has_0x)) ||
	    (*s && *s != ' ' && *s != '\t'))
		return bad(p, line, "'%.60s' is not NAME START-END (hex, the end exclusive)",
			   text);
	if (!range_from_end(start, end, &range))
		return bad(p, line, "%s: end %#" PRIx64 " is not above start %#" PRIx64, name,
			   end, start);
	if (!end && start <= UINT32_MAX)	/* up to the top of 32 bits */
		range.last = UINT32_MAX;
	text_skip_blanks(&s);
	snprintf(source, sizeof(source), "%s", s);
	return platform_add(p, line, name, range, source);
}

/* @text: one line, cleaned of what is no printable ASCII. */
static struct vmatlas_error *platform_parse_line(struct platform *p, uint32_t nr,
						 char *text)
{
	size_t len = strlen(text);

	while (len && (text[len - 1] == ' ' || text[len - 1] == '\r'))
		text[--len] = '\0';
	while (*text == ' ')
		text++;
	if (!*text || *text == '#')
		return NULL;
	return text[strcspn(text, " =")] == '=' ? parse_setting(p, nr, text)
						: platform_parse_range(p, nr, text);
}

struct vmatlas_error *platform_parse(const char *text, size_t len, const char *name,
				     struct platform **ret)
{
	_cleanup_(platform_freep) struct platform *p = calloc(1, sizeof(*p));
	struct vmatlas_error *err = NULL;
	uint32_t nr = 0;

	if (!p || !(p->name = strdup(name)))
		return error_no_memory();
	for (size_t at = 0; !err && at < len;) {
		const char *end = memchr(text + at, '\n', len - at);
		const size_t size = end ? (size_t)(end - text) - at : len - at;
		char line[PLATFORM_MAX_LINE + 1];

		nr++;
		if (size > PLATFORM_MAX_LINE)
			return bad(p, nr, "a line of %zu bytes", size);
		for (size_t i = 0; i < size; i++) {
			const char c = text[at + i];

			if ((c < ' ' || c > '~') && c != '\t' && c != '\r')
				return bad(p, nr, "byte 0x%02x is no text", (unsigned char)c);
			line[i] = c == '\t' ? ' ' : c;
		}
		line[size] = '\0';
		err = platform_parse_line(p, nr, line);
		at += size + 1;
	}
	if (err)
		return err;
	if (!p->claims.nr && !p->vmalloc_min_at)
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
			"%s: no line NAME START-END, nor vmalloc_min=ADDRESS", name);
	*ret = take(p);
	return NULL;
}

struct vmatlas_error *platform_read_file(const char *path, struct platform **ret)
{
	_cleanup_(freep) char *text = malloc(PLATFORM_MAX_SIZE + 1);
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct vmatlas_error *err = NULL;
	size_t len = 0;
	ssize_t n = 0;

	if (fd < 0)
		return error_system("%s", path);
	if (!text)
		err = error_no_memory();
	while (!err && len <= PLATFORM_MAX_SIZE &&
	       (n = read(fd, text + len, PLATFORM_MAX_SIZE + 1 - len)) != 0) {
		if (n > 0)
			len += n;
		else if (errno != EINTR)
			err = error_system("%s", path);
	}
	close(fd);
	if (!err && len > PLATFORM_MAX_SIZE)
		err = vmatlas_error_new(VMATLAS_ERROR_FORMAT,
			"%s: too large for a platform's numbers (over 1 MiB)", path);
	return err ? err : platform_parse(text, len, path, ret);
}
