#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Who may look into whom: a folder sees itself and the folders below it, each foreign
# library lives in one place, and the library shows what src/vmatlas.map says.

cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
: "${O:=build/release}"

below() {
	case $1 in
	base)	echo base ;;
	image)	echo base image ;;
	mem)	echo base mem ;;
	arch)	echo base arch ;;
	kernel)	echo base image mem arch kernel ;;
	atlas)	echo base image mem arch kernel atlas ;;
	cli)	echo base cli ;;
	esac
}

looks_only_down() {
	awk -v room="$1" -v below=" $(below "$1") " '
	/^#[ \t]*include "/ {
		split($0, part, "\"")
		folder = part[2]
		sub("/[^/]*$", "", folder)
		if (!index(below, " " folder " "))
			print FILENAME ": " room " may not look into " part[2]
	}' src/"$1"/*.[ch]
}

# The folders at the bottom are entered by one header; base is a drawer of small tools.
knocks_at_the_door() {
	grep -n "^#[ \t]*include \"$1/" src/*/*.[ch] |
		grep -v "^src/$1/\|include \"$1/$1\.h\""
	return 0
}

# lives_in HEADERS PLACE: <HEADERS> are included by files that match PLACE, no others.
lives_in() (
	set -f	# patterns go to case as they are
	grep -rl "^#[ \t]*include <\($1\)" src plugins include | while read -r file; do
		for place in $2; do
			# shellcheck disable=SC2254 # a pattern
			case $file in $place) continue 2 ;; esac
		done
		echo "$file includes it"
	done
)

plugins_see_the_header_alone() {
	grep -n '^#[ \t]*include "' plugins/*.c tests/plugins/*.c
	return 0
}

exported() {
	[ -e "$O/libvmatlas.so.0" ] || { echo "no $O/libvmatlas.so.0"; return; }
	sed -n 's/^\t\(vmatlas_[a-z0-9_]*\);$/\1/p' src/vmatlas.map | sort >"$O/exports.want"
	# the sanitizers of a sanitized library bring symbols of their own
	nm -D --defined-only "$O/libvmatlas.so.0" | awk '$2 != "A" { print $3 }' |
		sed 's/@.*//' | grep -v '^_*\(asan\|ubsan\|odr_asan\|sanitizer\)_' |
		sort >"$O/exports.got"
	diff -u --label src/vmatlas.map --label libvmatlas.so "$O/exports.want" "$O/exports.got"
}

declared() {
	sed -n 's/.*\<\(vmatlas_[a-z0-9_]*\)(.*/\1/p' include/vmatlas.h | sort -u |
		comm -13 - "$O/exports.want"
}

for folder in src/*/; do
	folder=${folder#src/}
	ok "${folder%/} sees what is below it" looks_only_down "${folder%/}"
done
for folder in image mem arch; do
	ok "$folder is entered by its door" knocks_at_the_door $folder
done
ok "libelf and libdw live in image" lives_in 'elfutils/\|dwarf\.h\|gelf\.h\|libelf\.h' 'src/image/*'
ok "libbpf lives in image/btfmake.c" lives_in 'bpf/' src/image/btfmake.c
ok "libkdumpfile lives in mem" lives_in 'libkdumpfile/' 'src/mem/*'
ok "libfdt lives in kernel/firmware.c" lives_in 'libfdt' src/kernel/firmware.c
ok "libsmartcols and jansson live in cli" lives_in 'libsmartcols/\|jansson' 'src/cli/*'
ok "dlopen lives with plugins and in base/lib.c" lives_in 'dlfcn\.h' \
	'src/atlas/plugin.c src/base/lib.c'
ok "plugins see the public header alone" plugins_see_the_header_alone
ok "the library exports what vmatlas.map says" exported
ok "what is exported is declared in vmatlas.h" declared
finish
