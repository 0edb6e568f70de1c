/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why /proc/kcore could not be opened. Pure. */
#ifndef MEM_PROC_KCORE_H
#define MEM_PROC_KCORE_H

#include "base/error.h"

/* @error: of open(); @lockdown: the text of /sys/kernel/security/lockdown, or "". */
VMATLAS_CHECKED struct vmatlas_error *
kcore_refused(const char *path, int error, const char *lockdown);

#endif
