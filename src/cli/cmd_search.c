/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* vmatlas search: where a value, a string or some bytes stand in memory. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/range.h"
#include "cli/cmd.h"
#include "cli/expression.h"

enum { HITS_USUAL = 1000, PATTERN_MAX = 4096 };

/* What is searched for now, and how many were found. */
struct search_run {
	struct cli *cli;
	struct vmatlas_eval *eval;
	uint64_t most;			/* hits to show */
	uint64_t shown;
	uint32_t unit;			/* bytes of a value; 0: not given */
	struct vmatlas_range range;
	uint8_t bytes[PATTERN_MAX], mask[PATTERN_MAX];
	uint32_t nr_bytes, align;
	bool masked;
};

/* ---- What is asked ---- */

/* gdb's find has "/SIZE-CHAR" and "/MAX-COUNT": /w, /10, /10w */
static struct vmatlas_error *search_format(struct search_run *s, const char *text)
{
	static const char sizes[] = "bhwg";
	const char *p = text + 1;

	if (isdigit((unsigned char)*p)) {
		char *end;

		s->most = strtoull(p, &end, 10);
		p = end;
	}
	if (*p && strchr(sizes, *p))
		s->unit = 1u << (strchr(sizes, *p++) - sizes);
	if (!*p && s->most)
		return NULL;
	return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "invalid format '%s': as /10w: how many "
		"to show, and b, h, w or g for 1, 2, 4 or 8 bytes", text);
}

/* "START-END", both ends included, or "START,+LENGTH" as gdb has it; addresses or symbols. */
static struct vmatlas_error *search_range(struct search_run *s)
{
	const char *text = s->cli->range, *sep;
	_cleanup_(freep) char *start = NULL;
	struct vmatlas_error *err;
	uint64_t second = 0;
	bool length;

	s->range = (struct vmatlas_range){ 0, UINT64_MAX };
	if (!text)
		return NULL;
	sep = strpbrk(text, "-,");
	length = sep && sep[0] == ',' && sep[1] == '+';
	if (!sep || sep == text || (*sep == ',' && !length))
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"--range '%s'? START-END or START,+LENGTH", text);
	start = strndup(text, (size_t)(sep - text));
	if (!start)
		return no_memory();
	err = expression_address(s->eval, start, &s->range.first);
	if (!err)
		err = expression_address(s->eval, sep + 1 + length, &second);
	if (err)
		return vmatlas_error_wrap(err, "--range");
	s->range.last = length ? s->range.first + second - 1 : second;
	if (s->range.last < s->range.first)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "--range '%s' ends before it starts",
					 text);
	return NULL;
}

static struct vmatlas_error *ignore_bits(struct search_run *s, uint64_t *ret_mask)
{
	uint64_t ignored = 0;

	if (s->cli->ignore && !parse_address(s->cli->ignore, &ignored))
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"--ignore '%s'? the bits that may be anything, in hexadecimal", s->cli->ignore);
	s->masked = s->cli->ignore != NULL;
	*ret_mask = ~ignored;
	return NULL;
}

static uint8_t byte_of(uint64_t value, uint32_t i, uint32_t unit, bool big_endian)
{
	return (uint8_t)(value >> 8 * (big_endian ? unit - 1 - i : i));
}

static struct vmatlas_error *search_value(struct search_run *s, const char *text)
{
	const struct vmatlas_info *info = vmatlas_info(s->cli->out.atlas);
	const uint32_t unit = s->unit ?: info->pointer_size, bits = unit * 8;
	struct vmatlas_value v = { .size = sizeof(v) };
	uint64_t value = 0, mask = 0;
	struct vmatlas_error *err = vmatlas_eval_print(s->eval, text, 'x', &v);

