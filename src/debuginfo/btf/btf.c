/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where things are in BTF, in one pass: 125,000 records of all sizes. Pure; fuzzed.
 *
 * include/uapi/linux/btf.h of Linux 7.2: what it widened (the count of members, the
 * kinds) were zero bits before, so its masks fit all; and its layout section says
 * how long records of kinds are that we do not know.
 */
#include <string.h>

#include "base/hash.h"
#include "debuginfo/btf/btf_member.h"

#define MAX_SIZE MIB(512)
#define STRIDE 32
#define MIN_HEADER 24
#define HEADER_WITH_LAYOUT 32
#define RECORD_SIZE 12

bool btf_is_magic(const uint8_t head[2])
{
	return (head[0] == 0x9f && head[1] == 0xeb) ||
	       (head[0] == 0xeb && head[1] == 0x9f);
}

static struct vmatlas_error *btf_section_damaged(const struct btf_blob *b,
						 const char *how)
{
	return vmatlas_error_new(VMATLAS_ERROR_FORMAT, "%s: has damaged BTF: %s", b->path,
				 how);
}

struct vmatlas_error *btf_damaged(const struct btf_blob *b)
{
	return btf_section_damaged(b, "its types do not hold together");
}

/* ---- The header ---- */

static bool cut(const struct bytes *from, uint64_t offset, uint64_t len,
		struct bytes *ret)
{
	if (offset > from->len || len > from->len - offset)
		return false;
	*ret = (struct bytes){ from->p + offset, (size_t)len };
	return true;
}

static struct vmatlas_error *btf_section_read_header(struct btf_blob *b,
						     const struct bytes *raw)
{
	const uint8_t *p = raw->p;
	struct bytes body;
	uint32_t header;

	if (raw->len < MIN_HEADER || !btf_is_magic(p))
		return btf_section_damaged(b, "it does not begin as BTF does");
	if (raw->len > MAX_SIZE)
		return btf_section_damaged(b, "it is too large");
	if (p[2] != BTF_VERSION)
		return vmatlas_error_new(VMATLAS_ERROR_UNSUPPORTED,
					 "%s: BTF of version %u", b->path, p[2]);
	b->big_endian = p[0] == 0xeb;
	header = btf_u32(b, p + 4);
	if (header < MIN_HEADER ||
	    !cut(raw, header, raw->len - MIN(header, raw->len), &body))
		return btf_section_damaged(b, "its header makes no sense");
	if (!cut(&body, btf_u32(b, p + 8), btf_u32(b, p + 12), &b->types) ||
	    !cut(&body, btf_u32(b, p + 16), btf_u32(b, p + 20), &b->strings))
		return btf_section_damaged(b, "it is truncated");
	if (header >= HEADER_WITH_LAYOUT &&
	    !cut(&body, btf_u32(b, p + 24), btf_u32(b, p + 28), &b->layout))
		return btf_section_damaged(b, "it is truncated");
	if (!b->strings.len || b->strings.p[0] || b->strings.p[b->strings.len - 1])
		return btf_section_damaged(b, "its strings do not end");
	return NULL;
}

const char *btf_string(const struct btf_blob *b, uint32_t offset)
{
	return offset < b->strings.len ? (const char *)b->strings.p + offset : "";
}

/* ---- Records ---- */

/* What follows the first 12 bytes: some, and some for each of vlen. */
static const struct {
	uint8_t size, each;
} extras[] = {
	[BTF_KIND_INT] = { 4, 0 },	 [BTF_KIND_PTR] = { 0, 0 },
	[BTF_KIND_ARRAY] = { 12, 0 },	 [BTF_KIND_STRUCT] = { 0, 12 },
	[BTF_KIND_UNION] = { 0, 12 },	 [BTF_KIND_ENUM] = { 0, 8 },
	[BTF_KIND_FUNC_PROTO] = { 0, 8 }, [BTF_KIND_VAR] = { 4, 0 },
	[BTF_KIND_DATASEC] = { 0, 12 },	 [BTF_KIND_DECL_TAG] = { 4, 0 },
	[BTF_KIND_ENUM64] = { 0, 12 },
};

static bool extra_size(const struct btf_blob *b, uint32_t kind, uint32_t vlen,
		       uint64_t *ret)
{
	if (kind && kind < ARRAY_SIZE(extras)) {
		*ret = extras[kind].size + (uint64_t)vlen * extras[kind].each;
		return true;
	}
	if (!kind || (size_t)kind * 4 + 4 > b->layout.len)
		return false;
	*ret = b->layout.p[kind * 4] + (uint64_t)vlen * b->layout.p[kind * 4 + 1];
	return true;
}

