#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# --host-fd: memory of another debugger, by packets. crash and drgn themselves:
# lab/check/check-bridges.

cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
. tests/synthetic.sh
host=$PWD/tests/data/host.py

if ! synthetic x86-6.1 || ! command -v python3 >/dev/null; then
	skip "a host's memory" "no compiler for x86-64, or no python3"
	finish
fi

# What stands in the dump is the same, whoever reads it; only where it is from has another name.
same() {
	run_in x86-6.1 "$@" vmlinux vmcore | sed 's/vmcore/host/; s/; dumped .*//' >"$work/wanted"
	run_in x86-6.1 python3 "$host" well vmcore "$@" vmlinux >"$work/said"
	diff -u "$work/wanted" "$work/said"
}

# One line, exit code 2: no hang, no crash, nothing made up.
bad() {
	run_in x86-6.1 python3 "$host" "$1" vmcore vmatlas check vmlinux >"$work/said"
	grep -q "^exit 2$" "$work/said" && [ "$(wc -l <"$work/said")" = 2 ] || cat "$work/said"
}

refused() {
	run_in x86-6.1 vmatlas check vmlinux --host-fd "$1" </dev/null >"$work/said"
	grep -q "^vmatlas: --host-fd" "$work/said" && grep -q "^exit 2$" "$work/said" || cat "$work/said"
}

ok "areas of a host's memory" same vmatlas areas --vmallocinfo
ok "usage of a host's memory" same vmatlas usage
ok "check of a host's memory" same vmatlas check
for how in quiet short silly gone; do
	ok "a host that is $how" bad $how
done
for fd in 99 x -1 ''; do
	ok "no host at '$fd'" refused "$fd"
done
finish
