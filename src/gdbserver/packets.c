/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The packets of one gdb, in a table. The handshake is answered before the dump is opened, so
 * that gdb is never kept waiting; whatever would write, resume or break is refused, and gdb
 * stays usable after that. An empty answer means: not known here.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "gdbserver/gdbserver_internal.h"

/* ---- Opening ---- */

static void session_complain(struct vmatlas_error *err)
{
	fprintf(stderr, "vmatlas: %s\n", vmatlas_error_message(err));
	vmatlas_error_free(err);
}

/* False: it cannot be opened; gdb gets an error, and the reason is how the session ends. */
static bool session_ready(struct session *s)
{
	struct vmatlas_error *err;

	if (s->atlas)
		return true;
	err = s->host->open(s->host->arg, &s->atlas);
	if (!err)
		err = threads_read(s->atlas, &s->threads);
	if (!err) {
		s->thread = s->threads.first;
		return true;
	}
	vmatlas_error_free(s->trouble);
	s->trouble = err;
	s->ended = true;
	return false;
}

/* ---- Threads and registers ---- */

/* "0" is any, "-1" all: then the thread stays what it is. */
static bool choose_thread(struct session *s, const char *id)
{
	uint64_t n;

	if (!strcmp(id, "-1") || !strcmp(id, "0"))
		return true;
	if (!session_ready(s) || !rsp_number(&id, &n) || *id || !n || n > s->threads.v.nr)
		return false;
	s->thread = n - 1;
	return true;
}

static void add_register(struct session *s, const struct vmatlas_register *r)
{
	const bool big = vmatlas_info(s->atlas)->big_endian;

	for (uint32_t i = 0; i < r->bytes; i++) {
		const uint32_t at = big ? r->bytes - 1 - i : i;
		const unsigned char byte = at < 8 ? (unsigned char)(r->value >> 8 * at) : 0;

		if (r->known)
			rsp_add_hex(&s->answer, &byte, 1);
		else
			str_add(&s->answer, "xx", 2);	/* not in the dump */
	}
}

static void read_registers(struct session *s, struct vmatlas_registers *ret)
{
	thread_registers(s->atlas, &s->threads.v.v[s->thread], ret);
	if (s->thread == s->threads.first)
		thread_lend_pc(ret);
}

static void answer_g(struct session *s, const char *packet)
{
	struct vmatlas_registers registers;

	(void)packet;
	read_registers(s, &registers);
	for (uint32_t i = 0; i < registers.nr; i++)
		add_register(s, &registers.v[i]);
}

static void answer_p(struct session *s, const char *packet)
{
	struct vmatlas_registers registers;
	uint64_t n;

	packet++;
	read_registers(s, &registers);
	if (rsp_number(&packet, &n) && !*packet && n < registers.nr)
		add_register(s, &registers.v[n]);
	else
		str_addf(&s->answer, "E01");
}

static void answer_H(struct session *s, const char *packet)
{
	str_addf(&s->answer, choose_thread(s, packet + 2) ? "OK" : "E01");
}

static void answer_T(struct session *s, const char *packet)
{
	uint64_t n;

	packet++;
	str_addf(&s->answer, rsp_number(&packet, &n) && n && n <= s->threads.v.nr ? "OK" : "E01");
}

static void answer_stop(struct session *s, const char *packet)
{
	(void)packet;
	str_addf(&s->answer, "T00thread:%zx;", s->thread + 1);
}

static void answer_qC(struct session *s, const char *packet)
{
	(void)packet;
	str_addf(&s->answer, "QC%zx", s->thread + 1);
}

/* gdb before 7.6 has no qXfer:threads */
static void answer_thread_info(struct session *s, const char *packet)
{
	(void)packet;
	str_addf(&s->answer, "m");
	for (size_t i = 0; i < s->threads.v.nr && s->answer.len < PACKET_SIZE - 32; i++)
		str_addf(&s->answer, "%s%zx", i ? "," : "", i + 1);
}

static void answer_thread_extra(struct session *s, const char *packet)
{
	uint64_t n;

	packet += strlen("qThreadExtraInfo,");
	if (!rsp_number(&packet, &n) || !n || n > s->threads.v.nr) {
		str_addf(&s->answer, "E01");
		return;
	}
	rsp_add_hex(&s->answer, s->threads.v.v[n - 1].name, strlen(s->threads.v.v[n - 1].name));
}

