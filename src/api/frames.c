/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Call frames as the public header has them: with names, files and lines. */
#include "kernel/unwind/unwind.h"
#include "map/vmatlas_internal.h"

struct frame_walk {
	struct vmatlas *atlas;
	vmatlas_frame_fn *fn;
	void *arg;
	struct vmatlas_frame frame;
	bool named, stopped, failed;
};

static void frame_give(struct frame_walk *w)
{
	if (w->stopped)
		return;
	if (!w->frame.function || !w->frame.module || !w->frame.file) {
		w->failed = true;
		return;
	}
	w->stopped = w->fn(w->arg, &w->frame) != 0;
	w->frame.level++;
}

/* An image_code_fn. A function that has no name in its unit has the symbol's. */
static void frame_code(void *arg, const char *function, const char *file, int line, bool is_inlined)
{
	struct frame_walk *w = arg;
	const char *symbol = w->frame.function;

	w->named = true;
	if (function)
		w->frame.function = strings_add(w->atlas->strings, function);
	w->frame.file = strings_add(w->atlas->strings, file);
	w->frame.line = line > 0 ? (uint32_t)line : 0;
	if (is_inlined)
		w->frame.flags |= VMATLAS_FRAME_INLINED;
	else
		w->frame.flags &= ~(uint32_t)VMATLAS_FRAME_INLINED;
	frame_give(w);
	w->frame.function = symbol;
}

static struct vmatlas_error *frame_found(void *arg, const struct unwound_frame *at)
{
	const struct symbol_at *symbol = at->symbol;
	struct frame_walk *w = arg;
	struct kernel *k = w->atlas->kernel;
	struct vmatlas_error *err = NULL;

	w->frame.pc = at->pc;
	w->frame.sp = at->sp;
	w->frame.flags = at->interrupted ? VMATLAS_FRAME_INTERRUPTED : 0;
	w->frame.function = strings_add(w->atlas->strings, symbol->name);
	w->frame.module = strings_add(w->atlas->strings, symbol->module);
	w->frame.offset = at->pc - symbol->start;
	w->frame.file = "";
	w->frame.line = 0;
	w->named = false;
	if (!*symbol->module)
		err = image_code_at(k->image, (at->lookup - k->slide) & k->va_mask, frame_code, w);
	if (error_is(err, VMATLAS_ERROR_NO_MEMORY) || error_is(err, VMATLAS_ERROR_SYSTEM))
		return err;
	vmatlas_error_free(err);	/* no line, then */
	if (!w->named)
		frame_give(w);
	if (w->failed)
		return error_no_memory();
	return w->stopped ? vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "stopped") : NULL;
}

struct vmatlas_error *vmatlas_for_each_frame(struct vmatlas *atlas,
					     const struct vmatlas_registers *registers,
					     vmatlas_frame_fn *fn, void *arg, const char **ret_end)
{
	struct frame_walk w = { .atlas = atlas, .fn = fn, .arg = arg,
				.frame = { .size = sizeof(w.frame) } };
	struct vmatlas_error *err = api_need_kernel(atlas);
	_cleanup_(str_done) struct str why = { 0 };
	const char *end;

	if (!err && registers->nr > VMATLAS_REGISTERS_MAX)
		err = vmatlas_error_new(VMATLAS_ERROR_ARGUMENT, "more registers than any CPU has");
	if (!err)
		err = kernel_unwind(atlas->kernel, registers, frame_found, &w, &why);
	if (err && w.stopped) {
		vmatlas_error_free(err);
		err = NULL;
	}
	if (err)
		return err;
	end = strings_add(atlas->strings, str_text(&why));
	if (!end)
		return error_no_memory();
	*ret_end = end;
	return NULL;
}
