/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A line of the shell: words, quotes, redirection, and the names that crash and gdb have. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/shell.h"

/* What people type, and what it is called here. */
static const struct { const char *typed, *meant; } aliases[] = {
	{ "p", "print" }, { "px", "print /x" }, { "pd", "print /d" }, { "x", "rd" },
	{ "why", "addr" }, { "foreach bt", "bt --tasks" }, { "kmem -v", "areas" },
	{ "kmem -i", "usage" }, { "kmem", "addr" }, { "mod", "list module.list modules name" },
	{ "dmesg", "log" }, { "sys", "info" }, { "vm", "map" }, { "info symbol", "sym" },
	{ "?", "help" },
};

/* Commands whose operand is one expression, blanks and all. */
static const char *const of_expressions[] = { "print", "whatis", "ptype", "sym", "vtop", "ptov" };

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

/* Does @line start with the words of @typed? What follows them. */
static const char *starts_with_words(const char *line, const char *typed)
{
	const size_t len = strlen(typed);

	if (strncmp(line, typed, len) != 0 || (line[len] && !strchr(" \t/", line[len])))
		return NULL;
	return line + len;
}

/* "struct NAME": its type; "struct NAME ADDR": what is there */
static char *struct_line(const char *line)
{
	const char *rest = starts_with_words(line, "struct") ?: starts_with_words(line, "union");
	const size_t kind = rest ? (size_t)(rest - line) : 0;
	const char *name, *addr;
	char *made = NULL;
	size_t len;

	if (!rest)
		return NULL;
	name = skip_blanks(rest);
	len = strcspn(name, " \t");
	addr = skip_blanks(name + len);
	if (asprintf(&made, *addr ? "print *(%.*s %.*s *)(%s)" : "ptype %.*s %.*s", (int)kind, line,
		     (int)len, name, addr) < 0)
		return NULL;
	return made;
}

/* The line with its first words as they are called here; malloc'ed. */
static char *unalias(const char *line)
{
	char *made = struct_line(line);

	for (size_t i = 0; !made && i < ARRAY_SIZE(aliases); i++) {
		const char *rest = starts_with_words(line, aliases[i].typed);

		if (rest && asprintf(&made, "%s %s", aliases[i].meant, rest) < 0)
			return NULL;
	}
	if (!made) {
		const char *slash = strpbrk(line, "/ \t");	/* "print/x": gdb needs no blank */

		if (slash && *slash == '/' && asprintf(&made, "%.*s %s", (int)(slash - line), line,
						       slash) >= 0)
			return made;
	}
	return made ? made : strdup(line);
}

/* ---- Words ---- */

static char *shell_word(char **at)
{
	char *in = *at + strspn(*at, " \t"), *out, *word;

	if (!*in) {
		*at = in;
		return NULL;
	}
	word = out = in;
	while (*in && *in != ' ' && *in != '\t') {
		const char quote = *in == '"' || *in == '\'' ? *in++ : 0;

		while (*in && (quote ? *in != quote : !strchr(" \t\"'", *in)))
			*out++ = *in++;
		in += quote && *in;
	}
	*at = *in ? in + 1 : in;
	*out = '\0';
	return word;
}

static bool is_program(const char *text)
{
	const char *path = getenv("PATH");
	const int len = (int)strcspn(text, " \t");

	if (memchr(text, '/', (size_t)len))
		return true;
	while (path && *path) {
		const int dir = (int)strcspn(path, ":");
		_cleanup_(freep) char *file = NULL;

		if (asprintf(&file, "%.*s/%.*s", dir, path, len, text) < 0)
			return false;
		if (!access(file, X_OK))
			return true;
		path += dir + (path[dir] == ':');
	}
	return false;
}

/* ' > FILE' or ' | PROGRAM', outside of quotes and brackets: in these they are operators. */
static void cut_redirection(char *line, struct shell_line *ret)
{
	int depth = 0;
	char quote = 0;

	for (char *c = line; *c; c++) {
		if (quote)
			quote = *c == quote ? 0 : quote;
		else if (*c == '"' || *c == '\'')
			quote = *c;
		else if (strchr("([", *c))
			depth++;
		else if (strchr(")]", *c))
			depth--;
		if (quote || depth || c == line || c[-1] != ' ')
			continue;
		if (*c == '|' && c[1] != '|' && is_program(skip_blanks(c + 1))) {
			*c = '\0';
			ret->pipe = c + 1;
			return;
		}
		if (*c == '>' && (c[1] == '>' ? c[2] : c[1]) != '=' && *skip_blanks(c + 1)) {
			char *at = c + 1 + (c[1] == '>');

			ret->append = c[1] == '>';
			*c = '\0';
			ret->file = shell_word(&at);
			return;
		}
	}
}

/* An option, or a format: what stands before an expression. */
static bool is_before_expression(const char *text)
{
	if (text[0] == '/')
		return true;
	return text[0] == '-' && (text[1] == '-' || text[1] == 'J' || text[1] == 'o') &&
	       text[1] != '\0' && text[2] != '>';
}

static void take_expression(char *rest, struct shell_line *ret)
{
	for (;;) {
		rest += strspn(rest, " \t");
		if (!is_before_expression(rest) || ret->nr >= SHELL_WORDS_MAX - 1)
			break;
		ret->words[ret->nr++] = shell_word(&rest);
	}
	if (*rest)
		ret->words[ret->nr++] = rest;
}

bool shell_line_split(char *line, struct shell_line *ret)
{
	static char tool[] = "vmatlas";
	char *at, *end;

	*ret = (struct shell_line){ .words = { tool }, .nr = 1 };
	line += strspn(line, " \t");
	ret->made = at = unalias(line);
	if (!at)
		return false;
	cut_redirection(at, ret);
	for (end = at + strlen(at); end > at && strchr(" \t\n", end[-1]); end--)
		end[-1] = '\0';
	ret->words[1] = shell_word(&at);
	if (!ret->words[1])
		return true;
	ret->nr = 2;
	for (size_t i = 0; i < ARRAY_SIZE(of_expressions); i++)
		if (!strcmp(ret->words[1], of_expressions[i])) {
			take_expression(at, ret);
			return true;
		}
	while ((ret->words[ret->nr] = shell_word(&at)))
		if (++ret->nr == SHELL_WORDS_MAX)
			return false;
	return true;
}

void shell_line_done(struct shell_line *line)
{
	free(line->made);
	line->made = NULL;
}

char *shell_line_end(char *text)
{
	char quote = 0;

	for (; *text; text++) {
		if (quote)
			quote = *text == quote ? 0 : quote;
		else if (*text == '"' || *text == '\'')
			quote = *text;
		else if (*text == ';')
			break;
	}
	return text;
}