/* ---- Documents ---- */

/* A part of @text: "m" and more to come, or "l" and the last of it. */
static void answer_part(struct session *s, const char *range, const char *text, size_t len)
{
	uint64_t from, size;

	if (!rsp_number(&range, &from) || *range++ != ',' || !rsp_number(&range, &size) || *range) {
		str_addf(&s->answer, "E01");
		return;
	}
	if (from > len)
		from = len;
	if (size > PACKET_SIZE / 2)
		size = PACKET_SIZE / 2;
	str_addf(&s->answer, size < len - from ? "m" : "l");
	rsp_add_escaped(&s->answer, text + from, size < len - from ? size : len - from);
}

static void answer_features(struct session *s, const char *packet)
{
	const char *text = "";
	struct vmatlas_error *err = vmatlas_target_description(s->atlas, &text);

	if (err)
		session_complain(err);
	answer_part(s, packet + strlen("qXfer:features:read:target.xml:"), text, strlen(text));
}

static void answer_threads(struct session *s, const char *packet)
{
	if (!s->thread_list.len)
		threads_describe(&s->threads, &s->thread_list);
	answer_part(s, packet + strlen("qXfer:threads:read::"), str_text(&s->thread_list),
		    s->thread_list.len);
}

/* ---- KASLR ---- */

/*
 * How far the kernel is from where it was linked. "TextSeg" moves every section of vmlinux by
 * the same, which is right where all of them moved. x86-64's per-CPU symbols were linked to 0
 * up to 6.14 and did not; "Text;Data;Bss" leaves them alone, but also what is in .rodata and
 * .init (gdb 13.1, remote.c: get_offsets()). Then "vmatlas gdb" has the right way, section by
 * section; here an address that cannot be read is better than another variable's value.
 */
static bool percpu_is_apart(struct session *s)
{
	struct vmatlas_symbol symbol = { .size = sizeof(symbol) };
	struct vmatlas_error *err = vmatlas_symbol_find(s->atlas, "__per_cpu_start", &symbol);
	const bool apart = !err && symbol.addr < vmatlas_info(s->atlas)->vmlinux_base;

	vmatlas_error_free(err);
	return apart;
}

static void answer_offsets(struct session *s, const char *packet)
{
	const struct vmatlas_info *info = vmatlas_info(s->atlas);
	const uint64_t mask = info->pointer_size == 4 ? UINT32_MAX : UINT64_MAX;
	const uint64_t by = info->kaslr_offset & mask;

	(void)packet;
	if (by && info->vmlinux_base && !percpu_is_apart(s))
		str_addf(&s->answer, "TextSeg=%" PRIx64, (info->vmlinux_base + by) & mask);
	else
		str_addf(&s->answer, "Text=%" PRIx64 ";Data=%" PRIx64 ";Bss=%" PRIx64, by, by, by);
}

/* ---- The rest ---- */

static void answer_supported(struct session *s, const char *packet)
{
	(void)packet;
	str_addf(&s->answer, "PacketSize=%x;QStartNoAckMode+;qXfer:features:read+;"
		 "qXfer:threads:read+;binary-upload+", PACKET_SIZE);
}

static void answer_ok(struct session *s, const char *packet)
{
	(void)packet;
	str_addf(&s->answer, "OK");
}

static void answer_one(struct session *s, const char *packet)
{
	(void)packet;
	str_addf(&s->answer, "1");
}

static void answer_last(struct session *s, const char *packet)
{
	(void)packet;
	str_addf(&s->answer, "l");
}

static void answer_refused(struct session *s, const char *packet)
{
	(void)packet;
	str_addf(&s->answer, "E01");
}

static void answer_end(struct session *s, const char *packet)
{
	s->ended = true;
	if (*packet != 'k')
		str_addf(&s->answer, "OK");
}

enum { WHOLE = 1, NEEDS_DUMP = 2 };

