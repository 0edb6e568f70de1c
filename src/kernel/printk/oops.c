/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Faults and panics in the log: which address, and where the CPU was. The words of
 * x86, ARM, arm64 and RISC-V; a file and a version stand where they changed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "bootlog/bootlog_internal.h"
#include "kernel/printk/log_events.h"

/* ---- Lines that begin one ---- */

static const struct head {
	const char *words;
	bool at_start;			/* the line begins with them */
	bool has_address;		/* the number behind the words, or behind " at ", is it */
	bool is_stack;
} heads[] = {
	/* arch/x86/mm/fault.c: since 5.1; until 5.0 */
	{ "BUG: unable to handle page fault for address: ", true, true, false },
	{ "BUG: kernel NULL pointer dereference, address: ", true, true, false },
	{ "BUG: unable to handle kernel paging request at ", true, true, false },
	{ "BUG: unable to handle kernel NULL pointer dereference at ", true, true, false },
	/* arch/arm, arch/arm64, arch/riscv: mm/fault.c */
	{ "Unable to handle kernel ", true, true, false },
	{ "Unhandled fault: ", true, true, false },
	{ "Unhandled prefetch abort: ", true, true, false },
	/* arch/x86/kernel/traps.c: "BUG: TASK stack guard page was hit" (5.11: names it) */
	{ "stack guard page was hit at ", false, false, true },
	{ "general protection fault", true, false, false },
	{ "PANIC: double fault", true, false, false },
	/* arch/{arm,arm64,riscv}/kernel/traps.c */
	{ "Insufficient stack space to handle exception", true, false, true },
	{ "BUG: KASAN: ", true, false, false },
	{ "kernel BUG at ", true, false, false },
	{ "Internal error: ", true, false, false },
	{ "Oops: ", true, false, false },
	{ "Oops [#", true, false, false },	/* riscv: "Oops [#1]" */
};

static const struct head *oops_head_of(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
		const char *at = strstr(text, heads[i].words);

		if (at && (at == text || !heads[i].at_start))
			return &heads[i];
	}
	return NULL;
}

/* "[#1]": die() numbers those it is called for; a head may come before. */
static bool is_numbered(const char *text)
{
	return strstr(text, "[#") != NULL;
}

/* ---- Numbers in lines ---- */

static bool hex_behind(const char *text, const char *words, uint64_t *ret)
{
	const char *p = strstr(text, words);

	if (!p)
		return false;
	p += strlen(words);
	if (p[0] == '[' && p[1] == '<')
		p += 2;
	return text_hex(&p, ret, NULL);
}

static void oops_learn(struct oops_register *r, const char *text, const char *words)
{
	if (!r->known)
		r->known = hex_behind(text, words, &r->value);
}

static void learn_name(struct oops_register *r, const char *name)
{
	if (!r->name[0])
		snprintf(r->name, sizeof(r->name), "%.*s", EVENT_NAME - 1, name);
}

/* "RIP: 0010:dig+0x2d/0x90 [m]", "RIP: 0010:[<ffff..>]  [<ffff..>] dig+0x2d/0x90" */
static void learn_ip(struct oops *o, const char *text)
{
	const char *p = text;
	uint64_t selector;

	if (o->pc.known || o->pc.name[0])
		return;
	if (!text_hex(&p, &selector, NULL) || !text_skip(&p, ":"))
		p = text;
	else if (selector & 3)
		return;				/* user space's */
	if (!strncmp(p, "0x", 2)) {
		oops_learn(&o->pc, p, "");
		return;
	}
	if (!strncmp(p, "[<", 2))
		oops_learn(&o->pc, p, "");
	while (!strncmp(p, "[<", 2)) {
		p += strcspn(p, "]");
		p += strspn(p, "] ");
	}
	if (strstr(p, "+0x"))	/* i386 up to 4.13 has its flags there, "EIP is at" below */
		learn_name(&o->pc, p);
}

/* "PC is at read_freed+0x4c/0x58 [troubles]", "pc : dig+0x18/0x48 [troubles]" */
static bool learn_named(struct oops_register *r, const char *text, const char *words)
{
	const char *p = text;

	text_skip_blanks(&p);
	if (!text_skip(&p, words))
		return false;
	if (strncmp(p, "0x", 2) && p[0] != '[' && strstr(p, "+0x"))
		learn_name(r, p);
	return true;
}

