/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The log of 3.11 to 5.9, kernel/printk/printk.c: headers, each with its text behind it.
 * It has gone round: a header of zeros sends the reader back to the start. With
 * LOG_HAS_CALLER as of 5.1 with PRINTK_CALLER.
 */
#ifndef FAKE_LOG_RECORDS_H
#define FAKE_LOG_RECORDS_H

#include "kernel.h"

struct printk_log {
	u16 dict_len;
	u8 facility, flags_level;
	u16 text_len, len;
#ifdef LOG_HAS_CALLER
	u32 caller_id;
#define LOG_CALLER .caller_id = 117,
#else
#define LOG_CALLER
#endif
	u64 ts_nsec;
};

struct { struct printk_log h; char text[80 - sizeof(struct printk_log)]; } log_bytes[] = {
#define LOG_RECORD(usec, s) { .h = { .ts_nsec = (usec) * 1000, .len = 80, .flags_level = 4 << 5, \
				     .facility = 3, LOG_CALLER .text_len = sizeof(s) - 1 }, .text = s }
	[0] = LOG_RECORD(2000000, "systemd[1]: later"),
	[1] = LOG_RECORD(2000001, "last"),
	[10] = LOG_RECORD(0, "Linux version " RELEASE),
	[11] = LOG_RECORD(1000, "Command line: console=ttyS0"),
	[12] = { .text = "" },
};
char *log_buf = (char *)log_bytes;
u32 log_buf_len = 1024, log_first_idx = 800, log_next_idx = 160;
u64 log_first_seq = 1000;

#endif
