/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rsp/: packets of the gdb protocol, cut from a stream and made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <string.h>

#include "base/cleanup.h"
#include "rsp/rsp.h"

/* What a stream says, event by event: "P:text" a packet, "B" a bad one, "+", "-", "C". */
static const char *events(const char *stream, size_t step)
{
	static char said[256];
	_cleanup_(rsp_reader_done) struct rsp_reader reader = { 0 };
	const size_t len = strlen(stream);
	size_t at = 0;

	said[0] = '\0';
	while (at < len) {
		size_t used;
		const size_t n = MIN(step, len - at);
		const enum rsp_event event = rsp_read(&reader, stream + at, n, &used);
		char *end = said + strlen(said);
		const size_t room = sizeof(said) - strlen(said);

		at += used;
		if (event == RSP_PACKET)
			snprintf(end, room, "P:%s ", str_text(&reader.packet));
		else if (event != RSP_NOTHING)
			snprintf(end, room, "%s ", event == RSP_BAD_PACKET ? "B" : event == RSP_ACK ? "+" :
				 event == RSP_NAK ? "-" : "C");
	}
	return said;
}

static void stream_is_cut_wherever_it_is_cut(void **state)
{
	static const char stream[] = "+$qC#b4-\003xx$#00$m0,4#fd";

	(void)state;
	for (size_t step = 1; step < sizeof(stream); step++)
		assert_string_equal(events(stream, step), "+ P:qC - C P: P:m0,4 ");
}

static void sum_is_checked(void **state)
{
	(void)state;
	assert_string_equal(events("$qC#b5", 1), "B ");
	assert_string_equal(events("$qC#zz$qC#B4", 1), "B P:qC ");
	assert_string_equal(events("$q$qC#b4", 1), "P:qC ");	/* the first lost its end */
}

static void long_packet_is_refused_and_the_next_one_read(void **state)
{
	_cleanup_(rsp_reader_done) struct rsp_reader reader = { 0 };
	_cleanup_(str_done) struct str stream = { 0 };
	size_t used, next;

	(void)state;
	str_add(&stream, "$", 1);
	for (size_t i = 0; i < RSP_PACKET_MAX + 100; i++)
		str_add(&stream, "a", 1);
	str_addf(&stream, "#00");
	rsp_add_packet(&stream, "?", 1);
	assert_int_equal(rsp_read(&reader, stream.s, stream.len, &used), RSP_BAD_PACKET);
	assert_true(reader.packet.len <= RSP_PACKET_MAX);
	assert_int_equal(rsp_read(&reader, stream.s + used, stream.len - used, &next), RSP_PACKET);
	assert_string_equal(str_text(&reader.packet), "?");
}

static void packet_is_made(void **state)
{
	_cleanup_(str_done) struct str out = { 0 };

	(void)state;
	rsp_add_packet(&out, "OK", 2);
	rsp_add_packet(&out, "", 0);
	assert_string_equal(str_text(&out), "$OK#9a$#00");
}

static void hex_goes_both_ways(void **state)
{
	_cleanup_(str_done) struct str hex = { 0 }, back = { 0 };

	(void)state;
	rsp_add_hex(&hex, "\x00\xfe\x7a", 3);
	assert_string_equal(str_text(&hex), "00fe7a");
	assert_true(rsp_from_hex("00FE7a", 6, &back));
	assert_memory_equal(back.s, "\x00\xfe\x7a", 3);
	assert_false(rsp_from_hex("0", 1, &back));
	assert_false(rsp_from_hex("0g", 2, &back));
	assert_false(rsp_from_hex("0\0", 2, &back));
}

static void number_has_64_bits(void **state)
{
	const char *text = "ffffffffffffffff,10", *p = text;
	uint64_t n = 0;

	(void)state;
	assert_true(rsp_number(&p, &n));
	assert_int_equal(n, UINT64_MAX);
	assert_int_equal(*p, ',');
	assert_false(rsp_number(&p, &n));
	p = text = "1ffffffffffffffff";
	assert_false(rsp_number(&p, &n));
	assert_ptr_equal(p, text);
}

static void binary_is_escaped_and_back(void **state)
{
	_cleanup_(str_done) struct str out = { 0 }, back = { 0 };
	char all[256];

	(void)state;
	rsp_add_escaped(&out, "a#$}*b", 6);
	assert_string_equal(str_text(&out), "a}\x03}\x04}]}\nb");
	for (int i = 0; i < 256; i++)
		all[i] = (char)i;
	str_done(&out);
	rsp_add_escaped(&out, all, sizeof(all));
	assert_true(rsp_unescape(out.s, out.len, &back));
	assert_int_equal(back.len, sizeof(all));
	assert_memory_equal(back.s, all, sizeof(all));
	assert_false(rsp_unescape("a}", 2, &back));
}

static void runs_are_expanded(void **state)
{
	_cleanup_(str_done) struct str out = { 0 }, no = { 0 };

	(void)state;
	assert_true(rsp_expand_runs("0* 1x*\"", 7, &out));
	assert_string_equal(str_text(&out), "00001xxxxxx");
	assert_false(rsp_expand_runs("* ", 2, &no));
	assert_false(rsp_expand_runs("0*", 2, &no));
	assert_false(rsp_expand_runs("0*\x1f", 3, &no));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stream_is_cut_wherever_it_is_cut),
		cmocka_unit_test(sum_is_checked),
		cmocka_unit_test(long_packet_is_refused_and_the_next_one_read),
		cmocka_unit_test(packet_is_made),
		cmocka_unit_test(hex_goes_both_ways),
		cmocka_unit_test(number_has_64_bits),
		cmocka_unit_test(binary_is_escaped_and_back),
		cmocka_unit_test(runs_are_expanded),
	};

	return cmocka_run_group_tests_name("rsp", tests, NULL, NULL);
}
