/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What plugin.c and plugin_load.c offer each other. */
#ifndef INSPECT_PLUGIN_H
#define INSPECT_PLUGIN_H

#include "map/vmatlas_internal.h"

/* plugin_add() of a plugin that the user gave options, "KEY=VALUE,..." or "". */
VMATLAS_CHECKED struct vmatlas_error *
plugin_add_with(struct vmatlas *atlas, const struct vmatlas_plugin *plugin, const char *path,
		const char *options);

/* ARGUMENT if it has no such option. */
VMATLAS_CHECKED struct vmatlas_error *
plugin_set_options(struct inspector *in, const char *options);

#endif
