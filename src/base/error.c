/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Error values: a code and one sentence. They know nothing about kernels. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"

struct vmatlas_error {
	uint32_t code;
	char *message;
};

static struct vmatlas_error no_memory = {
	VMATLAS_ERROR_NO_MEMORY, (char *)"out of memory",
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
	*err = (struct vmatlas_error){ code, message };
	return err;
}

struct vmatlas_error *vmatlas_error_new(uint32_t code, const char *fmt, ...)
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
	char *message = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&what, fmt, ap) < 0)
		what = NULL;
	va_end(ap);
	if (!what || asprintf(&message, "%s: %s", what, strerror(saved)) < 0)
		message = NULL;
	errno = saved;
	return message ? error_take(VMATLAS_ERROR_SYSTEM, message) : &no_memory;
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
	}
	return err;
}

uint32_t vmatlas_error_code(const struct vmatlas_error *err)
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
