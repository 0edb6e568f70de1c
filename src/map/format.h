/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How findings print ranges and sizes, so that all of them print alike. */
#ifndef MAP_FORMAT_H
#define MAP_FORMAT_H

#include "map/vmatlas_internal.h"

struct fmt_buf { char s[64]; };

/* "ffffc90000000000-ffffc90000005000": the end exclusive, as the kernel prints */
struct fmt_buf fmt_range(const struct vmatlas *atlas, struct vmatlas_range r);
struct fmt_buf fmt_addr(const struct vmatlas *atlas, uint64_t addr);
/* "0xffff888003a4b000", for pasting into a debugger */
struct fmt_buf fmt_record(const struct vmatlas *atlas, uint64_t addr);
struct fmt_buf fmt_size(uint64_t bytes);

/* "vmalloc ffffc900... (load_module+0x1f0/0x2a0)" */
void fmt_area(struct vmatlas *atlas, const struct vmatlas_claim *c, struct str *out);

#endif
