#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Bundled dumps of real kernels, incomplete or with a note that lies: absent is not corrupt,
# and a note is a hint. A sample; lab/check/check-incomplete makes thousands.
#
#	O=build/release tests/incomplete.t	NR=2000 SEED=word: more, others

cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
: "${O:=build/release}" "${NR:=3}" "${SEED:=1}"
cores=$(echo build/cases/*/vmcore)

incomplete() {
	python3 tests/incomplete.py "$O/vmatlas" "$NR" "$SEED" "$1/vmlinux" "$1/vmcore" 2>&1
}

lies() {
	# shellcheck disable=SC2086 # a list
	python3 tests/vmcoreinfo_lies.py "$O/vmatlas" "$NR" "$SEED" "$1/vmlinux" "$1/vmcore" $cores 2>&1
}

for case in build/cases/*/; do
	case=${case%/}
	ok "$(basename "$case"): what is absent is no evidence" incomplete "$case"
	ok "$(basename "$case"): what its note says wrong is not blamed on the kernel" lies "$case"
done
finish
