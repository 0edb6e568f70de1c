/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A dump that does not say whose it is: its memory does. The kernel's VMCOREINFO, which
 * since 4.13 begins a page (kernel/crash_core.c); its banner; and the build IDs of its
 * notes, among those of all programs that are in memory.
 */
#include <elf.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "base/strbuf.h"
#include "kernel/identify/scan_identity.h"

#define PAGE 4096u
#define BANNER "Linux version "
#define CARRY 512u			/* of the page before: a banner may lie on both */

/* Kernels keep all of it low in memory; all of a large dump would take minutes. */
#define MAX_SEARCHED GIB(4)
#define MAX_BANNERS 16u
#define MAX_BUILD_IDS 4096u

void memory_names_done(struct memory_names *n)
{
	for (size_t i = 0; i < n->banners.nr; i++)
		free(n->banners.v[i]);
	for (size_t i = 0; i < n->build_ids.nr; i++)
		free(n->build_ids.v[i]);
	vec_done(&n->banners);
	vec_done(&n->build_ids);
	vmcoreinfo_free(n->vmcoreinfo);
}

static bool scan_has(char *const *v, size_t nr, const char *text)
{
	for (size_t i = 0; i < nr; i++)
		if (!strcmp(v[i], text))
			return true;
	return false;
}

/* "Linux version 6.1.0 (...) ...\n": the copies in the log have no newline. */
static struct vmatlas_error *add_banner(struct memory_names *n, const char *text, size_t len)
{
	const char *end = memchr(text, '\n', len);
	_cleanup_(freep) char *copy = NULL;
	char **to;

	if (!end || n->banners.nr >= MAX_BANNERS || !memmem(text, end - text, " (", 2) ||
	    text[strlen(BANNER)] < '0' || text[strlen(BANNER)] > '9')
		return NULL;
	copy = strndup(text, end - text);
	if (!copy)
		return error_no_memory();
	if (scan_has(n->banners.v, n->banners.nr, copy))
		return NULL;
	to = vec_push(&n->banners);
	if (!to)
		return error_no_memory();
	*to = take(copy);
	return NULL;
}

static struct vmatlas_error *scan_add_build_id(struct memory_names *n, const uint8_t *id,
					       size_t len)
{
	_cleanup_(freep) char *hex = calloc(2, len + 1);
	char **to;

	if (!hex)
		return error_no_memory();
	for (size_t i = 0; i < len; i++)
		sprintf(hex + 2 * i, "%02x", id[i]);
	if (n->build_ids.nr >= MAX_BUILD_IDS ||
	    scan_has(n->build_ids.v, n->build_ids.nr, hex))
		return NULL;
	to = vec_push(&n->build_ids);
	if (!to)
		return error_no_memory();
	*to = take(hex);
	return NULL;
}

/* A note's header lies 12 bytes before its name, and the ID of 20 bytes behind it. */
static struct vmatlas_error *look_for_notes(struct memory_names *n, const uint8_t *p, size_t len,
					    bool big_endian)
{
	const uint8_t *at = p, *end = p + len;
	struct vmatlas_error *err = NULL;

	while (!err && (at = memmem(at, (size_t)(end - at), "GNU", 4))) {
		if (at - p >= 12 && end - at >= 24 &&
		    bytes_uint(at - 12, 4, big_endian) == 4 &&
		    bytes_uint(at - 8, 4, big_endian) == 20 &&
		    bytes_uint(at - 4, 4, big_endian) == NT_GNU_BUILD_ID)
			err = scan_add_build_id(n, at + 4, 20);
		at += 4;
	}
	return err;
}

static struct vmatlas_error *look_for_banners(struct memory_names *n, const uint8_t *p,
					      size_t len)
{
	const uint8_t *at = p, *end = p + len;
	struct vmatlas_error *err = NULL;

	while (!err && (at = memmem(at, (size_t)(end - at), BANNER, strlen(BANNER)))) {
		if ((size_t)(end - at) > strlen(BANNER))
			err = add_banner(n, (const char *)at, (size_t)(end - at));
		at += strlen(BANNER);
	}
	return err;
}

/* @page: PAGE bytes; before them CARRY bytes of the page before. */
static struct vmatlas_error *look_at_page(struct memory_names *n, const uint8_t *page,
					  bool big_endian)
{
	const char *text = (const char *)page;
	struct vmatlas_error *err;

	if (!n->vmcoreinfo && !strncmp(text, "OSRELEASE=", 10) &&
	    memmem(text, PAGE, "\nPAGESIZE=", 10)) {
		err = vmcoreinfo_parse(text, PAGE, &n->vmcoreinfo);
		if (err)
			return err;
	}
	err = look_for_banners(n, page - CARRY, PAGE + CARRY);
	return err ? err : look_for_notes(n, page - CARRY, PAGE + CARRY, big_endian);
}

static void scan_tell(const struct mem *mem, uint64_t done)
{
	char line[96], size[24];

	if (!mem->opts.log || done % MIB(64))
		return;
	snprintf(line, sizeof(line), "looking for the kernel's name in memory: %s",
		 str_size(done, size));
	mem->opts.log(mem->opts.log_arg, VMATLAS_LOG_PROGRESS, line);
}

static struct vmatlas_error *read_segment(struct mem *mem, const struct mem_segment *seg,
					  uint64_t *searched, struct memory_names *ret)
{
	uint8_t buf[CARRY + PAGE] = { 0 };
	uint64_t at = align_up(seg->paddr, PAGE);

	for (; at - seg->paddr + PAGE <= seg->held && *searched < MAX_SEARCHED; at += PAGE) {
		struct vmatlas_error *err;

		memcpy(buf, buf + PAGE, CARRY);
		err = mem_read(mem, MEM_PHYSICAL, at, buf + CARRY, PAGE);
		*searched += PAGE;
		scan_tell(mem, *searched);
		if (error_is(err, VMATLAS_ERROR_FAULT)) {
			vmatlas_error_free(err);
			memset(buf, 0, sizeof(buf));
			continue;
		}
		if (!err)
			err = look_at_page(ret, buf + CARRY, mem->info.big_endian);
		/* With an ID there is nothing more to know. */
		if (err || (ret->vmcoreinfo && vmcoreinfo_text(ret->vmcoreinfo, "BUILD-ID")))
			return err;
	}
	return NULL;
}

struct vmatlas_error *memory_names_read(struct mem *mem, struct memory_names *ret)
{
	const struct mem_info *info = &mem->info;
	struct vmatlas_error *err = NULL;
	uint64_t searched = 0;

	mem->record_paused = true;	/* what a search passes by is no answer */
	for (size_t i = 0; i < info->nr_segments && !err; i++) {
		if (ret->vmcoreinfo && vmcoreinfo_text(ret->vmcoreinfo, "BUILD-ID"))
			break;
		if (info->segments[i].paddr != UINT64_MAX)
			err = read_segment(mem, &info->segments[i], &searched, ret);
	}
	mem->record_paused = false;
	return err;
}
