/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Offsets that a person gives instead of our finding them. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "kernel/identify/identify.h"

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

struct vmatlas_error *identify_given_phys(struct kernel *k, const struct kernel_opts *opts,
					  bool known, const char *by)
{
	struct vmatlas_error *err;
	uint64_t given = 0;

	if (!opts->phys_offset)
		return NULL;
	err = identify_override("--phys-offset", opts->phys_offset, &given);
	if (!err && known && given != k->phys_base)
		err = vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "--phys-offset %#" PRIx64
			": by the kernel's own %s it is %#" PRIx64, given, by, k->phys_base);
	k->phys_base = given;
	return err;
}

struct vmatlas_error *identify_check_override(struct kernel *k,
					      const struct kernel_signature *p,
					      uint64_t delta,
					      enum signature_result result)
{
	const uint64_t link = p->banner_addr ? p->banner_addr : p->id_addr;
	enum signature_result tables = SIGNATURE_UNREADABLE;
	struct vmatlas_error *err = NULL;

	if (result != SIGNATURE_DIFFERENT)
		err = signature_by_tables(k, p, delta, &tables);
	if (err)
		return err;
	if (tables == SIGNATURE_EQUAL || (tables == SIGNATURE_UNREADABLE && result == SIGNATURE_EQUAL))
		return NULL;
	return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
		"the offset given leads to no kernel: linux_banner is not at physical %#" PRIx64
		", virtual %#" PRIx64, link + delta, (link + k->slide) & k->va_mask);
}
