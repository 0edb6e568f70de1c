#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the kernel says of its own troubles, in the logs of real kernels: one line of a bundled
# dump's log is overwritten by one of tests/data/troubles, and check has to judge it so.

cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
: "${O:=build/release}"
export O
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

# Line by line: a kernel, what is found (CODE, or "-"), exit code, the message.
while IFS='|' read -r kernel code status message; do
	case $kernel in '#'* | '') continue ;; esac
	if ! command -v python3 >/dev/null; then
		skip "$kernel: $message" "no python3"
		continue
	fi
	ok "$kernel: $code: $message" python3 tests/data/overwrite_log.py "$O/vmatlas" "build/cases/$kernel" \
		"$work/vmcore" "$code" "$status" "$message"
done <tests/data/troubles
finish
