/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef VMATLAS_H
#define VMATLAS_H

/**
 * DOC: vmatlas - an atlas of a Linux kernel's virtual address space
 *
 * Open a kernel, survey it, read the map, inspect it:
 *
 *	VMATLAS_OPTS(vmatlas_open_opts, opts, .vmlinux = "vmlinux", .core = "vmcore");
 *	struct vmatlas *atlas = NULL;
 *	struct vmatlas_error *err = vmatlas_open(&opts, &atlas);
 *
 *	if (!err)
 *		err = vmatlas_survey(atlas, VMATLAS_SURVEY_ALL);
 *	if (!err)
 *		vmatlas_for_each_claim(c, atlas, VMATLAS_LAYER_RECORDED)
 *			printf("%" PRIx64 " %s\n", c->range.first, c->name);
 *
 * This header is for users of the library. Authors of plugins include
 * <vmatlas-plugin.h>, which includes this one.
 *
 * Rules that hold for every function and struct:
 *
 * - Things that act are opaque; things that tell are plain structs.
 * - The library owns every struct and string it shows. A const pointer stays good until
 *   vmatlas_close(), unless the function says otherwise. Only an error is the caller's
 *   to free.
 * - A function that can fail returns a struct vmatlas_error *, NULL on success. On
 *   failure nothing is returned: *ret is left as it was.
 * - Ranges include both ends. Addresses and amounts of the target's memory are uint64_t:
 *   the target is not the host, and the last byte of a kernel is 0xffffffffffffffff.
 *   Lengths of the host's buffers are size_t.
 * - A struct that may grow begins with ".size", always a uint32_t: how many of its bytes
 *   are set. Structs that the caller fills set it to sizeof(struct).
 * - Enumerations have 32 bits (VMATLAS_ENUMS_HAVE_32_BITS checks it when this header is
 *   compiled). Values that may be or'ed are a uint32_t whose comment names the enum.
 * - One thread at a time per atlas. Two atlases share nothing.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this header; vmatlas_version() is that of the library that was loaded. */
#define VMATLAS_VERSION_MAJOR 0
#define VMATLAS_VERSION_MINOR 1
#define VMATLAS_VERSION_PATCH 0

/**
 * VMATLAS_HAS() - did this library fill in a member that came later?
 * @ptr: a struct that begins with .size
 * @member: one of its members
 *
 * Return: not 0 if @member is among the bytes that are set.
 */
#define VMATLAS_HAS(ptr, member)                                              \
	((ptr)->size >= offsetof(__typeof__(*(ptr)), member) +                \
			sizeof((ptr)->member))

/* VMATLAS_API - exported by libvmatlas */
#define VMATLAS_API __attribute__((visibility("default")))
/* VMATLAS_CHECKED - the result must be looked at: it is an error to free */
#define VMATLAS_CHECKED __attribute__((warn_unused_result))
/* VMATLAS_PRINTF() - argument @f is a printf format, its arguments begin at @a */
#define VMATLAS_PRINTF(f, a) __attribute__((format(printf, f, a)))

/* ---- Handles ---------------------------------------------------------- */

/**
 * struct vmatlas - one opened kernel and what is known about it
 *
 * Made by vmatlas_open(), ended by vmatlas_close().
 */
struct vmatlas;

/**
 * struct vmatlas_error - why something failed; NULL is success
 *
 * Whoever receives one frees it with vmatlas_error_free() or passes it on.
 */
struct vmatlas_error;

/* ---- Errors ----------------------------------------------------------- */

/**
 * enum vmatlas_error_code - what kind of failure it is
 * @VMATLAS_ERROR_NO_MEMORY: the host is out of memory
 * @VMATLAS_ERROR_SYSTEM: a system call failed
 * @VMATLAS_ERROR_ARGUMENT: the caller passed something that has no meaning
 * @VMATLAS_ERROR_FORMAT: a file is not what it should be
 * @VMATLAS_ERROR_NOT_FOUND: no such symbol, type, member or record
 * @VMATLAS_ERROR_FAULT: the dump does not hold that memory
 * @VMATLAS_ERROR_CORRUPT: memory is there and makes no sense
 * @VMATLAS_ERROR_MISMATCH: vmlinux and dump do not belong together
 * @VMATLAS_ERROR_UNSUPPORTED: understood, but not implemented
 * @VMATLAS_ERROR_PLUGIN: a plugin could not be used
 */
enum vmatlas_error_code {
	VMATLAS_ERROR_NO_MEMORY = 1,
	VMATLAS_ERROR_SYSTEM,
	VMATLAS_ERROR_ARGUMENT,
	VMATLAS_ERROR_FORMAT,
	VMATLAS_ERROR_NOT_FOUND,
	VMATLAS_ERROR_FAULT,
	VMATLAS_ERROR_CORRUPT,
	VMATLAS_ERROR_MISMATCH,
	VMATLAS_ERROR_UNSUPPORTED,
	VMATLAS_ERROR_PLUGIN,
};

/**
 * vmatlas_error_code() - what kind of failure it is
 * @err: an error, or NULL
 *
 * Return: the code; 0 if @err is NULL.
 */
VMATLAS_API enum vmatlas_error_code vmatlas_error_code(const struct vmatlas_error *err);

/**
 * vmatlas_error_message() - the failure in words
 * @err: an error, or NULL
 *
 * Return: one line without a newline; it is freed with @err. Text may come from a file
 * or a dump: escape it before it goes to a terminal.
 */
VMATLAS_API const char *vmatlas_error_message(const struct vmatlas_error *err);

/**
 * vmatlas_error_address() - where memory could not be read, or made no sense
 * @err: an error, or NULL
 * @ret_space: enum vmatlas_space
 * @ret_addr: address in that space
 *
 * Return: false, and nothing is set, where @err is about no address.
 */
VMATLAS_API bool vmatlas_error_address(const struct vmatlas_error *err, uint32_t *ret_space,
				       uint64_t *ret_addr);

/**
 * vmatlas_error_errno() - errno of the system call that failed
 * @err: an error, or NULL
 *
 * Return: 0 if none failed.
 */
VMATLAS_API int vmatlas_error_errno(const struct vmatlas_error *err);

/**
 * vmatlas_error_free() - free an error
 * @err: an error; NULL is fine
 */
VMATLAS_API void vmatlas_error_free(struct vmatlas_error *err);

/**
 * vmatlas_error_new() - make an error
 * @code: what kind of failure it is
 * @fmt: a printf format of one line, without a newline
 *
 * Return: the error, the caller's to free; never NULL. Without memory it is one whose
 * code is VMATLAS_ERROR_NO_MEMORY.
 */
VMATLAS_API VMATLAS_CHECKED VMATLAS_PRINTF(2, 3)
struct vmatlas_error *vmatlas_error_new(enum vmatlas_error_code code, const char *fmt, ...);

/**
 * vmatlas_error_wrap() - say what was being done when @err happened
 * @err: consumed; NULL passes through
 * @fmt: a printf format of the context
 *
 * Return: @err with its message turned into "context: message".
 */
VMATLAS_API VMATLAS_CHECKED VMATLAS_PRINTF(2, 3)
struct vmatlas_error *vmatlas_error_wrap(struct vmatlas_error *err,
					 const char *fmt, ...);

/* ---- Opening ---------------------------------------------------------- */

/**
 * enum vmatlas_log_level - how much is logged: a level and those before it
 * @VMATLAS_LOG_WARNING: something the user should know
 * @VMATLAS_LOG_PROGRESS: what takes long, while it takes long
 * @VMATLAS_LOG_DEBUG: how things were found
 */
enum vmatlas_log_level { VMATLAS_LOG_WARNING, VMATLAS_LOG_PROGRESS, VMATLAS_LOG_DEBUG };

/**
 * typedef vmatlas_log_fn - take a line of diagnostics
 * @arg: vmatlas_open_opts.log_arg
 * @level: of this line
 * @line: without a newline; good during the call
 */
typedef void vmatlas_log_fn(void *arg, enum vmatlas_log_level level, const char *line);

/**
 * typedef vmatlas_confirm_fn - may this be done?
 * @arg: vmatlas_open_opts.ask_arg
 * @question: one line, as "fetch ... from http://...?"
 *
 * Return: not 0 for yes.
 */
typedef int vmatlas_confirm_fn(void *arg, const char *question);

/**
 * typedef vmatlas_cancelled_fn - asked now and then during a download
 * @arg: vmatlas_open_opts.ask_arg
 *
 * Return: not 0 to give up.
 */
typedef int vmatlas_cancelled_fn(void *arg);

/**
 * enum vmatlas_space - an address space of the target
 * @VMATLAS_PHYSICAL: physical addresses
 * @VMATLAS_VIRTUAL: kernel virtual addresses
 */
enum vmatlas_space { VMATLAS_PHYSICAL, VMATLAS_VIRTUAL };

/**
 * struct vmatlas_memory_ops - memory and symbols that another debugger brings
 * @size: sizeof(struct vmatlas_memory_ops)
 * @reserved: 0
 * @arg: handed back to both callbacks
 * @read: all of @len bytes at a physical or kernel virtual address, or not 0. Whoever
 *	has only one of the two spaces fails the other.
 * @symbol: run-time address (KASLR included) and size (0: unknown) of a symbol; not 0
 *	if there is none. NULL: symbols come from vmlinux.
 * @vmcoreinfo: text of the dump's VMCOREINFO, or as many of its lines as the debugger knows:
 *	without it a kernel that KASLR moved cannot be found. NULL: none
 *
 * Types come from vmlinux, or from the file that vmatlas_open_opts.types names.
 */
struct vmatlas_memory_ops {
	uint32_t size;
	uint32_t reserved;
	void *arg;
	int (*read)(void *arg, enum vmatlas_space space, uint64_t addr, void *buf, size_t len);
	int (*symbol)(void *arg, const char *name, uint64_t *ret_addr, uint64_t *ret_size);
	const char *vmcoreinfo;
};

/**
 * struct vmatlas_open_opts - which kernel to open; declare with VMATLAS_OPTS()
 * @size: sizeof(struct vmatlas_open_opts)
 * @log_level: of @log
 * @vmlinux: ELF with DWARF or BTF; may be swapped with @core
 * @core: the dump, or a raw image as FILE@ADDR[,FILE@ADDR]; NULL with @live, @memory_ops
 *	or @boot_log
 * @boot_log: a boot log or layout table whose rows become claims
 * @tmpdir: for rearranged dumps; NULL: $TMPDIR or /var/tmp
 * @memory_ops: memory of another debugger, or NULL
 * @phys_offset: "0x40000000": physical start of RAM; NULL: find it
 * @kaslr_offset: how far KASLR moved the kernel; NULL: find it
 * @log: takes diagnostics; NULL: silence
 * @log_arg: handed to @log
 * @live: not 0: read the running kernel through /proc/kcore
 * @keep_for_extract: not 0: remember what is read, for vmatlas_extract()
 * @types: a file to take types from: BTF, or ELF with BTF or DWARF; NULL: vmlinux
 * @sysroots: system roots in which vmlinux and its debug file are looked for when they
 *	are not named or lack something; ends with NULL. NULL: this machine's own
 * @debug_dirs: directories like /usr/lib/debug, which come first; likewise
 * @confirm: asked before a debuginfod server is; NULL: no
 * @cancelled: asked during downloads; NULL: never
 * @ask_arg: handed to both
 * @debuginfod: not 0: ask the servers of $DEBUGINFOD_URLS
 * @nr_core_parts: of @core_parts
 * @core_parts: more files of @core: a split kdump's, raw images
 * @platform_file: a platform's own numbers: lines NAME START-END [source]
 *
 * What is not set is 0 or NULL. The strings need to live until vmatlas_open() returns.
 */