bool btf_record(const struct btf_blob *b, uint32_t at, struct btf_record *ret)
{
	const size_t left = b->types.len - MIN((size_t)at, b->types.len);
	const uint8_t *p = b->types.p + at;
	uint64_t extra;
	uint32_t info;

	if (left < RECORD_SIZE)
		return false;
	info = btf_u32(b, p + 4);
	*ret = (struct btf_record){
		.kind = info >> 24 & 0x7f, .vlen = info & 0xffffff, .flag = info >> 31,
		.name = btf_u32(b, p), .type = btf_u32(b, p + 8), .data = p + RECORD_SIZE,
	};
	if (!extra_size(b, ret->kind, ret->vlen, &extra) || extra > left - RECORD_SIZE)
		return false;
	ret->next = at + RECORD_SIZE + (uint32_t)extra;
	return true;
}

bool btf_type(const struct btf_blob *b, uint32_t id, struct btf_record *ret)
{
	uint32_t at;

	*ret = (struct btf_record){ .kind = BTF_KIND_UNKN };
	if (!id)
		return true;
	if (id > b->nr_types)
		return false;
	at = b->marks.v[(id - 1) / STRIDE];
	for (uint32_t i = (id - 1) % STRIDE; i; i--) {
		if (!btf_record(b, at, ret))
			return false;
		at = ret->next;
	}
	return btf_record(b, at, ret);
}

/* ---- Names ---- */

static uint32_t bucket_of(const struct btf_blob *b, const char *name, size_t room)
{
	return (uint32_t)(hash_u64(symtab_key(name, room)) >> (64 - b->bucket_bits));
}

static bool is_asked_by_name(const struct btf_record *r)
{
	return r->name && (r->kind == BTF_KIND_STRUCT || r->kind == BTF_KIND_UNION ||
			   r->kind == BTF_KIND_TYPEDEF || r->kind == BTF_KIND_FWD);
}

static bool btf_section_remember(struct btf_blob *b, uint32_t at,
				 const struct btf_record *r)
{
	uint32_t *slot;

	if (b->nr_types++ % STRIDE == 0) {
		slot = vec_push(&b->marks);
		if (!slot)
			return false;
		*slot = at;
	}
	if (r->kind == BTF_KIND_ENUM || r->kind == BTF_KIND_ENUM64) {
		b->knows_signs |= r->flag || r->kind == BTF_KIND_ENUM64;
		slot = vec_push(&b->enums);
		if (!slot)
			return false;
		*slot = at;
	}
	if (is_asked_by_name(r)) {
		struct btf_name *name = vec_push(&b->names);

		if (!name)
			return false;
		name->at = at;
	}
	return true;
}

/* Last ones first, so that chains are in the order of the file. */
static bool fill_buckets(struct btf_blob *b)
{
	b->bucket_bits = 4;
	while (b->bucket_bits < 24 && b->names.nr >> b->bucket_bits)
		b->bucket_bits++;
	b->buckets = calloc((size_t)1 << b->bucket_bits, sizeof(*b->buckets));
	if (!b->buckets)
		return false;
	for (size_t i = b->names.nr; i--;) {
		struct btf_name *n = &b->names.v[i];
		const uint32_t name = btf_u32(b, b->types.p + n->at);
		const char *text = btf_string(b, name);
		const size_t room = name < b->strings.len ? b->strings.len - name : 1;
		uint32_t *bucket = &b->buckets[bucket_of(b, text, room)];

		n->next = *bucket;
		*bucket = (uint32_t)i + 1;
	}
	return true;
}

bool btf_next_named(const struct btf_blob *b, const char *name, uint32_t *i,
		    struct btf_record *ret)
{
	*i = *i ? b->names.v[*i - 1].next :
		  b->buckets[bucket_of(b, name, strlen(name))];
	for (; *i; *i = b->names.v[*i - 1].next)
		if (btf_record(b, b->names.v[*i - 1].at, ret) &&
		    !strcmp(btf_string(b, ret->name), name))
			return true;
	return false;
}

/* ---- Open ---- */

static struct vmatlas_error *build(struct btf_blob *b)
{
	struct btf_record r;

	for (uint32_t at = 0; at < b->types.len; at = r.next) {
		if (!btf_record(b, at, &r))
			return btf_section_damaged(
				b, "a type is cut short, or of an unknown kind");
		if (!btf_section_remember(b, at, &r))
			return error_no_memory();
	}
	return fill_buckets(b) ? NULL : error_no_memory();
}

struct vmatlas_error *btf_open(const struct bytes *raw, const char *path,
			       uint8_t pointer_size, struct btf_blob **ret)
{
	_cleanup_(btf_freep) struct btf_blob *b = calloc(1, sizeof(*b));
	struct vmatlas_error *err;

	if (!b)
		return error_no_memory();
	b->path = path;
	b->pointer_size = pointer_size;
	err = btf_section_read_header(b, raw);
	if (!err)
		err = build(b);
	if (err)
		return err;
	*ret = take(b);
	return NULL;
}

void btf_free(struct btf_blob *b)
{
	if (!b)
		return;
	vec_done(&b->marks);
	vec_done(&b->names);
	vec_done(&b->enums);
	free(b->buckets);
	free(b);
}
