#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# print, whatis and ptype: as gdb answers, where there is one; and every mistake has a line
# of its own, exit code 2. UPDATE=1 tests/print.t writes down those lines, for review.

cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
. tests/synthetic.sh

# as_gdb GDB NAME
as_gdb() {
	grep -v "${3:-^$}" tests/data/print/expressions >"$work/list"
	tests/gdb_compare.py --gdb "$1" "$build" "$work/$2/vmlinux" "$work/$2/vmcore" "$work/list"
}

# The kernel of ARM has no vmap_nodes; and for gdb's x/a a word of 32 bits has a sign.
for case in gdb=x86-6.12= 'gdb-multiarch=arm-6.12=vmap_nodes\|x/3a'; do
	gdb=${case%%=*} name=${case#*=} without=${case##*=}
	name=${name%=*}
	if ! synthetic "$name"; then
		skip "$name: as gdb prints" "there is no compiler for it"
	elif ! command -v "$gdb" >/dev/null || ! command -v python3 >/dev/null; then
		skip "$name: as gdb prints" "no $gdb, or no python3"
	else
		ok "$name: as gdb prints" as_gdb "$gdb" "$name" "$without"
	fi
done

mistakes() {
	while IFS= read -r line; do
		printf '%s\n' "$line"
		timeout 20 vmatlas print -k "$work/x86-6.12/vmlinux" -c "$work/x86-6.12/vmcore" \
			-- "$line" >"$work/out" 2>"$work/err" </dev/null
		rc=$?
		sed "s#$work/##; s/^/    /" "$work/out" "$work/err"
		[ $rc = 2 ] && [ "$(wc -l <"$work/err")" = 1 ] || echo "    exit $rc"
	done <tests/data/print/mistakes >"$work/said"
	[ -z "$UPDATE" ] || cp "$work/said" tests/data/print/mistakes.said
	diff -u tests/data/print/mistakes.said "$work/said"
}

# lists: what is printed of lists and trees, good ones and bad ones
lists() {
	{
		run_in x86-6.12 vmatlas list vmlinux vmcore vmap_area.list \
			'vmap_nodes[0].busy.head' 'va_start, vm->caller' where 'vm && vm->nr_pages'
		run_in x86-6.12 vmatlas tree vmlinux vmcore vmap_area.rb_node \
			'vmap_nodes[0].busy.root' /x va_start 'va_end - va_start'
		run_in x86-6.12 vmatlas array vmlinux vmcore 'vmap_nodes[0].pool' len where '!len'
		run_in x86-6.12 vmatlas list vmlinux vmcore vm_struct.next area[0].vm size
		run_in x86-6.12 vmatlas list vmlinux vmcore vmap_area 'vmap_nodes[0].busy.head'
		run_in x86-6.12 vmatlas list vmlinux vmcore vmap_area.nosuch vmap_nodes
		run_in x86-6.12 vmatlas tree vmlinux vmcore vmap_area.rb_node vmap_nodes
		run_in x86-6.12 vmatlas array vmlinux vmcore vmap_nodes
		run_in x86-6.12 vmatlas rd vmlinux vmcore ffff888008000400 2 /1bx vmap_nodes
		run_in x86-6.12 vmatlas sym vmlinux vmcore vmap_nodes '&vmap_nodes' nosuch
		run_in x86-6.12 vmatlas vtop vmlinux vmcore ffffffff81000000 vmap_nodes
		for bad in loop swapped wild; do
			synthetic $bad || continue
			run_in $bad vmatlas list vmlinux vmcore vmap_area.list vmap_area_list va_start
			run_in $bad vmatlas tree vmlinux vmcore vmap_area.rb_node vmap_area_root
		done
	} >"$work/said" 2>&1
	[ -z "$UPDATE" ] || cp "$work/said" tests/data/print/lists.said
	diff -u tests/data/print/lists.said "$work/said"
}

if synthetic x86-6.12; then
	ok "lists and trees, good and bad ones" lists
	ok "every mistake has its line" mistakes
else
	skip "every mistake has its line" "there is no compiler for x86-64"
fi
finish
