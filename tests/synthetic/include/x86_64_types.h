/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Types of x86-64 that refer to no other: link-time optimisation shares these. */
#ifndef FAKE_X86_64_TYPES_H
#define FAKE_X86_64_TYPES_H

#include "types.h"

#ifndef STORY_HAS_PAGES
struct page { ulong scrambled[3]; u32 refcount; ulong flags; ulong more[3]; };
#endif

enum fixed_addresses { VSYSCALL_PAGE = 511, __end_of_permanent_fixed_addresses = 0x5d8 };
struct cpu_entry_area { u8 stacks[0x3b000]; };

#endif
