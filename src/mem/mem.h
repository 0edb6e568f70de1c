/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The door to memory: bytes by physical address (dumps) or by virtual address
 * (/proc/kcore, a host), and what the dump's own headers and notes say. Knows
 * file formats; knows nothing of Linux or of page tables.
 */
#ifndef MEM_MEM_H
#define MEM_MEM_H

#include <vmatlas.h>

#include "base/error.h"

struct mem;

/*
 * A run of memory that the dump describes: a PT_LOAD, or RAM by a kdump's
 * bitmap, which does not say how much of the run is in the file.
 */
struct mem_segment {
	uint64_t paddr;			/* first byte; UINT64_MAX: unknown */
	uint64_t vaddr;			/* likewise; only virtual backends need it */
	uint64_t size;			/* bytes described */
	uint64_t file_size;		/* bytes that are in the file; kdump: size */
	uint64_t file_offset;		/* kdump: UINT64_MAX */
	uint64_t held;			/* of file_size, what a truncated file has; to search */
};

/* The state of one CPU as QEMU writes it into a note named "QEMU". */
struct mem_cpu {
	uint64_t cr[5];			/* x86: CR0..CR4 */
	uint64_t idt_base;		/* x86 */
	uint64_t ip;
};

/* Where a CPU was when the dump was taken: NT_PRSTATUS, see core_notes.c. */
struct mem_regs {
	uint32_t note_size;		/* of its note: the CPU's shape of it */
	uint64_t pc, sp, lr;		/* lr 0 where the CPU has none */
	uint32_t nr_words;		/* of .words; 0: pc, sp and lr are all that is known */
	uint64_t words[40];		/* pr_reg, as the CPU's kernel orders it */
};

struct mem_info {
	const char *path;
	const char *format;		/* "ELF", "kdump (lzo)", "kdump (zlib), flattened" */
	uint16_t machine;		/* EM_*, 0 unknown */
	uint8_t bits;			/* 32, 64, 0 unknown */
	bool big_endian;
	bool has_physical;		/* mem_read(MEM_PHYSICAL) can work */
	bool has_virtual;
	bool live;			/* it changes while we read */
	uint32_t page_size;		/* dump block size; 0 unknown */
	uint64_t max_paddr;		/* highest physical address described; 0 unknown */
	uint64_t truncated_at;		/* file ends here though headers promise more; 0 no */
	uint64_t expected_size;		/* bytes the headers promise, with truncated_at */
	bool expected_is_least;		/* of a flattened file the end is unknown */
	const char *truncated_file;	/* which of several files; NULL: the only one */
	bool is_raw;			/* RAM without headers: it lies where the user says */
	bool is_part;			/* of a split kdump: answers for these alone: */
	uint64_t part_first, part_end;	/* physical addresses; equal: for none */
	const char *lacks;		/* a sentence on parts that were not given; NULL */
	char uts_release[65];		/* from a kdump header; "" unknown */
	char uts_node[65];
	char uts_machine[65];
	uint64_t taken;			/* seconds since 1970 from the header or mtime; 0 */
	bool is_extract;		/* core_write() made it */
	const char *vmcoreinfo;		/* text of the note; NULL if there is none */
	size_t vmcoreinfo_size;
	const struct mem_cpu *cpus;	/* QEMU notes; NULL */
	size_t nr_cpus;
	const struct mem_regs *regs;	/* one for each CPU that stopped; NULL */
	size_t nr_regs;
	const struct mem_segment *segments;
	size_t nr_segments;
	uint64_t bytes_read, nr_reads;	/* so far, of the dump */
};

enum mem_space { MEM_PHYSICAL = VMATLAS_PHYSICAL, MEM_VIRTUAL = VMATLAS_VIRTUAL };

struct mem_opts {
	const char *tmpdir;
	bool record;			/* keep what is read, for an extract */
	vmatlas_log_fn *log;		/* progress of long work; may be NULL */
	void *log_arg;
};

/* A way to reach memory. Backends fill mem->info in open(). */
struct mem_ops {
	const char *name;
	/* By content: the first bytes of the file. */
	bool (*probe)(const uint8_t *head, size_t len);
	/* On success @fd belongs to the backend, on failure to the caller. */
	struct vmatlas_error *(*open)(struct mem *mem, int fd);
	/* All of @len bytes, which lie in one 4 KiB block, or an error: FAULT if the
	 * dump does not hold them (say why: hole, filtered, truncated), SYSTEM for EIO. */
	struct vmatlas_error *(*read)(struct mem *mem, enum mem_space space,
				      uint64_t addr, void *buf, size_t len);
	void (*close)(struct mem *mem);
	size_t run;			/* read() takes this many blocks at once; 0: one */
	bool ragged;			/* may hold a part of a 4 KiB block */
};

