/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What an extract says of itself, in notes named "VMATLAS": when and where the dump
 * was taken, which bytes of its pages are real, and with which words the dump
 * refused those that were asked for and are not. Pure; fuzzed.
 */
#ifndef MEM_EXTRACT_NOTES_H
#define MEM_EXTRACT_NOTES_H

#include "base/error.h"
#include "base/strbuf.h"
#include "mem/mem.h"

enum extract_note_parse {
	KEPT_FACTS,			/* text, KEY=VALUE lines */
	KEPT_RUNS,			/* of real bytes: LEB128 pairs, gap and length */
	KEPT_FAULTS,			/* text, "ADDR LENGTH REASON" lines, both hex */
};

struct extract_note_facts {
	uint64_t taken;			/* as in struct mem_info, and so the others */
	char node[65];
	uint64_t truncated_at, expected_size;
};

void extract_note_facts_make(const struct extract_note_facts *facts, struct str *ret);
void extract_note_facts_parse(const uint8_t *desc, size_t len, struct extract_note_facts *ret);

struct kept;

struct kept *extract_note_new(void);
void extract_note_free(struct kept *k);
DEFINE_FREEP(kept, extract_note_free)

void extract_note_runs_make(const struct mem_record_page *const *pages, size_t nr, struct str *ret);
VMATLAS_CHECKED struct vmatlas_error *
extract_note_runs_parse(struct kept *k, const uint8_t *desc, size_t len);

void extract_note_faults_make(const struct mem_record_fault *faults, size_t nr, struct str *ret);
VMATLAS_CHECKED struct vmatlas_error *
extract_note_faults_parse(struct kept *k, const uint8_t *desc, size_t len);

/* After the last note, before the first question. */
void extract_note_seal(struct kept *k);

/* Are all of these bytes real? */
bool extract_note_holds(const struct kept *k, uint64_t addr, uint64_t len);

/* The FAULT with which the dump answered, or one that says they were not kept. */
struct vmatlas_error *extract_note_refuse(const struct kept *k, uint64_t addr, uint64_t len);

#endif