struct vmatlas_open_opts {
	uint32_t size;
	enum vmatlas_log_level log_level;
	const char *vmlinux;
	const char *core;
	const char *boot_log;
	const char *tmpdir;
	const struct vmatlas_memory_ops *memory_ops;
	const char *phys_offset;
	const char *kaslr_offset;
	vmatlas_log_fn *log;
	void *log_arg;
	uint32_t live;
	uint32_t keep_for_extract;
	const char *types;
	const char *const *sysroots;
	const char *const *debug_dirs;
	vmatlas_confirm_fn *confirm;
	vmatlas_cancelled_fn *cancelled;
	void *ask_arg;
	uint32_t debuginfod;
	uint32_t nr_core_parts;
	const char *const *core_parts;
	const char *platform_file;
};

/**
 * VMATLAS_OPTS() - declare a struct that begins with its size, all else as named or 0
 * @type: the struct's tag
 * @name: of the variable
 */
#define VMATLAS_OPTS(type, name, ...)                                         \
	struct type name = { .size = sizeof(struct type), __VA_ARGS__ }

/**
 * vmatlas_version() - of the library that was loaded
 *
 * Return: "0.1.0".
 */
VMATLAS_API const char *vmatlas_version(void);

/**
 * vmatlas_open() - open a kernel: vmlinux and a dump, or the running one, or a boot log
 * @opts: which; needed during the call only, but for its callbacks and .memory_ops
 * @ret: the atlas, to be ended by vmatlas_close()
 *
 * With no kernel and no boot log named, there is nothing to survey; inspectors can still
 * be loaded and listed.
 *
 * Return: NULL; or SYSTEM, FORMAT or UNSUPPORTED for files that cannot be used, MISMATCH
 * where vmlinux and dump do not belong together, NOT_FOUND where vmlinux was not found,
 * ARGUMENT for options without meaning.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_open(const struct vmatlas_open_opts *opts, struct vmatlas **ret);

/**
 * vmatlas_close() - close the files and free everything that the atlas showed
 * @atlas: NULL is fine
 */
VMATLAS_API void vmatlas_close(struct vmatlas *atlas);

/**
 * enum vmatlas_survey_what - what vmatlas_survey() reads; may be or'ed
 * @VMATLAS_SURVEY_DECLARED: regions, from every source
 * @VMATLAS_SURVEY_RECORDED: areas
 * @VMATLAS_SURVEY_RAM: RAM: iomem, device tree, log, command line
 * @VMATLAS_SURVEY_FREE: free space and pools; needs RECORDED, too
 * @VMATLAS_SURVEY_ALL: all of it
 */
enum vmatlas_survey_what {
	VMATLAS_SURVEY_DECLARED = 1,
	VMATLAS_SURVEY_RECORDED = 2,
	VMATLAS_SURVEY_RAM = 4,
	VMATLAS_SURVEY_FREE = 8,
	VMATLAS_SURVEY_ALL = 15,
};

/**
 * vmatlas_survey() - draw the map, once; then it never changes
 * @atlas: opened, not yet surveyed
 * @what: enum vmatlas_survey_what, or'ed. Only what is asked for is read.
 *
 * What is wrong in the kernel's records becomes findings and coverage lines.
 *
 * Return: NULL; or ARGUMENT if it was surveyed already or there is nothing to survey,
 * NO_MEMORY, SYSTEM.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_survey(struct vmatlas *atlas, uint32_t what);

/**
 * struct vmatlas_info - which kernel this is and how it was read
 * @size: bytes of this struct that are set
 * @page_shift: log2 of the page size
 * @pointer_size: 4 or 8 bytes
 * @big_endian: not 0: the target's byte order is big-endian
 * @live: not 0: it is the running kernel
 * @levels: of the kernel's page tables
 * @arch: "x86_64", "arm64", "i386", "arm", "riscv64"
 * @release: uts release, "6.1.0-18-amd64"
 * @version: uts version, "#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1"
 * @nodename: uts nodename
 * @banner: linux_banner, without its newline
 * @cpu: "x86_64, 4-level", "arm, short descriptors, HIGHMEM"
 * @core_path: the dump
 * @core_format: "ELF", "kdump (lzo), flattened"
 * @vmlinux_path: the vmlinux
 * @build_id: of vmlinux, hex
 * @vmcoreinfo_from: "note", "memory at 0x..", "" if there is none
 * @verified_by: how it is known that vmlinux and dump belong together
 * @kaslr_from: where @kaslr_offset comes from
 * @phys_from: where @phys_base comes from
 * @kaslr_offset: run-time minus link address
 * @phys_base: x86-64 phys_base; PHYS_OFFSET of others
 * @dump_time: seconds since 1970 when the dump was written, 0 unknown
 * @bytes_read: of the dump so far
 * @nr_reads: likewise
 * @types_from: "DWARF", "BTF of FILE", "" if there are none
 * @vmlinux_from: how vmlinux was found: "build ID"; "" if it was named
 * @ram: System RAM in bytes; 0 unknown. This and the next two after a survey with
 *	VMATLAS_SURVEY_RAM
 * @ram_high: of @ram, highmem of a 32-bit kernel
 * @ram_unused: of @ram, above what the kernel uses
 * @phys_base_name: what the kernel calls @phys_base: "PHYS_OFFSET"
 * @vmlinux_base: link address of vmlinux's first segment, without KASLR; 0 unknown
 *
 * Strings are never NULL; "" means unknown.
 */
struct vmatlas_info {
	uint32_t size;
	uint32_t page_shift;
	uint32_t pointer_size;
	uint32_t big_endian;
	uint32_t live;
	uint32_t levels;
	const char *arch;
	const char *release;
	const char *version;
	const char *nodename;
	const char *banner;
	const char *cpu;
	const char *core_path;
	const char *core_format;
	const char *vmlinux_path;
	const char *build_id;
	const char *vmcoreinfo_from;
	const char *verified_by;
	const char *kaslr_from;
	const char *phys_from;
	uint64_t kaslr_offset;
	uint64_t phys_base;
	uint64_t dump_time;
	uint64_t bytes_read;
	uint64_t nr_reads;
	const char *types_from;
	const char *vmlinux_from;
	uint64_t ram;
	uint64_t ram_high;
	uint64_t ram_unused;
	const char *phys_base_name;
	uint64_t vmlinux_base;
};

/**
 * vmatlas_info() - which kernel this is
 * @atlas: an atlas
 *
 * Return: what is known, updated by each call; NULL where no kernel was opened but a
 * boot log, or nothing.
 */
VMATLAS_API const struct vmatlas_info *vmatlas_info(struct vmatlas *atlas);

/* ---- Ranges and claims -------------------------------------------------- */

/**
 * struct vmatlas_range - addresses, both ends included, so that the top of memory fits
 * @first: lowest address
 * @last: highest address; less than @first: none
 */
struct vmatlas_range {
	uint64_t first;
	uint64_t last;
};

/**
 * vmatlas_range_size() - bytes in a range
 * @r: a range
 *
 * Return: bytes; 0 means the whole 64-bit space.
 */
static inline uint64_t vmatlas_range_size(const struct vmatlas_range *r)
{
	return r->last - r->first + 1;
}

/**
 * enum vmatlas_layer - who makes a claim on addresses
 * @VMATLAS_LAYER_DECLARED: regions: what the kernel set aside
 * @VMATLAS_LAYER_RECORDED: areas: what its allocators handed out
 * @VMATLAS_LAYER_MAPPED: mappings: what the page tables map
 */
enum vmatlas_layer {
	VMATLAS_LAYER_DECLARED = 1,
	VMATLAS_LAYER_RECORDED,
	VMATLAS_LAYER_MAPPED,
};

/**
 * enum vmatlas_kind - what is claimed: regions 0x1.., areas 0x2.., mappings 0x3..
 * @VMATLAS_KIND_OTHER: none of these
 * @VMATLAS_KIND_DIRECT_MAP: all of RAM in a row; lowmem on 32-bit CPUs
 * @VMATLAS_KIND_VMALLOC_SPACE: VMALLOC_START..VMALLOC_END
 * @VMATLAS_KIND_VMEMMAP: the array of struct page
 * @VMATLAS_KIND_MODULE_SPACE: MODULES_VADDR..MODULES_END
 * @VMATLAS_KIND_IMAGE: the kernel image mapping
 * @VMATLAS_KIND_SECTION: .text, .init, .data, .bss: inside others
 * @VMATLAS_KIND_FIXMAP: fixed mappings
 * @VMATLAS_KIND_PKMAP: kmap() of highmem
 * @VMATLAS_KIND_VECTORS: exception vectors of ARM
 * @VMATLAS_KIND_DMA: consistent DMA memory of old ARM kernels
 * @VMATLAS_KIND_FDT: the device tree of arm64 and RISC-V
 * @VMATLAS_KIND_PCI_IO: PCI I/O ports
 * @VMATLAS_KIND_CPU_ENTRY: cpu_entry_area of x86
 * @VMATLAS_KIND_ESPFIX: espfix stacks of x86-64
 * @VMATLAS_KIND_EFI: EFI runtime services
 * @VMATLAS_KIND_VSYSCALL: the vsyscall page
 * @VMATLAS_KIND_LDT: LDT remap of page table isolation
 * @VMATLAS_KIND_KASAN: KASAN shadow
 * @VMATLAS_KIND_KMSAN: KMSAN shadow and origins
 * @VMATLAS_KIND_TCM: tightly coupled memory of ARM
 * @VMATLAS_KIND_GUARD: declared holes
 * @VMATLAS_KIND_MODULE_WINDOW: where execmem looks for room: a window, not a bound
 * @VMATLAS_KIND_VMALLOC: vmalloc()
 * @VMATLAS_KIND_VMAP: vmap()
 * @VMATLAS_KIND_IOREMAP: ioremap()
 * @VMATLAS_KIND_VM_MAP_RAM: vm_map_ram()
 * @VMATLAS_KIND_UNPURGED: freed, not yet given back
 * @VMATLAS_KIND_PERCPU: a chunk of per-CPU memory
 * @VMATLAS_KIND_DMA_AREA: dma_alloc_coherent() memory
 * @VMATLAS_KIND_SPARSE: vmemmap of hot-added memory
 * @VMATLAS_KIND_STATIC_MAPPING: iotable_init() of ARM
 * @VMATLAS_KIND_EMPTY_MAPPING: set aside by ARM: an empty mapping, the PCI I/O hole
 * @VMATLAS_KIND_USERMAP: vmalloc_user()
 * @VMATLAS_KIND_MODULE: a module's memory
 * @VMATLAS_KIND_AREA: recorded, of no known type
 * @VMATLAS_KIND_PAGES: pages that a page table maps
 */
