/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that hold memory in a format that is not read: each by its name. */
#ifndef MEM_OTHER_FORMATS_H
#define MEM_OTHER_FORMATS_H

#include "mem/mem_internal.h"

/* Never NULL: what the file is, as far as its first bytes tell, and the way out. */
VMATLAS_CHECKED struct vmatlas_error *
other_format(struct mem *mem, int fd, const uint8_t *head, size_t len);

#endif
