/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where an extract goes; see output_dir.h. */
#include <errno.h>
#include <signal.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "extract/output_dir.h"
#include "debuginfo/debuginfo.h"
#include "mem/mem.h"

static const char *const names[] = { [PAIR_VMLINUX] = "vmlinux", [PAIR_VMCORE] = "vmcore" };

/* ---- Interrupted ---- */

/* What ends a process, and by then leaves nothing behind; one extract at a time. */
static const int fatal[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGBUS, SIGXCPU };
static struct sigaction output_old[ARRAY_SIZE(fatal)], output_old_xfsz;
static char *volatile output_parts[NR_PAIR];
static char *volatile output_dirs[PAIR_DIRS_MAX];	/* that were made, the deepest last */
static volatile sig_atomic_t output_guarded;

/* unlink(), rmdir(), sigaction() and raise() are safe here (signal-safety(7)). */
static void output_remove_parts(int signal)
{
	for (size_t i = 0; i < NR_PAIR; i++)
		if (output_parts[i])
			unlink(output_parts[i]);
	for (size_t i = PAIR_DIRS_MAX; i-- > 0;)
		if (output_dirs[i])
			rmdir(output_dirs[i]);	/* not if somebody put a file there */
	for (size_t i = 0; i < ARRAY_SIZE(fatal); i++)
		if (fatal[i] == signal)
			sigaction(signal, &output_old[i], NULL);
	raise(signal);		/* delivered as before, when this returns */
}

static void output_guard(const struct pair *pair)
{
	struct sigaction remove = { .sa_handler = output_remove_parts };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	if (output_guarded)
		return;
	for (size_t i = 0; i < NR_PAIR; i++)
		output_parts[i] = pair->file[i].part;
	for (size_t i = 0; i < pair->nr_dirs; i++)
		output_dirs[i] = pair->dirs[i];
	sigfillset(&remove.sa_mask);
	for (size_t i = 0; i < ARRAY_SIZE(fatal); i++) {
		sigaction(fatal[i], NULL, &output_old[i]);
		if (output_old[i].sa_handler != SIG_IGN)
			sigaction(fatal[i], &remove, NULL);
	}
	/* a file that may grow no more is an error of write(), EFBIG, like a full disk */
	sigaction(SIGXFSZ, &ignore, &output_old_xfsz);
	output_guarded = 1;
}

static void output_unguard(void)
{
	if (!output_guarded)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(fatal); i++)
		sigaction(fatal[i], &output_old[i], NULL);
	sigaction(SIGXFSZ, &output_old_xfsz, NULL);
	for (size_t i = 0; i < NR_PAIR; i++)
		output_parts[i] = NULL;
	for (size_t i = 0; i < PAIR_DIRS_MAX; i++)
		output_dirs[i] = NULL;
	output_guarded = 0;
}

void pair_done(struct pair *pair)
{
	/* first: a handler must not see paths that are being freed */
	for (size_t i = 0; i < NR_PAIR; i++)
		if (pair->file[i].part)
			unlink(pair->file[i].part);
	output_unguard();
	for (size_t i = 0; i < NR_PAIR; i++) {
		struct pair_file *f = &pair->file[i];

		if (f->fd >= 0)
			close(f->fd);
		if (f->part)
			unlink(f->part);
		free(f->path);
		free(f->part);
		*f = (struct pair_file){ .fd = -1 };
	}
	for (; pair->nr_dirs; pair->nr_dirs--) {
		rmdir(pair->dirs[pair->nr_dirs - 1]);	/* fails where an extract is in it */
		free(pair->dirs[pair->nr_dirs - 1]);
	}
}

/* ---- The folder ---- */

/* What was made is remembered, to be removed if nothing comes into it. */
static struct vmatlas_error *make_dir(struct pair *pair, const char *dir)
{
	struct stat st;

	if (!mkdir(dir, 0777)) {
		if (pair->nr_dirs == PAIR_DIRS_MAX)
			return NULL;
		pair->dirs[pair->nr_dirs] = strdup(dir);
		return pair->dirs[pair->nr_dirs] ? (pair->nr_dirs++, NULL) : error_no_memory();
	}
	if (errno == EEXIST && !stat(dir, &st)) {
		if (S_ISDIR(st.st_mode))
			return NULL;
		errno = ENOTDIR;
	}
	return error_system("%s", dir);
}

static struct vmatlas_error *make_dirs(struct pair *pair, const char *dir)
{
	_cleanup_(freep) char *path = strdup(dir);
	struct vmatlas_error *err = NULL;