static void x86_line(struct oops *o, const char *text)
{
	const char *ip = text;

	if (learn_named(&o->pc, text, "EIP is at "))
		return;
	if (text_skip(&ip, "RIP: ") || text_skip(&ip, "EIP: ") || text_skip(&ip, "IP: "))
		learn_ip(o, ip);
	else if (!strncmp(text, "RSP: ", 5) && !strstr(text, "002b:") && !o->sp.known)
		o->sp.known = hex_behind(text, text[9] == ':' ? "0018:" : "RSP: ", &o->sp.value) ||
			      hex_behind(text, "0000:", &o->sp.value);
	else
		oops_learn(&o->sp, text,
			   strstr(text, " ESP: 00") == NULL ? " ESP: "
			   : strstr(text, " ESP: 0068:")    ? " ESP: 0068:"
							    : "0069:");
	if (!strncmp(text, "CR2: ", 5) && o->is_stack)
		oops_learn(&o->fault, text, "CR2: ");
	if (strstr(text, "#PF: ") && o->access == OOPS_ACCESS_UNKNOWN)
		o->access = strstr(text, "instruction fetch") ? OOPS_FETCH :
			    strstr(text, "write access") ? OOPS_WRITE :
			    strstr(text, "read access") ? OOPS_READ : OOPS_ACCESS_UNKNOWN;
}

/* ARM: "pc : [<bf00d174>]    lr : [<bf00d168>]"; arm64: a name, or 0x and a number */
static void arm_line(struct oops *o, const char *text)
{
	if (!learn_named(&o->pc, text, "PC is at ") && !learn_named(&o->pc, text, "pc : "))
		learn_named(&o->pc, text, "epc : ");
	if (!learn_named(&o->lr, text, "LR is at ") && !learn_named(&o->lr, text, "lr : "))
		learn_named(&o->lr, text, "ra : ");
	if (strstr(text, "pc : [<") || strstr(text, "pc : 0x"))
		oops_learn(&o->pc, text, "pc : ");
	if (strstr(text, "lr : [<") || strstr(text, "lr : 0x"))
		oops_learn(&o->lr, text, "lr : ");
	if (!strncmp(text, "sp : ", 5))
		oops_learn(&o->sp, text, "sp : ");
	if (o->is_stack)
		oops_learn(&o->fault, text, "FAR: 0x");
}

static void riscv_line(struct oops *o, const char *text)
{
	const char *sp = strstr(text, " sp : ");

	if (!strstr(text, "epc : ") || !sp)
		return;
	oops_learn(&o->pc, text, "epc : ");
	oops_learn(&o->lr, text, " ra : ");
	oops_learn(&o->sp, text, " sp : ");
}

/*
 * ARM: "Internal error: Oops: 807 [#1]" has the fault status, whose bit 11 is set for
 * writes (arch/arm/mm/fault.h: FSR_WRITE); arm64 prints "  CM = 0, WnR = 1".
 */
static void access_line(struct oops *o, const char *text)
{
	const bool is_data = strstr(o->text, "Unable to handle kernel") == o->text;
	uint64_t fsr;

	if (o->access != OOPS_ACCESS_UNKNOWN || !is_data)
		return;
	if (strstr(text, " WnR = "))
		o->access = strstr(text, " WnR = 1") ? OOPS_WRITE : OOPS_READ;
	else if (strstr(text, " ARM") && hex_behind(text, "Internal error: Oops: ", &fsr))
		o->access = fsr & 1u << 11 ? OOPS_WRITE : OOPS_READ;
}

/* "Task stack:     [0xe0a88000..0xe0a8a000]" */
static void stack_line(struct oops *o, const char *text)
{
	const char *p = strchr(text, '[');
	uint64_t end;

	if (strncmp(text, "Task stack:", 11) || !p)
		return;
	p++;
	if (!text_hex(&p, &o->stack.first, NULL) || !text_skip(&p, "..") ||
	    !text_hex(&p, &end, NULL) || end <= o->stack.first)
		return;
	o->stack.last = end - 1;
	o->has_stack = true;
}

/* "Pid: 1234, comm: insmod Tainted: P  ...", 2.6.25 to 3.8 */
static void old_task_line(struct oops *o, const char *text)
{
	const char *p = text;
	uint64_t pid;

	if (o->comm[0] || !text_skip(&p, "Pid: ") || !text_decimal(&p, &pid) ||
	    !text_skip(&p, ", comm: "))
		return;
	o->pid = pid;
	snprintf(o->comm, sizeof(o->comm), "%.*s",
		 (int)MIN(strcspn(p, " "), sizeof(o->comm) - 1), p);
}

/* "CPU: 1 PID: 94 Comm: insmod Tainted: ...", "CPU: 1 UID: 0 PID: ..." since 6.12 */
static void task_line(struct oops *o, const char *text)
{
	const char *comm = strstr(text, " Comm: "), *end, *p;

	if (strncmp(text, "CPU: ", 5) || !comm || o->comm[0])
		return;
	p = text + 5;
	text_decimal(&p, &o->cpu);
	p = strstr(text, "PID: ");
	if (p) {
		p += 5;
		text_decimal(&p, &o->pid);
	}
	comm += 7;
	end = strstr(comm, " Kdump: ");
	if (!end)
		end = strstr(comm, " Tainted: ");
	if (!end)
		end = strstr(comm, " Not tainted");
	snprintf(o->comm, sizeof(o->comm), "%.*s",
		 (int)MIN(end ? (size_t)(end - comm) : strcspn(comm, " "), sizeof(o->comm) - 1),
		 comm);
}