	if (!err && v.flags & VMATLAS_VALUE_NUMBER) {
		value = v.number;
	} else {
		vmatlas_error_free(err);
		err = expression_address(s->eval, text, &value);
	}
	if (!err)
		err = ignore_bits(s, &mask);
	if (err)
		return err;
	if (bits < 64 && value >> bits && value >> (bits - 1) != UINT64_MAX >> (bits - 1))
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"0x%" PRIx64 " does not fit into %" PRIu32 " byte%s", value, unit,
			unit > 1 ? "s" : "");
	for (uint32_t i = 0; i < unit; i++) {
		s->bytes[i] = byte_of(value, i, unit, info->big_endian);
		s->mask[i] = byte_of(mask, i, unit, info->big_endian);
	}
	s->nr_bytes = s->align = unit;
	return NULL;
}

static struct vmatlas_error *search_string(struct search_run *s, const char *text)
{
	const size_t len = strlen(text);

	if (!len || len > PATTERN_MAX)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"--string: 1 to %d bytes can be searched for", PATTERN_MAX);
	memcpy(s->bytes, text, len);
	s->nr_bytes = (uint32_t)len;
	s->align = 1;
	s->masked = false;
	return NULL;
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ?
	       (c | 0x20) - 'a' + 10 : -1;
}

/* "de ad ?? 4?": digits in pairs, blanks anywhere, and '?' for a digit that may be any. */
static struct vmatlas_error *search_hex(struct search_run *s, const char *text)
{
	size_t digits = 0;

	s->masked = false;
	for (const char *p = text; *p; p++) {
		const int digit = hex_digit(*p);
		const size_t at = digits / 2;

		if (*p == ' ')
			continue;
		if ((digit < 0 && *p != '?') || at >= PATTERN_MAX)
			return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
				"--hex '%s'? pairs of hexadecimal digits, ? for any: 'de ad ?? 4?'", text);
		if (!(digits % 2))
			s->bytes[at] = s->mask[at] = 0;
		s->bytes[at] = (uint8_t)(s->bytes[at] << 4 | (digit < 0 ? 0 : digit));
		s->mask[at] = (uint8_t)(s->mask[at] << 4 | (digit < 0 ? 0 : 0xf));
		s->masked |= digit < 0;
		digits++;
	}
	if (!digits || digits % 2)
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"--hex '%s'? whole bytes, two digits each", text);
	s->nr_bytes = (uint32_t)(digits / 2);
	s->align = 1;
	return NULL;
}

/* ---- What was found ---- */

/* The words for memory that has no symbol: whose area, else what its page is used for. */
static void describe_area(const struct search_run *s, uint64_t addr, struct str *out)
{
	const struct vmatlas_claim *c = vmatlas_claim_at(s->cli->out.atlas, VMATLAS_LAYER_RECORDED,
							 addr);

	if (!c)
		return;
	str_addf(out, "%s area 0x%" PRIx64, vmatlas_kind_name(c->kind), c->range.first);
	if (c->area && c->area->caller)
		str_addf(out, " of %s", vmatlas_symbol_name(s->cli->out.atlas, c->area->caller));
}

static const char *region_at(const struct search_run *s, uint64_t addr)
{
	const struct vmatlas_claim *c = vmatlas_claim_at(s->cli->out.atlas,
							 VMATLAS_LAYER_DECLARED, addr);

	return c ? c->name : "";
}

/* "<init_task+16>": by vmlinux, whose symbols have sizes; of modules by their own table. */
static void hit_symbol(const struct search_run *s, uint64_t addr, struct str *out)
{
	struct vmatlas_value v = { .size = sizeof(v) };
	char text[32];
	const char *name;

	snprintf(text, sizeof(text), "0x%" PRIx64, addr);
	vmatlas_error_free(vmatlas_eval_print(s->eval, text, 'a', &v));
	name = v.text ? strchr(v.text, '<') : NULL;
	if (name) {
		str_addf(out, "%s", name);
		return;
	}
	name = vmatlas_symbol_name(s->cli->out.atlas, addr);
	if (strncmp(name, "0x", 2) != 0)
		str_addf(out, "<%s>", name);
}