enum vmatlas_kind {
	VMATLAS_KIND_OTHER = 0,

	VMATLAS_KIND_DIRECT_MAP = 0x101,
	VMATLAS_KIND_VMALLOC_SPACE,
	VMATLAS_KIND_VMEMMAP,
	VMATLAS_KIND_MODULE_SPACE,
	VMATLAS_KIND_IMAGE,
	VMATLAS_KIND_SECTION,
	VMATLAS_KIND_FIXMAP,
	VMATLAS_KIND_PKMAP,
	VMATLAS_KIND_VECTORS,
	VMATLAS_KIND_DMA,
	VMATLAS_KIND_FDT,
	VMATLAS_KIND_PCI_IO,
	VMATLAS_KIND_CPU_ENTRY,
	VMATLAS_KIND_ESPFIX,
	VMATLAS_KIND_EFI,
	VMATLAS_KIND_VSYSCALL,
	VMATLAS_KIND_LDT,
	VMATLAS_KIND_KASAN,
	VMATLAS_KIND_KMSAN,
	VMATLAS_KIND_TCM,
	VMATLAS_KIND_GUARD,
	VMATLAS_KIND_MODULE_WINDOW,

	VMATLAS_KIND_VMALLOC = 0x201,
	VMATLAS_KIND_VMAP,
	VMATLAS_KIND_IOREMAP,
	VMATLAS_KIND_VM_MAP_RAM,
	VMATLAS_KIND_UNPURGED,
	VMATLAS_KIND_PERCPU,
	VMATLAS_KIND_DMA_AREA,
	VMATLAS_KIND_SPARSE,
	VMATLAS_KIND_STATIC_MAPPING,
	VMATLAS_KIND_EMPTY_MAPPING,
	VMATLAS_KIND_USERMAP,
	VMATLAS_KIND_MODULE,
	VMATLAS_KIND_AREA,

	VMATLAS_KIND_PAGES = 0x301,
};

/**
 * enum vmatlas_claim_flags - what a claim does and does not say; may be or'ed
 * @VMATLAS_CLAIM_START_ONLY: it constrains range.first alone
 * @VMATLAS_CLAIM_END_ONLY: it constrains range.last alone
 * @VMATLAS_CLAIM_PRIMARY: the one of its name that map shows as the row
 * @VMATLAS_CLAIM_NESTED: may lie inside another region by design
 * @VMATLAS_CLAIM_WINDOW: a claim of its own, not another source of a bound
 * @VMATLAS_CLAIM_NOT_LISTED: recorded, but /proc/vmallocinfo omits it
 * @VMATLAS_CLAIM_FROM_LOG: from a saved boot log or table, or the dump's log
 * @VMATLAS_CLAIM_DEFAULT: a default that platforms change: never checked
 * @VMATLAS_CLAIM_UNREADABLE: its vm_struct could not be read: nothing known of it
 */
enum vmatlas_claim_flags {
	VMATLAS_CLAIM_START_ONLY = 1,
	VMATLAS_CLAIM_END_ONLY = 2,
	VMATLAS_CLAIM_PRIMARY = 4,
	VMATLAS_CLAIM_NESTED = 8,
	VMATLAS_CLAIM_WINDOW = 16,
	VMATLAS_CLAIM_NOT_LISTED = 32,
	VMATLAS_CLAIM_FROM_LOG = 64,
	VMATLAS_CLAIM_DEFAULT = 128,
	VMATLAS_CLAIM_UNREADABLE = 256,
};

/**
 * struct vmatlas_area - what an allocator wrote down about a recorded claim
 * @size: bytes of this struct that are set
 * @node: index of the vmap_node it was found on (6.9 and later); else 0
 * @vmap_area: kernel address of the struct vmap_area, 0: none
 * @vm_struct: kernel address of the struct vm_struct, 0: none
 * @vm_addr: vm_struct.addr as stored, and so the next ones
 * @vm_size: vm_struct.size, bytes, guard page included
 * @vm_flags: vm_struct.flags
 * @caller: vm_struct.caller, a return address
 * @pages: vm_struct.pages, address of the struct page * array
 * @nr_pages: vm_struct.nr_pages
 * @phys: vm_struct.phys_addr, 0: none
 * @va_flags: vmap_area.flags, 0 where there is none
 */
struct vmatlas_area {
	uint32_t size;
	uint32_t node;
	uint64_t vmap_area;
	uint64_t vm_struct;
	uint64_t vm_addr;
	uint64_t vm_size;
	uint64_t vm_flags;
	uint64_t caller;
	uint64_t pages;
	uint64_t nr_pages;
	uint64_t phys;
	uint64_t va_flags;
};

/**
 * struct vmatlas_claim - one claim on a range, and who makes it
 * @size: bytes of this struct that are set
 * @layer: who makes it
 * @kind: what is claimed
 * @flags: enum vmatlas_claim_flags, or'ed
 * @range: virtual addresses
 * @record: kernel address of the claim, or 0
 * @record_type: struct tag or variable at @record, or NULL
 * @name: never NULL: "vmalloc", "lowmem", ".text"
 * @source: never NULL: where it was read, in words
 * @area: of recorded claims; else NULL
 */
struct vmatlas_claim {
	uint32_t size;
	enum vmatlas_layer layer;
	enum vmatlas_kind kind;
	uint32_t flags;
	struct vmatlas_range range;
	uint64_t record;
	const char *record_type;
	const char *name;
	const char *source;
	const struct vmatlas_area *area;
};

/**
 * vmatlas_claim_next() - the claims of a layer by address
 * @atlas: surveyed
 * @layer: DECLARED or RECORDED; mappings are not kept, see vmatlas_for_each_mapping()
 * @prev: NULL starts
 *
 * Return: the claim after @prev, or NULL.
 */
VMATLAS_API const struct vmatlas_claim *
vmatlas_claim_next(const struct vmatlas *atlas, enum vmatlas_layer layer,
		   const struct vmatlas_claim *prev);

/**
 * vmatlas_for_each_claim() - a loop over the claims of a layer
 * @pos: name of the loop variable, which it declares
 * @atlas: surveyed
 * @layer: DECLARED or RECORDED
 */
#define vmatlas_for_each_claim(pos, atlas, layer)                             \
	for (const struct vmatlas_claim *pos = NULL;                          \
	     (pos = vmatlas_claim_next((atlas), (layer), pos)) != NULL;)

/**
 * vmatlas_claim_at() - the claim of @layer that holds @addr
 * @atlas: surveyed
 * @layer: DECLARED or RECORDED
 * @addr: a virtual address
 *
 * Return: of several (nested regions) the smallest, of regions only primary ones; NULL
 * if there is none.
 */
VMATLAS_API const struct vmatlas_claim *
vmatlas_claim_at(const struct vmatlas *atlas, enum vmatlas_layer layer, uint64_t addr);

/**
 * vmatlas_kind_name() - a kind in words
 * @kind: of a claim
 *
 * Return: "vmalloc", "direct-map"; never NULL.
 */
VMATLAS_API const char *vmatlas_kind_name(enum vmatlas_kind kind);

/* ---- Address space accounting ---------------------------------------------- */

/**
 * enum vmatlas_usage_flags - about a space; may be or'ed
 * @VMATLAS_USAGE_NESTED: a window in other spaces: its bytes are theirs, too
 * @VMATLAS_USAGE_TREE: .free is what the kernel's free tree says
 */
enum vmatlas_usage_flags {
	VMATLAS_USAGE_NESTED = 1,
	VMATLAS_USAGE_TREE = 2,
};

/**
 * struct vmatlas_usage_by_kind - what areas of one kind take of a space
 * @kind: of the areas
 * @reserved: 0
 * @nr_areas: how many
 * @bytes: excluding guard pages
 */
struct vmatlas_usage_by_kind {
	enum vmatlas_kind kind;
	uint32_t reserved;
	uint64_t nr_areas;
	uint64_t bytes;
};

/**
 * struct vmatlas_usage - a space that vmalloc's allocator hands out from, added up
 * @size: bytes of this struct that are set
 * @flags: enum vmatlas_usage_flags, or'ed
 * @region: the declared region it is
 * @range: its addresses
 * @busy: bytes of areas in use, excluding guard pages
 * @guard: bytes of their guard pages
 * @image: bytes of areas that the kernel image lies in
 * @unpurged: bytes freed, not yet given back
 * @pooled: bytes kept for the next allocation of their size
 * @free: bytes that can be allocated
 * @lost: bytes on no list at all
 * @nr_areas: in use
 * @nr_holes: free ranges
 * @largest: the largest free range
 * @largest_purged: the largest once unpurged and pooled areas are given back
 * @by_kind: of @busy, the largest first
 * @nr_kinds: of @by_kind
 * @holes_by_order: [64]: free ranges of 2^i bytes up to twice that
 * @bytes_by_order: likewise, their bytes
 *
 * busy + guard + image + unpurged + pooled + free + lost is the size of .range.
 */
struct vmatlas_usage {
	uint32_t size;
	uint32_t flags;
	const struct vmatlas_claim *region;
	struct vmatlas_range range;
	uint64_t busy;
	uint64_t guard;
	uint64_t image;
	uint64_t unpurged;
	uint64_t pooled;
	uint64_t free;
	uint64_t lost;
	uint64_t nr_areas;
	uint64_t nr_holes;
	struct vmatlas_range largest;
	struct vmatlas_range largest_purged;
	const struct vmatlas_usage_by_kind *by_kind;
	uint64_t nr_kinds;
	const uint64_t *holes_by_order;
	const uint64_t *bytes_by_order;
};

/**
 * vmatlas_usage_next() - the spaces, by address
 * @atlas: surveyed with VMATLAS_SURVEY_FREE
 * @prev: NULL starts
 *
 * Return: the space after @prev, or NULL.
 */
VMATLAS_API const struct vmatlas_usage *
vmatlas_usage_next(const struct vmatlas *atlas, const struct vmatlas_usage *prev);

/**
 * vmatlas_free_range_next() - the free ranges of a space, by address
 * @space: from vmatlas_usage_next()
 * @prev: NULL starts
 *
 * Return: the range after @prev, or NULL.
 */
VMATLAS_API const struct vmatlas_range *
vmatlas_free_range_next(const struct vmatlas_usage *space, const struct vmatlas_range *prev);

/**
 * enum vmatlas_alloc_sim_flags - how a simulated allocation is asked for; may be or'ed
 * @VMATLAS_ALLOC_IOREMAP: aligned to its size, as ioremap() does
 * @VMATLAS_ALLOC_MODULE: in module space, then where modules fall back to
 * @VMATLAS_ALLOC_HUGE: in huge pages (vmalloc_huge())
 * @VMATLAS_ALLOC_NO_GUARD: without a guard page
 */
enum vmatlas_alloc_sim_flags {
	VMATLAS_ALLOC_IOREMAP = 1,
	VMATLAS_ALLOC_MODULE = 2,
	VMATLAS_ALLOC_HUGE = 4,
	VMATLAS_ALLOC_NO_GUARD = 8,
};

