/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is asked of one tag, and the answers: shared by write_btf.c and btf_selection.c. */
#ifndef EXTRACT_WRITE_BTF_H
#define EXTRACT_WRITE_BTF_H

#include "debuginfo/debuginfo_internal.h"

/* A step of a path: "", "ranges", "ranges[]", "ranges[].start". Parents come first. */
struct btf_node {
	char *path;
	size_t step_len;		/* of its last step, at the end of @path */
	size_t parent;
	bool is_element;
};

struct btf_answer {
	bool found;
	struct image_member m;
	int64_t value;			/* of an enumerator */
};

/* Near one function; by index into the paths. */
struct btf_variant {
	const char *function;		/* the image's */
	struct btf_answer *answers;
};

/* All that is asked of one name. */
struct btf_subject {
	const char *name;		/* of the needs */
	bool is_enumerator;		/* has one path, its answer is a value */
	VEC(struct btf_node) nodes;
	VEC(struct btf_variant) variants;
};

struct btf_subjects {
	VEC(struct btf_subject) all;
};

/* Sort needs by what they are about, and have them answered. */
VMATLAS_CHECKED struct vmatlas_error *
btf_ask_all(struct image *image, const struct image_need *needs, size_t nr,
	    struct btf_subjects *ret);
void btf_subjects_done(struct btf_subjects *s);

/* Do all functions see the same? */
bool btf_subject_is_plain(const struct btf_subject *s);

#endif
