/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How things look as text: ranges, sizes, wrapped lines, the first line of a
 * report. Nothing that a dump contains reaches the terminal unescaped.
 */
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"

const char *text_end(int digits, uint64_t last, char buf[static TEXT_MAX])
{
	if (last == UINT64_MAX)
		snprintf(buf, TEXT_MAX, "10000000000000000");
	else
		snprintf(buf, TEXT_MAX, "%0*" PRIx64, digits, last + 1);
	return buf;
}

const char *text_range(const struct cli *cli, struct vmatlas_range range,
		       char buf[static TEXT_MAX])
{
	char end[TEXT_MAX];

	if (range.first > range.last)
		snprintf(buf, TEXT_MAX, "-");
	else
		snprintf(buf, TEXT_MAX, "%0*" PRIx64 "-%.20s", cli->digits, range.first,
			 text_end(cli->digits, range.last, end));
	return buf;
}

const char *text_size(const struct cli *cli, uint64_t bytes, char buf[static TEXT_MAX])
{
	if (!cli->bytes)
		return str_size(bytes, buf);
	snprintf(buf, TEXT_MAX, "%" PRIu64, bytes);
	return buf;
}

void text_add_safe(struct str *s, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = text[i];

		if (c >= ' ' && c <= '~')
			str_add(s, &text[i], 1);
		else
			str_addf(s, "\\x%02x", c);
	}
}

void print_safe(const char *text, size_t len)
{
	_cleanup_(str_done) struct str s = { 0 };

	text_add_safe(&s, text, len);
	fputs(str_text(&s), stdout);
}

int print_text(void *arg, const char *text, size_t len)
{
	(void)arg;
	return fwrite(text, 1, len, stdout) != len;
}

/* How much of @text goes on a line of @room columns: up to a blank, if there is one. */
static size_t line_length(const char *text, size_t room)
{
	size_t len = strlen(text), cut;

	if (len <= room)
		return len;
	for (cut = room; cut > 0 && text[cut] != ' '; cut--)
		;
	while (cut > 0 && text[cut - 1] == ' ')
		cut--;
	if (cut > 0)
		return cut;
	cut = strspn(text, " ");
	return cut + strcspn(text + cut, " ");
}

void print_field(const struct cli *cli, int margin, int label_width,
		 const char *label, const char *text)
{
	int indent = margin + label_width + 1;
	size_t room = cli->width > indent + 20 ? cli->width - indent : 20;

	printf("%*s", margin, "");
	print_safe(label, strlen(label));
	if ((int)strlen(label) < label_width)
		printf("%*s", label_width - (int)strlen(label), "");
	for (bool first = true; first || *text; first = false) {
		size_t len = line_length(text, room);

		printf("%*s", first ? 1 : indent, "");
		print_safe(text, len);
		putchar('\n');
		text += len;
		text += strspn(text, " ");
	}
}

const char *text_time(uint64_t taken, const char *format, char buf[static TEXT_MAX])
{
	time_t seconds = taken;
	struct tm tm;

	buf[0] = '\0';
	if (taken && taken <= INT64_MAX && gmtime_r(&seconds, &tm)) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		if (!strftime(buf, TEXT_MAX, format, &tm))
			buf[0] = '\0';
#pragma GCC diagnostic pop
	}
	return buf;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

void print_target(const struct cli *cli)
{
	const struct vmatlas_info *info = vmatlas_info(cli->atlas);
	_cleanup_(str_done) struct str s = { 0 };
	char when[TEXT_MAX];
	const char *declared = cli->open.boot_log ? cli->open.boot_log : cli->open.platform_file;

	if (cli->no_headings || (!info && !declared))
		return;
	if (!info) {
		str_addf(&s, "no dump; what %s declares", declared);
	} else {
		str_addf(&s, "%s", info->live ? "the running kernel" :
			 base_name(info->core_path));
		if (info->nodename[0])
			str_addf(&s, ", host %s", info->nodename);
		str_addf(&s, ", %s", info->release[0] ? info->release : "no release");
		str_addf(&s, ", %s", info->cpu[0] ? info->cpu : info->arch);
		if (text_time(info->dump_time, "%Y-%m-%d %H:%M UTC", when)[0])
			str_addf(&s, "; taken %s", when);
	}
	print_field(cli, 0, 8, "TARGET", str_text(&s));
}