/**
 * enum vmatlas_alloc_sim_state - whether an allocation would succeed
 * @VMATLAS_ALLOC_NO_ROOM: not even after a purge
 * @VMATLAS_ALLOC_AFTER_PURGE: once unpurged and pooled areas are given back
 * @VMATLAS_ALLOC_FITS: at once
 */
enum vmatlas_alloc_sim_state {
	VMATLAS_ALLOC_NO_ROOM = 1,
	VMATLAS_ALLOC_AFTER_PURGE,
	VMATLAS_ALLOC_FITS,
};

/**
 * struct vmatlas_alloc_sim - where the allocator would put an area
 * @size: sizeof(struct vmatlas_alloc_sim), set by the caller
 * @state: whether it fits
 * @bytes: what is asked of the allocator, guard page included
 * @align: in bytes
 * @region: the space, or window, looked into last
 * @where: guard page included; first > last: nowhere
 * @largest: free range of the region; likewise
 * @largest_purged: likewise, once unpurged and pooled areas are given back
 * @prev: the area below @where, or else below the largest free range
 * @next: the area above it
 * @pooled: what a CPU may get instead (6.9 and later), by node
 * @nr_pooled: of @pooled
 */
struct vmatlas_alloc_sim {
	uint32_t size;
	enum vmatlas_alloc_sim_state state;
	uint64_t bytes;
	uint64_t align;
	const struct vmatlas_claim *region;
	struct vmatlas_range where;
	struct vmatlas_range largest;
	struct vmatlas_range largest_purged;
	const struct vmatlas_claim *prev;
	const struct vmatlas_claim *next;
	const struct vmatlas_range *pooled;
	uint64_t nr_pooled;
};

/**
 * vmatlas_simulate_alloc() - simulate an allocation on the kernel's own free tree
 * @atlas: surveyed with VMATLAS_SURVEY_FREE
 * @bytes: asked for, guard page excluded
 * @align: a power of two; 0: as usual
 * @flags: enum vmatlas_alloc_sim_flags, or'ed
 * @ret: the caller's, with .size = sizeof(*ret)
 *
 * Return: NULL; or ARGUMENT for a size or alignment the kernel refuses, NOT_FOUND where
 * this kernel's free space is not known.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_simulate_alloc(struct vmatlas *atlas, uint64_t bytes, uint64_t align, uint32_t flags,
		       struct vmatlas_alloc_sim *ret);

/* ---- Reading the kernel -------------------------------------------------- */

/**
 * vmatlas_read() - read memory at a kernel virtual address
 * @atlas: with a kernel
 * @addr: virtual
 * @buf: gets the bytes, in the target's byte order
 * @len: how many
 *
 * Return: NULL; or FAULT if any of it is not mapped or not in the dump, ARGUMENT where
 * no kernel was opened.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_read(struct vmatlas *atlas, uint64_t addr, void *buf, size_t len);

/**
 * vmatlas_read_uint() - read an integer at a kernel virtual address
 * @atlas: with a kernel
 * @addr: virtual
 * @bytes: its size: 1, 2, 4 or 8
 * @ret: the value, zero-extended, in the host's byte order
 *
 * Return: as vmatlas_read(); ARGUMENT for another size.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_read_uint(struct vmatlas *atlas, uint64_t addr, uint32_t bytes, uint64_t *ret);

/**
 * vmatlas_read_physical() - read memory at a physical address
 * @atlas: with a kernel
 * @phys: physical
 * @buf: gets the bytes, in the target's byte order
 * @len: how many
 *
 * Return: NULL; or FAULT if any of it is not in the dump, ARGUMENT where no kernel was
 * opened.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_read_physical(struct vmatlas *atlas, uint64_t phys, void *buf, size_t len);

/**
 * vmatlas_read_string() - read text at a kernel virtual address
 * @atlas: with a kernel
 * @addr: virtual, of the first byte
 * @buf: gets the text, up to its NUL or to what fits, and a NUL
 * @len: bytes that @buf has, 1 or more
 *
 * The text is as the dump has it: escape it before it goes to a terminal.
 *
 * Return: NULL; or FAULT if any of it is not in the dump.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_read_string(struct vmatlas *atlas, uint64_t addr, char *buf, size_t len);

/**
 * vmatlas_pointer_address() - the address that a pointer of the kernel means
 * @atlas: with a kernel
 * @pointer: a pointer's value, as the kernel stores it
 *
 * Return: @pointer without the tag that KASAN of arm64 keeps in it; unchanged on others.
 */
VMATLAS_API uint64_t vmatlas_pointer_address(const struct vmatlas *atlas, uint64_t pointer);

/* ---- Symbols -------------------------------------------------------------- */

/**
 * struct vmatlas_symbol - a name and where it is
 * @size: sizeof(struct vmatlas_symbol), set by the caller
 * @is_function: not 0: it is code
 * @name: never NULL
 * @module: of which module it is; "": of the kernel
 * @addr: run-time address, KASLR included
 * @bytes: how many it covers; 0 unknown
 */
struct vmatlas_symbol {
	uint32_t size;
	uint32_t is_function;
	const char *name;
	const char *module;
	uint64_t addr;
	uint64_t bytes;
};

/**
 * vmatlas_symbol_find() - a symbol of vmlinux by name
 * @atlas: with a kernel
 * @name: of a function or variable; a static one answers to its plain name
 * @ret: the caller's, with .size = sizeof(*ret). Its strings belong to the atlas.
 *
 * Return: NULL; or NOT_FOUND, ARGUMENT where no kernel was opened.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_symbol_find(struct vmatlas *atlas, const char *name, struct vmatlas_symbol *ret);

/**
 * vmatlas_symbol_at() - the symbol that holds an address, by the kernel's own kallsyms
 * @atlas: with a kernel
 * @addr: run-time address
 * @ret: the caller's, with .size = sizeof(*ret). Its strings belong to the atlas.
 *
 * kallsyms has no sizes: a symbol reaches to the next one.
 *
 * Return: NULL; or NOT_FOUND if no symbol holds it, FAULT or CORRUPT if the tables could
 * not be read.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_symbol_at(struct vmatlas *atlas, uint64_t addr, struct vmatlas_symbol *ret);

/**
 * vmatlas_module_of() - the module that holds an address, as __module_address() finds it
 * @atlas: with a kernel
 * @addr: run-time address, of code or data
 * @ret: its name, the atlas's; "" if no module holds it
 *
 * Return: NULL; or FAULT or CORRUPT if no module was found but the list of them could not
 * be read as a whole, ARGUMENT where no kernel was opened.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_module_of(struct vmatlas *atlas, uint64_t addr, const char **ret);

/**
 * vmatlas_symbol_name() - what the kernel's %pS prints for an address
 * @atlas: an atlas
 * @addr: run-time address, KASLR included
 *
 * From the kernel's own kallsyms and those of its modules. The text is kept by the atlas
 * until vmatlas_close(), once for each different text.
 *
 * Return: "vmalloc+0x1f/0x30", "init_once+0x10/0x20 [ext4]"; "0x..." where no symbol
 * holds it or its name could not be read; never NULL.
 */
VMATLAS_API const char *vmatlas_symbol_name(struct vmatlas *atlas, uint64_t addr);

/* ---- Types and variables --------------------------------------------------- */

/**
 * enum vmatlas_type_kind - what a type is
 * @VMATLAS_TYPE_VOID: void, and what has no type
 * @VMATLAS_TYPE_BOOL: _Bool
 * @VMATLAS_TYPE_CHAR: char, signed char, unsigned char
 * @VMATLAS_TYPE_INT: an integer
 * @VMATLAS_TYPE_FLOAT: a floating-point number
 * @VMATLAS_TYPE_POINTER: a pointer to .target
 * @VMATLAS_TYPE_ARRAY: .count elements of .target
 * @VMATLAS_TYPE_STRUCT: a struct
 * @VMATLAS_TYPE_UNION: a union
 * @VMATLAS_TYPE_ENUM: an enumeration
 * @VMATLAS_TYPE_TYPEDEF: another name of .target
 * @VMATLAS_TYPE_CONST: .target, which is const
 * @VMATLAS_TYPE_VOLATILE: .target, which is volatile
 * @VMATLAS_TYPE_RESTRICT: .target, a pointer which is restrict
 * @VMATLAS_TYPE_ATOMIC: .target, which is _Atomic
 * @VMATLAS_TYPE_FUNCTION: a function that returns .target
 */
enum vmatlas_type_kind {
	VMATLAS_TYPE_VOID = 1,
	VMATLAS_TYPE_BOOL,
	VMATLAS_TYPE_CHAR,
	VMATLAS_TYPE_INT,
	VMATLAS_TYPE_FLOAT,
	VMATLAS_TYPE_POINTER,
	VMATLAS_TYPE_ARRAY,
	VMATLAS_TYPE_STRUCT,
	VMATLAS_TYPE_UNION,
	VMATLAS_TYPE_ENUM,
	VMATLAS_TYPE_TYPEDEF,
	VMATLAS_TYPE_CONST,
	VMATLAS_TYPE_VOLATILE,
	VMATLAS_TYPE_RESTRICT,
	VMATLAS_TYPE_ATOMIC,
	VMATLAS_TYPE_FUNCTION,
};

/**
 * enum vmatlas_type_flags - more on a type; may be or'ed
 * @VMATLAS_TYPE_SIGNED: an integer, a char or an enumeration that may be negative
 * @VMATLAS_TYPE_DECLARATION: of a struct, union or enum only the name is known here;
 *	vmatlas_type_members() finds its definition
 * @VMATLAS_TYPE_VARIADIC: a function that takes more than its parameters
 * @VMATLAS_TYPE_PROTOTYPED: a function whose parameters are known
 * @VMATLAS_TYPE_FLEXIBLE: an array that does not say how long it is
 */
enum vmatlas_type_flags {
	VMATLAS_TYPE_SIGNED = 1,
	VMATLAS_TYPE_DECLARATION = 2,
	VMATLAS_TYPE_VARIADIC = 4,
	VMATLAS_TYPE_PROTOTYPED = 8,
	VMATLAS_TYPE_FLEXIBLE = 16,
};

/**
 * struct vmatlas_type - a C type of the kernel
 * @size: bytes of this struct that are set
 * @kind: what it is
 * @flags: enum vmatlas_type_flags, or'ed
 * @line: where it is defined in @file; 0 unknown
 * @name: its tag or name, "" if it has none
 * @file: the source file, "" unknown
 * @target: what it points to, is an array of, is another name of, or returns; NULL: void
 * @bytes: sizeof; 0 of void, functions and declarations
 * @count: elements of an array
 *
 * Types belong to the atlas. Two different ones may mean the same.
 */
struct vmatlas_type {
	uint32_t size;
	enum vmatlas_type_kind kind;
	uint32_t flags;
	uint32_t line;
	const char *name;
	const char *file;
	const struct vmatlas_type *target;
	uint64_t bytes;
	uint64_t count;
};

/**
 * struct vmatlas_type_member - a member, an enumerator or a parameter
 * @name: "" if it has none
 * @type: its type; of enumerators the enumeration
 * @bit_offset: of a member: bits from the start of the struct
 * @bit_size: of a bit-field: its bits; else 0
 * @value: of an enumerator: its value
 *
 * Where bytes have the big end first, a bit-field's first bit is its most significant one.
 */
