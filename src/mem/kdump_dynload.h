/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEM_KDUMP_DYNLOAD_H
#define MEM_KDUMP_DYNLOAD_H

#include <vmatlas.h>

#include "base/error.h"

/* Before the first call of any kdump_*(). UNSUPPORTED if there is no libkdumpfile. */
VMATLAS_CHECKED struct vmatlas_error *kdump_lib_load(void);

#endif
