/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A kernel, read by virtual address. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/kernel.h"

/* /proc/kcore reads by virtual address; an extract keeps memory by physical one. */
static struct vmatlas_error *read_virtual(struct kernel *k, uint64_t addr, void *buf, size_t len)
{
	struct vmatlas_error *err = mem_read(k->mem, MEM_VIRTUAL, addr, buf, len);
	uint64_t paddr;

	if (err || !k->mem->record || k->mem->record_paused || !k->format)
		return err;
	err = kernel_translate(k, addr, &paddr);
	return err ? err : mem_record_add(k->mem->record, paddr, buf, len);
}

/* A piece that lies in one page. */
static struct vmatlas_error *kernel_read_piece(struct kernel *k, uint64_t addr, void *buf,
					       size_t len)
{
	struct vmatlas_error *err;
	uint64_t paddr;

	if (k->mem->info.has_virtual)
		return read_virtual(k, addr, buf, len);
	err = kernel_translate(k, addr, &paddr);
	if (err)
		return err;
	err = mem_read(k->mem, MEM_PHYSICAL, paddr, buf, len);
	return vmatlas_error_wrap(err, "%#" PRIx64, addr);
}

struct vmatlas_error *kernel_read(struct kernel *k, uint64_t addr, void *buf, size_t len)
{
	const uint64_t page = 1ull << k->page_shift;
	uint8_t *to = buf;

	while (len) {
		const uint64_t at = kernel_address(k, addr);
		const size_t piece = MIN((uint64_t)len, page - (at & (page - 1)));
		struct vmatlas_error *err = kernel_read_piece(k, at, to, piece);

		if (err)
			return err;
		to += piece;
		addr += piece;
		len -= piece;
	}
	return NULL;
}

struct vmatlas_error *kernel_read_uint(struct kernel *k, uint64_t addr, size_t size,
				       uint64_t *ret)
{
	struct vmatlas_error *err;
	uint8_t raw[8];

	if (size == 0 || size > sizeof(raw))
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "an integer of %zu bytes", size);
	err = kernel_read(k, addr, raw, size);
	if (err)
		return err;
	*ret = bytes_uint(raw, size, k->big_endian);
	return NULL;
}

struct vmatlas_error *kernel_read_ptr(struct kernel *k, uint64_t addr, uint64_t *ret)
{
	struct vmatlas_error *err = kernel_read_uint(k, addr, k->ptr_size, ret);

	if (!err)
		*ret = kernel_address(k, *ret);
	return err;
}

/*
 * What there is of a string in @len bytes that lie in one page, *ret_len bytes, and
 * whether that is all. What stands behind its end is somebody else's and none of an
 * extract's business; in an extract, or a page that is cut off, less may be there.
 */
static struct vmatlas_error *read_str_piece(struct kernel *k, uint64_t addr, char *buf,
					    size_t len, size_t *ret_len, bool *ret_ends)
{
	const bool paused = k->mem->record_paused;
	struct vmatlas_error *err;

	for (;; len /= 2) {
		k->mem->record_paused = true;
		err = kernel_read(k, addr, buf, len);
		k->mem->record_paused = paused;
		if (!error_is(err, VMATLAS_ERROR_FAULT) || len < 2)
			break;
		vmatlas_error_free(err);
	}
	*ret_len = err ? len : strnlen(buf, len);
	*ret_ends = *ret_len < len;
	if (!k->mem->record)
		return err;
	vmatlas_error_free(err);
	return kernel_read(k, addr, buf, MIN(*ret_len + 1, len));
}

struct vmatlas_error *kernel_read_str(struct kernel *k, uint64_t addr, size_t max, char **ret)
{
	_cleanup_(str_done) struct str text = { 0 };
	const uint64_t page = 1ull << k->page_shift;

	while (text.len < max) {
		const uint64_t in_page = page - (addr & (page - 1));
		struct vmatlas_error *err;
		char buf[256];
		const size_t want = MIN(max - text.len, sizeof(buf));
		size_t piece;
		bool ends;

		err = read_str_piece(k, addr, buf, MIN((uint64_t)want, in_page), &piece, &ends);
		if (err)
			return err;
		str_add(&text, buf, piece);
		if (ends)
			break;
		addr += piece;
	}
	*ret = str_take(&text);
	return *ret ? NULL : error_no_memory();
}

uint32_t kernel_release(const char *text)
{
	unsigned int major, minor, patch = 0;

	if (!text || sscanf(text, "%3u.%3u.%3u", &major, &minor, &patch) < 2)
		return 0;
	return KERNEL_RELEASE(major, major == 2 ? patch : minor);
}

/*
 * On 64 bits: in the upper part that the page tables leave to the kernel. On 32 bits
 * kernel space begins at the lowest PAGE_OFFSET any split allows: modules and pkmap
 * lie just below it.
 */
bool kernel_is_pointer(const struct kernel *k, uint64_t addr)
{
	if (k->ptr_size == 8)
		return kernel_address(k, addr) >=
		       UINT64_MAX << (k->format ? k->format->kernel_bits : 63);
	return addr >= 0x3f000000 && addr <= UINT32_MAX;
}