static void describe_page(const struct search_run *s, uint64_t phys, struct str *out)
{
	struct vmatlas_phys_info p = { .size = sizeof(p) };
	struct vmatlas_error *err = vmatlas_phys_info(s->cli->out.atlas, phys, 0, &p);

	if (!err && p.has_image && !s->cli->physical)
		hit_symbol(s, p.image, out);
	else if (!err && p.has_frame)
		str_addf(out, "%s%s%s", p.use, *p.owner ? " " : "", p.owner);
	vmatlas_error_free(err);
}

/* The address that has a symbol, if any has. */
static uint64_t symbol_address(const struct search_run *s, uint64_t addr)
{
	struct vmatlas_phys_info p = { .size = sizeof(p) };

	if (!s->cli->physical)
		return addr;
	vmatlas_error_free(vmatlas_phys_info(s->cli->out.atlas, addr, 0, &p));
	return p.has_image ? p.image : 0;
}

static void hit_place(const struct search_run *s, uint64_t addr, struct str *symbol,
		      struct str *area, struct str *page)
{
	const uint64_t named = symbol_address(s, addr);
	struct vmatlas_translate t = { .size = sizeof(t) };

	if (named)
		hit_symbol(s, named, symbol);
	if (s->cli->physical) {
		describe_page(s, addr, page);
		return;
	}
	describe_area(s, addr, area);
	if (symbol->len || area->len)
		return;
	vmatlas_error_free(vmatlas_translate(s->cli->out.atlas, addr, &t));
	if (t.size && t.mapped)
		describe_page(s, t.phys, page);
}

/* The value as it stands there, where some of it was free. */
static void hit_bytes(const struct search_run *s, uint64_t addr, struct str *out)
{
	struct vmatlas *atlas = s->cli->out.atlas;
	const bool big_endian = vmatlas_info(atlas)->big_endian;
	uint8_t buf[PATTERN_MAX];
	struct vmatlas_error *err = s->cli->physical
		? vmatlas_read_physical(atlas, addr, buf, s->nr_bytes)
		: vmatlas_read(atlas, addr, buf, s->nr_bytes);

	if (!err && s->align > 1)
		str_addf(out, "0x");
	for (uint32_t i = 0; !err && i < MIN(s->nr_bytes, 64u); i++)
		str_addf(out, "%02x", buf[s->align > 1 && !big_endian ? s->nr_bytes - 1 - i : i]);
	vmatlas_error_free(err);
}

static int search_hit(void *arg, uint64_t addr)
{
	_cleanup_(str_done) struct str symbol = { 0 }, area = { 0 }, page = { 0 }, bytes = { 0 };
	struct search_run *s = arg;
	const struct render *r = &s->cli->out;
	const char *region = s->cli->physical ? "" : region_at(s, addr);

	if (s->shown == s->most)
		return 1;
	s->shown++;
	hit_place(s, addr, &symbol, &area, &page);
	if (s->masked)
		hit_bytes(s, addr, &bytes);
	emit_object(r, NULL);
	emit_hex(r, "address", addr);
	emit_text(r, "bytes", str_text(&bytes));
	emit_text(r, "symbol", str_text(&symbol));
	emit_text(r, "area", str_text(&area));
	emit_text(r, "region", region);
	emit_text(r, "page", str_text(&page));
	emit_close(r);
	emit_line(r, "0x%0*" PRIx64 "%s%s  %s%s%s", r->digits, addr, s->masked ? "  " : "",
		  str_text(&bytes), symbol.len ? str_text(&symbol) : area.len ? str_text(&area) : region,
		  page.len && (*region || symbol.len) ? ": " : "", str_text(&page));
	return 0;
}

/* ---- One search ---- */

