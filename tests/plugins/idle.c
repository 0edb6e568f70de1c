/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A plugin that cannot do anything. */
/* vmatlas plugins -> 2: idle.so: needs at least a name and inspect() or command() */
#include <vmatlas-plugin.h>

VMATLAS_PLUGIN(
	.name = "idle",
	.summary = "has no inspect()",
);