	if (!path)
		return error_no_memory();
	for (char *at = path + 1; *path && *at && !err; at++) {
		struct stat st;

		if (*at != '/')
			continue;
		*at = '\0';
		if (stat(path, &st))	/* a parent may be there and not ours to make */
			err = make_dir(pair, path);
		*at = '/';
	}
	return err ? err : make_dir(pair, dir);
}

/* ---- What may be overwritten ---- */

static bool is_small_vmlinux(const char *path)
{
	_cleanup_(image_freep) struct image *image = NULL;

	vmatlas_error_free(image_open(path, &image));
	return image && image_info(image)->is_small;
}

static struct vmatlas_error *check_target(const char *path, size_t which,
					  const char *const *inputs, size_t nr_inputs)
{
	struct stat st, input;

	if (stat(path, &st)) {
		if (errno == ENOENT)
			return NULL;
		return error_system("%s", path);
	}
	for (size_t i = 0; i < nr_inputs; i++)
		if (inputs[i] && !stat(inputs[i], &input) && input.st_dev == st.st_dev &&
		    input.st_ino == st.st_ino)
			return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
				"%s would be overwritten, and it is what is read; choose "
				"another folder", path);
	if (S_ISREG(st.st_mode) &&
	    (which == PAIR_VMCORE ? mem_is_extract(path) : is_small_vmlinux(path)))
		return NULL;
	return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
		"%s exists and is not an extract; choose another directory, or remove it", path);
}

/* ---- The files ---- */

static char *output_dir_join(const char *dir, const char *prefix, const char *name,
			     const char *suffix)
{
	char *path;

	return asprintf(&path, "%s/%s%s%s", dir, prefix, name, suffix) < 0 ? NULL : path;
}

static struct vmatlas_error *open_part(struct pair_file *f, const char *dir, const char *name)
{
	char suffix[32];

	snprintf(suffix, sizeof(suffix), ".%ld.part", (long)getpid());
	f->part = output_dir_join(dir, ".", name, suffix);
	if (!f->part)
		return error_no_memory();
	unlink(f->part);	/* of a process of that number that was killed */
	/* a dump's owner alone may read it, until it is whole */
	f->fd = open(f->part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (f->fd >= 0)
		return NULL;
	freep(&f->part);
	f->part = NULL;
	return error_system("%s", dir);
}

static struct vmatlas_error *pair_make(struct pair *pair, const char *dir,
				       const char *const *inputs, size_t nr_inputs)
{
	struct vmatlas_error *err = make_dirs(pair, dir);

	for (size_t i = 0; i < NR_PAIR && !err; i++) {
		pair->file[i].path = output_dir_join(dir, "", names[i], "");
		err = !pair->file[i].path ? error_no_memory() :
			check_target(pair->file[i].path, i, inputs, nr_inputs);
	}
	for (size_t i = 0; i < NR_PAIR && !err; i++)
		err = open_part(&pair->file[i], dir, names[i]);
	return err;
}

/* Not interrupted before there is somebody to tidy up. */
struct vmatlas_error *pair_open(struct pair *pair, const char *dir, const char *const *inputs,
				size_t nr_inputs)
{
	struct vmatlas_error *err;
	sigset_t all, old;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = pair_make(pair, dir, inputs, nr_inputs);
	if (!err)
		output_guard(pair);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return err;
}

/* Some file systems tell only now that they are full. */
static struct vmatlas_error *output_dir_finish(struct pair_file *f)
{
	const int fd = f->fd;
	const mode_t mask = umask(0);

	umask(mask);
	f->fd = -1;
	if (fchmod(fd, 0666 & ~mask)) {
		struct vmatlas_error *err = error_system("%s", f->path);

		close(fd);
		return err;
	}
	return close(fd) ? error_system("%s", f->path) : NULL;
}

static struct vmatlas_error *output_rename(struct pair *pair)
{
	struct vmatlas_error *err = NULL;

	for (size_t i = 0; i < NR_PAIR && !err; i++)
		err = output_dir_finish(&pair->file[i]);
	for (size_t i = 0; i < NR_PAIR && !err; i++) {
		struct pair_file *f = &pair->file[i];

		if (rename(f->part, f->path))
			return error_system("%s", f->path);
		free(f->part);
		f->part = NULL;
	}
	return err;
}

/* Not interrupted between the two. */
struct vmatlas_error *output_commit(struct pair *pair)
{
	struct vmatlas_error *err;
	sigset_t all, old;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = output_rename(pair);
	output_unguard();
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return err;
}
