/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Module symbol tables out of any bytes: 16 of them say how to cut the rest. */
#include <elf.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/symbols/module_symbols.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const bool wide = size && data[0] & 1;
	const size_t each = wide ? sizeof(Elf64_Sym) : sizeof(Elf32_Sym);
	struct modsyms s = { .is_64bit = wide };
	struct modsym found;

	if (size < 16)
		return 0;
	s.big_endian = data[0] & 2;
	s.has_thumb = data[0] & 4;
	s.nr = MIN((size_t)data[1], (size - 16) / each);
	s.strtab_size = size - 16 - s.nr * each;
	s.symtab = malloc(s.nr * each + 1);
	s.strtab = calloc(1, s.strtab_size + 1);
	if (s.symtab && s.strtab) {
		memcpy(s.symtab, data + 16, s.nr * each);
		memcpy(s.strtab, data + 16 + s.nr * each, s.strtab_size);
		if (modsyms_find(&s, bytes_uint(data + 2, 8, false),
				 bytes_uint(data + 10, 4, false), &found) &&
		    strlen(found.name) > s.strtab_size)
			abort();
	}
	modsyms_done(&s);
	return 0;
}
