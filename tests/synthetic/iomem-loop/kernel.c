/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The last resource leads back to the first: RAM is not judged. */
#define RESOURCE_DAMAGE [3].sibling = &resources[0],
#include "owners/kernel.c"
