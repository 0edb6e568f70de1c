/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Two areas of 18 pages wait to be purged, but vmap_lazy_nr has 17. nr_vmalloc_pages is the
 * sum that it should be.
 */
#include "purge/kernel.c"

struct { ulong counter; } vmap_lazy_nr = { 17 }, nr_vmalloc_pages = { 4 + 1024 + 2 + 4 };
