/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CLI_GDB_LISTING_H
#define CLI_GDB_LISTING_H

#include "cli/cli.h"

/* Both names from gdb's "info files" at stdin; vmlinux may be NULL. The caller's to free. */
VMATLAS_CHECKED struct vmatlas_error *gdb_listing_read(char **ret_vmlinux, char **ret_core);

#endif
