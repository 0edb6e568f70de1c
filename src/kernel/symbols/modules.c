/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Surveyor: the list of loaded modules. Fills the records; makes no claims. */
#include <inttypes.h>
#include <string.h>

#include "base/bytes.h"
#include "kernel/list.h"
#include "kernel/symbols/modules.h"
#include "kernel/survey.h"

#define MODULES_MAX 65536
#define STRUCT_MAX 16384

/* include/linux/module.h */
#define MODULE_STATE_UNFORMED 3
#define MOD_TEXT 0
#define MOD_INIT_TEXT 4

enum {
	MODULES, SIZE, LIST, NAME, STATE, KALLSYMS,
	MEM, MEM_ELEMENT, MEM_BASE, MEM_SIZE,
	CORE_BASE, CORE_SIZE, CORE_TEXT, INIT_BASE, INIT_SIZE, INIT_TEXT,
	DATA_BASE, DATA_SIZE,
	OLD_CORE, OLD_CORE_SIZE, OLD_CORE_TEXT,
	OLD_INIT, OLD_INIT_SIZE, OLD_INIT_TEXT,
	NR_NEEDS,
};

#define MODULE(member) VMATLAS_OPTIONAL_MEMBER("module", member, "find_module|load_module")

static const struct vmatlas_lookup needs[NR_NEEDS] = {
	[MODULES] = VMATLAS_OPTIONAL_SYMBOL("modules"),
	[SIZE] = MODULE(""),
	[LIST] = MODULE("list"),
	[NAME] = MODULE("name"),
	[STATE] = MODULE("state"),
	[KALLSYMS] = MODULE("kallsyms"),	/* since 4.5 */
	/* since 6.4 */
	[MEM] = MODULE("mem"),
	[MEM_ELEMENT] = MODULE("mem[]"),
	[MEM_BASE] = MODULE("mem[].base"),
	[MEM_SIZE] = MODULE("mem[].size"),
	/* 4.5 to 6.3; data_layout since 5.18, on few CPUs */
	[CORE_BASE] = MODULE("core_layout.base"),
	[CORE_SIZE] = MODULE("core_layout.size"),
	[CORE_TEXT] = MODULE("core_layout.text_size"),
	[INIT_BASE] = MODULE("init_layout.base"),
	[INIT_SIZE] = MODULE("init_layout.size"),
	[INIT_TEXT] = MODULE("init_layout.text_size"),
	[DATA_BASE] = MODULE("data_layout.base"),
	[DATA_SIZE] = MODULE("data_layout.size"),
	/* up to 4.4 */
	[OLD_CORE] = MODULE("module_core"),
	[OLD_CORE_SIZE] = MODULE("core_size"),
	[OLD_CORE_TEXT] = MODULE("core_text_size"),
	[OLD_INIT] = MODULE("module_init"),
	[OLD_INIT_SIZE] = MODULE("init_size"),
	[OLD_INIT_TEXT] = MODULE("init_text_size"),
};

/* A struct module in our memory, and the way to take it apart. */
struct module_record {
	const struct kernel *k;
	const struct resolved *res;
	const uint8_t *bytes;
	size_t size;
};

/* 0 where this kernel has no such member. */
static uint64_t field_at(const struct module_record *r, unsigned int need, uint64_t shift)
{
	const struct resolved *f = &r->res[need];
	const uint64_t at = f->offset + shift;

	if (!f->found || f->size == 0 || f->size > 8 || at > r->size ||
	    f->size > r->size - at)
		return 0;
	return bytes_uint(r->bytes + at, f->size, r->k->big_endian);
}

static uint64_t module_field(const struct module_record *r, unsigned int need)
{
	return field_at(r, need, 0);
}

static uint64_t pointer_at(const struct module_record *r, unsigned int need,
			   uint64_t shift)
{
	return kernel_address(r->k, field_at(r, need, shift));
}

static void add_mem(struct module *m, uint64_t base, uint64_t size)
{
	if (m->nr_mem == ARRAY_SIZE(m->mem))
		return;
	m->mem[m->nr_mem].base = base;
	m->mem[m->nr_mem].size = base ? size : 0;
	m->nr_mem++;
}

/* struct module_memory mem[MOD_MEM_NUM_TYPES], text before data, init behind. */
static void fill_mem(const struct module_record *r, struct module *m)
{
	const uint64_t stride = r->res[MEM_ELEMENT].size, nr = r->res[MEM].count;

	for (uint64_t i = 0; i < MIN(nr, (uint64_t)ARRAY_SIZE(m->mem)); i++)
		add_mem(m, pointer_at(r, MEM_BASE, i * stride),
			field_at(r, MEM_SIZE, i * stride));
	m->nr_core = MIN(m->nr_mem, (size_t)MOD_INIT_TEXT);
	m->text_end = m->mem[MOD_TEXT].base + m->mem[MOD_TEXT].size;
	m->init_text_end = m->mem[MOD_INIT_TEXT].base + m->mem[MOD_INIT_TEXT].size;
}

static void fill_layouts(const struct module_record *r, struct module *m, bool old)
{
	const uint64_t core = pointer_at(r, old ? OLD_CORE : CORE_BASE, 0);
	const uint64_t init = pointer_at(r, old ? OLD_INIT : INIT_BASE, 0);

	add_mem(m, core, module_field(r, old ? OLD_CORE_SIZE : CORE_SIZE));
	if (r->res[DATA_BASE].found)
		add_mem(m, pointer_at(r, DATA_BASE, 0), module_field(r, DATA_SIZE));
	m->nr_core = m->nr_mem;
	add_mem(m, init, module_field(r, old ? OLD_INIT_SIZE : INIT_SIZE));
	m->text_end = core + module_field(r, old ? OLD_CORE_TEXT : CORE_TEXT);
	m->init_text_end = init + module_field(r, old ? OLD_INIT_TEXT : INIT_TEXT);
}

