/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Error values: see vmatlas_error_new() and friends in the public header. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>
#include <vmatlas.h>

#include "base/cleanup.h"

DEFINE_FREEP(vmatlas_error, vmatlas_error_free)

struct vmatlas_error *error_no_memory(void);

/* "what: strerror(errno)" with the code SYSTEM. Keeps errno. */
VMATLAS_CHECKED VMATLAS_PRINTF(1, 2)
struct vmatlas_error *error_system(const char *fmt, ...);

/* "physical 0x1000: ..." with the code FAULT, and the address. @space: enum vmatlas_space */
VMATLAS_CHECKED VMATLAS_PRINTF(3, 4)
struct vmatlas_error *error_fault(uint32_t space, uint64_t addr, const char *fmt, ...);

/* Put "physical 0x1000: " before @err, and the address in it. NULL passes through. */
VMATLAS_CHECKED struct vmatlas_error *
error_at(struct vmatlas_error *err, uint32_t space, uint64_t addr);

/* The address that the message of @err names already, unless it has one. */
void error_set_address(struct vmatlas_error *err, uint32_t space, uint64_t addr);

/* What is behind all that was put before it: "not in the dump" */
const char *error_reason(const struct vmatlas_error *err);

static inline bool error_is(const struct vmatlas_error *err, uint32_t code)
{
	return err && vmatlas_error_code(err) == code;
}

/*
 * Trouble that lies in the dump, not in us: becomes a finding or a coverage
 * line, and the work goes on.
 */
static inline bool error_is_kernel_trouble(const struct vmatlas_error *err)
{
	return error_is(err, VMATLAS_ERROR_FAULT) || error_is(err, VMATLAS_ERROR_CORRUPT);
}

#endif
