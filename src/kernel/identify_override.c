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

/* The banner differs, or the tables found there map it elsewhere, or nothing is there. */
static bool leads_astray(enum proof_result result, const struct walk *w, bool walked,
			 uint64_t paddr)
{
	if (result == PROOF_DIFFERENT || (walked && !w->mapped))
		return true;
	return walked ? w->phys != paddr : result == PROOF_UNREADABLE;
}

struct vmatlas_error *identify_judge_override(struct kernel *k, const struct proof *p,
					      uint64_t delta, enum proof_result result)
{
	const uint64_t link = p->banner_addr ? p->banner_addr : p->id_addr;
	struct vmatlas_error *err = NULL;
	bool walked = false;
	struct walk w;

	if (result != PROOF_DIFFERENT && k->mem->info.has_physical) {
		err = kernel_walk(k, (link + k->slide) & k->va_mask, &w);
		walked = !err;
	}
	if (err && !error_is_kernel_trouble(err))
		return err;
	vmatlas_error_free(err);
	if (!leads_astray(result, &w, walked, link + delta))
		return NULL;
	return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
		"the offset given leads to no kernel: linux_banner is not at physical %#" PRIx64
		", virtual %#" PRIx64, link + delta, (link + k->slide) & k->va_mask);
}