static void fill_name(const struct module_record *r, struct module *m)
{
	const struct resolved *f = &r->res[NAME];
	const size_t max = MIN(f->size, (uint64_t)sizeof(m->name) - 1);

	if (!f->found || f->offset > r->size || max > r->size - f->offset)
		return;
	memcpy(m->name, r->bytes + f->offset,
	       strnlen((const char *)r->bytes + f->offset, max));
	for (char *c = m->name; *c; c++)
		if ((unsigned char)*c <= ' ' || *c == 0x7f)
			*c = '?';	/* not a module's name, and not for a terminal */
}

static void module_decode(const struct module_record *r, struct module *m)
{
	fill_name(r, m);
	m->unformed = module_field(r, STATE) == MODULE_STATE_UNFORMED;
	m->kallsyms = pointer_at(r, KALLSYMS, 0);
	if (r->res[MEM].found && r->res[MEM_ELEMENT].found)
		fill_mem(r, m);
	else
		fill_layouts(r, m, !r->res[CORE_BASE].found);
}

static struct vmatlas_error *read_module(struct kernel *k, const struct resolved *res,
					 uint64_t at, uint8_t *buf, struct kernel_records *b)
{
	const struct module_record r = {
		.k = k,
		.res = res,
		.bytes = buf,
		.size = res[SIZE].size,
	};
	struct vmatlas_error *err;
	struct module *m;

	err = kernel_read(k, at, buf, r.size);
	if (err)
		return vmatlas_error_wrap(err, "struct module at %#" PRIx64, at);
	m = vec_push(&b->modules);
	if (!m)
		return error_no_memory();
	m->record = at;
	module_decode(&r, m);
	return NULL;
}

static struct vmatlas_error *read_list(struct kernel *k, const struct resolved *res,
				       struct kernel_records *b)
{
	_cleanup_(freep) uint8_t *buf = NULL;
	struct vmatlas_error *err;
	struct list_walk walk;
	uint64_t entry;

	if (!res[SIZE].found || !res[LIST].found || !res[NAME].found ||
	    res[SIZE].size > STRUCT_MAX)
		return vmatlas_error_new(VMATLAS_ERROR_NOT_FOUND,
					 "vmlinux has no usable type struct module");
	buf = malloc(MAX(res[SIZE].size, (uint64_t)1));
	if (!buf)
		return error_no_memory();
	for (list_start(&walk, k, res[MODULES].addr, MODULES_MAX);;) {
		err = list_next(&walk, &entry);
		if (!err && entry == 0)
			return NULL;
		if (!err)
			err = read_module(k, res, (entry - res[LIST].offset) & k->va_mask,
					  buf, b);
		if (err)
			return err;
	}
}

/* Everything but trouble of the kernel's own stops us; that goes to *@ret_trouble. */
static struct vmatlas_error *module_load(struct kernel *k, const struct resolved *res,
					 struct vmatlas_error **ret_trouble)
{
	struct kernel_records *b = &k->records;
	struct vmatlas_error *err = NULL;

	if (res[MODULES].found)
		err = read_list(k, res, b);
	if (err && !error_is_kernel_trouble(err) && !error_is(err, VMATLAS_ERROR_NOT_FOUND))
		return err;
	b->modules_read = true;
	b->modules_complete = !err;
	*ret_trouble = err;
	return NULL;
}

struct vmatlas_error *modules_load(struct kernel *k, struct vmatlas_error **ret_trouble)
{
	struct resolved res[NR_NEEDS];
	struct vmatlas_error *err;

	*ret_trouble = NULL;
	if (k->records.modules_read)
		return NULL;
	err = lookup_resolve(k, needs, NR_NEEDS, res);
	return err ? err : module_load(k, res, ret_trouble);
}

static bool holds(const struct module *m, size_t from, size_t to, uint64_t addr)
{
	for (size_t i = from; i < to; i++)
		if (addr >= m->mem[i].base && addr - m->mem[i].base < m->mem[i].size)
			return true;
	return false;
}

bool module_init_holds(const struct module *m, uint64_t addr)
{
	return holds(m, m->nr_core, m->nr_mem, addr);
}

const struct module *modules_at(const struct kernel *k, uint64_t addr)
{
	const struct kernel_records *b = &k->records;

	for (size_t i = 0; i < b->modules.nr; i++) {
		const struct module *m = &b->modules.v[i];

		if (!m->unformed && holds(m, 0, m->nr_mem, addr))
			return m;
	}
	return NULL;
}

static struct vmatlas_error *module_run(struct survey *s)
{
	struct vmatlas_error *err, *trouble = NULL;

	if (s->k->records.modules_read)
		return NULL;
	err = module_load(s->k, s->res, &trouble);
	if (err)
		return err;
	if (error_is(trouble, VMATLAS_ERROR_NOT_FOUND)) {
		err = survey_coverage(s, VMATLAS_COVERAGE_PARTIAL, "modules", "because %s",
				      vmatlas_error_message(trouble));
		vmatlas_error_free(trouble);
		return err;
	}
	if (trouble)
		return survey_report_fault(s, trouble, "list-corrupt", "modules",
				     s->res[MODULES].addr);
	if (!s->res[MODULES].found)
		return NULL;	/* a kernel without loadable modules */
	return survey_coverage(s, VMATLAS_COVERAGE_FULL, "modules", "%zu modules",
			       s->k->records.modules.nr);
}

const struct surveyor survey_modules = {
	.name = "modules",
	.what = VMATLAS_SURVEY_RECORDED,
	.lookups = needs,
	.nr_lookups = ARRAY_SIZE(needs),
	.run = module_run,
};