static const struct {
	const char *packet;		/* it begins like this, or is it */
	uint32_t flags;
	void (*answer)(struct session *s, const char *packet);
} packets[] = {
	{ "qSupported", 0, answer_supported },
	{ "QStartNoAckMode", WHOLE, answer_ok },
	{ "qXfer:features:read:target.xml:", NEEDS_DUMP, answer_features },
	{ "qXfer:threads:read::", NEEDS_DUMP, answer_threads },
	{ "qOffsets", WHOLE | NEEDS_DUMP, answer_offsets },
	{ "qAttached", 0, answer_one },		/* gdb detaches at its end, and kills nothing */
	{ "qSymbol::", WHOLE, answer_ok },
	{ "qC", WHOLE | NEEDS_DUMP, answer_qC },
	{ "qfThreadInfo", WHOLE | NEEDS_DUMP, answer_thread_info },
	{ "qsThreadInfo", WHOLE, answer_last },
	{ "qThreadExtraInfo,", NEEDS_DUMP, answer_thread_extra },
	{ "?", WHOLE | NEEDS_DUMP, answer_stop },
	{ "g", WHOLE | NEEDS_DUMP, answer_g },
	{ "p", NEEDS_DUMP, answer_p },
	{ "Hg", NEEDS_DUMP, answer_H },
	{ "Hc", 0, answer_ok },
	{ "T", NEEDS_DUMP, answer_T },
	{ "m", NEEDS_DUMP, memory_answer },
	{ "x", NEEDS_DUMP, memory_answer },
	{ "D", 0, answer_end },
	{ "k", WHOLE, answer_end },
	{ "vKill", 0, answer_end },
	/* Read-only, and at a standstill. */
	{ "G", 0, answer_refused }, { "P", 0, answer_refused }, { "M", 0, answer_refused },
	{ "X", 0, answer_refused }, { "Z", 0, answer_refused }, { "z", 0, answer_refused },
	{ "c", 0, answer_refused }, { "s", 0, answer_refused }, { "C", 0, answer_refused },
	{ "S", 0, answer_refused },
};

static bool is_packet(size_t i, const char *text)
{
	const size_t len = strlen(packets[i].packet);

	return !strncmp(text, packets[i].packet, len) &&
	       (!(packets[i].flags & WHOLE) || !text[len]);
}

/* "Hg0" comes before anything is known, and asks for nothing. */
static bool is_early(const char *text)
{
	return !strcmp(text, "Hg0") || !strcmp(text, "Hg-1");
}

static struct vmatlas_error *session_answer(struct session *s, const struct str *packet)
{
	const char *text = str_text(packet);

	if (!strncmp(text, "qRcmd,", 6))
		return session_ready(s) ? monitor_answer(s, text + 6, packet->len - 6) : NULL;
	for (size_t i = 0; i < sizeof(packets) / sizeof(*packets); i++) {
		if (!is_packet(i, text))
			continue;
		if (packets[i].flags & NEEDS_DUMP && !is_early(text) && !session_ready(s))
			str_addf(&s->answer, "E01");
		else if (is_early(text))
			str_addf(&s->answer, "OK");
		else
			packets[i].answer(s, text);
		break;
	}
	return NULL;
}

static struct vmatlas_error *session_serve(struct session *s)
{
	struct vmatlas_error *err = NULL;
	const struct str *packet;

	while (!err && !s->ended) {
		err = connection_next(&s->link, &packet);
		if (err || !packet)
			return err;
		s->answer.len = 0;
		err = session_answer(s, packet);
		if (err)
			return err;
		connection_drop_repeated(&s->link, packet);
		err = connection_send(&s->link, str_text(&s->answer), s->answer.len);
		if (!strcmp(str_text(packet), "QStartNoAckMode"))
			s->link.no_acks = s->link.acked = true;
	}
	return err;
}

struct vmatlas_error *gdbserver_run(const struct gdbserver_host *host, const char *listen)
{
	struct session s = { .host = host };
	struct vmatlas_error *err = listen_for_gdb(listen, &s.link.in, &s.link.out);

	if (!err)
		err = session_serve(&s);
	if (!err)
		err = take(s.trouble);
	vmatlas_error_free(s.trouble);
	threads_done(&s.threads);
	str_done(&s.thread_list);
	str_done(&s.answer);
	connection_done(&s.link);
	return err;
}
