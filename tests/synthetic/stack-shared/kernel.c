/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A thread says that its stack is where its process has its own. */
#define THREAD_STACK VM(0x800000)
#include "owners/kernel.c"
