/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The log up to 3.4, kernel/printk.c: text. It has gone round: half of the oldest line
 * is overwritten, and log_end counts all that was ever written.
 */
#ifndef FAKE_LOG_TEXT_H
#define FAKE_LOG_TEXT_H

#include "kernel.h"

#define LOG_LATER "text\n<4>later\n<6>[12345.678901] last\n"
#define LOG_EARLIER "aud.\n<5>[    0.000000] Linux version " RELEASE "\n<6>[    0.000000] "

struct __attribute__((packed)) {
	char later[sizeof(LOG_LATER) - 1], earlier[256 - (sizeof(LOG_LATER) - 1)];
} log_bytes = {
	LOG_LATER,
	LOG_EARLIER "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
};
char *log_buf = (char *)&log_bytes;
int log_buf_len = sizeof(log_bytes);
u32 log_end = 7 * 256 + sizeof(LOG_LATER) - 1, logged_chars = 256;

#endif
