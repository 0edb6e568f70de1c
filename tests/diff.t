#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# vmatlas diff: two dumps told apart by what their areas hold, and every way to name them.

cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
. tests/synthetic.sh

diff_in() (
	cd "$work" || exit 2
	timeout 60 vmatlas diff "$@" 2>&1
	echo "exit $?"
)

# says TEXT ARGUMENT…: one line of the output is TEXT, blanks aside.
says() {
	text=$1
	shift
	diff_in "$@" >"$work/out"
	tr -s ' ' <"$work/out" | sed 's/ $//' | grep -qxF -e "$text" || cat "$work/out"
}

# A line of either side changes: what is not there once is new or gone.
there_and_back() {
	says 'unpurged gone 2 0 0 B -72 KiB 0 B -' "$@"
}

is_valid() {
	diff_in -J "$@" | sed '/^exit 0$/d' | is_json || echo "no JSON"
}

if synthetic x86-6.1 && synthetic purge; then
	a="x86-6.1/vmlinux x86-6.1/vmcore" b="purge/vmlinux purge/vmcore"
	# shellcheck disable=SC2086
	{
	ok "what is new is named" says 'unpurged new 0 2 72 KiB +72 KiB 0 B -' $a $b --by type
	ok "and gone, the other way round" there_and_back $b $a --by type
	ok "how many changed" \
		says 'CHANGED 1 of 5, by type; the others hold what they held' $a $b --by type
	ok "callers are the way it goes" says '(no caller) grew 1 3 88 KiB +72 KiB 0 B -' $a $b
	ok "what stays is shown with --full" \
		says 'load_module+0x1c/0x40 same 1 1 20 KiB - 16 KiB -' $a $b --full
	ok "one vmlinux does for two dumps" \
		says 'CHANGED 0 of 6, by caller; the others hold what they held' $a x86-6.1/vmcore
	ok "by module" says 'CHANGED 1 of 3, by module; the others hold what they held' \
		$a $b --by module
	ok "by node" says 'CHANGED 1 of 2, by node; the others hold what they held' $a $b \
		--by node
	ok "--top leaves the largest" says 'exit 0' $a $b --full --top 1
	ok "JSON is JSON" is_valid $a $b
	usage='vmatlas: two dumps are compared: vmatlas diff VMLINUX OLD NEW, or VMLINUX OLD'
	usage="$usage VMLINUX NEW, or --live VMLINUX"
	ok "one dump is not two" says "$usage" $a
	ok "nor none" says "$usage"
	ok "nor five" says "$usage" $a $b x86-6.1/vmcore
	ok "--live takes no dump" says "$usage" --live $a
	ok "the interval is a number" \
		says "vmatlas: --interval 'soon'? seconds between the two looks" --live \
		x86-6.1/vmlinux --interval soon
	ok "a key that is none" \
		says "vmatlas: --by 'colour'? caller, module, type or node" $a $b --by colour
	ok "a dump that is none" says 'exit 2' x86-6.1/vmlinux nowhere x86-6.1/vmcore
	}
else
	skip "two synthetic kernels" "no compiler for x86-64"
fi
finish
