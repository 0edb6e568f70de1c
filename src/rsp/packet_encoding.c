/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What packets are made of: checksums, hexadecimal and binary data, runs. */
#include <string.h>

#include "rsp/rsp.h"

static const char digits[] = "0123456789abcdef";

static int digit_value(char c)
{
	const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c | 0x20 : c) : NULL;

	return at ? (int)(at - digits) : -1;
}

void rsp_add_packet(struct str *out, const char *data, size_t len)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += (uint8_t)data[i];
	str_add(out, "$", 1);
	str_add(out, data, len);
	str_addf(out, "#%02x", sum);
}

void rsp_add_hex(struct str *out, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	for (size_t i = 0; i < len; i++) {
		const char pair[2] = { digits[at[i] >> 4], digits[at[i] & 15] };

		str_add(out, pair, 2);
	}
}

bool rsp_from_hex(const char *text, size_t len, struct str *out)
{
	if (len % 2)
		return false;
	for (size_t i = 0; i < len; i += 2) {
		const int high = digit_value(text[i]), low = digit_value(text[i + 1]);
		const char byte = (char)(high * 16 + low);

		if (high < 0 || low < 0)
			return false;
		str_add(out, &byte, 1);
	}
	return true;
}

bool rsp_number(const char **p, uint64_t *ret)
{
	const char *at = *p;
	uint64_t value = 0;

	for (; digit_value(*at) >= 0; at++) {
		if (value >> 60)
			return false;
		value = value << 4 | (uint64_t)digit_value(*at);
	}
	if (at == *p)
		return false;
	*p = at;
	*ret = value;
	return true;
}

static bool needs_escape(char c)
{
	return c == '#' || c == '$' || c == '}' || c == '*';
}

void rsp_add_escaped(struct str *out, const void *bytes, size_t len)
{
	const char *at = bytes;
	size_t plain = 0;

	for (size_t i = 0; i < len; i++) {
		const char pair[2] = { '}', at[i] ^ 0x20 };

		if (!needs_escape(at[i]))
			continue;
		str_add(out, at + plain, i - plain);
		str_add(out, pair, 2);
		plain = i + 1;
	}
	str_add(out, at + plain, len - plain);
}

bool rsp_unescape(const char *data, size_t len, struct str *out)
{
	for (size_t i = 0; i < len; i++) {
		char c = data[i];

		if (c == '}') {
			if (++i == len)
				return false;
			c = data[i] ^ 0x20;
		}
		str_add(out, &c, 1);
	}
	return true;
}

/* "x*N": x again, as often as N says over 28, which makes it a printable character. */
bool rsp_expand_runs(const char *data, size_t len, struct str *out)
{
	for (size_t i = 0; i < len; i++) {
		int more;

		if (data[i] != '*') {
			str_add(out, &data[i], 1);
			continue;
		}
		if (!i || ++i == len)
			return false;
		more = (uint8_t)data[i] - 29;
		if (more < 3 || data[i] > 126 || out->len + (size_t)more > RSP_PACKET_MAX)
			return false;
		while (more-- > 0)
			str_add(out, &data[i - 2], 1);
	}
	return true;
}