struct mem {
	const struct mem_ops *ops;
	void *priv;
	struct mem_info info;		/* owns what it points to */
	struct mem_opts opts;
	struct mem_record *record;	/* what was read so far; NULL: not asked for */
	bool record_paused;		/* a search: what it passes by is no answer */
	struct mem_cache *cache;	/* blocks read; NULL: it may change, see block_cache.c */
	struct extents *extents;	/* what a cut-off flattened file brought; or NULL */
	uint64_t file_size;		/* of the file that is read; UINT64_MAX if live */
	uint64_t raw_at;		/* where its first byte lies, if info.is_raw */
	bool flattened;			/* that file is our own rearranged copy */
	char *path;
};

/*
 * Open a dump, telling its format from its content: ELF core, kdump, flattened
 * (rearranged into an unlinked temporary file first). FORMAT error, one clear
 * sentence, for anything else (empty, truncated header, an executable). @path may
 * name raw images, as FILE@ADDR[,FILE@ADDR].
 */
VMATLAS_CHECKED struct vmatlas_error *
mem_open(const char *path, const struct mem_opts *opts, struct mem **ret);

/* A dump in several files, in any order: the parts of a split kdump, raw images. */
VMATLAS_CHECKED struct vmatlas_error *
mem_open_files(const char *const *paths, size_t nr, const struct mem_opts *opts,
	       struct mem **ret);

/* /proc/kcore, or a file of its kind: ELF by virtual address. */
VMATLAS_CHECKED struct vmatlas_error *
mem_open_live(const char *path, const struct mem_opts *opts, struct mem **ret);

/* Memory that a host brings; @host must outlive the result. */
VMATLAS_CHECKED struct vmatlas_error *
mem_open_host(const struct vmatlas_memory_ops *host, struct mem **ret);

void mem_free(struct mem *mem);
DEFINE_FREEP(mem, mem_free)

/* Does the file look like a dump (any format mem_open() knows)? */
bool mem_probe(int fd);

/* Does @path try to name raw images, FILE@ADDR, rather than a file of that very name? */
bool mem_is_raw(const char *path);

/* Did core_write() make the file at @path? Not if it cannot be read. */
bool mem_is_extract(const char *path);

/* All of @len bytes at @addr, over any page boundary; cached for dumps. */
VMATLAS_CHECKED struct vmatlas_error *
mem_read(struct mem *mem, enum mem_space space, uint64_t addr, void *buf, size_t len);

/* ---- read_log.c: what was read, byte by byte: an extract is made of it ---- */

#define MEM_RECORD_PAGE 4096

struct mem_record_page {
	uint64_t paddr;
	uint8_t known[MEM_RECORD_PAGE / 8];	/* a bit per byte that was read */
	uint8_t bytes[MEM_RECORD_PAGE];		/* 0 where not */
};

/* What the dump did not give, and how it said so. */
struct mem_record_fault {
	uint64_t paddr, len;
	const char *reason;		/* the error message behind "physical ADDR: " */
};

struct mem_record *mem_record_new(void);
void mem_record_free(struct mem_record *r);
DEFINE_FREEP(mem_record, mem_record_free)

/* The later of two readings of a byte counts; of a dump they are equal. */
VMATLAS_CHECKED struct vmatlas_error *
mem_record_add(struct mem_record *r, uint64_t paddr, const void *bytes, size_t len);

/* @err, a FAULT, answered a read of @len bytes at @paddr that lie in one block. */
VMATLAS_CHECKED struct vmatlas_error *
mem_record_fault(struct mem_record *r, uint64_t paddr, size_t len,
		 const struct vmatlas_error *err);

/* By address, each once. Good until the next mem_record_fault(). */
const struct mem_record_fault *mem_record_faults(struct mem_record *r, size_t *ret_nr);

/* By address. Good until the next mem_record_add(). */
VMATLAS_CHECKED struct vmatlas_error *
mem_record_pages(struct mem_record *r, const struct mem_record_page *const **ret, size_t *ret_nr);

/* Bytes known, of all pages. */
uint64_t mem_record_bytes(const struct mem_record *r);

/* ---- extract/write_core.c: a small core of what was recorded, and what it says of itself ---- */

/*
 * An ELF core into @fd: recorded pages, the rest of the memory that the dump
 * describes as segments without bytes, VMCOREINFO, the CPUs' control registers,
 * and notes "VMATLAS" (see extract_notes.h). @machine, @bits, @big_endian: the CPU's.
 * @path is for messages. *ret_size: bytes written.
 */
VMATLAS_CHECKED struct vmatlas_error *
core_write(int fd, const char *path, struct mem *mem, uint16_t machine, uint8_t bits,
	   bool big_endian, uint64_t taken, uint64_t *ret_size);

#endif
