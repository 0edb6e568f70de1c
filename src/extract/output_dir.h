/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The two files of an extract, DIR/vmlinux and DIR/vmcore: both appear, complete,
 * or neither does, and nothing is overwritten but an earlier extract.
 */
#ifndef EXTRACT_OUTPUT_DIR_H
#define EXTRACT_OUTPUT_DIR_H

#include "base/error.h"

enum { PAIR_VMLINUX, PAIR_VMCORE, NR_PAIR };
enum { PAIR_DIRS_MAX = 64 };	/* parents that an extract makes, and removes again */

struct pair_file {
	char *path;			/* where it is to stand */
	char *part;			/* where it grows; NULL: nowhere */
	int fd;
};

struct pair {
	struct pair_file file[NR_PAIR];
	char *dirs[PAIR_DIRS_MAX];	/* made by pair_open(), the deepest last */
	size_t nr_dirs;
};

/* Start with this; done with pair_done(), which leaves nothing half-written behind. */
#define PAIR_NONE { .file = { { NULL, NULL, -1 }, { NULL, NULL, -1 } } }

/* Make @dir with its parents, and both files in it, under other names. */
VMATLAS_CHECKED struct vmatlas_error *
pair_open(struct pair *pair, const char *dir, const char *const *inputs, size_t nr_inputs);

/* What was written is an extract now. */
VMATLAS_CHECKED struct vmatlas_error *output_commit(struct pair *pair);

void pair_done(struct pair *pair);

#endif
