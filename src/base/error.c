/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Error values: a code and one sentence, with the address and the errno that the sentence
 * names. They know nothing about kernels.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"

struct vmatlas_error {
	uint32_t code;
	int errnum;
	uint32_t space;
	bool has_address;
	uint64_t address;
	char *message;
	size_t reason;			/* offset in message, behind the address */
};

static struct vmatlas_error no_memory = {
	.code = VMATLAS_ERROR_NO_MEMORY, .errnum = ENOMEM, .message = (char *)"out of memory",
};

struct vmatlas_error *error_no_memory(void)
{
	return &no_memory;
}

static struct vmatlas_error *error_take(uint32_t code, char *message)
{
	struct vmatlas_error *err = malloc(sizeof(*err));

	if (!err) {
		free(message);
		return &no_memory;
	}
	*err = (struct vmatlas_error){ .code = code, .message = message };
	return err;
}

struct vmatlas_error *vmatlas_error_new(enum vmatlas_error_code code, const char *fmt, ...)
{
	char *message;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&message, fmt, ap) < 0)
		message = NULL;
	va_end(ap);
	return message ? error_take(code, message) : &no_memory;
}

struct vmatlas_error *error_system(const char *fmt, ...)
{
	const int saved = errno;
	_cleanup_(freep) char *what = NULL;
	struct vmatlas_error *err = &no_memory;
	char *message = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&what, fmt, ap) < 0)
		what = NULL;
	va_end(ap);
	if (!what || asprintf(&message, "%s: %s", what, strerror(saved)) < 0)
		message = NULL;
	if (message)
		err = error_take(VMATLAS_ERROR_SYSTEM, message);
	if (err != &no_memory)
		err->errnum = saved;
	errno = saved;
	return err;
}

struct vmatlas_error *vmatlas_error_wrap(struct vmatlas_error *err,
					 const char *fmt, ...)
{
	_cleanup_(freep) char *context = NULL;
	char *message;
	va_list ap;

	if (!err || err == &no_memory)
		return err;

	va_start(ap, fmt);
	if (vasprintf(&context, fmt, ap) < 0)
		context = NULL;
	va_end(ap);
	if (!context)
		return err;	/* context is a courtesy; the error is the news */

	if (asprintf(&message, "%s: %s", context, err->message) >= 0) {
		free(err->message);
		err->message = message;
		err->reason += strlen(context) + strlen(": ");
	}
	return err;
}

void error_set_address(struct vmatlas_error *err, uint32_t space, uint64_t addr)
{
	if (!err || err == &no_memory || err->has_address)
		return;
	err->space = space;
	err->address = addr;
	err->has_address = true;
}

struct vmatlas_error *error_at(struct vmatlas_error *err, uint32_t space, uint64_t addr)
{
	error_set_address(err, space, addr);
	return vmatlas_error_wrap(err, "%s %#" PRIx64,
				  space == VMATLAS_VIRTUAL ? "virtual" : "physical", addr);
}

struct vmatlas_error *error_fault(uint32_t space, uint64_t addr, const char *fmt, ...)
{
	char *message;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&message, fmt, ap) < 0)
		message = NULL;
	va_end(ap);
	return message ? error_at(error_take(VMATLAS_ERROR_FAULT, message), space, addr)
		       : &no_memory;
}

const char *error_reason(const struct vmatlas_error *err)
{
	return err->message + err->reason;
}

bool vmatlas_error_address(const struct vmatlas_error *err, uint32_t *ret_space,
			   uint64_t *ret_addr)
{
	if (!err || !err->has_address)
		return false;
	*ret_space = err->space;
	*ret_addr = err->address;
	return true;
}

int vmatlas_error_errno(const struct vmatlas_error *err)
{
	return err ? err->errnum : 0;
}

enum vmatlas_error_code vmatlas_error_code(const struct vmatlas_error *err)
{
	return err ? err->code : 0;
}

const char *vmatlas_error_message(const struct vmatlas_error *err)
{
	return err ? err->message : "no error";
}

void vmatlas_error_free(struct vmatlas_error *err)
{
	if (!err || err == &no_memory)
		return;
	free(err->message);
	free(err);
}
