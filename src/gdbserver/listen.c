/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where gdb is: at stdin and stdout (target remote | ...), a Unix socket, or loopback TCP. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "gdbserver/gdbserver_internal.h"

static struct vmatlas_error *listen_failed(const char *address)
{
	return vmatlas_error_new(VMATLAS_ERROR_SYSTEM, "cannot listen at %s: %s", address,
				 strerror(errno));
}

/* A socket that an earlier server left is in nobody's use. */
static void remove_old_socket(const char *path)
{
	struct stat st;

	if (!lstat(path, &st) && S_ISSOCK(st.st_mode))
		unlink(path);
}

static struct vmatlas_error *listen_unix(const char *path, int *ret)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	mode_t mask;
	int failed;

	if (!*path || strlen(path) >= sizeof(at.sun_path))
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"unix:%s: a path of 1 to %zu bytes is needed", path, sizeof(at.sun_path) - 1);
	strcpy(at.sun_path, path);
	*ret = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (*ret < 0)
		return listen_failed(path);
	remove_old_socket(path);
	mask = umask(077);		/* a dump is not everybody's */
	failed = bind(*ret, (struct sockaddr *)&at, sizeof(at));
	umask(mask);
	return failed || listen(*ret, 1) ? listen_failed(path) : NULL;
}

static struct vmatlas_error *listen_tcp(const char *address, int *ret)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const char *colon = strrchr(address, ':');
	socklen_t len = sizeof(at);
	const int yes = 1;
	char *end;
	unsigned long port = colon ? strtoul(colon + 1, &end, 10) : 0;

	if (!colon || !colon[1] || *end || port > 65535 ||
	    (strncmp(address, "127.0.0.1:", 10) != 0 && strncmp(address, "localhost:", 10) != 0))
		return vmatlas_error_new(VMATLAS_ERROR_ARGUMENT,
			"--listen '%s'? unix:PATH, or 127.0.0.1:PORT: it has no password, so this "
			"machine alone may talk to it", address);
	at.sin_port = htons(port);
	*ret = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (*ret < 0)
		return listen_failed(address);
	setsockopt(*ret, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (bind(*ret, (struct sockaddr *)&at, sizeof(at)) || listen(*ret, 1) ||
	    getsockname(*ret, (struct sockaddr *)&at, &len))
		return listen_failed(address);
	fprintf(stderr, "vmatlas: gdb may connect: target remote 127.0.0.1:%u\n", ntohs(at.sin_port));
	return NULL;
}

struct vmatlas_error *listen_for_gdb(const char *address, int *ret_in, int *ret_out)
{
	const bool is_unix = address && !strncmp(address, "unix:", 5);
	struct vmatlas_error *err;
	const int yes = 1;
	int at = -1, gdb;

	*ret_in = STDIN_FILENO;
	*ret_out = STDOUT_FILENO;
	if (!address)
		return NULL;
	err = is_unix ? listen_unix(address + 5, &at) : listen_tcp(address, &at);
	if (!err && is_unix)
		fprintf(stderr, "vmatlas: gdb may connect: target remote %s\n", address + 5);
	while (!err && (gdb = accept4(at, NULL, NULL, SOCK_CLOEXEC)) < 0)
		if (errno != EINTR)
			err = listen_failed(address);
	if (at >= 0)
		close(at);
	if (is_unix && at >= 0)
		unlink(address + 5);
	if (err)
		return err;
	if (!is_unix)
		setsockopt(gdb, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	*ret_in = *ret_out = gdb;
	return NULL;
}
