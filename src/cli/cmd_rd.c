/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmatlas rd: memory as gdb's x prints it. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "cli/cmd.h"
#include "cli/expression.h"

enum { COUNT_MOST = 1 << 20, STRING_MOST = 4096, SHOWN_OF_STRING = 200 };

/* gdb's "/8gx": how many, of which size, and how they look. */
struct memory_format {
	uint64_t count;
	uint32_t bytes;
	char letter;
};

static struct vmatlas_error *bad_memory_format(const char *text)
{
	return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "invalid format '%s': as /8gx: how many, "
		"b, h, w or g for 1, 2, 4 or 8 bytes, and x, d, u, a (address), c or s (string)",
		text);
}

static struct vmatlas_error *memory_format_read(const char *text, struct memory_format *ret)
{
	const char *p = text + 1;
	char *end;

	if (isdigit((unsigned char)*p)) {
		ret->count = strtoull(p, &end, 10);
		p = end;
	}
	for (; *p; p++) {
		static const char sizes[] = "bhwg";
		const char *size = strchr(sizes, *p);

		if (size)
			ret->bytes = 1u << (size - sizes);
		else if (strchr("xduacs", *p))
			ret->letter = *p;
		else
			return bad_memory_format(text);
	}
	if (ret->letter == 'c' || ret->letter == 's')
		ret->bytes = 1;
	return ret->count && ret->count <= COUNT_MOST ? NULL : bad_memory_format(text);
}

/* "0xffffffff82a1aa40 <init_task>:" */
static struct vmatlas_error *memory_address(struct vmatlas_eval *eval, uint64_t addr,
					    struct str *line)
{
	struct vmatlas_value v = { .size = sizeof(v) };
	char text[32];
	struct vmatlas_error *err;

	snprintf(text, sizeof(text), "0x%" PRIx64, addr);
	err = vmatlas_eval_print(eval, text, 'a', &v);
	if (!err)
		str_addf(line, "%s", v.text);
	return err;
}

static struct vmatlas_error *memory_value(struct vmatlas_eval *eval, uint64_t value,
					  const struct memory_format *f, struct str *line)
{
	const unsigned int bits = f->bytes * 8;
	struct vmatlas_value v = { .size = sizeof(v) };
	const uint64_t extended = bits < 64 && value >> (bits - 1) & 1 ? value | ~(uint64_t)0 << bits
								       : value;
	char text[64];
	struct vmatlas_error *err = NULL;

	switch (f->letter) {
	case 'a': return memory_address(eval, value, line);
	case 'd': str_addf(line, "%" PRId64, (int64_t)extended); break;
	case 'u': str_addf(line, "%" PRIu64, value); break;
	case 'c':
		snprintf(text, sizeof(text), "(char)%" PRIu64, value);
		err = vmatlas_eval_print(eval, text, 'c', &v);
		if (!err)
			str_addf(line, "%s", v.text);
		break;
	default: str_addf(line, "0x%0*" PRIx64, (int)f->bytes * 2, value);
	}
	return err;
}

/* gdb's columns: 16 bytes a line, 8 of characters and bytes */
static uint64_t per_line(const struct memory_format *f)
{
	return f->bytes == 1 ? 8 : 16 / f->bytes;
}

static struct vmatlas_error *memory_line(struct cli *cli, struct vmatlas_eval *eval, uint64_t addr,
					 uint64_t nr, const struct memory_format *f)
{
	const struct render *r = &cli->out;
	_cleanup_(str_done) struct str line = { 0 };
	struct vmatlas_error *err = memory_address(eval, addr, &line);

	emit_object(r, NULL);
	emit_hex(r, "address", addr);
	emit_list(r, "values");
	str_addf(&line, ":");
	for (uint64_t i = 0; !err && i < nr; i++) {
		uint64_t value = 0;

		err = vmatlas_read_uint(r->atlas, addr + i * f->bytes, f->bytes, &value);
		if (err)
			break;
		emit_hex(r, NULL, value);
		str_addf(&line, "\t");
		err = memory_value(eval, value, f, &line);
	}
	emit_close(r);
	emit_null(r, "text");
	emit_close(r);
	if (!err || strchr(str_text(&line), '\t'))
		emit_line(r, "%s", str_text(&line));
	return err;
}

/* A string a line; the next one begins behind its NUL. */
static struct vmatlas_error *memory_string(struct cli *cli, struct vmatlas_eval *eval,
					   uint64_t *addr)
{
	const struct render *r = &cli->out;
	struct vmatlas_value v = { .size = sizeof(v) };
	_cleanup_(str_done) struct str line = { 0 };
	char text[64], buf[SHOWN_OF_STRING + 1];
	struct vmatlas_error *err = memory_address(eval, *addr, &line);

	if (!err)
		err = vmatlas_read_string(r->atlas, *addr, buf, sizeof(buf));
	if (err)
		return err;
	snprintf(text, sizeof(text), "*(char (*)[%zu])0x%" PRIx64, strlen(buf) + 1, *addr);
	err = vmatlas_eval_print(eval, text, 's', &v);
	if (err)
		return err;
	emit_object(r, NULL);
	emit_hex(r, "address", *addr);
	emit_list(r, "values");
	emit_close(r);
	emit_text(r, "text", v.text);
	emit_close(r);
	emit_line(r, "%s:\t%s", str_text(&line), v.text);
	*addr += strlen(buf) + 1;
	return NULL;
}

static struct vmatlas_error *memory_show(struct cli *cli, struct vmatlas_eval *eval, uint64_t addr,
					 const struct memory_format *f)
{
	struct vmatlas_error *err = NULL;

	for (uint64_t i = 0; !err && i < f->count;) {
		const uint64_t nr = f->letter == 's' ? 1 : MIN(per_line(f), f->count - i);

		if (f->letter == 's')
			err = memory_string(cli, eval, &addr);
		else
			err = memory_line(cli, eval, addr, nr, f);
		if (f->letter != 's')
			addr += nr * f->bytes;
		i += nr;
	}
	return err;
}

/* "rd ADDR 8", as crash has it: a small decimal number, for nothing is mapped there. */
static bool memory_count(const char *text, uint64_t *ret)
{
	uint64_t nr = 0;

	for (; *text >= '0' && *text <= '9' && nr < 4096; text++)
		nr = 10 * nr + (*text - '0');
	if (*text || !nr || nr >= 4096)
		return false;
	*ret = nr;
	return true;
}

static struct vmatlas_error *memory_each(struct cli *cli, struct vmatlas_eval *eval)
{
	const uint32_t word = vmatlas_info(cli->out.atlas)->pointer_size;
	struct memory_format f = { .count = 1, .bytes = word, .letter = 'x' };
	struct vmatlas_error *err = NULL;

	for (size_t i = 0; !err && i < cli->operands.nr; i++) {
		uint64_t addr = 0;

		if (cli->operands.v[i][0] == '/') {
			err = memory_format_read(cli->operands.v[i], &f);
			continue;
		}
		if (f.letter == 'a')
			f.bytes = word;
		err = expression_address(eval, cli->operands.v[i], &addr);
		if (!err && i + 1 < cli->operands.nr && memory_count(cli->operands.v[i + 1], &f.count))
			i++;
		if (!err)
			err = memory_show(cli, eval, addr, &f);
	}
	return err;
}

struct vmatlas_error *cmd_rd(struct cli *cli)
{
	struct vmatlas_eval *eval = NULL;
	struct vmatlas_error *err = expressions_begin(cli, 0, "memory", &eval);

	return err ? err : expressions_end(cli, eval, memory_each(cli, eval));
}
