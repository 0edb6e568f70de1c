/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmatlas usage --simulate: where an allocation would go, or what blocks it. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cli/cmd.h"

struct question {
	uint64_t bytes, align;
	uint32_t flags;
};

static const struct { const char *word; uint32_t flag; } words[] = {
	{ "ioremap", VMATLAS_ALLOC_IOREMAP }, { "module", VMATLAS_ALLOC_MODULE },
	{ "huge", VMATLAS_ALLOC_HUGE }, { "no-guard", VMATLAS_ALLOC_NO_GUARD },
};

/* "0x5000", "20K", "2MiB", "1g" */
static bool parse_size(const char *text, size_t len, uint64_t *ret)
{
	static const char units[] = "kmgt";
	unsigned int shift = 0;
	const char *unit;
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	*ret = strtoull(text, &end, 0);
	unit = end < text + len ? strchr(units, tolower((unsigned char)*end)) : NULL;
	if (unit) {
		shift = 10 * (unsigned int)(unit - units + 1);
		end++;
		end += !strncasecmp(end, "ib", 2) ? 2 : 0;
	}
	if (errno || end != text + len || *ret > UINT64_MAX >> shift)
		return false;
	*ret <<= shift;
	return true;
}

static bool parse_word(const char *text, size_t len, struct question *q)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strlen(words[i].word) == len && !strncmp(words[i].word, text, len)) {
			q->flags |= words[i].flag;
			return true;
		}
	}
	return false;
}

static struct vmatlas_error *simulate_parse(const char *text, struct question *q)
{
	const char *word = text;

	for (unsigned int nr = 0;; nr++) {
		const size_t len = strcspn(word, ",");
		uint64_t *number = nr == 0 ? &q->bytes : !q->align ? &q->align : NULL;
		const bool is_number = number && parse_size(word, len, number);

		if (!is_number && (nr == 0 || !parse_word(word, len, q)))
			return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
				"--simulate '%s'? '%.*s' is %s", text, (int)len, word,
				nr ? "no alignment, and none of ioremap, module, huge, no-guard"
				   : "no size: 4096, 0x5000, 20K, 2M");
		if (!word[len])
			return NULL;
		word += len + 1;
	}
}

struct vmatlas_error *check_simulate(const struct cli *cli)
{
	struct question q = { 0 };

	if (cli->out.columns || cli->out.full)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"--simulate answers one question: no -o and no --full with it");
	return simulate_parse(cli->simulate, &q);
}

/* ---- Lines ---- */

static void simulate_add_area(const struct cli *cli, struct str *s,
			      const struct vmatlas_claim *c, const char *none)
{
	char range[TEXT_MAX];

	if (!c) {
		str_addf(s, "%s", none);
		return;
	}
	str_addf(s, "%s %s", c->name, text_range(&cli->out, c->range, range));
	if (c->area && c->area->caller) {
		const char *caller = vmatlas_symbol_name(cli->out.atlas, c->area->caller);

		str_addf(s, " (%s)", caller);
	}
}

static void simulate_print_line(const struct cli *cli, const char *label,
				const struct str *s)
{
	emit_field(&cli->out, 0, 9, label, str_text(s));
}

static void print_where(const struct cli *cli, const struct vmatlas_alloc_sim *f)
{
	_cleanup_(str_done) struct str s = { 0 };
	char range[TEXT_MAX], size[TEXT_MAX];

	if (f->state == VMATLAS_ALLOC_NO_ROOM)
		str_addf(&s, "no: no hole of %s has room for %s, not even after a purge",
			 f->region->name, text_size(&cli->out, f->bytes, size));
	else
		str_addf(&s, "%s, %s%s", text_range(&cli->out, f->where, range), f->region->name,
			 f->state == VMATLAS_ALLOC_AFTER_PURGE ?
			 ", once a purge has given unpurged areas back" : "");
	simulate_print_line(cli, f->state == VMATLAS_ALLOC_NO_ROOM ? "FITS" : "PLACED AT",
			    &s);
}

