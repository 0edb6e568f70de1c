/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A fuzzer's target without the fuzzer: feeds it the files of its corpus, then
 * some thousand changed ones, always the same. Prints TAP.
 *
 *	build/release/tests/fuzz/replay_NAME [FILE...]
 *
 * The input that brought it down is left beside the program, as NAME.crash.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Sanitizers have it. */
extern void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

enum { MAX_FILES = 256, MAX_SIZE = 1 << 16, CHANGED = 4000, SECONDS = 2, HANG = 30 };

struct input {
	uint8_t *bytes;
	size_t size;
};

static struct input corpus[MAX_FILES];
static size_t nr_files;

/* What the target is looking at, for whoever cleans up after it. */
static struct input now;
static char crash_path[4096];

static void keep_input(void)
{
	const int fd = now.bytes ? open(crash_path, O_WRONLY | O_CREAT | O_TRUNC, 0666) : -1;

	if (fd < 0)
		return;
	if (write(fd, now.bytes, now.size) == (ssize_t)now.size)
		dprintf(STDERR_FILENO, "# the input is in %s\n", crash_path);
	close(fd);
}

static void die_of(int sig)
{
	keep_input();
	signal(sig, SIG_DFL);
	raise(sig);
}

static void prepare(const char *program)
{
	static const int deadly[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGALRM };

	snprintf(crash_path, sizeof(crash_path), "%s.crash", program);
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(keep_input);
	for (size_t i = 0; i < ARRAY_SIZE(deadly); i++)
		if (deadly[i] == SIGALRM || !__sanitizer_set_death_callback)
			signal(deadly[i], die_of);
}

/* In a block of exactly its size, so that a sanitizer sees each step beyond it. */
static void run(const uint8_t *bytes, size_t size)
{
	now.bytes = malloc(size ? size : 1);
	now.size = size;
	if (!now.bytes)
		exit(2);
	memcpy(now.bytes, bytes, size);
	alarm(HANG);
	LLVMFuzzerTestOneInput(now.bytes, size);
	alarm(0);
	free(now.bytes);
	now = (struct input){ 0 };	/* a leak is told at the end, of no input any more */
}

static void load(const char *path)
{
	static uint8_t buf[MAX_SIZE];
	FILE *f = fopen(path, "rb");
	struct input *in = &corpus[nr_files];

	if (!f || nr_files + 1 == MAX_FILES) {
		printf("Bail out! %s\n", path);
		exit(2);
	}
	in->size = fread(buf, 1, sizeof(buf), f);
	in->bytes = malloc(in->size + 1);
	if (!in->bytes)
		exit(2);
	memcpy(in->bytes, buf, in->size);
	nr_files++;
	fclose(f);
}

static int is_visible(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

/* Sorted: the changed inputs depend on the order. */
static void load_corpus(const char *name)
{
	struct dirent **entries = NULL;
	char dir[256], path[1024];
	int nr;

	snprintf(dir, sizeof(dir), "tests/fuzz/corpus/%s", name);
	nr = scandir(dir, &entries, is_visible, alphasort);
	for (int i = 0; i < nr; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, entries[i]->d_name);
		load(path);
		free(entries[i]);
	}
	free(entries);
}

/* ---- Changes ---- */

static uint64_t next_random(void)
{
	static uint64_t x = 0x9e3779b97f4a7c15;

	x ^= x << 13;
	x ^= x >> 7;
	return x ^= x << 17;
}

static size_t below(size_t n)
{
	return n ? next_random() % n : 0;
}

/* Numbers at which code goes wrong. */
static void put_number(uint8_t *at, size_t room)
{
	static const uint64_t number[] = {
		0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000,
		0xffffffff, INT64_MAX, UINT64_MAX, UINT64_MAX - 7, 0x1000, 0x100000000,
	};
	const uint64_t v = number[below(ARRAY_SIZE(number))];
	const size_t size = MIN((size_t)1 << below(4), room);

	memcpy(at, &v, size);
}

/* Bytes of another file, or of another place of this one. */
static void put_splice(uint8_t *at, size_t room)
{
	const struct input *from = &corpus[below(nr_files)];
	const size_t start = below(from->size);
	const size_t there = MIN(room, from->size - start);
	const size_t n = MIN(below(64), there);

	memcpy(at, from->bytes + start, n);
}

static size_t change(uint8_t *buf, size_t size)
{
	size_t at = below(size);

	if (!size)
		return 0;
	switch (below(8)) {
	case 0:
		return below(size + 1);
	case 1:	/* a piece is missing */
		memmove(buf + at, buf + at + (size - at) / 2, size - at - (size - at) / 2);
		return size - (size - at) / 2;
	case 2:
		put_splice(buf + at, size - at);
		return size;
	case 3:
	case 4:
		put_number(buf + at, size - at);
		return size;
	case 5:
		buf[at] = next_random();
		return size;
	default:
		buf[at] ^= 1 << below(8);
		return size;
	}
}

static size_t run_changed(void)
{
	static uint8_t buf[MAX_SIZE];
	const clock_t end = clock() + SECONDS * CLOCKS_PER_SEC;
	size_t nr = 0;

	for (; nr < CHANGED && nr_files && clock() < end; nr++) {
		const struct input *from = &corpus[nr % nr_files];
		size_t size = from->size;

		memcpy(buf, from->bytes, size);
		for (size_t i = below(6) + 1; i--;)
			size = change(buf, size);
		run(buf, size);
	}
	return nr;
}

int main(int argc, char **argv)
{
	const char *base = strrchr(argv[0], '/');
	const char *name = strstr(base ? base : argv[0], "replay_");
	size_t changed;

	if (!name)
		return 2;
	name += strlen("replay_");
	prepare(argv[0]);
	for (int i = 1; i < argc; i++)
		load(argv[i]);
	if (argc == 1)
		load_corpus(name);
	setvbuf(stdout, NULL, _IOLBF, 0);

	printf("1..2\n");
	for (size_t i = 0; i < nr_files; i++)
		run(corpus[i].bytes, corpus[i].size);
	run((const uint8_t *)"", 0);
	printf("%sok 1 - %s takes %zu files\n", nr_files ? "" : "not ", name, nr_files);
	changed = argc > 1 ? 0 : run_changed();
	printf("ok 2 - and %s changed ones\n", changed == CHANGED || argc > 1 ? "all" : "some");
	printf("# %zu of them\n", changed);
	for (size_t i = 0; i < nr_files; i++)
		free(corpus[i].bytes);
	return nr_files ? 0 : 1;
}
