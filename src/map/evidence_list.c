/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdarg.h>

#include "base/strbuf.h"
#include "map/evidence_list.h"

void evidence_done(struct evidence *e)
{
	for (size_t i = 0; i < e->v.nr; i++)
		free((char *)e->v.v[i].text);
	vec_done(&e->v);
}

void evidence_add(struct evidence *e, const struct vmatlas_evidence *item, const char *fmt,
		  va_list ap)
{
	struct vmatlas_evidence *to;
	struct str text = { 0 };
	char *taken;

	str_vaddf(&text, fmt, ap);
	taken = str_take(&text);
	to = taken ? vec_push(&e->v) : NULL;
	if (!to) {
		free(taken);
		e->failed = true;
		return;
	}
	*to = *item;
	to->text = taken;
}

#define ADD(e, fmt, ...) do {                                                 \
	va_list ap_;                                                          \
	va_start(ap_, fmt);                                                   \
	evidence_add(e, &(struct vmatlas_evidence){ __VA_ARGS__ }, fmt, ap_); \
	va_end(ap_);                                                          \
} while (0)

void evidence_text(struct evidence *e, const char *label, const char *fmt, ...)
{
	ADD(e, fmt, .label = label, .type = VMATLAS_EVIDENCE_TEXT);
}

void evidence_number(struct evidence *e, const char *label, uint64_t value,
		     const char *fmt, ...)
{
	ADD(e, fmt, .label = label, .type = VMATLAS_EVIDENCE_NUMBER, .value = value);
}

void evidence_size(struct evidence *e, const char *label, uint64_t bytes,
		   const char *fmt, ...)
{
	ADD(e, fmt, .label = label, .type = VMATLAS_EVIDENCE_SIZE, .value = bytes);
}

void evidence_addr(struct evidence *e, const char *label, uint64_t addr,
		   const char *fmt, ...)
{
	ADD(e, fmt, .label = label, .type = VMATLAS_EVIDENCE_ADDRESS, .value = addr);
}

void evidence_phys(struct evidence *e, const char *label, uint64_t paddr,
		   const char *fmt, ...)
{
	ADD(e, fmt, .label = label, .type = VMATLAS_EVIDENCE_PHYSICAL, .value = paddr);
}

void evidence_range(struct evidence *e, const char *label, struct vmatlas_range range,
		    const char *fmt, ...)
{
	ADD(e, fmt, .label = label, .type = VMATLAS_EVIDENCE_RANGE,
	    .value = range.first, .last = range.last);
}

void evidence_phys_range(struct evidence *e, const char *label, struct vmatlas_range range,
			 const char *fmt, ...)
{
	ADD(e, fmt, .label = label, .type = VMATLAS_EVIDENCE_PHYSICAL_RANGE,
	    .value = range.first, .last = range.last);
}