static void search_sum(struct search_run *s, const struct vmatlas_search_stats *st)
{
	const struct render *r = &s->cli->out;
	char searched[TEXT_MAX], unread[TEXT_MAX];

	emit_close(r);
	emit_flag(r, "more", st->stopped);
	emit_flag(r, "interrupted", st->cancelled);
	emit_number(r, "searched", st->searched);
	emit_number(r, "unread", st->unread);
	emit_number(r, "unread_tables", st->unread_tables);
	emit_text(r, "why", st->why);
	emit_line(r, "%" PRIu64 " hit%s%s in %s%s", s->shown, s->shown == 1 ? "" : "s",
		  st->stopped ? ", and more (/N shows the first N)," : "",
		  text_size(r, st->searched, searched),
		  st->cancelled ? "; interrupted before the end" : "");
	if (st->unread || st->unread_tables)
		emit_line(r, "not searched: %s%s%s%s", text_size(r, st->unread, unread),
			  st->unread_tables ? " and what page tables map that are not in the dump" : "",
			  *st->why ? ": " : "", st->why);
	if (st->cancelled)
		s->cli->status = CLI_INCOMPLETE;
}

static struct vmatlas_error *search_one(struct search_run *s, const char *what, bool *ret_ended)
{
	struct vmatlas_search_stats stats = { .size = sizeof(stats) };
	const struct vmatlas_search search = {
		.size = sizeof(search), .range = s->range, .bytes = s->bytes,
		.space = s->cli->physical ? VMATLAS_PHYSICAL : VMATLAS_VIRTUAL,
		.mask = s->masked ? s->mask : NULL, .nr_bytes = s->nr_bytes, .align = s->align,
		.hit = search_hit, .cancelled = is_interrupted, .arg = s,
	};
	const struct render *r = &s->cli->out;
	struct vmatlas_error *err;

	s->shown = 0;
	emit_object(r, NULL);
	emit_text(r, "what", what);
	emit_list(r, "hits");
	err = vmatlas_search(r->atlas, &search, &stats);
	interrupts_end();
	if (!err)
		search_sum(s, &stats);
	emit_close(r);
	*ret_ended = stats.cancelled;
	return err;
}

static struct vmatlas_error *search_each(struct search_run *s)
{
	struct vmatlas_error *err = search_range(s);
	bool ended = false;

	if (!err && s->cli->string) {
		err = search_string(s, s->cli->string);
		if (!err)
			err = search_one(s, s->cli->string, &ended);
	}
	if (!err && !ended && s->cli->hex) {
		err = search_hex(s, s->cli->hex);
		if (!err)
			err = search_one(s, s->cli->hex, &ended);
	}
	for (size_t i = 0; !err && !ended && i < s->cli->operands.nr; i++) {
		const char *text = s->cli->operands.v[i];

		if (text[0] == '/')
			continue;
		err = search_value(s, text);
		if (!err)
			err = search_one(s, text, &ended);
	}
	return err;
}

struct vmatlas_error *cmd_search(struct cli *cli)
{
	_cleanup_(freep) struct search_run *s = calloc(1, sizeof(*s));
	struct vmatlas_error *err, *last;

	if (!s)
		return no_memory();
	err = session_open(cli, VMATLAS_SURVEY_DECLARED | VMATLAS_SURVEY_RECORDED);
	if (!err)
		err = session_eval(cli, &s->eval);
	if (err)
		return err;
	s->cli = cli;
	s->most = HITS_USUAL;
	for (size_t i = 0; !err && i < cli->operands.nr; i++)
		if (cli->operands.v[i][0] == '/')
			err = search_format(s, cli->operands.v[i]);
	emit_begin(&cli->out, false);
	emit_list(&cli->out, "searches");
	if (!err)
		err = search_each(s);
	session_eval_done(cli, s->eval);
	if (err)
		return err;
	emit_close(&cli->out);
	last = emit_end(&cli->out);
	return last;
}
