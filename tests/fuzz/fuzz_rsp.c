/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A stream of any bytes as packets, whole and in pieces, and all decoders on each packet. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "rsp/rsp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void decode(const struct str *packet)
{
	_cleanup_(str_done) struct str hex = { 0 }, plain = { 0 }, again = { 0 }, runs = { 0 },
				       back = { 0 };
	const char *p = str_text(packet);
	uint64_t number;

	while (*p && !rsp_number(&p, &number))
		p++;
	rsp_from_hex(str_text(packet), packet->len, &hex);
	rsp_expand_runs(str_text(packet), packet->len, &runs);
	if (!rsp_unescape(str_text(packet), packet->len, &plain))
		return;
	rsp_add_escaped(&again, str_text(&plain), plain.len);
	if (!rsp_unescape(str_text(&again), again.len, &back) || back.len != plain.len ||
	    memcmp(str_text(&back), str_text(&plain), back.len))
		abort();
}

/* Returns how many events there were. */
static size_t read_all(const char *bytes, size_t len, size_t step, bool decoded)
{
	_cleanup_(rsp_reader_done) struct rsp_reader reader = { 0 };
	size_t nr = 0;

	for (size_t at = 0; at < len;) {
		size_t used;
		const enum rsp_event event = rsp_read(&reader, bytes + at, MIN(step, len - at), &used);

		if (!used)
			abort();
		at += used;
		nr += event != RSP_NOTHING;
		if (event == RSP_PACKET && decoded)
			decode(&reader.packet);
	}
	return nr;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (read_all((const char *)data, size, size, true) !=
	    read_all((const char *)data, size, 1, false))
		abort();
	return 0;
}
