/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The running kernel through /proc/kcore. Reading it is elf_core.c's work; here
 * is why it so often cannot be opened, told apart by cause.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "mem/mem_internal.h"
#include "mem/proc_kcore.h"

/*
 * "none [integrity] confidentiality": the one in brackets is in force. Integrity
 * lets root read (include/linux/security.h: LOCKDOWN_KCORE, 5.4 and later).
 */
static bool locked_down(const char *lockdown)
{
	return strstr(lockdown, "[confidentiality]");
}

struct vmatlas_error *kcore_refused(const char *path, int error, const char *lockdown)
{
	switch (error) {
	case EPERM:
		if (locked_down(lockdown))
			return vmatlas_error_new(VMATLAS_ERROR_SYSTEM,
				"%s: kernel lockdown forbids reading kernel memory, "
				"even to root (/sys/kernel/security/lockdown)", path);
		/* fall through */
	case EACCES:
		return vmatlas_error_new(VMATLAS_ERROR_SYSTEM,
			"%s: reading the running kernel needs root (CAP_SYS_RAWIO)", path);
	case ENOENT:
	case ENOTDIR:
		return vmatlas_error_new(VMATLAS_ERROR_SYSTEM,
			"%s: does not exist; the kernel is built without it (as on all "
			"32-bit ARM), or a container hides it", path);
	}
	errno = error;
	return error_system("%s", path);
}

static struct vmatlas_error *masked(const char *path)
{
	return vmatlas_error_new(VMATLAS_ERROR_SYSTEM,
		"%s: is empty or not the kernel's; a container puts such a file over it, "
		"run on the host instead", path);
}

static void read_lockdown(char *buf, size_t size)
{
	_cleanup_(fd_closep) int fd = open("/sys/kernel/security/lockdown",
					   O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, size - 1);

	buf[n > 0 ? n : 0] = '\0';
}

/* Is it not for lack of privilege, then? capget(2) has no wrapper in libc. */
static bool may_read_kernel(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	return !syscall(SYS_capget, &head, data) &&
	       data[0].effective & 1u << CAP_SYS_RAWIO;
}

static struct vmatlas_error *open_refused(const char *path)
{
	const int error = errno;
	char lockdown[128];

	read_lockdown(lockdown, sizeof(lockdown));
	if (error == EPERM && !*lockdown && may_read_kernel())
		return vmatlas_error_new(VMATLAS_ERROR_SYSTEM,
			"%s: refused in spite of CAP_SYS_RAWIO: by kernel lockdown, it seems "
			"(/sys/kernel/security, which would tell, is not mounted)", path);
	return kcore_refused(path, error, lockdown);
}

/* A container runtime binds /dev/null or an empty file over /proc/kcore. */
static struct vmatlas_error *check_unmasked(const struct mem *mem, int fd)
{
	uint8_t magic[4];
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return masked(mem->path);
	n = pread(fd, magic, sizeof(magic), 0);
	if (n < 0 && (errno == EPERM || errno == EACCES))
		return open_refused(mem->path);
	if (n < 0)
		return error_system("%s", mem->path);
	if (n != sizeof(magic) || memcmp(magic, "\177ELF", sizeof(magic)) != 0)
		return masked(mem->path);
	return NULL;
}

static struct vmatlas_error *open_kcore(struct mem *mem)
{
	_cleanup_(fd_closep) int fd = open(mem->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct vmatlas_error *err;

	if (fd < 0)
		return open_refused(mem->path);
	err = check_unmasked(mem, fd);
	if (err)
		return err;
	err = mem_elf_ops.open(mem, fd);
	if (err)
		return vmatlas_error_wrap(err, "%s", mem->path);
	mem->ops = &mem_elf_ops;
	fd = -1;
	return NULL;
}

struct vmatlas_error *mem_open_live(const char *path, const struct mem_opts *opts,
				    struct mem **ret)
{
	_cleanup_(mem_freep) struct mem *mem = calloc(1, sizeof(*mem));
	struct vmatlas_error *err;

	if (mem)
		mem->path = strdup(path);
	if (!mem || !mem->path)
		return error_no_memory();
	if (opts)
		mem->opts = *opts;
	mem->info.path = mem->path;
	mem->info.live = true;
	mem->info.taken = time(NULL);
	mem->file_size = UINT64_MAX;	/* stat's is a fiction of the kernel's */

	err = mem_record_start(mem);
	if (!err)
		err = open_kcore(mem);
	if (!err)
		*ret = take(mem);
	return err;
}
