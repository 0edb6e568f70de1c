/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compressed names of kallsyms: a count, then as many tokens, each standing for text. */
#include "kernel/symbols/kallsyms_token.h"

/*
 * Length of the name at @p, and of the count before it. Since 6.1 a count above
 * 127 takes two bytes (commit 73bbb94466fd, "kallsyms: support \"big\" kernel
 * symbols"); before, no name was that long. False: more bytes are needed.
 */
static bool name_length(const uint8_t *p, size_t left, size_t *ret_head, size_t *ret_len)
{
	const bool two = left > 0 && p[0] & 0x80;

	if (left < (two ? 2 : 1))
		return false;
	*ret_head = two ? 2 : 1;
	*ret_len = two ? (p[0] & 0x7f) | (size_t)p[1] << 7 : p[0];
	return *ret_len <= left - *ret_head;
}

bool kallsyms_nth_name(const uint8_t *p, size_t size, uint32_t skip, const uint8_t **ret,
		       size_t *ret_len)
{
	size_t at = 0, head, len;

	for (uint32_t i = 0;; i++) {
		if (!name_length(p + at, size - at, &head, &len))
			return false;
		if (i == skip)
			break;
		at += head + len;
	}
	*ret = p + at + head;
	*ret_len = len;
	return true;
}

/* kallsyms_expand_symbol(): of the text, the first character is the type */
void kallsyms_expand(const struct kallsyms_tokens *tokens, const uint8_t *p, size_t len,
		     char ret[static KALLSYMS_NAME_MAX], char *ret_type)
{
	size_t used = 0;
	char type = '\0';

	for (size_t i = 0; i < len && used < KALLSYMS_NAME_MAX - 1; i++)
		for (const char *c = tokens->text + tokens->at[p[i]]; *c; c++) {
			if (!type)
				type = *c;
			else if (used < KALLSYMS_NAME_MAX - 1)
				ret[used++] = *c;
		}
	ret[used] = '\0';
	if (ret_type)
		*ret_type = type;
}
