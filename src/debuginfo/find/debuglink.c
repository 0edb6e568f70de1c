/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The other half of a stripped vmlinux: its separate debug file, by build ID or by
 * .gnu_debuglink, and whether it really is (GDB manual, "Separate Debug Files").
 */
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/bytes.h"
#include "debuginfo/find/search_path.h"

/* A name, its NUL, up to three more to align, and a CRC of four bytes. */
bool debuglink_parse(const struct bytes *section, bool big_endian, const char **ret_name,
		     uint32_t *ret_crc)
{
	const size_t len = strnlen((const char *)section->p, section->len);
	const size_t at = (size_t)align_up(len + 1, 4);

	if (!len || len == section->len || at > section->len || section->len - at < 4)
		return false;
	*ret_name = (const char *)section->p;
	*ret_crc = (uint32_t)bytes_uint(section->p + at, 4, big_endian);
	return true;
}

struct search {
	struct image *image;
	const struct image_search *where;
	bool by_link;
	uint32_t crc;			/* of .gnu_debuglink */
	struct image *found;		/* owned */
	char *refusal;			/* of the first that is another's; owned */
};

static void search_done(struct search *s)
{
	image_free(s->found);
	free(s->refusal);
}

static struct vmatlas_error *file_crc(struct image *debug, uint32_t *ret)
{
	_cleanup_(freep) uint8_t *buf = malloc(MIB(1));
	uLong crc = crc32(0, NULL, 0);

	if (!buf)
		return error_no_memory();
	for (uint64_t at = 0, n; at < debug->file.size; at += n) {
		struct vmatlas_error *err;

		n = MIN(MIB(1), debug->file.size - at);
		err = filemap_read(&debug->file, at, buf, (size_t)n);
		if (err)
			return err;
		crc = crc32(crc, buf, (uInt)n);
	}
	*ret = (uint32_t)crc;
	return NULL;
}

VMATLAS_PRINTF(2, 3)
static struct vmatlas_error *refuse(struct search *s, const char *fmt, ...)
{
	_cleanup_(str_done) struct str text = { 0 };
	va_list ap;

	if (s->refusal)
		return NULL;
	va_start(ap, fmt);
	str_vaddf(&text, fmt, ap);
	va_end(ap);
	s->refusal = str_take(&text);
	return s->refusal ? NULL : error_no_memory();
}

/* Build IDs say more than a CRC and cost nothing; where one is missing, the CRC. */
static struct vmatlas_error *debuglink_check(struct search *s, struct image *debug,
					     bool *ret_good)
{
	const char *ours = s->image->info.build_id, *theirs = debug->info.build_id;
	struct vmatlas_error *err;
	uint32_t crc = 0;

	*ret_good = false;
	if (debug->info.machine != s->image->info.machine ||
	    debug->info.bits != s->image->info.bits ||
	    debug->info.big_endian != s->image->info.big_endian)
		return refuse(s, "%s is not the debug file of %s: it is for another CPU",
			      debug->info.path, s->image->info.path);
	if (*ours && *theirs) {
		*ret_good = !strcmp(ours, theirs);
		return *ret_good ? NULL : refuse(s,
			"%s is not the debug file of %s: its build ID is %s, not %s",
			debug->info.path, s->image->info.path, theirs, ours);
	}
	if (!s->by_link)
		return NULL;
	err = file_crc(debug, &crc);
	if (err)
		return err;
	*ret_good = crc == s->crc;
	return *ret_good ? NULL : refuse(s,
		"%s is not the debug file of %s: its CRC is %#" PRIx32 ", not %#" PRIx32,
		debug->info.path, s->image->info.path, crc, s->crc);
}

static bool debuglink_is_same_file(const struct image *a, const struct image *b)
{
	struct stat x, y;

	return !fstat(a->file.fd, &x) && !fstat(b->file.fd, &y) && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

static struct vmatlas_error *debuglink_look(void *arg, const char *path, bool *ret_done)
{
	struct search *s = arg;
	_cleanup_(image_freep) struct image *debug = NULL;
	struct vmatlas_error *err = image_open_parts(path, false, &debug);

	if (error_is(err, VMATLAS_ERROR_NO_MEMORY))
		return err;
	if (err) {
		struct vmatlas_error *failed = refuse(s, "%s", vmatlas_error_message(err));

		vmatlas_error_free(err);
		return failed;
	}
	/* A link may lead back, and a stripped copy has the same build ID. */
	if (debuglink_is_same_file(s->image, debug) || !provider_has_dwarf(debug))
		return NULL;
	err = debuglink_check(s, debug, ret_done);
	if (!err && *ret_done)
		s->found = take(debug);
	return err;
}

static struct vmatlas_error *by_link(struct search *s)
{
	const struct section *section = image_section(s->image, ".gnu_debuglink");
	struct vmatlas_error *err;
	struct bytes bytes;
	const char *name;
	bool done = false;

	if (!section || section->flags & SHF_COMPRESSED)
		return NULL;
	err = section_bytes(s->image, section, &bytes);
	if (err)
		return err;
	if (!debuglink_parse(&bytes, s->image->info.big_endian, &name, &s->crc))
		return refuse(s, "%s: has a damaged .gnu_debuglink", s->image->info.path);
	s->by_link = true;
	return places_of_link(s->where, s->image->info.path, name, debuglink_look, s,
			      &done);
}

static struct vmatlas_error *debuglink_fetch(struct search *s)
{
	const char *build_id = s->image->info.build_id;
	_cleanup_(freep) char *path = NULL;
	struct vmatlas_error *err;
	bool done = false;

	if (!*build_id || (!s->where->debuginfod && !s->where->confirm))
		return NULL;
	err = debuginfod_fetch(s->where, build_id, "debug information", &path);
	/* Who has symbols can do without, and hears of it. */
	if (error_is(err, VMATLAS_ERROR_NOT_FOUND) && image_section(s->image, ".symtab")) {
		struct vmatlas_error *failed = refuse(s, "%s", vmatlas_error_message(err));

		vmatlas_error_free(err);
		return failed;
	}
	if (err || !path)
		return err;
	s->by_link = false;
	return debuglink_look(s, path, &done);
}

struct vmatlas_error *debugfile_attach(struct image *image, const struct image_search *where)
{
	_cleanup_(search_done) struct search s = { .image = image, .where = where };
	const bool is_needed = !image_section(image, ".symtab");
	struct vmatlas_error *err;
	bool done = false;

	err = places_of_build_id(where, image->info.build_id, debuglink_look, &s, &done);
	if (!err && !s.found)
		err = by_link(&s);
	/* With BTF at hand nobody needs to be asked. */
	if (!err && !s.found && (where->debuginfod || is_needed || !image->info.has_debug_info))
		err = debuglink_fetch(&s);
	if (err)
		return err;
	if (s.found)
		return provider_use_debug(image, take(s.found));
	if (s.refusal && is_needed)
		return vmatlas_error_new(VMATLAS_ERROR_MISMATCH, "%s", s.refusal);
	if (s.refusal && where->log)
		where->log(where->log_arg, VMATLAS_LOG_WARNING, s.refusal);
	return NULL;
}
