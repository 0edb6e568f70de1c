// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * bpf-arena NUMBER: make so many BPF arenas, touch a few pages of each, far from one another,
 * say so and stay. The kernel has 4 GiB of vmalloc space for each, with page tables for all of
 * it, and almost no pages (kernel/bpf/arena.c, since 6.9).
 */
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAP_TYPE_ARENA 33	/* newer than the headers may be */
#define PAGES (1u << 20)	/* 4 GiB: as much as there may be */
#define TOUCHED 5

static int new_arena(void)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_type = MAP_TYPE_ARENA;
	attr.max_entries = PAGES;
	attr.map_flags = BPF_F_MMAPABLE;
	return syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));
}

/* A write makes the kernel map the page on both sides. */
static int touch(int fd)
{
	const size_t size = (size_t)PAGES * 4096;
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		return -1;
	for (int i = 0; i < TOUCHED; i++)
		p[size / TOUCHED * i + 0x3000] = 1;
	return 0;
}

int main(int argc, char **argv)
{
	int nr = argc > 1 ? atoi(argv[1]) : 1;

	for (int i = 0; i < nr; i++) {
		int fd = new_arena();

		if (fd < 0 || touch(fd)) {
			perror("@@FAILED bpf-arena");
			return 1;
		}
	}
	if (argc > 2)
		fclose(fopen(argv[2], "w"));
	pause();
	return 0;
}
