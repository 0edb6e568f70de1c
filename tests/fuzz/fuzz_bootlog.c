/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A boot log of any bytes, and the claims that come out of it. */
#include <string.h>

#include "base/range.h"
#include "bootlog/bootlog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask_command_line(const char *cmdline)
{
	struct bootlog_param mem[4];
	uint64_t value;

	cmdline_mem(cmdline, mem, ARRAY_SIZE(mem));
	cmdline_vmalloc(cmdline, &value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(freep) char *line = strndup((const char *)data, size);
	const struct vmatlas_claim *c;
	struct bootlog *log = NULL;

	if (line)
		ask_command_line(line);
	vmatlas_error_free(bootlog_parse((const char *)data, size, "fuzz", &log));
	if (!log)
		return 0;
	for (size_t i = 0; (c = bootlog_claim_next(log, &i));)
		if (!c->name || !c->source || !range_valid(c->range))
			abort();
	if (log->command_line)
		ask_command_line(log->command_line);
	bootlog_has_news(log);
	bootlog_free(log);
	return 0;
}
