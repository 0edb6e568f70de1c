/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A resource is followed by poison: RAM is not judged. */
#define RESOURCE_DAMAGE [2].sibling = (void *)0xdead000000000100,
#include "owners/kernel.c"
