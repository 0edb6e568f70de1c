/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Two ways: aligned words are compared one by one, which is as fast as memory; anything else
 * is found by memmem() of its longest part that has no free bit.
 */
#include <stdbool.h>
#include <string.h>

#include "map/byte_pattern.h"

void byte_pattern_prepare(struct byte_pattern *p)
{
	size_t start = 0;

	p->anchor = p->anchor_len = 0;
	for (size_t i = 0; i <= p->len; i++) {
		if (i < p->len && (!p->mask || p->mask[i] == 0xff))
			continue;
		if (i - start > p->anchor_len) {
			p->anchor = start;
			p->anchor_len = i - start;
		}
		start = i + 1;
	}
}

static bool pattern_matches(const struct byte_pattern *p, const uint8_t *at)
{
	if (!p->mask)
		return !memcmp(at, p->bytes, p->len);
	for (size_t i = 0; i < p->len; i++)
		if ((at[i] & p->mask[i]) != p->bytes[i])
			return false;
	return true;
}

static size_t first_aligned(const struct byte_pattern *p, size_t from, uint64_t base)
{
	return from + (size_t)(-(base + from) & (p->align - 1));
}

/* The host's byte order does not matter: all of it is compared, none is calculated with. */
#define WORD_SCAN(type, name)							\
static size_t name(const struct byte_pattern *p, const uint8_t *buf, size_t len, size_t at) \
{										\
	type want, mask = (type)~(type)0, word;					\
										\
	memcpy(&want, p->bytes, sizeof(want));					\
	if (p->mask)								\
		memcpy(&mask, p->mask, sizeof(mask));				\
	for (; at < len && len - at >= sizeof(word); at += sizeof(word)) {	\
		memcpy(&word, buf + at, sizeof(word));				\
		if ((word & mask) == want)					\
			return at;						\
	}									\
	return SIZE_MAX;							\
}

WORD_SCAN(uint16_t, scan_16)
WORD_SCAN(uint32_t, scan_32)
WORD_SCAN(uint64_t, scan_64)

static size_t scan_each(const struct byte_pattern *p, const uint8_t *buf, size_t len, size_t at)
{
	for (; at < len && len - at >= p->len; at += p->align)
		if (pattern_matches(p, buf + at))
			return at;
	return SIZE_MAX;
}

static size_t scan_anchor(const struct byte_pattern *p, const uint8_t *buf, size_t len, size_t from,
			  uint64_t base)
{
	while (from < len && len - from >= p->len) {
		const uint8_t *found = memmem(buf + from + p->anchor,
					      len - from - p->len + p->anchor_len,
					      p->bytes + p->anchor, p->anchor_len);
		size_t at;

		if (!found)
			return SIZE_MAX;
		at = (size_t)(found - buf) - p->anchor;
		if (!((base + at) & (p->align - 1)) && pattern_matches(p, buf + at))
			return at;
		from = at + 1;
	}
	return SIZE_MAX;
}

size_t byte_pattern_find(const struct byte_pattern *p, const uint8_t *buf, size_t len, size_t from,
			 uint64_t base)
{
	if (p->len == p->align) {
		const size_t at = first_aligned(p, from, base);

		switch (p->len) {
		case 2: return scan_16(p, buf, len, at);
		case 4: return scan_32(p, buf, len, at);
		case 8: return scan_64(p, buf, len, at);
		}
	}
	if (!p->anchor_len)
		return scan_each(p, buf, len, first_aligned(p, from, base));
	return scan_anchor(p, buf, len, from, base);
}
