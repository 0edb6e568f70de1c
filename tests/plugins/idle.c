/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plugin that cannot do anything. */
/* vmatlas plugins -> 2: idle.so: needs at least a name and inspect() */
#include <vmatlas.h>

VMATLAS_PLUGIN(
	.name = "idle",
	.summary = "has no inspect()",
);
