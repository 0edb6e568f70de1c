/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of any type, as gdb's print writes them (gdb/c-valprint.c, gdb/cp-valprint.c). */
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "expr/expr_internal.h"

/* Nested deeper than this is no struct of a kernel; and no answer is longer than that. */
enum { NEST_MAX = 40 };
#define ELEMENT_BYTES_MAX MIB(1)
#define TEXT_MAX_BYTES ((size_t)MIB(16))

static struct vmatlas_error *print_too_much(void)
{
	return vmatlas_error_new(VMATLAS_ERROR_UNSUPPORTED,
				 "the value has more than 16 MiB of text: ask for a part of it");
}

/* ---- Structs ---- */

static struct value member_of(const struct value *v, const struct vmatlas_type_member *m)
{
	struct value at = *v;

	at.type = m->type;
	at.bit_size = m->bit_size;
	at.bit_offset = m->bit_size ? m->bit_offset : 0;
	if (!m->bit_size)
		at.addr += m->bit_offset / 8;
	return at;
}

static struct vmatlas_error *print_struct(struct expr *e, const struct value *v,
					  struct print_how how, struct str *out)
{
	const struct vmatlas_type_member *m;
	size_t nr;
	bool any = false;
	struct vmatlas_error *err = type_members(e, v->type, &m, &nr);

	if (error_is(err, VMATLAS_ERROR_NOT_FOUND)) {
		vmatlas_error_free(err);
		str_addf(out, "<incomplete type>");
		return NULL;
	}
	if (err)
		return err;
	str_addf(out, "{");
	how.depth++;
	for (size_t i = 0; !err && i < nr; i++) {
		const struct value at = member_of(v, &m[i]);

		/* bit-fields without a name are room, no members */
		if (!*m[i].name && m[i].bit_size)
			continue;
		str_addf(out, "%s", any ? ", " : "");
		if (*m[i].name)
			str_addf(out, "%s = ", m[i].name);
		err = print_value(e, &at, how, out);
		any = true;
	}
	str_addf(out, any ? "}" : "<No data fields>}");
	return err;
}

/* ---- Arrays ---- */

static struct vmatlas_error *print_text_array(struct expr *e, const struct value *v, uint64_t count,
					      struct str *out)
{
	/* one more, to know whether it ends there */
	const size_t nr = (size_t)MIN(count, (uint64_t)VALUE_BYTES_MAX);
	_cleanup_(freep) uint8_t *buf = malloc(nr);
	struct vmatlas_error *err = buf ? value_bytes(e, v, 0, buf, nr) : error_no_memory();

	if (!err)
		print_string(buf, nr, nr < count, out);
	return err;
}

/* Elements from @i on whose bytes are the same. */
static uint64_t same_elements(const uint8_t *bytes, uint64_t size, uint64_t i, uint64_t count)
{
	uint64_t n = 1;

	while (i + n < count && !memcmp(bytes + i * size, bytes + (i + n) * size, (size_t)size))
		n++;
	return n;
}

/* Elements beyond those that can be shown at all are not read. */
static struct vmatlas_error *print_elements(struct expr *e, const struct value *v, ctype element,
					    uint64_t size, uint64_t count, struct print_how how,
					    struct str *out)
{
	const uint64_t most = MAX(VALUE_BYTES_MAX / size, (uint64_t)ELEMENTS_MAX + 1);
	const uint64_t nr = MIN(count, most);
	_cleanup_(freep) uint8_t *bytes = size > ELEMENT_BYTES_MAX ? NULL
								   : malloc((size_t)(nr * size));
	struct vmatlas_error *err = bytes ? value_bytes(e, v, 0, bytes, (size_t)(nr * size))
		: size > ELEMENT_BYTES_MAX ? print_too_much() : error_no_memory();
	uint64_t i = 0, printed = 0;

