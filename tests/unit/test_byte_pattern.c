/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* byte_pattern_find() against the plainest way to do it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "map/byte_pattern.h"

enum { BYTES = 400, ROUNDS = 20000 };

static size_t plainly(const struct byte_pattern *p, const uint8_t *buf, size_t len, size_t from,
		      uint64_t base)
{
	for (size_t at = from; at + p->len <= len; at++) {
		bool same = (base + at) % p->align == 0;

		for (size_t i = 0; same && i < p->len; i++)
			same = (buf[at + i] & (p->mask ? p->mask[i] : 0xff)) == p->bytes[i];
		if (same)
			return at;
	}
	return SIZE_MAX;
}

static uint8_t any_mask(void)
{
	static const uint8_t some[] = { 0xff, 0xff, 0xff, 0xf0, 0x0f, 0 };

	return some[rand() % sizeof(some)];
}

/* Few different bytes, so that there are many hits, and many that almost are. */
static void finds_what_is_there(void **state)
{
	uint8_t buf[BYTES], bytes[16], mask[16];

	(void)state;
	srand(7);
	for (int round = 0; round < ROUNDS; round++) {
		struct byte_pattern p = { .bytes = bytes, .mask = rand() % 2 ? mask : NULL,
					  .len = 1 + (size_t)rand() % sizeof(bytes),
					  .align = (size_t)1 << rand() % 4 };
		const size_t len = (size_t)rand() % BYTES;
		const uint64_t base = (uint64_t)rand() - 1000;

		for (size_t i = 0; i < BYTES; i++)
			buf[i] = rand() % 3;
		for (size_t i = 0; i < p.len; i++) {
			mask[i] = any_mask();
			bytes[i] = rand() % 3 & (p.mask ? mask[i] : 0xff);
		}
		byte_pattern_prepare(&p);
		for (size_t from = 0; from <= len; from += 1 + (size_t)rand() % 40)
			assert_int_equal(byte_pattern_find(&p, buf, len, from, base),
					 plainly(&p, buf, len, from, base));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(finds_what_is_there) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
