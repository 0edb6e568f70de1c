/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef VMATLAS_PLUGIN_H
#define VMATLAS_PLUGIN_H

/**
 * DOC: vmatlas-plugin - for authors of inspectors and commands
 *
 * A plugin is a shared object with one exported symbol, made by VMATLAS_PLUGIN(). It says
 * by name what it will read of the kernel; the library finds addresses and offsets, in
 * this kernel, before the plugin's first call:
 *
 *	enum { NR_PAGES };
 *	static const struct vmatlas_lookup lookups[] = {
 *		[NR_PAGES] = VMATLAS_REQUIRED_MEMBER("vm_struct", "nr_pages", "vfree"),
 *	};
 *
 *	static struct vmatlas_error *inspect(struct vmatlas_plugin_ctx *ctx)
 *	{
 *		vmatlas_for_each_claim(c, vmatlas_ctx_atlas(ctx), VMATLAS_LAYER_RECORDED)
 *			if (c->area && c->area->nr_pages > 1 << 20)
 *				vmatlas_ctx_report(ctx, VMATLAS_SEVERITY_NOTE, "large-area",
 *						   &c->range, c->record, "%s is large", c->name);
 *		return NULL;
 *	}
 *
 *	VMATLAS_PLUGIN(.name = "large", .summary = "large areas", .inspect = inspect,
 *		       .lookups = lookups, .nr_lookups = 1);
 *
 * Rules beyond those of <vmatlas.h>:
 *
 * - A plugin reads and reports. It prints through vmatlas_ctx_print() alone, cannot
 *   change the map, and sees no findings: they are still being made.
 * - It has no variables of its own: a context carries all there is to know, and two
 *   atlases may run it.
 * - What is handed to the library is copied: strings, ranges.
 * - Memory that the dump does not hold is no error of the plugin: hand it to
 *   vmatlas_ctx_report_fault() and go on. Nothing said must mean "was looked at": where no
 *   verdict could be reached, vmatlas_ctx_coverage() says so.
 *
 * The promise: a plugin built against VMATLAS_PLUGIN_ABI 1 loads in every vmatlas that
 * speaks ABI 1. Until version 1.0 of vmatlas the ABI may change, and its number with it.
 */

#include <vmatlas.h>

