/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Offsets that a person gives instead of our finding them. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "kernel/identify.h"

struct vmatlas_error *identify_override(const char *option, const char *text, uint64_t *ret)
{
	char *end;

	errno = 0;
	*ret = strtoull(text, &end, 16);
	/* strtoull() takes blanks and signs, too: -1 would be 0xffffffffffffffff */
	if (!isxdigit((unsigned char)*text) || *end || errno)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"%s takes a hexadecimal number of 64 bits, not '%s'", option, text);
	return NULL;
}

struct vmatlas_error *identify_judge_override(struct kernel *k, const struct proof *p,
					      uint64_t delta, enum proof_result result)
{
	const uint64_t link = p->banner_addr ? p->banner_addr : p->id_addr;
	enum proof_result tables = PROOF_UNREADABLE;
	struct vmatlas_error *err = NULL;

	if (result != PROOF_DIFFERENT)
		err = proof_by_tables(k, p, delta, &tables);
	if (err)
		return err;
	if (tables == PROOF_EQUAL || (tables == PROOF_UNREADABLE && result == PROOF_EQUAL))
		return NULL;
	return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
		"the offset given leads to no kernel: linux_banner is not at physical %#" PRIx64
		", virtual %#" PRIx64, link + delta, (link + k->slide) & k->va_mask);
}
