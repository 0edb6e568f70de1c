#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# gdb on a dump: vmatlas gdb, the command file for a gdb without Python, and the verdict for
# someone who has just typed "gdb vmlinux vmcore". See gdbserver.t for the server itself.

cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
. tests/synthetic.sh
file=$PWD/plugins/gdb/vmatlas.gdb

# says_all NAME FILE COMMAND…: every line of FILE is part of what COMMAND says.
says_all() {
	name=$1 wanted=$2
	shift 2
	run_in "$name" "$@" >"$work/said"
	while IFS= read -r line; do
		grep -qF -e "$line" "$work/said" || echo "no line has '$line'"
	done <"$wanted"
}

# As "vmatlas print" has it, which knows nothing of gdb.
printed() {
	run_in "$1" vmatlas print vmlinux vmcore "$2" | sed -n 's/^\$1 = //p'
}

one_command() {
	{
		printed "$1" linux_banner
		echo 'clean: no findings'
		echo 'Thread 1'
		echo 'exit 0'
	} >"$work/wanted"
	says_all "$1" "$work/wanted" vmatlas gdb vmlinux vmcore -- -nx -batch -ex 'p linux_banner' \
		-ex 'info threads' -ex 'monitor check'
}

command_file() {
	printf '%s\n' 'clean: no findings' 'TARGET   vmcore' 'exit 0' >"$work/wanted"
	says_all "$1" "$work/wanted" "$2" -nx -batch -x "$file" \
		-ex 'vmatlas-open vmlinux vmcore' -ex 'vmatlas check'
}

listing() {
	printf 'Symbols from "%s/%s/vmlinux".\nLocal core dump file:\n\t`%s/%s/vmcore'"'"', file type elf64-x86-64.\n' \
		"$work" "$1" "$work" "$1" >"$work/listing"
	run_in / sh -c "vmatlas check - <$work/listing" >"$work/said"
	tail -n 2 "$work/said" | sed '/^clean: no findings/d; /^exit 0$/d'
	echo 'Symbols from "/nowhere".' >"$work/listing"
	run_in / sh -c "vmatlas check - <$work/listing" >"$work/said"
	grep -q "no dump in what was read" "$work/said" && grep -q '^exit 2$' "$work/said" ||
		cat "$work/said"
}

for case in gdb=x86-6.12 gdb-multiarch=arm-6.12; do
	gdb=${case%%=*} name=${case#*=}
	if ! synthetic "$name"; then
		skip "$name in gdb" "there is no compiler for it"
	elif ! command -v "$gdb" >/dev/null; then
		skip "$name in gdb" "no $gdb"
	else
		ok "$name: one command, and gdb is on the dump" one_command "$name"
		ok "$name: the command file, for any gdb" command_file "$name" "$gdb"
	fi
done
if synthetic x86-6.12; then
	ok "gdb's own listing of files" listing x86-6.12
else
	skip "gdb's own listing of files" "there is no compiler for it"
fi
finish
