/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compressed names of kallsyms. Bytes in, text out; pure. */
#ifndef KERNEL_SYMBOLS_KALLSYMS_TOKEN_H
#define KERNEL_SYMBOLS_KALLSYMS_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KALLSYMS_TOKENS 256
/* KSYM_NAME_LEN, include/linux/kallsyms.h, since 6.1; before that it was 128. */
#define KALLSYMS_NAME_MAX 512
/* The longest name with its count, as the two-byte count could say it. */
#define KALLSYMS_COMPRESSED_MAX (0x7fff + 2)

struct kallsyms_tokens {
	uint16_t at[KALLSYMS_TOKENS];	/* of each expansion in @text */
	char *text;			/* expansions; NUL at the end, no at[] beyond */
};

/* Name number @skip of the run in @p; false if the run is too short for it. */
bool kallsyms_nth_name(const uint8_t *p, size_t size, uint32_t skip, const uint8_t **ret,
		       size_t *ret_len);

/* What does not fit is cut off. @ret_type may be NULL. */
void kallsyms_expand(const struct kallsyms_tokens *tokens, const uint8_t *p, size_t len,
		     char ret[static KALLSYMS_NAME_MAX], char *ret_type);

#endif
