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

# The kernel of ARM has no vmap_nodes.
for case in gdb=x86-6.12= gdb-multiarch=arm-6.12=vmap_nodes; do
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

if synthetic x86-6.12; then
	ok "every mistake has its line" mistakes
else
	skip "every mistake has its line" "there is no compiler for x86-64"
fi
finish