struct vmatlas_type_member {
	const char *name;
	const struct vmatlas_type *type;
	uint64_t bit_offset;
	uint64_t bit_size;
	int64_t value;
};

/**
 * vmatlas_type_find() - a type by its name
 * @atlas: with a kernel
 * @name: "struct vm_struct", "union ktime", "enum pageflags", a typedef, "unsigned long"
 * @ret: its definition; a declaration if vmlinux has no more
 *
 * Nothing is indexed first: the debug information is searched up to the name.
 *
 * Return: NULL; or NOT_FOUND, ARGUMENT where no kernel was opened, FORMAT if the debug
 * information is damaged.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_type_find(struct vmatlas *atlas, const char *name, const struct vmatlas_type **ret);

/**
 * vmatlas_type_members() - members, enumerators or parameters of a type
 * @atlas: the type's
 * @type: any; of a declaration the definition is looked for
 * @ret: in the order of the source, the atlas's; good until vmatlas_close()
 * @ret_nr: of @ret; 0 for types that have none
 *
 * Return: NULL; or NOT_FOUND if there is no definition, FORMAT if the debug information is
 * damaged.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_type_members(struct vmatlas *atlas, const struct vmatlas_type *type,
		     const struct vmatlas_type_member **ret, size_t *ret_nr);

/**
 * vmatlas_type_definition() - what a declaration declares
 * @atlas: the type's
 * @type: any; what is no declaration is handed back
 * @ret: the definition
 *
 * Return: NULL; or NOT_FOUND if there is none.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_type_definition(struct vmatlas *atlas, const struct vmatlas_type *type,
			const struct vmatlas_type **ret);

/**
 * struct vmatlas_variable - a variable or function of vmlinux
 * @size: sizeof(struct vmatlas_variable), set by the caller
 * @is_function: not 0: it is code
 * @name: never NULL
 * @type: its type; NULL: the debug information does not tell
 * @unit: the source file whose variable it is, "" unknown
 * @addr: run-time address, KASLR included; of a per-CPU variable that of no CPU
 * @bytes: its symbol covers; 0 unknown
 */
struct vmatlas_variable {
	uint32_t size;
	uint32_t is_function;
	const char *name;
	const struct vmatlas_type *type;
	const char *unit;
	uint64_t addr;
	uint64_t bytes;
};

/**
 * vmatlas_variable_find() - a variable or function by name
 * @atlas: with a kernel
 * @name: its name
 * @file: whose, if several files have one of that name: "mm/vmalloc.c"; NULL: any
 * @ret: the caller's, with .size = sizeof(*ret). Its strings belong to the atlas.
 *
 * Return: NULL; or NOT_FOUND, ARGUMENT where no kernel was opened, FORMAT if the debug
 * information is damaged.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_variable_find(struct vmatlas *atlas, const char *name, const char *file,
		      struct vmatlas_variable *ret);

/**
 * struct vmatlas_translation_step - one step of a page-table walk
 * @level: "PGD", "PMD", "PTE", "section"
 * @entry_addr: physical address of the entry
 * @entry: its value
 */
struct vmatlas_translation_step {
	const char *level;
	uint64_t entry_addr;
	uint64_t entry;
};

/**
 * struct vmatlas_translate - how a virtual address is translated
 * @size: sizeof(struct vmatlas_translate), set by the caller
 * @nr_steps: of @step
 * @step: each table that was looked into
 * @mapped: not 0: there is a translation; 0: @phys is not set
 * @page_shift: log2 of what the last entry maps
 * @phys: physical address
 * @attributes: "rw, x, normal"; "" when not mapped
 * @why: "" or why there is no translation
 */
struct vmatlas_translate {
	uint32_t size;
	uint32_t nr_steps;
	struct vmatlas_translation_step step[6];
	uint32_t mapped;
	uint32_t page_shift;
	uint64_t phys;
	const char *attributes;
	const char *why;
};

/**
 * vmatlas_translate() - walk the kernel's page tables
 * @atlas: with a kernel
 * @addr: virtual
 * @ret: the caller's, with .size = sizeof(*ret); as much of it is filled as both sides
 *	know. Its strings belong to the atlas.
 *
 * Return: NULL, also where @addr is not mapped; FAULT if a table is not in the dump.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_translate(struct vmatlas *atlas, uint64_t addr, struct vmatlas_translate *ret);

/* ---- Page tables ---------------------------------------------------------- */

/**
 * enum vmatlas_mapping_flags - how a run is mapped; may be or'ed
 * @VMATLAS_MAPPING_WRITE: writable
 * @VMATLAS_MAPPING_EXEC: executable
 * @VMATLAS_MAPPING_USER: by user space, too
 * @VMATLAS_MAPPING_GLOBAL: not flushed when address spaces change
 * @VMATLAS_MAPPING_CONTIGUOUS: its pages are neighbours: see .phys
 * @VMATLAS_MAPPING_SHARED: by a table that maps other addresses, too
 * @VMATLAS_MAPPING_UNKNOWN: the table is not in the dump
 * @VMATLAS_MAPPING_BAD: an entry that no kernel makes
 */
enum vmatlas_mapping_flags {
	VMATLAS_MAPPING_WRITE = 1,
	VMATLAS_MAPPING_EXEC = 2,
	VMATLAS_MAPPING_USER = 4,
	VMATLAS_MAPPING_GLOBAL = 8,
	VMATLAS_MAPPING_CONTIGUOUS = 16,
	VMATLAS_MAPPING_SHARED = 32,
	VMATLAS_MAPPING_UNKNOWN = 64,
	VMATLAS_MAPPING_BAD = 128,
};

/**
 * struct vmatlas_mapping - a run that the page tables map, all of it alike
 * @size: bytes of this struct that are set
 * @flags: enum vmatlas_mapping_flags, or'ed
 * @range: virtual
 * @phys: physical address of its first byte
 * @page_size: bytes that one entry maps
 * @entry_addr: physical address of its first entry
 * @level: "PTE", "PMD"
 * @memory: "cached", "uncached", "device", "write-combining"
 * @note: "", or what is not known, or wrong
 */
struct vmatlas_mapping {
	uint32_t size;
	uint32_t flags;
	struct vmatlas_range range;
	uint64_t phys;
	uint64_t page_size;
	uint64_t entry_addr;
	const char *level;
	const char *memory;
	const char *note;
};

/**
 * enum vmatlas_mapping_scope - which mappings are shown, and how; may be or'ed
 * @VMATLAS_MAPPINGS_DIRECT_MAP: also the direct map, vmemmap and shadows of memory
 * @VMATLAS_MAPPINGS_PHYSICAL: pages that are no neighbours are runs of their own
 */
enum vmatlas_mapping_scope {
	VMATLAS_MAPPINGS_DIRECT_MAP = 1,
	VMATLAS_MAPPINGS_PHYSICAL = 2,
};

/**
 * typedef vmatlas_mapping_fn - take a run
 * @arg: the caller's
 * @mapping: good during the call
 *
 * Return: not 0 to stop.
 */
typedef int vmatlas_mapping_fn(void *arg, const struct vmatlas_mapping *mapping);

/**
 * vmatlas_for_each_mapping() - what the kernel's page tables map, by address
 * @atlas: surveyed, which tells where the direct map is
 * @what: enum vmatlas_mapping_scope, or'ed
 * @fn: takes each run
 * @arg: handed to @fn
 *
 * Tables that the dump does not hold become runs with a note.
 *
 * Return: NULL, also when @fn stopped; or FAULT if the root table is not there,
 * NO_MEMORY.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_for_each_mapping(struct vmatlas *atlas, uint32_t what, vmatlas_mapping_fn *fn, void *arg);

/* ---- Physical addresses --------------------------------------------------- */

/**
 * struct vmatlas_resource - one line of /proc/iomem
 * @size: bytes of this struct that are set
 * @depth: 0: child of the root
 * @phys: physical addresses
 * @name: never NULL
 * @record: kernel address of the struct resource
 * @is_ram: not 0: System RAM
 * @reserved: 0
 */
struct vmatlas_resource {
	uint32_t size;
	uint32_t depth;
	struct vmatlas_range phys;
	const char *name;
	uint64_t record;
	uint32_t is_ram;
	uint32_t reserved;
};

/**
 * vmatlas_resource_next() - the kernel's resources in the order of /proc/iomem
 * @atlas: with a kernel
 * @prev: NULL starts
 *
 * Read from the kernel at first use. What could not be read leaves the list short;
 * vmatlas_resource_error() says why then.
 *
 * Return: the resource after @prev, or NULL.
 */
VMATLAS_API const struct vmatlas_resource *
vmatlas_resource_next(struct vmatlas *atlas, const struct vmatlas_resource *prev);

/**
 * vmatlas_resource_error() - why vmatlas_resource_next() ended early
 * @atlas: with a kernel
 *
 * Return: one line; "" where the list is whole.
 */
VMATLAS_API const char *vmatlas_resource_error(struct vmatlas *atlas);

/**
 * struct vmatlas_phys_info - what is known about a physical address
 * @size: sizeof(struct vmatlas_phys_info), set by the caller
 * @has_alias: not 0: @alias is set
 * @alias: virtual address in the direct map, or lowmem; verified by walking it
 * @has_image: not 0: @image is set
 * @has_frame: 0: @why says why, and what follows it is not set
 * @image: run-time address in the kernel image's mapping
 * @why: "" or why there is no page frame
 * @frame: its number
 * @page: address of its struct page
 * @flags: page.flags
 * @flags_text: "uptodate|lru", by enum pageflags
 * @use: "free", "slab", "reserved", "anonymous" ...
 * @owner: of slabs: the cache; "" unknown
 * @head: struct page of the compound page it is a tail of; 0 none
 * @refcount: page._refcount
 * @mapcount: page._mapcount
 * @order: of a free block, 2^order pages
 * @has_node: not 0: @node is set
 * @node: NUMA node
 * @nr_areas: of @area; there may be more
 * @zone: "Normal", "" unknown
 * @area: recorded areas whose memory this is
 * @area_addr: where it is mapped in them
 */
struct vmatlas_phys_info {
	uint32_t size;
	uint32_t has_alias;
	uint64_t alias;
	uint32_t has_image;
	uint32_t has_frame;
	uint64_t image;
	const char *why;
	uint64_t frame;
	uint64_t page;
	uint64_t flags;
	const char *flags_text;
	const char *use;
	const char *owner;
	uint64_t head;
	int64_t refcount, mapcount;
	uint32_t order;
	uint32_t has_node;
	uint32_t node;
	uint32_t nr_areas;
	const char *zone;
	const struct vmatlas_claim *area[4];
	uint64_t area_addr[4];
};

/**
 * enum vmatlas_phys_info_flags - how hard to look; may be or'ed
 * @VMATLAS_PHYS_INFO_AREAS: look through the pages of every area, too
 */
enum vmatlas_phys_info_flags {
	VMATLAS_PHYS_INFO_AREAS = 1,
};

