/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* x86-64 as of 6.3 to 6.8: a tree of what is freed; flags again, new ones. All is well. */
#define HAS_PURGE_TREE
#define HAS_NEW_FLAGS
#include "x86_64.h"
#include "v5_4.h"

#include "log_ring.h"
