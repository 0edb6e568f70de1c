/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A shared object, and no plugin: its descriptor has another name. */
/* vmatlas plugins -> 2: no_symbol.so: exports no vmatlas_plugin */
#include <vmatlas-plugin.h>

extern VMATLAS_API const struct vmatlas_plugin plugin;
const struct vmatlas_plugin plugin = {
	.abi = VMATLAS_PLUGIN_ABI,
	.size = sizeof(struct vmatlas_plugin),
};
