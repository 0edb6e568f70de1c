/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * once [-r ROOT] [-o FILE] COMMAND…: run it and print one line of JSON about it.
 *
 * Small on purpose: a process counts the peak memory of whatever it was before
 * exec, so a parent the size of Python would be measured instead of the child.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double ms(struct timeval t)
{
	return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

/* What the command prints is its own affair: into a file, both streams. */
static void become(char **command, const char *root, const char *out)
{
	const int in = open("/dev/null", O_RDONLY | O_CLOEXEC);
	const int fd = open(out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (in < 0 || fd < 0 || dup2(in, 0) < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
		_exit(126);
	if (root && (chroot(root) || chdir("/")))
		_exit(126);
	execvp(command[0], command);
	_exit(127);
}

static pid_t begin(char **command, const char *root, const char *out)
{
	const pid_t pid = vfork();

	if (pid == 0)
		become(command, root, out);
	return pid;
}

/* "rchar: 1234" and its like, of a process that has ended but not been waited for. */
static long long io_count(pid_t pid, const char *name)
{
	char path[40], line[80];
	long long n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/io", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return -1;
	while (fgets(line, sizeof(line), f))
		if (!strncmp(line, name, strlen(name)))
			n = atoll(line + strlen(name));
	fclose(f);
	return n;
}

static int usage(void)
{
	fputs("usage: once [-r ROOT] [-o FILE] COMMAND...\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	const char *root = NULL, *out = "/dev/null";
	struct rusage use;
	double start, end;
	siginfo_t ended;
	int opt, status;
	pid_t pid;

	while ((opt = getopt(argc, argv, "+r:o:")) != -1)
		if (opt == 'r')
			root = optarg;
		else if (opt == 'o')
			out = optarg;
		else
			return usage();
	if (optind == argc)
		return usage();

	start = now();
	pid = begin(argv + optind, root, out);
	if (pid < 0 || waitid(P_PID, (id_t)pid, &ended, WEXITED | WNOWAIT)) {
		fprintf(stderr, "once: %s\n", strerror(errno));
		return 2;
	}
	end = now();

	const long long chars = io_count(pid, "rchar:"), calls = io_count(pid, "syscr:");
	const long long disk = io_count(pid, "read_bytes:");

	if (wait4(pid, &status, 0, &use) != pid)
		return 2;
	printf("{\"wall\": %.3f, \"cpu\": %.3f, \"rss\": %ld, \"faults\": %ld, \"chars\": %lld,"
	       " \"calls\": %lld, \"disk\": %lld, \"rc\": %d, \"signal\": %d}\n",
	       end - start, ms(use.ru_utime) + ms(use.ru_stime), use.ru_maxrss,
	       use.ru_minflt + use.ru_majflt, chars, calls, disk,
	       WIFEXITED(status) ? WEXITSTATUS(status) : -1,
	       WIFSIGNALED(status) ? WTERMSIG(status) : 0);
	return 0;
}
