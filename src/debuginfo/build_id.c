/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ELF notes: where the build ID is. Pure; fuzzed. */
#include <elf.h>
#include <string.h>

#include "base/bytes.h"
#include "debuginfo/debuginfo_internal.h"

bool notes_build_id(const struct bytes *notes, uint64_t align, bool big_endian,
		    size_t *ret_offset, size_t *ret_size)
{
	/* All notes are aligned to 4, except where the section says 8 (gABI). */
	const uint64_t a = align == 8 ? 8 : 4;
	uint64_t at = 0;

	while (notes->len >= 12 && at <= notes->len - 12) {
		const uint8_t *n = notes->p + at;
		const uint64_t name_size = bytes_uint(n, 4, big_endian);
		const uint64_t size = bytes_uint(n + 4, 4, big_endian);
		const uint64_t type = bytes_uint(n + 8, 4, big_endian);
		const uint64_t desc = at + align_up(12 + name_size, a);

		if (desc > notes->len || size > notes->len - desc)
			return false;
		if (type == NT_GNU_BUILD_ID && name_size == 4 &&
		    !memcmp(n + 12, "GNU", 4)) {
			*ret_offset = (size_t)desc;
			*ret_size = (size_t)size;
			return size > 0;
		}
		at = desc + align_up(size, a);
	}
	return false;
}