static void print_asked(const struct cli *cli, const struct vmatlas_alloc_sim *f,
			const struct question *q)
{
	_cleanup_(str_done) struct str s = { 0 };
	char size[TEXT_MAX];

	str_addf(&s, "%s, takes %" PRIu64 " pages%s", text_size(&cli->out, q->bytes, size),
		 f->bytes >> (vmatlas_info(cli->out.atlas)->page_shift & 31),
		 q->flags & VMATLAS_ALLOC_NO_GUARD ? "" : " with its guard page");
	if (f->align > 1)
		str_addf(&s, ", aligned to %s", text_size(&cli->out, f->align, size));
	simulate_print_line(cli, "REQUEST", &s);
}

static void print_neighbours(const struct cli *cli, const struct vmatlas_alloc_sim *f)
{
	_cleanup_(str_done) struct str below = { 0 }, above = { 0 };

	simulate_add_area(cli, &below, f->prev, "the start of the region");
	simulate_add_area(cli, &above, f->next, "the end of the region");
	simulate_print_line(cli, "PREV", &below);
	simulate_print_line(cli, "NEXT", &above);
}

static void simulate_add_hole(const struct cli *cli, struct str *s,
			      struct vmatlas_range r)
{
	char range[TEXT_MAX], size[TEXT_MAX];

	if (r.first > r.last)
		str_addf(s, "none");
	else
		str_addf(s, "%s at %s", text_size(&cli->out, vmatlas_range_size(&r), size),
			 text_range(&cli->out, r, range));
}

static void print_largest(const struct cli *cli, const struct vmatlas_alloc_sim *f)
{
	_cleanup_(str_done) struct str now = { 0 }, purged = { 0 };

	simulate_add_hole(cli, &now, f->largest);
	simulate_print_line(cli, "LARGEST", &now);
	simulate_add_hole(cli, &purged, f->largest_purged);
	if (f->state != VMATLAS_ALLOC_FITS)
		simulate_print_line(cli, "PURGED", &purged);
}

static void print_pooled(const struct cli *cli, const struct vmatlas_alloc_sim *f)
{
	_cleanup_(str_done) struct str s = { 0 };
	char range[TEXT_MAX];

	for (uint64_t i = 0; i < f->nr_pooled; i++)
		str_addf(&s, "%s%s", i ? ", " : "", text_range(&cli->out, f->pooled[i], range));
	str_addf(&s, ": kept for areas of this size; which CPU asks decides");
	if (f->nr_pooled)
		simulate_print_line(cli, "OR", &s);
}

/* ---- Members ---- */

static void hole_member(const struct render *r, const char *key, struct vmatlas_range range)
{
	if (range.first > range.last) {
		emit_null(r, key);
		return;
	}
	emit_object(r, key);
	emit_range(r, range);
	emit_close(r);
}

static void simulate_members(const struct render *r, const struct vmatlas_alloc_sim *f)
{
	static const char *const state[] = { NULL, "no", "purged", "yes" };

	emit_object(r, "would_fit");
	emit_text(r, "fits", state[f->state & 3]);
	emit_number(r, "size", f->bytes);
	emit_number(r, "align", f->align);
	emit_text(r, "region", f->region->name);
	hole_member(r, "where", f->where);
	hole_member(r, "largest", f->largest);
	hole_member(r, "largest_purged", f->largest_purged);
	emit_address(r, "below", f->prev ? f->prev->record : 0);
	emit_address(r, "above", f->next ? f->next->record : 0);
	emit_list(r, "pooled");
	for (uint64_t i = 0; i < f->nr_pooled; i++)
		hole_member(r, NULL, f->pooled[i]);
	emit_close(r);
	emit_close(r);
}

struct vmatlas_error *print_simulate(const struct cli *cli)
{
	struct vmatlas_alloc_sim f = { .size = sizeof(f) };
	struct question q = { 0 };
	struct vmatlas_error *err = simulate_parse(cli->simulate, &q);

	if (!err)
		err = vmatlas_simulate_alloc(cli->out.atlas, q.bytes, q.align, q.flags, &f);
	if (err)
		return err;
	emit_begin(&cli->out, true);
	simulate_members(&cli->out, &f);
	print_asked(cli, &f, &q);
	print_where(cli, &f);
	print_pooled(cli, &f);
	print_neighbours(cli, &f);
	print_largest(cli, &f);
	emit_shortfall(&cli->out);
	return emit_end(&cli->out);
}
