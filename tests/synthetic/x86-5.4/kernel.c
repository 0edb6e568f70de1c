/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* x86-64 as of 5.4 to 5.10: an llist of what is freed, nowhere else. All is well. */
#include "x86_64.h"
#include "v5_4.h"

#define LOG_HAS_CALLER
#include "log_records.h"
