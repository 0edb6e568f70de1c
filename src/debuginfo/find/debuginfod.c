/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Fetching what is not on this machine from the servers of $DEBUGINFOD_URLS, by build
 * ID: when that was asked for, or when a person agrees. libdebuginfod does the work and
 * keeps what it fetched in its own cache; $DEBUGINFOD_TIMEOUT is its, too.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "debuginfo/find/debuginfod_dynload.h"
#include "debuginfo/find/search_path.h"

struct download {
	const struct image_search *search;
	const char *what;
	bool is_cancelled;
	struct timespec told;		/* when progress was shown last */
};

static void debuginfod_tell(struct download *d, const char *url, long done, long all)
{
	_cleanup_(str_done) struct str line = { 0 };
	char size[24];

	str_addf(&line, "fetching %s from %s", d->what, url ?: getenv("DEBUGINFOD_URLS"));
	if (done > 0)
		str_addf(&line, ": %s", str_size((uint64_t)done, size));
	if (done > 0 && all >= done)
		str_addf(&line, " of %s", str_size((uint64_t)all, size));
	d->search->log(d->search->log_arg, VMATLAS_LOG_PROGRESS, str_text(&line));
}

/* Called by libdebuginfod again and again; not 0 ends the download. */
static int debuginfod_progress(debuginfod_client *client, long done, long all)
{
	struct download *d = debuginfod_lib.get_user_data(client);
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (d->search->log && (now.tv_sec != d->told.tv_sec ||
			       now.tv_nsec - d->told.tv_nsec > 200000000)) {
		d->told = now;
		debuginfod_tell(d, debuginfod_lib.get_url(client), done, all);
	}
	if (d->search->cancelled && d->search->cancelled(d->search->ask_arg))
		d->is_cancelled = true;
	return d->is_cancelled;
}

static struct vmatlas_error *debuginfod_failed(const struct download *d,
					       const char *build_id, int error)
{
	const char *urls = getenv("DEBUGINFOD_URLS");

	if (d->is_cancelled)
		return vmatlas_error_new(VMATLAS_ERROR_SYSTEM, "fetching %s was interrupted",
					 d->what);
	/* The library says so of every answer but "200 OK". */
	if (error == ENOENT)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
			"no server of $DEBUGINFOD_URLS gives the %s of build ID %s (%s)",
			d->what, build_id, urls);
	return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
		"cannot fetch the %s of build ID %s from %s: %s%s", d->what, build_id, urls,
		strerror(error), error == ETIME ? ", see $DEBUGINFOD_TIMEOUT" : "");
}

static struct vmatlas_error *fetch(const struct image_search *search, const char *build_id,
				   const char *what, char **ret_path)
{
	struct download d = { .search = search, .what = what };
	struct vmatlas_error *err = debuginfod_lib_load();
	debuginfod_client *client;
	int fd;

	if (err)
		return err;
	client = debuginfod_lib.begin();
	if (!client)
		return error_no_memory();
	debuginfod_lib.set_user_data(client, &d);
	debuginfod_lib.set_progressfn(client, debuginfod_progress);
	fd = debuginfod_lib.find_debuginfo(client, (const unsigned char *)build_id, 0,
					   ret_path);
	debuginfod_lib.end(client);
	if (fd < 0)
		return debuginfod_failed(&d, build_id, -fd);
	close(fd);
	return NULL;
}

static bool agrees(const struct image_search *search, const char *build_id, const char *what,
		   const char *urls)
{
	_cleanup_(str_done) struct str question = { 0 };

	if (!search->confirm)
		return false;
	str_addf(&question, "fetch the %s of build ID %s from %s?", what, build_id, urls);
	return search->confirm(search->ask_arg, str_text(&question));
}

struct vmatlas_error *debuginfod_fetch(const struct image_search *search, const char *build_id,
				       const char *what, char **ret_path)
{
	const char *urls = getenv("DEBUGINFOD_URLS");

	if (urls && urls[strspn(urls, " \t")]) {
		if (!search->debuginfod && !agrees(search, build_id, what, urls))
			return NULL;
		return fetch(search, build_id, what, ret_path);
	}
	if (!search->debuginfod)
		return NULL;
	return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
		"the %s of build ID %s is not here, and $DEBUGINFOD_URLS names no server to "
		"fetch it from", what, build_id);
}
