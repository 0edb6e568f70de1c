/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory that may change: /proc/kcore, files of its kind, and hosts. */
#include "make_dump.h"

#include <errno.h>

#include "mem/proc_kcore.h"

static uint8_t pattern[8192];

static struct mem *open_live(const struct seg *segs, size_t nr)
{
	const struct elf_make m = {
		.bits = 64, .type = ET_CORE, .machine = EM_X86_64, .segs = segs, .nr = nr,
	};
	struct bytes b = make_elf(&m);
	struct file f = file_of(b.p, b.len);
	struct vmatlas_error *err;
	struct mem *mem = NULL;

	err = mem_open_live(f.path, NULL, &mem);
	close(f.fd);
	if (err)
		fail_msg("%s", vmatlas_error_message(err));
	bytes_done(&b);
	return mem;
}

static void kcore_is_read_by_both_addresses(void **state)
{
	static const struct seg segs[] = {
		{ PT_LOAD, 0xffffc90000000000, UINT64_MAX, pattern, 4096, 4096 },
		{ PT_LOAD, 0xffff888000001000, 0x1000, pattern + 4096, 4096, 4096 },
	};
	struct mem *mem = open_live(segs, 2);

	(void)state;
	assert_true(mem->info.live);
	assert_true(mem->info.has_virtual && mem->info.has_physical);
	assert_null(mem->cache);
	expect_bytes(mem, MEM_VIRTUAL, 0xffffc90000000123, pattern + 0x123, 500);
	expect_bytes(mem, MEM_PHYSICAL, 0x1001, pattern + 4097, 5);
	expect_fault(mem, MEM_VIRTUAL, 0xffffc90000001000, 8, "not in the dump");
	mem_free(mem);
}

/* Before v4.11 p_paddr was 0 throughout. */
static void kcore_without_physical_addresses_has_none(void **state)
{
	static const struct seg segs[] = {
		{ PT_LOAD, 0xffffc90000000000, 0, pattern, 4096, 4096 },
		{ PT_LOAD, 0xffff888000001000, 0, pattern + 4096, 4096, 4096 },
	};
	struct mem *mem = open_live(segs, 2);

	(void)state;
	assert_false(mem->info.has_physical);
	expect_bytes(mem, MEM_VIRTUAL, 0xffff888000001000, pattern + 4096, 16);
	expect_fault(mem, MEM_PHYSICAL, 0, 8, "not stored by physical address");
	mem_free(mem);
}

static void expect_refusal(int error, const char *lockdown, const char *text)
{
	expect_error(kcore_refused("/proc/kcore", error, lockdown), VMATLAS_ERROR_SYSTEM,
		     text);
}

static void refusals_are_reported_apart(void **state)
{
	(void)state;
	expect_refusal(EACCES, "", "needs root (CAP_SYS_RAWIO)");
	expect_refusal(EPERM, "", "needs root (CAP_SYS_RAWIO)");
	expect_refusal(EPERM, "[none] integrity confidentiality\n", "needs root");
	expect_refusal(EPERM, "none integrity [confidentiality]\n", "kernel lockdown");
	expect_refusal(EPERM, "none [integrity] confidentiality\n", "needs root");
	expect_refusal(EACCES, "none integrity [confidentiality]\n", "needs root");
	expect_refusal(ENOENT, "", "does not exist");
	expect_refusal(EIO, "", "Input/output error");
}

static void a_masked_kcore_is_named_so(void **state)
{
	struct mem *mem = NULL;
	struct file f;

	(void)state;
	expect_error(mem_open_live("/dev/null", NULL, &mem), VMATLAS_ERROR_SYSTEM,
		     "container");
	expect_error(mem_open_live("/nowhere/kcore", NULL, &mem), VMATLAS_ERROR_SYSTEM,
		     "does not exist");
	f = file_of("", 0);
	expect_error(mem_open_live(f.path, NULL, &mem), VMATLAS_ERROR_SYSTEM, "container");
	close(f.fd);
	f = file_of("hello world", 11);
	expect_error(mem_open_live(f.path, NULL, &mem), VMATLAS_ERROR_SYSTEM, "container");
	close(f.fd);
}

/* ---- hosts ---- */

struct fake {
	uint64_t base;
	unsigned int calls;
};

static int fake_read(void *arg, uint32_t space, uint64_t addr, void *buf, uint64_t len)
{
	struct fake *f = arg;

	f->calls++;
	if (space != VMATLAS_VIRTUAL || addr < f->base ||
	    addr - f->base > sizeof(pattern) || len > sizeof(pattern) - (addr - f->base))
		return -1;
	memcpy(buf, pattern + (addr - f->base), len);
	return 0;
}

static void a_host_is_asked_every_time(void **state)
{
	struct fake fake = { .base = UINT64_MAX - sizeof(pattern) + 1 };
	struct vmatlas_memory_ops host = {
		.size = sizeof(host), .arg = &fake, .read = fake_read,
	};
	struct mem *mem = NULL;

	(void)state;
	assert_null(mem_open_host(&host, &mem));
	expect_bytes(mem, MEM_VIRTUAL, fake.base + 4000, pattern + 4000, 200);
	assert_int_equal(fake.calls, 2);
	pattern[4000]++;
	expect_bytes(mem, MEM_VIRTUAL, fake.base + 4000, pattern + 4000, 1);
	expect_bytes(mem, MEM_VIRTUAL, UINT64_MAX, pattern + 8191, 1);
	expect_fault(mem, MEM_VIRTUAL, UINT64_MAX, 2, "beyond the last address");
	expect_fault(mem, MEM_PHYSICAL, fake.base, 1, "host cannot read");
	assert_int_equal(mem->info.bytes_read, 202);
	mem_free(mem);
}

static void a_host_without_read_is_refused(void **state)
{
	struct vmatlas_memory_ops host = { .size = sizeof(host) };
	struct mem *mem = NULL;

	(void)state;
	expect_error(mem_open_host(&host, &mem), VMATLAS_ERROR_ARGUMENT, "read()");
	host.read = fake_read;
	host.size = 8;
	expect_error(mem_open_host(&host, &mem), VMATLAS_ERROR_ARGUMENT, "read()");
	expect_error(mem_open_host(NULL, &mem), VMATLAS_ERROR_ARGUMENT, "read()");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kcore_is_read_by_both_addresses),
		cmocka_unit_test(kcore_without_physical_addresses_has_none),
		cmocka_unit_test(refusals_are_reported_apart),
		cmocka_unit_test(a_masked_kcore_is_named_so),
		cmocka_unit_test(a_host_is_asked_every_time),
		cmocka_unit_test(a_host_without_read_is_refused),
	};

	for (size_t i = 0; i < sizeof(pattern); i++)
		pattern[i] = i * 7 + (i >> 8);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