/**
 * vmatlas_phys_info() - who owns a physical address
 * @atlas: surveyed
 * @phys: physical address
 * @flags: enum vmatlas_phys_info_flags, or'ed
 * @ret: the caller's, with .size = sizeof(*ret). Its strings belong to the atlas.
 *
 * Return: NULL, also where little is known; ARGUMENT where no kernel was opened.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_phys_info(struct vmatlas *atlas, uint64_t phys, uint32_t flags,
		 struct vmatlas_phys_info *ret);

/**
 * vmatlas_page_of_frame() - where the struct page of a page frame is
 * @atlas: with a kernel
 * @frame: its number, a physical address >> page_shift
 * @ret: kernel address of its struct page; whether there is memory is not checked
 *
 * Return: NULL; or NOT_FOUND if this kernel does not tell (it has neither mem_map nor
 * vmemmap), ARGUMENT where no kernel was opened.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_page_of_frame(struct vmatlas *atlas, uint64_t frame, uint64_t *ret);

/**
 * vmatlas_frame_of_page() - which page frame a struct page is of
 * @atlas: with a kernel
 * @page: kernel address of a struct page
 * @ret: the frame's number
 *
 * Return: NULL; or CORRUPT if @page lies between two struct pages, NOT_FOUND and
 * ARGUMENT as vmatlas_page_of_frame().
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_frame_of_page(struct vmatlas *atlas, uint64_t page, uint64_t *ret);

/**
 * vmatlas_direct_map() - where the kernel's mapping of all memory has a physical address
 * @atlas: surveyed
 * @phys: physical
 * @ret: virtual address, verified by the page tables
 *
 * Return: NULL; or NOT_FOUND if it is not there (highmem), ARGUMENT where no kernel was
 * opened.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_direct_map(struct vmatlas *atlas, uint64_t phys, uint64_t *ret);

/* ---- Search ---------------------------------------------------------------- */

/**
 * typedef vmatlas_hit_fn - take a place where the bytes were found
 * @arg: the caller's
 * @addr: of the first byte, in the space that was searched
 *
 * Return: not 0 to stop.
 */
typedef int vmatlas_hit_fn(void *arg, uint64_t addr);

/**
 * struct vmatlas_search - bytes to be found, and where
 * @size: sizeof(struct vmatlas_search)
 * @space: enum vmatlas_space: what the kernel's page tables map, or the dump's memory
 * @range: addresses that are searched
 * @bytes: as they stand in memory
 * @mask: bits clear in it may be anything; NULL: all of @bytes counts
 * @nr_bytes: of @bytes and @mask, 1 to 4096
 * @align: hits are at multiples of it, a power of two; 0 is 1
 * @hit: takes each hit, by address
 * @cancelled: asked now and then; NULL: never
 * @arg: handed to both
 */
struct vmatlas_search {
	uint32_t size;
	uint32_t space;
	struct vmatlas_range range;
	const uint8_t *bytes;
	const uint8_t *mask;
	uint32_t nr_bytes;
	uint32_t align;
	vmatlas_hit_fn *hit;
	vmatlas_cancelled_fn *cancelled;
	void *arg;
};

/**
 * struct vmatlas_search_stats - what a search looked at
 * @size: sizeof(struct vmatlas_search_stats), set by the caller
 * @stopped: not 0: .hit() stopped it
 * @cancelled: not 0: .cancelled() ended it
 * @unread_tables: page tables that the dump does not hold
 * @nr_hits: how many
 * @searched: bytes
 * @unread: bytes that the dump does not hold; mapped devices are among them
 * @shared: bytes that the same page table maps once more, searched at the first place alone
 * @why: why the first of @unread could not be read; "" none
 */
struct vmatlas_search_stats {
	uint32_t size;
	uint32_t stopped;
	uint32_t cancelled;
	uint32_t unread_tables;
	uint64_t nr_hits;
	uint64_t searched;
	uint64_t unread;
	uint64_t shared;
	const char *why;
};

/**
 * vmatlas_search() - find bytes in memory
 * @atlas: with a kernel; a survey is not needed
 * @search: what, and where
 * @ret: the caller's, with .size = sizeof(*ret). Its string belongs to the atlas.
 *
 * By virtual address, a page that is mapped twice is searched twice. A hit may reach over
 * pages that are neighbours in the space that is searched.
 *
 * Return: NULL, also when it was stopped; or FAULT if there are no page tables to go by,
 * NOT_FOUND if the dump does not say which memory it has, ARGUMENT, NO_MEMORY, SYSTEM.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_search(struct vmatlas *atlas, const struct vmatlas_search *search,
	       struct vmatlas_search_stats *ret);

/* ---- CPUs ------------------------------------------------------------------ */

/**
 * vmatlas_cpus() - the CPUs that this kernel may have (cpu_possible_mask)
 * @atlas: with a kernel
 * @ret: their numbers, ascending; the atlas's
 * @ret_nr: of @ret; a kernel without SMP has CPU 0
 *
 * Return: NULL; or FAULT if the dump does not hold the mask, ARGUMENT where no kernel was
 * opened.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_cpus(struct vmatlas *atlas, const uint32_t **ret, uint32_t *ret_nr);

/**
 * vmatlas_per_cpu() - where a CPU's copy of what a __percpu pointer points to is
 * @atlas: with a kernel
 * @pointer: the pointer's value, as the kernel stores it
 * @cpu: number of the CPU
 * @ret: kernel address
 *
 * For the address of a per-CPU symbol see vmatlas_ctx_per_cpu().
 *
 * Return: NULL; or NOT_FOUND if there is no such CPU, FAULT if the dump does not hold its
 * offset, ARGUMENT where no kernel was opened.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_per_cpu(struct vmatlas *atlas, uint64_t pointer, uint32_t cpu, uint64_t *ret);

/* ---- Tasks and registers ---------------------------------------------------- */

/**
 * enum vmatlas_task_flags - what is known of a task; may be or'ed
 * @VMATLAS_TASK_KERNEL: it has no user memory: a kernel thread, or one that exits
 * @VMATLAS_TASK_IDLE: the idle task of its CPU
 * @VMATLAS_TASK_RUNS: its CPU was running it
 */
enum vmatlas_task_flags {
	VMATLAS_TASK_KERNEL = 1,
	VMATLAS_TASK_IDLE = 2,
	VMATLAS_TASK_RUNS = 4,
};

/**
 * struct vmatlas_task - a thread of a process, or of the kernel
 * @size: bytes of this struct that are set
 * @pid: of the thread, in the kernel's own namespace
 * @tgid: of its process
 * @cpu: which it runs on or ran on last; UINT32_MAX: not known
 * @addr: kernel address of its struct task_struct
 * @stack: lowest address of its kernel stack
 * @state: .__state (.state until 5.13): 0 is running or waiting for a CPU
 *	(include/linux/sched.h)
 * @flags: enum vmatlas_task_flags, or'ed
 * @comm: its name, ended by a NUL; bytes as the kernel has them
 */
struct vmatlas_task {
	uint32_t size;
	uint32_t pid;
	uint32_t tgid;
	uint32_t cpu;
	uint64_t addr;
	uint64_t stack;
	uint64_t state;
	uint32_t flags;
	char comm[20];
};

/**
 * typedef vmatlas_task_fn - take a task
 * @arg: the caller's
 * @task: good during the call
 *
 * Return: not 0 to stop.
 */
typedef int vmatlas_task_fn(void *arg, const struct vmatlas_task *task);

/**
 * vmatlas_for_each_task() - every task: processes, their threads, idle tasks last
 * @atlas: with a kernel
 * @fn: takes each
 * @arg: handed to @fn
 *
 * Return: NULL, also when @fn stopped; FAULT or CORRUPT if some could not be reached,
 * after all that could were handed out; NOT_FOUND if vmlinux does not tell what a task is.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_for_each_task(struct vmatlas *atlas, vmatlas_task_fn *fn, void *arg);

/**
 * vmatlas_running_task() - what a CPU was running
 * @atlas: with a kernel
 * @cpu: one of vmatlas_cpus()
 * @ret: kernel address of the struct task_struct: its runqueue's .curr
 *
 * Return: NULL; or NOT_FOUND if the kernel does not say, FAULT if the dump does not.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_running_task(struct vmatlas *atlas, uint32_t cpu, uint64_t *ret);

#define VMATLAS_REGISTERS_MAX 64

/**
 * struct vmatlas_register - one register
 * @name: as gdb calls it; never NULL
 * @value: 0 where it is not known
 * @bytes: how wide it is, 4 or 8; 10 for floating point, whose values are never known
 * @known: not 0: @value is the register's
 */
struct vmatlas_register {
	const char *name;
	uint64_t value;
	uint32_t bytes;
	uint32_t known;
};

/**
 * struct vmatlas_registers - the general registers of a CPU or a task
 * @size: sizeof(struct vmatlas_registers), set by the caller
 * @nr: how many this CPU has
 * @v: in the order of gdb's target description of the CPU
 * @sp: place of the stack pointer in @v
 * @pc: place of the program counter in @v
 */
struct vmatlas_registers {
	uint32_t size;
	uint32_t nr;
	struct vmatlas_register v[VMATLAS_REGISTERS_MAX];
	uint32_t sp;
	uint32_t pc;
};

/**
 * vmatlas_register_names() - which registers this CPU has
 * @atlas: with a kernel
 * @ret: the caller's, with .size = sizeof(*ret); none is known. Its strings are constants.
 *
 * Return: NULL; or ARGUMENT where no kernel was opened.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_register_names(struct vmatlas *atlas, struct vmatlas_registers *ret);

/**
 * vmatlas_target_description() - those registers as gdb's target description
 * @atlas: with a kernel
 * @ret: XML ("Target Description Format" of gdb's manual), kept until vmatlas_close()
 *
 * Registers stand in the order of vmatlas_register_names().
 *
 * Return: NULL; or ARGUMENT where no kernel was opened, NO_MEMORY.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_target_description(struct vmatlas *atlas, const char **ret);

/**
 * vmatlas_cpu_registers() - a CPU's registers, from the notes of the dump (NT_PRSTATUS)
 * @atlas: with a kernel
 * @cpu: one of vmatlas_cpus()
 * @ret: the caller's, with .size = sizeof(*ret). Its strings are constants.
 *
 * In a kdump they are those of the moment of the crash, in a dump that QEMU wrote those of
 * the moment it was written.
 *
 * Return: NULL; or NOT_FOUND if the dump has none of this CPU, or no telling which.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_cpu_registers(struct vmatlas *atlas, uint32_t cpu, struct vmatlas_registers *ret);

/**
 * vmatlas_task_registers() - the registers of a task that does not run
 * @atlas: with a kernel
 * @task: kernel address of its struct task_struct
 * @ret: the caller's, with .size = sizeof(*ret). Its strings are constants.
 *
 * Those that switch_to() kept: enough to unwind its stack, and no more are known. Of a task
 * that runs they are what was kept when it slept last: ask vmatlas_cpu_registers().
 *
 * Return: NULL; or FAULT if the dump does not hold them, NOT_FOUND if vmlinux does not tell
 * where they are.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_task_registers(struct vmatlas *atlas, uint64_t task, struct vmatlas_registers *ret);

/* ---- Call frames ------------------------------------------------------------ */

