/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What an extract says of itself, out of any bytes: the first is how many of the
 * rest are its list of kept bytes; its facts and the faults it tells follow.
 */
#include <string.h>

#include "base/bytes.h"
#include "mem/extract_notes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(const struct kept *k, uint64_t addr)
{
	for (uint64_t len = 1; len <= 4096; len *= 8) {
		extract_note_holds(k, addr, len);
		vmatlas_error_free(extract_note_refuse(k, addr, len));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(extract_note_freep) struct kept *k = extract_note_new();
	struct extract_note_facts facts = { 0 };
	size_t runs;

	if (!size || !k)
		return 0;
	runs = MIN((size_t)data[0], size - 1);
	extract_note_facts_parse(data + 1 + runs, size - 1 - runs, &facts);
	vmatlas_error_free(extract_note_runs_parse(k, data + 1, runs));
	vmatlas_error_free(extract_note_faults_parse(k, data + 1 + runs, size - 1 - runs));
	extract_note_seal(k);
	for (size_t i = 0; i + 8 <= size && i < 128; i += 8)
		ask(k, bytes_uint(data + i, 8, false));
	ask(k, 0x1000000);
	ask(k, UINT64_MAX);
	return memchr(facts.node, '\0', sizeof(facts.node)) == NULL;
}
