/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * BTF, read where it lies. Ours instead of libbpf's reader: that one copies the 5 MB
 * of a kernel, searches them once more for each name, trusts what types refer to, and
 * Debian 12's knows neither the headers nor the records that Linux 7.2 may write.
 * libbpf makes BTF (extract/write_btf.c), and checks what we read in the tests.
 */
#ifndef DEBUGINFO_BTF_BTF_MEMBER_H
#define DEBUGINFO_BTF_BTF_MEMBER_H

#include <endian.h>
#include <linux/btf.h>

#include "debuginfo/debuginfo_internal.h"

/* A type that can be asked for by name. */
struct btf_name {
	uint32_t at;			/* of its record */
	uint32_t next;			/* in its bucket: index + 1; 0: none */
};

struct btf_blob {
	const char *path;		/* borrowed; for messages */
	struct bytes types, strings, layout;
	bool big_endian;
	uint8_t pointer_size;

	VEC(uint32_t) marks;		/* where each 32nd record is */
	VEC(struct btf_name) names;
	VEC(uint32_t) enums;		/* where they are */
	uint32_t *buckets;
	unsigned int bucket_bits;
	uint32_t nr_types;
	bool knows_signs;		/* says which enums are signed */
	uint32_t budget;		/* members that one answer may still look at */
};

struct btf_record {
	uint32_t kind, vlen;
	bool flag;
	uint32_t name;			/* in the strings */
	uint32_t type;			/* what it refers to, or its size */
	const uint8_t *data;		/* what follows: members, enumerators */
	uint32_t next;			/* where the next record is */
};

static inline uint32_t btf_u32(const struct btf_blob *b, const uint8_t *p)
{
	uint32_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return b->big_endian ? be32toh(v) : le32toh(v);
}

/* ---- btf.c ---- */

/* @raw must outlive the blob. FORMAT if it makes no sense. */
VMATLAS_CHECKED struct vmatlas_error *
btf_open(const struct bytes *raw, const char *path, uint8_t pointer_size,
	 struct btf_blob **ret);
void btf_free(struct btf_blob *b);
DEFINE_FREEP(btf_blob, btf_free)

bool btf_is_magic(const uint8_t head[2]);

/* False if there is no whole record. */
bool btf_record(const struct btf_blob *b, uint32_t at, struct btf_record *ret);

/* The type of that number; of kind BTF_KIND_UNKN for void. False: there is none. */
bool btf_type(const struct btf_blob *b, uint32_t id, struct btf_record *ret);

/* "" if it has none */
const char *btf_string(const struct btf_blob *b, uint32_t offset);

/* The next type of that name; *i starts at 0. */
bool btf_next_named(const struct btf_blob *b, const char *name, uint32_t *i,
		    struct btf_record *ret);

VMATLAS_CHECKED struct vmatlas_error *btf_damaged(const struct btf_blob *b);

/* ---- btf_enum.c ---- */

bool btf_enum_is_signed(const struct btf_blob *b, const struct btf_record *r);

/* As image_enumerator(); NAME___FUNCTION wins over the plain NAME. */
VMATLAS_CHECKED struct vmatlas_error *
btf_enumerator(struct btf_blob *b, const char *function, const char *name, int64_t *ret);

/* ---- btf_member.c ---- */

/*
 * As image_member(). Where there is a TAG___FUNCTION, that is meant, else the plain
 * TAG; of several, the largest.
 */
VMATLAS_CHECKED struct vmatlas_error *
btf_member(struct btf_blob *b, const char *function, const char *tag, const char *member,
	   struct image_member *ret);

#endif