#ifdef __cplusplus
extern "C" {
#endif

/* VMATLAS_PLUGIN_ABI - the contract of this header, as a number */
#define VMATLAS_PLUGIN_ABI 1

/**
 * struct vmatlas_plugin_ctx - one plugin at work on one atlas
 *
 * Handed to the plugin's functions, good until they return.
 */
struct vmatlas_plugin_ctx;

/* ---- What a plugin is ---------------------------------------------------- */

/**
 * enum vmatlas_lookup_flags - how a name is looked up; may be or'ed
 * @VMATLAS_LOOKUP_OPTIONAL: may be missing: ask vmatlas_ctx_has()
 * @VMATLAS_LOOKUP_POINTER: of symbols of this name, the pointer-sized one
 * @VMATLAS_LOOKUP_ENUMERATOR: .name is an enumerator, .member is ""
 */
enum vmatlas_lookup_flags {
	VMATLAS_LOOKUP_OPTIONAL = 1,
	VMATLAS_LOOKUP_POINTER = 2,
	VMATLAS_LOOKUP_ENUMERATOR = 4,
};

/**
 * struct vmatlas_lookup - one name that the plugin will read; its layout is frozen
 * @name: a symbol; or the tag of a struct or union, or a typedef; or an enumerator
 * @member: NULL for a symbol; a member, which may descend: "busy.head", "ranges[].start",
 *	and may be a bit-field; "" is the type itself
 * @cu_of_function: the type is that of the file which defines this function, or the first
 *	that exists of several: "vfree|vunmap". NULL: mm/vmalloc.c
 * @flags: enum vmatlas_lookup_flags, or'ed
 * @reserved: 0
 *
 * A plugin has an array of them and calls them by their place in it.
 */
struct vmatlas_lookup {
	const char *name;
	const char *member;
	const char *cu_of_function;
	uint32_t flags;
	uint32_t reserved;
};

/* VMATLAS_REQUIRED_SYMBOL() - a symbol without which the plugin is not called */
#define VMATLAS_REQUIRED_SYMBOL(sym)            { (sym), NULL, NULL, 0, 0 }
/* VMATLAS_REQUIRED_MEMBER() - likewise, a member of struct @tag as the file of @near has it */
#define VMATLAS_REQUIRED_MEMBER(tag, mem, near) { (tag), (mem), (near), 0, 0 }
/* VMATLAS_REQUIRED_TYPE() - likewise, a struct itself, for its size */
#define VMATLAS_REQUIRED_TYPE(tag, near)        { (tag), "", (near), 0, 0 }
/* VMATLAS_REQUIRED_ENUM() - likewise, an enumerator that the file of @near knows */
#define VMATLAS_REQUIRED_ENUM(name, near)       { (name), "", (near), VMATLAS_LOOKUP_ENUMERATOR, 0 }
/* VMATLAS_OPTIONAL_SYMBOL() - a symbol that may be missing */
#define VMATLAS_OPTIONAL_SYMBOL(sym)            { (sym), NULL, NULL, VMATLAS_LOOKUP_OPTIONAL, 0 }
/* VMATLAS_OPTIONAL_MEMBER() - a member that may be missing */
#define VMATLAS_OPTIONAL_MEMBER(tag, mem, near) { (tag), (mem), (near), VMATLAS_LOOKUP_OPTIONAL, 0 }

/* VMATLAS_OPTIONAL_TYPE() - a struct that may be missing */
#define VMATLAS_OPTIONAL_TYPE(tag, near)        { (tag), "", (near), VMATLAS_LOOKUP_OPTIONAL, 0 }
/* VMATLAS_OPTIONAL_ENUM() - an enumerator that may be missing */
#define VMATLAS_OPTIONAL_ENUM(name, near)                                     \
	{ (name), "", (near), VMATLAS_LOOKUP_ENUMERATOR | VMATLAS_LOOKUP_OPTIONAL, 0 }

/**
 * struct vmatlas_option - one option of a plugin; its layout is frozen
 * @name: as in "-p plugin:name=value"
 * @help: what it does, a few words
 */
struct vmatlas_option {
	const char *name;
	const char *help;
};

/**
 * struct vmatlas_plugin - the one symbol that a plugin exports
 * @abi: VMATLAS_PLUGIN_ABI
 * @size: sizeof(struct vmatlas_plugin)
 * @name: short, unique among plugins; findings name it
 * @summary: what it looks for, a few words
 * @lookups: what it will read, or NULL
 * @nr_lookups: of @lookups
 * @inspect: look at a surveyed atlas and report. An error that it returns ends the
 *	inspection. NULL: it is no inspector, but has a @command
 * @options: what may be set when it is loaded, or NULL
 * @nr_options: of @options
 * @command: run as "vmatlas NAME", prints with vmatlas_ctx_print(); NULL: none
 * @operands: what @command takes after the files, as "[CACHE...]"; NULL: nothing
 * @command_help: what @command prints, a few words
 *
 * Constant data: it can be listed without a call. Members are only ever added after the
 * last one. The library reads min(its own size, @size) bytes and treats the rest as zero.
 */
struct vmatlas_plugin {
	uint32_t abi;
	uint32_t size;
	const char *name;
	const char *summary;
	const struct vmatlas_lookup *lookups;
	uint64_t nr_lookups;
	struct vmatlas_error *(*inspect)(struct vmatlas_plugin_ctx *ctx);
	/* The least that a plugin of ABI 1 has ends here. */
	const struct vmatlas_option *options;
	uint64_t nr_options;
	struct vmatlas_error *(*command)(struct vmatlas_plugin_ctx *ctx, size_t argc,
					 const char *const *argv);
	const char *operands;
	const char *command_help;
};

/* VMATLAS_PLUGIN() - define the exported symbol; takes members as .name = value */
#define VMATLAS_PLUGIN(...)                                                   \
	extern VMATLAS_API const struct vmatlas_plugin vmatlas_plugin;        \
	const struct vmatlas_plugin vmatlas_plugin = {                        \
		.abi = VMATLAS_PLUGIN_ABI,                                    \
		.size = sizeof(struct vmatlas_plugin),                        \
		__VA_ARGS__                                                   \
	}

/* ---- Lookups ----------------------------------------------------------------- */

/**
 * vmatlas_ctx_atlas() - what the plugin looks at
 * @ctx: of this call
 *
 * Return: the atlas; never NULL.
 */
VMATLAS_API struct vmatlas *vmatlas_ctx_atlas(const struct vmatlas_plugin_ctx *ctx);

/**
 * vmatlas_ctx_has() - was a lookup found?
 * @ctx: of this call
 * @lookup: its place in .lookups
 *
 * Return: true for all that are not optional.
 */
VMATLAS_API bool vmatlas_ctx_has(const struct vmatlas_plugin_ctx *ctx, uint32_t lookup);

/**
 * vmatlas_ctx_address() - where a symbol is
 * @ctx: of this call
 * @lookup: a symbol's place in .lookups
 *
 * Return: its run-time address, KASLR included; 0 if it was not found.
 */
VMATLAS_API uint64_t vmatlas_ctx_address(const struct vmatlas_plugin_ctx *ctx,
					 uint32_t lookup);

/**
 * vmatlas_ctx_size() - how large a symbol, a member or a type is
 * @ctx: of this call
 * @lookup: its place in .lookups
 *
 * Return: bytes, of an array all of it; 0 if it was not found or is not known.
 */
VMATLAS_API uint64_t vmatlas_ctx_size(const struct vmatlas_plugin_ctx *ctx, uint32_t lookup);

/**
 * vmatlas_ctx_offset() - where a member is in its struct
 * @ctx: of this call
 * @lookup: a member's place in .lookups
 *
 * Return: bytes from the start of the struct; of a bit-field, of its first byte.
 */
VMATLAS_API uint64_t vmatlas_ctx_offset(const struct vmatlas_plugin_ctx *ctx, uint32_t lookup);

/**
 * vmatlas_ctx_count() - how many elements an array member has
 * @ctx: of this call
 * @lookup: a member's place in .lookups
 *
 * Return: elements; 0 if it is no array, or a flexible one.
 */
VMATLAS_API uint64_t vmatlas_ctx_count(const struct vmatlas_plugin_ctx *ctx, uint32_t lookup);

/**
 * vmatlas_ctx_enumerator() - what an enumerator is worth
 * @ctx: of this call
 * @lookup: an enumerator's place in .lookups
 *
 * Return: its value; 0 if it was not found: ask vmatlas_ctx_has().
 */
VMATLAS_API int64_t vmatlas_ctx_enumerator(const struct vmatlas_plugin_ctx *ctx,
					   uint32_t lookup);

/**
 * vmatlas_ctx_container_of() - the record around one of its members
 * @ctx: of this call
 * @lookup: the member's place in .lookups
 * @addr: kernel address of the member
 *
 * Return: kernel address of the record.
 */
VMATLAS_API uint64_t vmatlas_ctx_container_of(const struct vmatlas_plugin_ctx *ctx,
					      uint32_t lookup, uint64_t addr);

/**
 * vmatlas_ctx_per_cpu() - where a CPU's copy of a per-CPU symbol is
 * @ctx: of this call
 * @lookup: the symbol's place in .lookups
 * @cpu: number of the CPU, one of vmatlas_cpus()
 * @ret: kernel address
 *
 * Return: NULL; or NOT_FOUND if there is no such CPU or lookup, FAULT if the dump does
 * not hold its offset.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_ctx_per_cpu(struct vmatlas_plugin_ctx *ctx, uint32_t lookup, uint32_t cpu,
		    uint64_t *ret);

/**
 * vmatlas_ctx_read_symbol() - read a variable that is an integer or a pointer
 * @ctx: of this call
 * @lookup: the symbol's place in .lookups
 * @ret: the value, zero-extended
 *
 * Return: as vmatlas_ctx_read().
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_ctx_read_symbol(struct vmatlas_plugin_ctx *ctx, uint32_t lookup, uint64_t *ret);

/**
 * vmatlas_ctx_read_element() - read an element of an array member
 * @ctx: of this call
 * @lookup: the member's place in .lookups; its elements are integers or pointers
 * @base: kernel address of the record
 * @index: of the element
 * @ret: the value, zero-extended
 *
 * Return: as vmatlas_ctx_read(); ARGUMENT if there is no such element.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_ctx_read_element(struct vmatlas_plugin_ctx *ctx, uint32_t lookup, uint64_t base,
			 uint64_t index, uint64_t *ret);

/**
 * vmatlas_ctx_read() - read an integer member of a record
 * @ctx: of this call
 * @lookup: a member's place in .lookups
 * @base: kernel address of the record
 * @ret: the value, zero-extended; of a bit-field its bits, of a pointer the address it
 *	means, without KASAN's tag
 *
 * Return: NULL; or FAULT if it is not in the dump, NOT_FOUND if there is no such lookup,
 * ARGUMENT if the member is no integer or pointer.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_ctx_read(struct vmatlas_plugin_ctx *ctx, uint32_t lookup, uint64_t base,
		 uint64_t *ret);

/**
 * vmatlas_ctx_option() - what the user set an option to
 * @ctx: of this call
 * @name: of the option
 *
 * Return: the text after "name=", "" for a name alone; NULL if it was not given.
 */
VMATLAS_API const char *vmatlas_ctx_option(const struct vmatlas_plugin_ctx *ctx,
					   const char *name);

/* ---- Walks -------------------------------------------------------------------- */

/**
 * enum vmatlas_walk_kind - how records are linked
 * @VMATLAS_WALK_LIST: struct list_head; the head is one, too
 * @VMATLAS_WALK_HLIST: struct hlist_node; the head is a struct hlist_head
 * @VMATLAS_WALK_CHAIN: a pointer to the next one's, NULL at the end, as struct llist_node;
 *	the head is a pointer to the first
 * @VMATLAS_WALK_RBTREE: struct rb_node, in order; the head is a struct rb_root
 */
enum vmatlas_walk_kind {
	VMATLAS_WALK_LIST = 1,
	VMATLAS_WALK_HLIST,
	VMATLAS_WALK_CHAIN,
	VMATLAS_WALK_RBTREE,
};

/**
 * struct vmatlas_walk - a walk over linked records; its members are the library's
 * @ctx: of this call
 * @kind: how they are linked
 * @link: lookup of the member that links them
 * @head: where the list or tree begins
 * @node: link of the record that was given last
 * @nr: records that were given
 * @max: the most there may be
 * @mark: a record that was passed
 * @err: why it ended early
 * @ended: not 0: nothing more comes
 * @reserved: 0
 *
 * Lies where the caller likes; needs no cleanup but vmatlas_walk_end().
 */
struct vmatlas_walk {
	struct vmatlas_plugin_ctx *ctx;
	enum vmatlas_walk_kind kind;
	uint32_t link;
	uint64_t head;
	uint64_t node;
	uint64_t nr;
	uint64_t max;
	uint64_t mark;
	struct vmatlas_error *err;
	uint64_t ended;
	uint64_t reserved[6];
};

/**
 * vmatlas_walk_start() - begin a walk over a list or tree
 * @walk: the caller's
 * @ctx: of this call
 * @kind: how the records are linked
 * @head: kernel address of the head
 * @link: place in .lookups of the member that links the records
 * @max: the most records there may be; more is CORRUPT
 *
 *	vmatlas_walk_start(&walk, ctx, VMATLAS_WALK_LIST, head, CACHE_LIST, 10000);
 *	while (vmatlas_walk_next(&walk, &cache))
 *		look_at(ctx, cache);
 *	err = vmatlas_walk_end(&walk);
 */
VMATLAS_API void
vmatlas_walk_start(struct vmatlas_walk *walk, struct vmatlas_plugin_ctx *ctx,
		   enum vmatlas_walk_kind kind, uint64_t head, uint32_t link, uint64_t max);

/**
 * vmatlas_walk_next() - the next record
 * @walk: begun
 * @ret: kernel address of the record, not of its link
 *
 * Return: false at the end, and where the list is damaged or not in the dump.
 */
VMATLAS_API bool vmatlas_walk_next(struct vmatlas_walk *walk, uint64_t *ret);

/**
 * vmatlas_walk_end() - end a walk, whether or not it came to its end
 * @walk: begun
 *
 * Return: NULL; or CORRUPT if a link is no pointer, a record does not point back, or it
 * does not end; FAULT if the dump does not hold some of it; NOT_FOUND if there is no such
 * lookup.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *vmatlas_walk_end(struct vmatlas_walk *walk);

/* ---- Reporting ---------------------------------------------------------------- */

/**
 * vmatlas_ctx_report() - add a finding
 * @ctx: of this call
 * @severity: how bad it is
 * @code: what it is, for scripts: kebab-case, never changes its meaning
 * @where: virtual addresses, or NULL
 * @record: kernel address to look at, or 0
 * @fmt: a printf format of one line for people
 *
 * A failure surfaces after the plugin's function returned.
 */
VMATLAS_API VMATLAS_PRINTF(6, 7)
void vmatlas_ctx_report(struct vmatlas_plugin_ctx *ctx, enum vmatlas_severity severity,
			const char *code, const struct vmatlas_range *where,
			uint64_t record, const char *fmt, ...);

/**
 * vmatlas_ctx_advise() - what to do about the finding that was reported last
 * @ctx: of this call
 * @fmt: a printf format of one line in the imperative
 *
 * Without effect before the first vmatlas_ctx_report().
 */
VMATLAS_API VMATLAS_PRINTF(2, 3)
void vmatlas_ctx_advise(struct vmatlas_plugin_ctx *ctx, const char *fmt, ...);

/**
 * vmatlas_ctx_evidence() - what the finding that was reported last rests on
 * @ctx: of this call
 * @label: a word or two, for the left column
 * @fmt: a printf format of one line
 *
 * May be called several times; lines stay in order. Without effect before the first
 * vmatlas_ctx_report().
 */
VMATLAS_API VMATLAS_PRINTF(3, 4)
void vmatlas_ctx_evidence(struct vmatlas_plugin_ctx *ctx, const char *label,
			  const char *fmt, ...);

/**
 * vmatlas_ctx_evidence_value() - likewise, with a value that programs can read
 * @ctx: of this call
 * @label: a word or two, for the left column
 * @type: what @value is; not VMATLAS_EVIDENCE_TEXT
 * @value: a number, a size, an address; of a range its first byte
 * @last: of a range its last byte; else 0
 * @fmt: a printf format of one line for people, with the value in it
 */
VMATLAS_API VMATLAS_PRINTF(6, 7)
void vmatlas_ctx_evidence_value(struct vmatlas_plugin_ctx *ctx, const char *label,
				enum vmatlas_evidence_type type, uint64_t value, uint64_t last,
				const char *fmt, ...);

/**
 * vmatlas_ctx_coverage() - say what was checked, or why it was not
 * @ctx: of this call
 * @state: how completely
 * @subject: "slab caches"
 * @fmt: a printf format: "231 caches", "because ..."
 */
VMATLAS_API VMATLAS_PRINTF(4, 5)
void vmatlas_ctx_coverage(struct vmatlas_plugin_ctx *ctx, enum vmatlas_coverage_state state,
			  const char *subject, const char *fmt, ...);

/**
 * vmatlas_ctx_print() - print, for a command
 * @ctx: of this call
 * @fmt: a printf format
 *
 * Text of the dump may be printed: what a terminal would take for more than text is
 * escaped. Without effect in an inspector.
 */
VMATLAS_API VMATLAS_PRINTF(2, 3)
void vmatlas_ctx_print(struct vmatlas_plugin_ctx *ctx, const char *fmt, ...);

/**
 * vmatlas_ctx_report_fault() - turn unreadable memory into a note and a coverage line
 * @ctx: of this call
 * @err: consumed when it is FAULT or CORRUPT; NULL passes
 * @where: virtual addresses that were looked at, or NULL
 *
 * Return: NULL when it was reported (or @err was NULL), else @err: stop and return it.
 */
VMATLAS_API VMATLAS_CHECKED struct vmatlas_error *
vmatlas_ctx_report_fault(struct vmatlas_plugin_ctx *ctx, struct vmatlas_error *err,
		   const struct vmatlas_range *where);

#ifdef __cplusplus
}
#endif

#endif /* VMATLAS_PLUGIN_H */
