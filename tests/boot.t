#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The table that kernels printed at boot, in every form it had: read from a log and
# printed again, it must be the same to the last byte; and no row of it is at odds
# with another. data/boot holds published tables, or such as the kernels' own formats
# make of a layout's values.

cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
. tests/synthetic.sh

prints_it_again() {
	sed '1d; s/^\[ *[0-9.]*\] //' "$1" >"$work/want"
	vmatlas map --boot --boot-log "$1" >"$work/got" 2>&1
	diff -u "$work/want" "$work/got"
}

finds_nothing() {
	vmatlas check -J --boot-log "$1" >"$work/json" 2>&1 || [ $? -lt 2 ] || cat "$work/json"
	found=$(codes "$work/json")
	[ -z "$found" ] || echo "found: $found"
}

for file in tests/data/boot/*.txt; do
	name=${file##*/}
	ok "${name%.txt}: read and printed again, it is the same" prints_it_again "$file"
	ok "${name%.txt}: its rows agree with one another" finds_nothing "$file"
done
finish
