/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A test's own program file stands in for vmlinux: copied, damaged, opened. */
#ifndef TESTS_IMAGE_COPY_H
#define TESTS_IMAGE_COPY_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "debuginfo/debuginfo_internal.h"

#define SELF "/proc/self/exe"

struct copy {
	char path[64];
	uint8_t *bytes;
	size_t size;
};

/* A copy of this program in memory; written to a file by copy_write(). */
static inline struct copy copy_new(void)
{
	struct copy c = { "/tmp/vmatlas-test-XXXXXX", NULL, 0 };
	FILE *self = fopen(SELF, "rb");
	const int fd = mkstemp(c.path);

	assert_non_null(self);
	assert_true(fd >= 0);
	close(fd);
	fseek(self, 0, SEEK_END);
	c.size = (size_t)ftell(self);
	rewind(self);
	c.bytes = malloc(c.size);
	assert_non_null(c.bytes);
	assert_int_equal(fread(c.bytes, 1, c.size, self), c.size);
	fclose(self);
	return c;
}

static inline void copy_write(const struct copy *c, size_t size)
{
	FILE *out = fopen(c->path, "wb");

	assert_non_null(out);
	assert_int_equal(fwrite(c->bytes, 1, size, out), size);
	assert_int_equal(fclose(out), 0);
}

static inline void copy_done(struct copy *c)
{
	unlink(c->path);
	free(c->bytes);
}

/* Rename a section, so that nobody finds it. */
static inline void copy_hide(struct copy *c, const char *name)
{
	uint8_t *at;

	for (size_t i = 0;
	     (at = memmem(c->bytes + i, c->size - i, name, strlen(name) + 1));
	     i = (size_t)(at - c->bytes) + 1)
		at[1] = 'x';
}

/* The error's code, and the end of the error. */
static inline uint32_t code_of(struct vmatlas_error *err)
{
	const uint32_t code = vmatlas_error_code(err);

	vmatlas_error_free(err);
	return code;
}

#define assert_ok(e)                                                          \
	do {                                                                  \
		struct vmatlas_error *err_ = (e);                             \
		if (err_)                                                     \
			fail_msg("%s", vmatlas_error_message(err_));          \
	} while (0)

#endif
