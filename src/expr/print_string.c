/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Characters and strings, as gdb's generic_printstr() writes them (gdb/valprint.c). */
#include <string.h>

#include "expr/expr_internal.h"

bool type_is_text(ctype t, char format)
{
	if (format && format != 's')
		return false;
	return type_kind(t) == VMATLAS_TYPE_CHAR;
}

void print_char(uint64_t c, char quote, struct str *out)
{
	static const char names[] = "abfnrtv";
	static const char values[] = "\a\b\f\n\r\t\v";
	const uint8_t byte = (uint8_t)c;
	const char *named = byte ? strchr(values, byte) : NULL;

	if (named) {
		str_addf(out, "\\%c", names[named - values]);
	} else if (byte >= ' ' && byte < 0x7f) {
		if (byte == (uint8_t)quote || byte == '\\')
			str_addf(out, "\\");
		str_addf(out, "%c", byte);
	} else {
		str_addf(out, "\\%03o", byte);
	}
}

static size_t run_length(const uint8_t *p, size_t nr, size_t i)
{
	size_t n = 1;

	while (i + n < nr && p[i + n] == p[i])
		n++;
	return n;
}

static void print_run(uint8_t c, size_t run, bool *in_quotes, bool *any, struct str *out)
{
	if (*in_quotes)
		str_addf(out, "\"");
	str_addf(out, "%s'", *any ? ", " : "");
	print_char(c, '\'', out);
	str_addf(out, "' <repeats %zu times>", run);
	*in_quotes = false;
	*any = true;
}

void print_string(const uint8_t *p, size_t nr, bool more, struct str *out)
{
	bool in_quotes = false, any = false;
	size_t i = 0, printed = 0;

	if (!more && nr && !p[nr - 1])
		nr--;
	if (!nr) {
		str_addf(out, "\"\"");
		return;
	}
	while (i < nr && printed < ELEMENTS_MAX) {
		const size_t run = run_length(p, nr, i);

		if (run > REPEATS_MIN) {
			print_run(p[i], run, &in_quotes, &any, out);
		} else {
			if (!in_quotes)
				str_addf(out, "%s\"", any ? ", " : "");
			in_quotes = any = true;
			for (size_t k = 0; k < run; k++)
				print_char(p[i], '"', out);
		}
		i += run;
		printed += run;
	}
	if (in_quotes)
		str_addf(out, "\"");
	if (i < nr || more)
		str_addf(out, "...");
}

/* Byte by byte up to a page: what follows the NUL need not be there. */
struct vmatlas_error *print_string_at(struct expr *e, uint64_t addr, struct str *out)
{
	uint8_t buf[ELEMENTS_MAX + 1];
	const uint64_t page = (uint64_t)1 << e->k->page_shift;
	struct vmatlas_error *err = NULL;
	size_t nr = 0;
	const uint8_t *nul = NULL;

	while (!err && !nul && nr < ELEMENTS_MAX) {
		const uint64_t at = kernel_address(e->k, addr + nr);
		const size_t part = MIN((size_t)(page - (at & (page - 1))), ELEMENTS_MAX - nr);

		err = kernel_read(e->k, at, buf + nr, part);
		if (err)
			break;
		nul = memchr(buf + nr, 0, part);
		nr = nul ? (size_t)(nul - buf) + 1 : nr + part;
	}
	if (err && !error_is_kernel_trouble(err))
		return err;
	if (nr || !err) {
		bool more = false;

		if (!err && !nul) {
			struct vmatlas_error *last = kernel_read(e->k, kernel_address(e->k, addr + nr),
								 buf + nr, 1);

			more = last || buf[nr];
			vmatlas_error_free(last);
		}
		print_string(buf, nr, more, out);
	}
	if (err)
		str_addf(out, "%s<error: Cannot access memory at address 0x%llx>", nr ? "" : "",
			 (unsigned long long)((addr + nr) & e->k->va_mask));
	vmatlas_error_free(err);
	return NULL;
}