	str_addf(out, "{");
	how.depth++;
	for (; !err && i < nr && printed < ELEMENTS_MAX; i++) {
		const uint64_t same = same_elements(bytes, size, i, nr);
		struct value at = *v;

		str_addf(out, "%s", i ? ", " : "");
		at.type = element;
		at.addr += i * size;
		if (v->is_literal)
			at.bytes += i * size;
		err = print_value(e, &at, how, out);
		if (same > REPEATS_MIN) {
			str_addf(out, " <repeats %" PRIu64 " times>", same);
			i += same - 1;
			printed += REPEATS_MIN;
		} else {
			printed++;
		}
	}
	str_addf(out, "%s}", i < count ? "..." : "");
	return err;
}

static struct vmatlas_error *print_array(struct expr *e, const struct value *v, struct print_how how,
					 struct str *out)
{
	ctype t = type_strip(v->type), element = t->target;
	uint64_t size;
	struct vmatlas_error *err = type_size(e, element, &size);

	if (err)
		return err;
	/* an array of unknown length is printed like a pointer to its first element */
	if (!t->count || !size) {
		err = print_address(e, v->addr, out);
		if (!err && v->addr && type_is_text(element, how.format)) {
			str_addf(out, " ");
			err = print_string_at(e, v->addr, out);
		}
		return err;
	}
	if (type_is_text(element, how.format))
		return print_text_array(e, v, t->count, out);
	return print_elements(e, v, element, size, t->count, how, out);
}

/* ---- Any ---- */

static struct vmatlas_error *print_function(struct expr *e, const struct value *v, struct str *out)
{
	struct vmatlas_error *err;

	str_addf(out, "{");
	err = type_text(e, v->type, out);
	str_addf(out, "} ");
	return err ? err : print_address(e, v->addr, out);
}

/* Sixteen bytes as one number. */
static struct vmatlas_error *print_wide(struct expr *e, const struct value *v, char format,
					struct str *out)
{
	unsigned __int128 n;
	uint8_t buf[16];
	char digits[48], *p = digits + sizeof(digits) - 1;
	struct vmatlas_error *err = value_bytes(e, v, 0, buf, sizeof(buf));
	const bool is_hex = format && format != 'd' && format != 'u' && format != 's';

	if (err)
		return err;
	n = (unsigned __int128)bytes_uint(buf + (e->k->big_endian ? 0 : 8), 8, e->k->big_endian) << 64 |
	    bytes_uint(buf + (e->k->big_endian ? 8 : 0), 8, e->k->big_endian);
	if (!is_hex && type_is_signed(e, v->type) && n >> 127) {
		str_addf(out, "-");
		n = -n;
	}
	*p = '\0';
	do {
		*--p = "0123456789abcdef"[n % (is_hex ? 16 : 10)];
		n /= is_hex ? 16 : 10;
	} while (n);
	str_addf(out, "%s%s", is_hex ? "0x" : "", p);
	return NULL;
}

struct vmatlas_error *print_value(struct expr *e, const struct value *v, struct print_how how,
				  struct str *out)
{
	const bool is_top = how.is_top;
	ctype t = type_strip(v->type);

	how.is_top = false;
	if (out->failed)
		return error_no_memory();
	if (out->len > TEXT_MAX_BYTES || how.depth > NEST_MAX)
		return print_too_much();
	switch (type_kind(v->type)) {
	case VMATLAS_TYPE_VOID:
		str_addf(out, "void");
		return NULL;
	case VMATLAS_TYPE_STRUCT: case VMATLAS_TYPE_UNION:
		return print_struct(e, v, how, out);
	case VMATLAS_TYPE_ARRAY:
		return print_array(e, v, how, out);
	case VMATLAS_TYPE_FUNCTION:
		return print_function(e, v, out);
	case VMATLAS_TYPE_INT:
		if (t->bytes == 16)
			return print_wide(e, v, how.format, out);
		break;
	default:
		break;
	}
	how.is_top = is_top;
	return print_scalar(e, v, how, out);
}
