/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ELF notes of any bytes: the first says in which byte order. */
#include <stdlib.h>

#include "mem/extract_notes.h"
#include "mem/core_notes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever was said of which bytes: it must be askable. */
static void ask(struct kept *k)
{
	extract_note_seal(k);
	for (uint64_t addr = 0; addr < 0x3000; addr += 0x7f)
		if (!extract_note_holds(k, addr, 16))
			vmatlas_error_free(extract_note_refuse(k, addr, 16));
	extract_note_holds(k, UINT64_MAX - 8, 8);
	vmatlas_error_free(extract_note_refuse(k, UINT64_MAX - 8, 8));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct note_facts facts = { 0 };
	struct mem_info info = { 0 };

	if (!size)
		return 0;
	/* a core may have several segments of notes */
	for (int i = 0; i < 2; i++)
		vmatlas_error_free(note_facts_add(&facts, data + 1, size - 1, data[0] & 1));
	if (facts.kept)
		ask(facts.kept);
	note_machine(&facts, false);
	note_facts_give(&facts, &info);
	note_facts_done(&facts);
	free((void *)info.vmcoreinfo);
	free((void *)info.cpus);
	free((void *)info.regs);
	return 0;
}
