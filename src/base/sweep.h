/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef BASE_SWEEP_H
#define BASE_SWEEP_H

#include <stddef.h>
#include <vmatlas.h>

/* Call @fn for every range that starts inside an earlier one; see sweep.c. */
void sweep_overlaps(const struct vmatlas_range *r, size_t n,
		    void (*fn)(void *arg, size_t under, size_t over), void *arg);

#endif
