/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A descriptor that ends before what every plugin must have. */
/* vmatlas plugins -> 2: short.so: descriptor of 16 bytes is too short */
#include <vmatlas-plugin.h>

extern VMATLAS_API const struct vmatlas_plugin vmatlas_plugin;
const struct vmatlas_plugin vmatlas_plugin = {
	.abi = VMATLAS_PLUGIN_ABI,
	.size = 16,
	.name = "short",
};