/*
 * mm/kasan/report.c, since 4.0: "BUG: KASAN: use-after-free in FUNCTION", and below it
 * "Read of size 8 at addr X by task NAME/PID"; by hardware tags "Read at addr X by".
 */
static void kasan_line(struct oops *o, const char *text)
{
	const bool is_write = !strncmp(text, "Write ", 6);

	if (!o->is_kasan || o->fault.known || (!is_write && strncmp(text, "Read ", 5) != 0))
		return;
	oops_learn(&o->fault, text, " at addr ");
	if (o->fault.known)
		o->access = is_write ? OOPS_WRITE : OOPS_READ;
}

static void modules_line(struct oops *o, const char *text)
{
	const char *p = strstr(text, "[last unloaded: ");

	if (!p || o->unloaded[0])
		return;
	p += strlen("[last unloaded: ");
	snprintf(o->unloaded, sizeof(o->unloaded), "%.*s", (int)MIN(strcspn(p, "](: "), 64ul), p);
}

/* ---- One after the other ---- */

static uint64_t fault_in(const struct head *h, const char *text, bool *ret_found)
{
	const char *behind = strstr(text, h->words) + strlen(h->words);
	uint64_t addr = 0;

	*ret_found = hex_behind(text, h->words, &addr) ||
		     hex_behind(text, "at virtual address ", &addr) ||
		     hex_behind(behind, " at ", &addr);
	return addr;
}

static void oops_begin(struct oops *o, const struct head *h, const struct log_line *line)
{
	*o = (struct oops){ .nsec = line->rec->ts_nsec, .has_time = line->rec->has_ts };
	snprintf(o->text, sizeof(o->text), "%.*s", EVENT_TEXT - 1, line->text);
	o->is_kasan = strstr(line->text, "BUG: KASAN: ") == line->text;
	if (o->is_kasan && strstr(line->text, " in "))
		learn_name(&o->pc, strstr(line->text, " in ") + 4);
	o->is_stack = h->is_stack || strstr(line->text, "stack overflow");
	if (h->has_address)
		o->fault.value = fault_in(h, line->text, &o->fault.known);
	else
		oops_learn(&o->fault, line->text, "for non-canonical address ");
	if (strstr(line->text, "access to user memory"))
		o->access = OOPS_ACCESS_UNKNOWN;
	else if (strstr(line->text, " when read"))
		o->access = OOPS_READ;
	else if (strstr(line->text, " when write") || strstr(line->text, "write to read-only"))
		o->access = OOPS_WRITE;
	else if (strstr(line->text, " when execute") || strstr(line->text, "execute from"))
		o->access = OOPS_FETCH;
}

void oopses_free(struct oopses *o)
{
	vec_done(&o->v);
}

static struct oops *oops_push(struct oopses *o)
{
	o->nr++;
	if (o->v.nr < OOPS_MAX)
		return vec_push(&o->v);
	return &o->v.v[OOPS_MAX - 1];
}

/*
 * Does @text go on with what @cur is about? die()'s line follows the one that tells
 * the address; and a report that KASAN made is followed by a fault sometimes.
 */
static bool oops_goes_on(const struct oops *cur, bool numbered, const char *text)
{
	return cur && !numbered && !cur->panic[0] && is_numbered(text);
}

static void panic_line(struct oops *o, const struct log_line *line)
{
	if (o->panic[0] || !strncmp(line->text, "---[", 4))
		return;
	snprintf(o->panic, sizeof(o->panic), "%.*s", EVENT_TEXT - 1, line->text);
}

static void body_line(struct oops *o, const char *text)
{
	x86_line(o, text);
	arm_line(o, text);
	riscv_line(o, text);
	stack_line(o, text);
	task_line(o, text);
	old_task_line(o, text);
	kasan_line(o, text);
	modules_line(o, text);
	access_line(o, text);
	if (o->fault.known && o->pc.known && o->fault.value == o->pc.value)
		o->access = OOPS_FETCH;
}

struct vmatlas_error *oopses_find(const struct printk_log *log, struct oopses *ret)
{
	struct log_lines it = { .log = log };
	struct oops *cur = NULL;
	struct log_line line;
	bool numbered = false;

	while (log_line_next(&it, &line)) {
		const struct head *h = oops_head_of(line.text);
		const bool panic = strstr(line.text, "Kernel panic - not syncing") == line.text;

		if (h && oops_goes_on(cur, numbered, line.text)) {
			numbered = true;
			access_line(cur, line.text);
			cur->is_stack |= strstr(line.text, "stack overflow") != NULL;
		} else if (h || (panic && !cur)) {
			cur = oops_push(ret);
			if (!cur)
				return error_no_memory();
			oops_begin(cur, h ? h : &heads[ARRAY_SIZE(heads) - 1], &line);
			numbered = is_numbered(line.text);
		} else if (!strncmp(line.text, "WARNING: ", 9)) {
			cur = NULL;		/* what follows belongs to that */
		}
		if (cur && panic)
			panic_line(cur, &line);
		if (cur && !h)
			body_line(cur, line.text);
	}
	return NULL;
}