/**
 * enum vmatlas_frame_flags - about a call frame; may be or'ed
 * @VMATLAS_FRAME_INLINED: the compiler put the function into the next one
 * @VMATLAS_FRAME_INTERRUPTED: an exception interrupted it, or its CPU stopped there
 */
enum vmatlas_frame_flags {
	VMATLAS_FRAME_INLINED = 1,
	VMATLAS_FRAME_INTERRUPTED = 2,
};

/**
 * struct vmatlas_frame - a function that runs, or waits for the one before it
 * @size: bytes of this struct that are set
 * @level: 0 is the innermost
 * @flags: enum vmatlas_frame_flags, or'ed
 * @line: in @file; 0 unknown
 * @pc: where it is, or where it goes on
 * @sp: its stack pointer there; 0 unknown
 * @function: by the debug information, or by the kernel's symbols; never NULL
 * @module: of which module it is; "": of the kernel
 * @offset: of @pc from the start of the function that the kernel's symbols say
 * @file: source file as the compiler got it; "" unknown
 */
struct vmatlas_frame {
	uint32_t size;
	uint32_t level;
	uint32_t flags;
	uint32_t line;
	uint64_t pc;
	uint64_t sp;
	const char *function;
	const char *module;
	uint64_t offset;
	const char *file;
};

/**
 * typedef vmatlas_frame_fn - take a call frame
 * @arg: the caller's
 * @frame: good during the call; its strings until vmatlas_close()
 *
 * Return: not 0 to stop.
 */
typedef int vmatlas_frame_fn(void *arg, const struct vmatlas_frame *frame);

/**
 * vmatlas_for_each_frame() - unwind a stack, the innermost frame first
 * @atlas: with a kernel
 * @registers: of vmatlas_cpu_registers() or vmatlas_task_registers()
 * @fn: takes each frame
 * @arg: handed to @fn
 * @ret_end: why there are no more frames; "" where the stack began, or @fn stopped. The atlas's
 *
 * A frame is handed out only if what leads to it is proved by call frame information, by
 * registers that an exception saved, or by a frame pointer where the kernel keeps them.
 *
 * Return: NULL; or ARGUMENT where no kernel was opened, NO_MEMORY, SYSTEM.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_for_each_frame(struct vmatlas *atlas, const struct vmatlas_registers *registers,
		       vmatlas_frame_fn *fn, void *arg, const char **ret_end);

/* ---- Expressions ------------------------------------------------------------ */

/**
 * struct vmatlas_eval - a session of expressions: $1, $name and what was looked up
 *
 * Made by vmatlas_eval_new(), ended by vmatlas_eval_free(), before its atlas.
 */
struct vmatlas_eval;

/**
 * vmatlas_eval_new() - begin a session
 * @atlas: with a kernel
 * @ret: the session, to be ended by vmatlas_eval_free()
 *
 * Return: NULL; or ARGUMENT where no kernel was opened, NO_MEMORY.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_eval_new(struct vmatlas *atlas, struct vmatlas_eval **ret);

/**
 * vmatlas_eval_free() - end a session
 * @eval: NULL is fine
 */
VMATLAS_API void vmatlas_eval_free(struct vmatlas_eval *eval);

/**
 * enum vmatlas_value_flags - what is known of a value; may be or'ed
 * @VMATLAS_VALUE_ADDRESS: it is in memory: .addr is set
 * @VMATLAS_VALUE_NUMBER: it is one number: .number is set
 * @VMATLAS_VALUE_SIGNED: the number may be negative
 */
enum vmatlas_value_flags {
	VMATLAS_VALUE_ADDRESS = 1,
	VMATLAS_VALUE_NUMBER = 2,
	VMATLAS_VALUE_SIGNED = 4,
};

/**
 * struct vmatlas_value - what an expression is worth
 * @size: sizeof(struct vmatlas_value), set by the caller
 * @flags: enum vmatlas_value_flags, or'ed
 * @type: of the value; NULL: void
 * @type_name: the same in C
 * @text: the value as gdb prints it, without "$1 = "
 * @addr: where it is
 * @number: extended to 64 bits
 * @history: the N of the $N that it is from now on; 0: none
 * @reserved: 0
 *
 * Strings are never NULL and good until the next call with the same session; text may
 * come from the dump: escape it before it goes to a terminal.
 */
struct vmatlas_value {
	uint32_t size;
	uint32_t flags;
	const struct vmatlas_type *type;
	const char *type_name;
	const char *text;
	uint64_t addr;
	uint64_t number;
	uint32_t history;
	uint32_t reserved;
};

/**
 * vmatlas_eval_print() - the value of an expression, as gdb's print has it
 * @eval: a session
 * @expression: C without calls and assignments, with gdb's ptr@n, 'file.c'::name, $, $1
 *	and $name = ..., crash's variable:cpu, and $lx_current() and the like
 * @format: gdb's letter for "print/x" and so on: x d u o t a c s z; 0: none
 * @ret: the caller's, with .size = sizeof(*ret)
 *
 * Return: NULL; or ARGUMENT for what is no expression or format, NOT_FOUND for unknown
 * names, FAULT or CORRUPT where memory could not be read, FORMAT if the debug information
 * is damaged. The message says what, and where a pointer in a chain broke.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_eval_print(struct vmatlas_eval *eval, const char *expression, char format,
		   struct vmatlas_value *ret);

/**
 * vmatlas_eval_whatis() - the type of an expression, as gdb's whatis has it
 * @eval: a session
 * @expression: an expression or a type
 * @ret: "struct vm_struct *", without "type = "; good until the next call
 *
 * Return: NULL; or as vmatlas_eval_print().
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_eval_whatis(struct vmatlas_eval *eval, const char *expression, const char **ret);

/**
 * vmatlas_eval_ptype() - a type with its members, as gdb's ptype has it
 * @eval: a session
 * @expression: an expression or a type
 * @offsets: not 0: offsets, sizes and holes as gdb's ptype/o
 * @ret: lines, the last one without a newline; good until the next call
 * @ret_type: the type; may be NULL
 *
 * Return: NULL; or as vmatlas_eval_print().
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_eval_ptype(struct vmatlas_eval *eval, const char *expression, int offsets,
		   const char **ret, const struct vmatlas_type **ret_type);

/**
 * enum vmatlas_eval_walk_kind - what vmatlas_eval_walk() goes through
 * @VMATLAS_EVAL_LIST: list_head, hlist, llist, or pointers to the next element
 * @VMATLAS_EVAL_TREE: rb_root, rb_root_cached; xarray, radix tree, maple tree
 * @VMATLAS_EVAL_ARRAY: the elements of an array
 */
enum vmatlas_eval_walk_kind { VMATLAS_EVAL_LIST = 1, VMATLAS_EVAL_TREE, VMATLAS_EVAL_ARRAY };

/**
 * struct vmatlas_eval_walk - a list, tree or array, and which elements of it
 * @size: sizeof(struct vmatlas_eval_walk), set by the caller
 * @kind: what it is
 * @element: type and link of an element: "vmap_area.list"; of trees of pointers the type
 *	alone; NULL for arrays
 * @head: an expression: the head, the root, the array
 * @where: an expression on an element, in which $ is the element and its members are
 *	names; NULL: every element
 */
struct vmatlas_eval_walk {
	uint32_t size;
	enum vmatlas_eval_walk_kind kind;
	const char *element;
	const char *head;
	const char *where;
};

/**
 * typedef vmatlas_element_fn - take an element
 * @arg: the caller's
 * @index: how many came before it; of arrays, xarrays and maple trees its index
 * @addr: of the element
 *
 * While it runs, expressions of the same session have $ for the element and its members
 * for names.
 *
 * Return: not 0 to stop.
 */
typedef int vmatlas_element_fn(void *arg, uint64_t index, uint64_t addr);

/**
 * vmatlas_eval_walk() - go through a list, tree or array of any structure
 * @eval: a session
 * @what: which; needed during the call only
 * @fn: takes each element
 * @arg: handed to @fn
 *
 * Return: NULL; or CORRUPT or FAULT, all elements before it given: a loop, a wrong back
 * link, a pointer that leads nowhere, each with its address; else as vmatlas_eval_print().
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_eval_walk(struct vmatlas_eval *eval, const struct vmatlas_eval_walk *what,
		  vmatlas_element_fn *fn, void *arg);

/* ---- Whose an area is ------------------------------------------------------ */

/**
 * vmatlas_area_owner() - whose an area is
 * @atlas: surveyed
 * @area: a recorded claim
 * @ret: "stack of PID 812 (kworker/0:1)", "module ext4"; "" unknown. The atlas's.
 *
 * The kernel's tasks are read at first use; what could not be read becomes a coverage
 * line.
 *
 * Return: NULL; or NO_MEMORY.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_area_owner(struct vmatlas *atlas, const struct vmatlas_claim *area,
		   const char **ret);

/**
 * vmatlas_area_nodes() - how many pages of an area are on which NUMA node
 * @atlas: surveyed
 * @area: a recorded claim
 * @ret: counts, by node; good until the next call
 * @ret_nr: of @ret. A kernel without NUMA has one node.
 *
 * Return: NULL; or FAULT or CORRUPT where they cannot be told.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_area_nodes(struct vmatlas *atlas, const struct vmatlas_claim *area,
		   const uint64_t **ret, uint32_t *ret_nr);

/* ---- Text in the kernel's own formats ------------------------------------ */

/**
 * typedef vmatlas_write_fn - take text
 * @arg: the caller's
 * @text: not ended by a NUL
 * @len: bytes of it
 *
 * Return: not 0 to stop the writer.
 */
typedef int vmatlas_write_fn(void *arg, const char *text, size_t len);

/**
 * vmatlas_vmallocinfo() - what this kernel's /proc/vmallocinfo would print
 * @atlas: surveyed with VMATLAS_SURVEY_RECORDED
 * @write: takes the text
 * @arg: handed to @write
 *
 * Return: NULL; or FAULT where the dump lacks something: all the rest was written, the
 * message says what is missing from it.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_vmallocinfo(struct vmatlas *atlas, vmatlas_write_fn *write, void *arg);

/**
 * vmatlas_boot_layout() - the "Virtual kernel memory layout" of the boot log
 * @atlas: surveyed with VMATLAS_SURVEY_DECLARED
 * @write: takes the text
 * @arg: handed to @write
 *
 * Return: NULL; or UNSUPPORTED where no kernel of this CPU prints one.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_boot_layout(struct vmatlas *atlas, vmatlas_write_fn *write, void *arg);

/* ---- The kernel's log ------------------------------------------------------- */

/**
 * enum vmatlas_printk_record_flags - what a record says; may be or'ed
 * @VMATLAS_PRINTK_HAS_TIME: .nsec is set
 * @VMATLAS_PRINTK_HAS_CALLER: .caller is set
 */
enum vmatlas_printk_record_flags {
	VMATLAS_PRINTK_HAS_TIME = 1,
	VMATLAS_PRINTK_HAS_CALLER = 2,
};

/**
 * struct vmatlas_printk_record - one record of the kernel's log
 * @size: bytes of this struct that are set
 * @flags: enum vmatlas_printk_record_flags, or'ed
 * @level: 0 (emergency) to 7 (debug)
 * @facility: of syslog; 0: the kernel's own
 * @seq: sequence number
 * @nsec: since boot
 * @caller: who wrote it: a PID, or a CPU with bit 31 set
 * @len: bytes of @text
 * @text: as the kernel keeps it: lines, and any bytes
 */
