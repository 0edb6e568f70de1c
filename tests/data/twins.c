/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A second file of a fake kernel with statics that only their file tells from those
 * that matter: of the same name, kind and size.
 */
struct list_head { struct list_head *next, *prev; };

static struct list_head modules __attribute__((used)) = { &modules, &modules };
static void *vmap_nodes __attribute__((used)) = &modules;
static int nr_vmap_nodes __attribute__((used)) = 1;

void twins(void)
{
}
