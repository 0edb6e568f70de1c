/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A platform's own numbers: any bytes are either claims that hold or one clear line. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/range.h"
#include "bootlog/platform_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct platform *p = NULL;
	struct vmatlas_error *err = platform_parse((const char *)data, size, "fuzz", &p);

	if (err && strchr(vmatlas_error_message(err), '\n'))
		abort();
	vmatlas_error_free(err);
	if (!p)
		return 0;
	for (size_t i = 0; i < p->claims.nr; i++)
		if (!p->claims.v[i].name || !p->claims.v[i].source ||
		    !range_valid(p->claims.v[i].range))
			abort();
	platform_free(p);
	return 0;
}
