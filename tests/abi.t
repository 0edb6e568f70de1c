#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The public header: every C and C++ takes it, its structs have no holes, and nothing in
# it moved. UPDATE=1 tests/abi.t writes down how it is now; the diff is for review.

cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
: "${O:=build/release}" "${CC:=cc}" "${CXX:=c++}"
dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT

strict='-Iinclude -Wall -Wextra -pedantic -Werror -fsyntax-only'

layout() {
	awk -f tests/abi/layout.awk include/vmatlas.h include/vmatlas-plugin.h >"$dir/layout.c" &&
	"$CC" -Iinclude "$dir/layout.c" -o "$dir/layout" &&
	"$dir/layout" >"$dir/layout.txt" || return
	[ -z "$UPDATE" ] || cp "$dir/layout.txt" tests/abi/layout.txt
	diff -u --label tests/abi/layout.txt --label 'vmatlas.h now' \
		tests/abi/layout.txt "$dir/layout.txt"
}

# shellcheck disable=SC2086 # $strict is a list
{
	for std in c99 c11 c17; do
		ok "the header is $std" "$CC" -x c -std=$std $strict tests/abi/header.c
	done
	if command -v "$CXX" >/dev/null; then
		for std in c++11 c++17; do
			ok "the header is $std" "$CXX" -x c++ -std=$std $strict tests/abi/header.c
		done
	else
		skip "the header is C++" "no C++ compiler"
	fi
	ok "no public struct has a hole" \
		"$CC" -x c -std=c11 $strict -Wpadded tests/abi/header.c
}
ok "no member moved, no enumerator changed" layout
finish
