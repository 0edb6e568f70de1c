/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a plugin at work may ask: its atlas, its lookups, its options. */
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/lookup.h"
#include "kernel/mm/percpu.h"
#include "map/vmatlas_internal.h"

struct vmatlas *vmatlas_ctx_atlas(const struct vmatlas_plugin_ctx *ctx)
{
	return ctx->atlas;
}

static const struct resolved *ctx_resolved(const struct vmatlas_plugin_ctx *ctx, uint32_t lookup)
{
	return lookup < ctx->by->plugin.nr_lookups && ctx->by->res[lookup].found
		? &ctx->by->res[lookup] : NULL;
}

static struct vmatlas_error *ctx_resolve(const struct vmatlas_plugin_ctx *ctx, uint32_t lookup,
					 const struct resolved **ret)
{
	*ret = ctx->atlas->kernel ? ctx_resolved(ctx, lookup) : NULL;
	return *ret ? NULL : vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
					       "lookup %" PRIu32 " was not found", lookup);
}

bool vmatlas_ctx_has(const struct vmatlas_plugin_ctx *ctx, uint32_t lookup)
{
	return ctx_resolved(ctx, lookup) != NULL;
}

uint64_t vmatlas_ctx_address(const struct vmatlas_plugin_ctx *ctx, uint32_t lookup)
{
	const struct resolved *r = ctx_resolved(ctx, lookup);

	return r ? r->addr : 0;
}

uint64_t vmatlas_ctx_size(const struct vmatlas_plugin_ctx *ctx, uint32_t lookup)
{
	const struct resolved *r = ctx_resolved(ctx, lookup);

	return r ? r->size : 0;
}

uint64_t vmatlas_ctx_offset(const struct vmatlas_plugin_ctx *ctx, uint32_t lookup)
{
	const struct resolved *r = ctx_resolved(ctx, lookup);

	return r ? r->offset : 0;
}

uint64_t vmatlas_ctx_count(const struct vmatlas_plugin_ctx *ctx, uint32_t lookup)
{
	const struct resolved *r = ctx_resolved(ctx, lookup);

	return r ? r->count : 0;
}

int64_t vmatlas_ctx_enumerator(const struct vmatlas_plugin_ctx *ctx, uint32_t lookup)
{
	const struct resolved *r = ctx_resolved(ctx, lookup);

	return r ? r->value : 0;
}

uint64_t vmatlas_ctx_container_of(const struct vmatlas_plugin_ctx *ctx, uint32_t lookup,
				  uint64_t addr)
{
	const struct kernel *k = ctx->atlas->kernel;

	return (addr - vmatlas_ctx_offset(ctx, lookup)) & (k ? k->va_mask : UINT64_MAX);
}

/* An integer or a pointer as it is stored, at @addr. */
static struct vmatlas_error *ctx_read_at(struct vmatlas_plugin_ctx *ctx,
					 const struct resolved *r, uint64_t addr, size_t size,
					 uint64_t *ret)
{
	struct kernel *k = ctx->atlas->kernel;
	struct vmatlas_error *err;
	uint8_t raw[8];

	if (size < 1 || size > sizeof(raw))
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
					 "a value of %zu bytes is no integer", size);
	addr &= k->va_mask;
	err = kernel_read(k, addr, raw, size);
	if (err)
		return err;
	*ret = bytes_uint(raw, size, k->big_endian);
	if (r->bit_size)
		*ret = *ret >> r->bit_shift & (r->bit_size < 64 ? ((uint64_t)1 << r->bit_size) - 1
								: UINT64_MAX);
	if (r->is_pointer)
		*ret = kernel_address(k, *ret);
	return NULL;
}

struct vmatlas_error *vmatlas_ctx_read(struct vmatlas_plugin_ctx *ctx, uint32_t lookup,
				       uint64_t base, uint64_t *ret)
{
	const struct resolved *r;
	struct vmatlas_error *err = ctx_resolve(ctx, lookup, &r);

	return err ? err : ctx_read_at(ctx, r, base + r->offset, r->size, ret);
}

struct vmatlas_error *vmatlas_ctx_read_element(struct vmatlas_plugin_ctx *ctx, uint32_t lookup,
					       uint64_t base, uint64_t index, uint64_t *ret)
{
	const struct resolved *r;
	struct vmatlas_error *err = ctx_resolve(ctx, lookup, &r);
	uint64_t each;

	if (err)
		return err;
	if (index >= r->count)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"element %" PRIu64 " of an array of %" PRIu64, index, r->count);
	each = r->size / r->count;
	return ctx_read_at(ctx, r, base + r->offset + index * each, each, ret);
}

struct vmatlas_error *vmatlas_ctx_read_symbol(struct vmatlas_plugin_ctx *ctx, uint32_t lookup,
					      uint64_t *ret)
{
	const struct resolved *r;
	struct vmatlas_error *err = ctx_resolve(ctx, lookup, &r);

	return err ? err : ctx_read_at(ctx, r, r->addr, r->size, ret);
}

struct vmatlas_error *vmatlas_ctx_per_cpu(struct vmatlas_plugin_ctx *ctx, uint32_t lookup,
					  uint32_t cpu, uint64_t *ret)
{
	const struct resolved *r;
	struct vmatlas_error *err = ctx_resolve(ctx, lookup, &r);

	return err ? err : percpu_symbol(ctx->atlas->kernel, r->addr, cpu, ret);
}

const char *vmatlas_ctx_option(const struct vmatlas_plugin_ctx *ctx, const char *name)
{
	for (size_t i = 0; i < ctx->by->options.nr; i++)
		if (!strcmp(ctx->by->options.v[i].name, name))
			return ctx->by->options.v[i].value;
	return NULL;
}

void vmatlas_ctx_print(struct vmatlas_plugin_ctx *ctx, const char *fmt, ...)
{
	_cleanup_(str_done) struct str text = { 0 };
	va_list ap;

	if (!ctx->write || ctx->stopped)
		return;
	va_start(ap, fmt);
	str_vaddf(&text, fmt, ap);
	va_end(ap);
	if (text.len && ctx->write(ctx->write_arg, str_text(&text), text.len))
		ctx->stopped = true;
}