struct vmatlas_printk_record {
	uint32_t size;
	uint32_t flags;
	uint32_t level;
	uint32_t facility;
	uint64_t seq;
	uint64_t nsec;
	uint32_t caller;
	uint32_t len;
	const char *text;
};

/**
 * typedef vmatlas_printk_record_fn - take a record
 * @arg: the caller's
 * @record: good during the call
 *
 * Return: not 0 to stop.
 */
typedef int vmatlas_printk_record_fn(void *arg, const struct vmatlas_printk_record *record);

/**
 * vmatlas_printk_records() - the kernel's log, oldest first
 * @atlas: with a kernel
 * @fn: takes each record
 * @arg: handed to @fn
 *
 * Return: NULL; or FAULT where the dump lacks some of it: all the rest was given.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_printk_records(struct vmatlas *atlas, vmatlas_printk_record_fn *fn, void *arg);

/* ---- Small cases ------------------------------------------------------------ */

/**
 * struct vmatlas_extract_stats - what an extract holds, and what it does not
 * @size: sizeof(struct vmatlas_extract_stats), set by the caller
 * @reserved: 0
 * @vmcore_size: bytes of the file vmcore
 * @vmlinux_size: bytes of the file vmlinux
 * @nr_pages: pages kept, in part or whole
 * @nr_bytes: bytes of them that were kept; the rest is 0
 * @nr_described: bytes of memory that the dump describes
 * @nr_tables: page tables kept
 * @nr_tables_left: and not kept: missing, or too many
 * @nr_symbols: in .symtab
 * @nr_names: in kallsyms
 * @nr_types: members and enumerators in .BTF
 */
struct vmatlas_extract_stats {
	uint32_t size;
	uint32_t reserved;
	uint64_t vmcore_size, vmlinux_size;
	uint64_t nr_pages;
	uint64_t nr_bytes;
	uint64_t nr_described;
	uint64_t nr_tables;
	uint64_t nr_tables_left;
	uint64_t nr_symbols;
	uint64_t nr_names;
	uint64_t nr_types;
};

/**
 * vmatlas_extract() - write a small dump and vmlinux that give the same answers
 * @atlas: opened with .keep_for_extract, surveyed and inspected
 * @dir: exists, or is made; gets the files vmcore and vmlinux
 * @ret: the caller's, with .size = sizeof(*ret)
 *
 * Kept are the bytes that answers rest on: page tables, records, module list and
 * symbols, log, iomem tree. Other bytes of a kept page are zero.
 *
 * Return: NULL; or ARGUMENT if nothing was kept, SYSTEM if a file cannot be written.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_extract(struct vmatlas *atlas, const char *dir, struct vmatlas_extract_stats *ret);

/* ---- Findings ------------------------------------------------------------ */

/**
 * enum vmatlas_severity - how bad a finding is
 * @VMATLAS_SEVERITY_NOTE: worth knowing; never changes an exit code
 * @VMATLAS_SEVERITY_WARNING: should not be
 * @VMATLAS_SEVERITY_ERROR: cannot be
 */
enum vmatlas_severity {
	VMATLAS_SEVERITY_NOTE = 1,
	VMATLAS_SEVERITY_WARNING,
	VMATLAS_SEVERITY_ERROR,
};

/**
 * enum vmatlas_evidence_type - what the value of a piece of evidence is
 * @VMATLAS_EVIDENCE_TEXT: nothing: .text alone
 * @VMATLAS_EVIDENCE_NUMBER: a count, an index, a PID
 * @VMATLAS_EVIDENCE_SIZE: bytes
 * @VMATLAS_EVIDENCE_ADDRESS: virtual: of a record, or of a byte
 * @VMATLAS_EVIDENCE_PHYSICAL: a physical address
 * @VMATLAS_EVIDENCE_RANGE: of virtual addresses, .value to .last
 * @VMATLAS_EVIDENCE_PHYSICAL_RANGE: of physical addresses
 */
enum vmatlas_evidence_type {
	VMATLAS_EVIDENCE_TEXT = 1,
	VMATLAS_EVIDENCE_NUMBER,
	VMATLAS_EVIDENCE_SIZE,
	VMATLAS_EVIDENCE_ADDRESS,
	VMATLAS_EVIDENCE_PHYSICAL,
	VMATLAS_EVIDENCE_RANGE,
	VMATLAS_EVIDENCE_PHYSICAL_RANGE,
};

/**
 * struct vmatlas_evidence - one fact that a finding rests on
 * @label: "area", "entry"; "" continues the one before
 * @text: one line for people, with the value in it
 * @type: what @value is
 * @reserved: 0
 * @value: of TEXT: 0
 * @last: of a range: its last byte; else 0
 */
struct vmatlas_evidence {
	const char *label;
	const char *text;
	enum vmatlas_evidence_type type;
	uint32_t reserved;
	uint64_t value;
	uint64_t last;
};

/**
 * struct vmatlas_finding - one verdict, with what it rests on
 * @size: bytes of this struct that are set
 * @severity: how bad it is
 * @inspector: "overlap", "ram" ...
 * @code: stable, kebab-case, for scripts
 * @message: one line, for people
 * @evidence: what it rests on; NULL if nothing
 * @advice: one line in the imperative; "" if none
 * @range: virtual; first > last: none
 * @record: kernel address to look at, 0: none
 * @nr_evidence: of @evidence
 *
 * Strings are never NULL.
 */
struct vmatlas_finding {
	uint32_t size;
	enum vmatlas_severity severity;
	const char *inspector;
	const char *code;
	const char *message;
	const struct vmatlas_evidence *evidence;
	const char *advice;
	struct vmatlas_range range;
	uint64_t record;
	uint64_t nr_evidence;
};

/**
 * vmatlas_inspect() - run every inspector
 * @atlas: surveyed
 *
 * Findings are not errors. A second call does nothing.
 *
 * Return: NULL; or ARGUMENT before a survey, NO_MEMORY, or what an inspector failed
 * with.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_inspect(struct vmatlas *atlas);

/**
 * vmatlas_finding_next() - the findings by severity, then address
 * @atlas: inspected
 * @prev: NULL starts
 *
 * Return: the finding after @prev, or NULL.
 */
VMATLAS_API const struct vmatlas_finding *
vmatlas_finding_next(const struct vmatlas *atlas,
		     const struct vmatlas_finding *prev);

/**
 * vmatlas_explain() - the page of text behind a finding code
 * @code: of a finding
 *
 * Return: a constant text, or NULL if the code is not the library's.
 */
VMATLAS_API const char *vmatlas_explain(const char *code);

/**
 * vmatlas_finding_code_next() - every stable finding code
 * @prev: NULL starts
 *
 * Return: the code after @prev, a constant, or NULL.
 */
VMATLAS_API const char *vmatlas_finding_code_next(const char *prev);

/**
 * enum vmatlas_coverage_state - how completely something was checked
 * @VMATLAS_COVERAGE_FULL: read and checked in full
 * @VMATLAS_COVERAGE_PARTIAL: some of it could not be read
 * @VMATLAS_COVERAGE_SKIPPED: no verdict, and the reason
 */
enum vmatlas_coverage_state {
	VMATLAS_COVERAGE_FULL = 1,
	VMATLAS_COVERAGE_PARTIAL,
	VMATLAS_COVERAGE_SKIPPED,
};

/**
 * struct vmatlas_coverage - what was looked at, and how completely
 * @size: bytes of this struct that are set
 * @state: how completely
 * @subject: "vmalloc areas", "installed RAM"
 * @detail: "420 areas", "because ..."
 */
struct vmatlas_coverage {
	uint32_t size;
	enum vmatlas_coverage_state state;
	const char *subject;
	const char *detail;
};

/**
 * vmatlas_coverage_next() - what was looked at
 * @atlas: surveyed
 * @prev: NULL starts
 *
 * Return: the line after @prev, or NULL.
 */
VMATLAS_API const struct vmatlas_coverage *
vmatlas_coverage_next(const struct vmatlas *atlas, const struct vmatlas_coverage *prev);

/* ---- Inspectors and plugins ------------------------------------------------- */

/**
 * struct vmatlas_inspector - what is loaded, and whether it can work here
 * @size: bytes of this struct that are set
 * @nr_missing: required lookups that this kernel does not have
 * @name: as findings name it
 * @summary: what it looks for
 * @needs: its lookups: "vm_struct.nr_pages, vmap_nodes", or ""
 * @missing: those that this kernel does not have, likewise
 * @path: its file; "" for built-in ones
 * @command: what its command takes after the files, "" nothing; NULL: it has no command
 * @command_help: what its command prints, a few words; "" unknown
 */
struct vmatlas_inspector {
	uint32_t size;
	uint32_t nr_missing;
	const char *name;
	const char *summary;
	const char *needs;
	const char *missing;
	const char *path;
	const char *command;
	const char *command_help;
};

/**
 * vmatlas_inspector_next() - the inspectors, built-in ones first
 * @atlas: an atlas
 * @prev: NULL starts
 *
 * Return: the inspector after @prev, or NULL.
 */
VMATLAS_API const struct vmatlas_inspector *
vmatlas_inspector_next(const struct vmatlas *atlas,
		       const struct vmatlas_inspector *prev);

/**
 * vmatlas_load_plugin() - load a plugin; see <vmatlas-plugin.h>
 * @atlas: not yet inspected
 * @name: a path, which contains a slash; or a bare name, which is looked for as NAME.so
 *	in the directories of $VMATLAS_PLUGIN_PATH and where plugins are installed. Either
 *	may be followed by options: "NAME:KEY=VALUE,KEY=VALUE"
 *
 * Return: NULL; or PLUGIN if it cannot be used, ARGUMENT after vmatlas_inspect() or for
 * an option that the plugin does not have.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_load_plugin(struct vmatlas *atlas, const char *name);

/**
 * vmatlas_find_plugins() - every plugin that a bare name can load
 * @write: takes each name, once
 * @arg: handed to @write
 *
 * Files are listed, not loaded: one may turn out to be no plugin.
 *
 * Return: NULL; or NO_MEMORY.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_find_plugins(vmatlas_write_fn *write, void *arg);

/**
 * vmatlas_run_command() - run the command of a plugin that was loaded
 * @atlas: surveyed, as far as there is a kernel
 * @name: of the plugin
 * @argc: of @argv
 * @argv: operands
 * @write: takes what the command prints; it may come from the dump: escape it
 * @arg: handed to @write
 *
 * Return: NULL; or NOT_FOUND if no plugin of that name has a command, or this kernel
 * lacks what it needs; else what the command failed with.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_run_command(struct vmatlas *atlas, const char *name, size_t argc,
		    const char *const *argv, vmatlas_write_fn *write, void *arg);

/* A compiler that makes enumerations smaller (-fshort-enums) does not fit the library. */
typedef char VMATLAS_ENUMS_HAVE_32_BITS[sizeof(enum vmatlas_coverage_state) == 4 ? 1 : -1];

#ifdef __cplusplus
}
#endif

#endif /* VMATLAS_H */
