/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A gdb's session of any bytes, to its end: the input stands at stdin, answers go nowhere.
 * The dump is the synthetic kernel beside the program, opened once; without it, what comes
 * before a dump is opened.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gdbserver/gdbserver.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct vmatlas *open_beside_program(void)
{
	struct vmatlas_open_opts opts = { .size = sizeof(opts) };
	char exe[3072] = "", vmlinux[4096], vmcore[4096];
	struct vmatlas *atlas = NULL;
	const ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	for (ssize_t at = len - 1; at >= 0 && exe[at] != '/'; at--)
		exe[at] = '\0';
	snprintf(vmlinux, sizeof(vmlinux), "%s../../synthetic/x86-6.12/vmlinux", exe);
	snprintf(vmcore, sizeof(vmcore), "%s../../synthetic/x86-6.12/vmcore", exe);
	opts.vmlinux = vmlinux;
	opts.core = vmcore;
	vmatlas_error_free(vmatlas_open(&opts, &atlas));
	return atlas;
}

static struct vmatlas_error *fuzz_open(void *arg, struct vmatlas **ret)
{
	static struct vmatlas *atlas;

	(void)arg;
	if (!atlas)
		atlas = open_beside_program();
	*ret = atlas;
	return atlas ? NULL : vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "no dump");
}

static int fuzz_command(void *arg, struct vmatlas *atlas, char *line)
{
	(void)arg;
	(void)atlas;
	return !*line;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct gdbserver_host host = { .open = fuzz_open, .command = fuzz_command };
	const int out = dup(STDOUT_FILENO), in = memfd_create("session", MFD_CLOEXEC);
	const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

	fflush(stdout);
	if (out < 0 || nowhere < 0 || write(in, data, size) != (ssize_t)size ||
	    lseek(in, 0, SEEK_SET) || dup2(in, STDIN_FILENO) || dup2(nowhere, STDOUT_FILENO) < 0)
		abort();
	vmatlas_error_free(gdbserver_run(&host, NULL));
	dup2(out, STDOUT_FILENO);
	close(out);
	close(in);
	close(nowhere);
	return 0;
}
