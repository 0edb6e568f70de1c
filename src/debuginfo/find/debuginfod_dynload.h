/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libdebuginfod's functions, once they are loaded. */
#ifndef DEBUGINFO_FIND_DEBUGINFOD_DYNLOAD_H
#define DEBUGINFO_FIND_DEBUGINFOD_DYNLOAD_H

#include "base/error.h"

/* UNSUPPORTED if there is no libdebuginfod on this machine. */
VMATLAS_CHECKED struct vmatlas_error *debuginfod_lib_load(void);

/* As in elfutils/debuginfod.h (elfutils 0.178 and later; the ABI never changed). */
typedef struct debuginfod_client debuginfod_client;
typedef int (*debuginfod_progressfn_t)(debuginfod_client *client, long a, long b);

debuginfod_client *debuginfod_begin(void);
void debuginfod_end(debuginfod_client *client);
/* @len 0: @build_id is hex. A descriptor, or minus an errno. */
int debuginfod_find_debuginfo(debuginfod_client *client, const unsigned char *build_id,
			      int len, char **path);
void debuginfod_set_progressfn(debuginfod_client *client, debuginfod_progressfn_t fn);
void debuginfod_set_user_data(debuginfod_client *client, void *data);
void *debuginfod_get_user_data(debuginfod_client *client);
const char *debuginfod_get_url(debuginfod_client *client);

#endif
