#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Who may look into whom: a folder sees itself and the folders below it, each foreign
# library lives in one place, and the library shows what src/vmatlas.map says.

cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
: "${O:=build/release}"

# What a folder may include: itself, its own subfolders, and these.
below() {
	case $1 in
	base)		echo base ;;
	rsp)		echo base rsp ;;
	mem)		echo base rsp mem ;;
	debuginfo)	echo base debuginfo ;;
	arch)		echo base arch ;;
	bootlog)	echo base bootlog ;;
	kernel)		echo base mem debuginfo arch bootlog kernel ;;
	map)		echo base mem debuginfo arch bootlog kernel map ;;
	expr)		echo base mem debuginfo arch bootlog kernel expr ;;
	inspect)	echo base mem debuginfo arch bootlog kernel map inspect ;;
	extract)	echo base mem debuginfo arch bootlog kernel map inspect extract ;;
	api)		echo base mem debuginfo arch bootlog kernel map expr inspect extract api ;;
	render)		echo base render ;;
	gdbserver)	echo base rsp gdbserver ;;
	cli)		echo base rsp render gdbserver cli ;;
	esac
}

looks_only_down() {
	find "src/$1" -name '*.[ch]' -exec awk -v room="$1" -v below=" $(below "$1") " '
	/^#[ \t]*include "/ {
		split($0, part, "\"")
		folder = part[2]
		sub("/.*$", "", folder)
		if (!index(below, " " folder " "))
			print FILENAME ": " room " may not include " part[2]
	}' {} +
}

# A file is found by its name alone. Headers belong to the .c file of the same name.
no_name_stands_twice() {
	find src -name '*.c' | sed 's#.*/##' | sort | uniq -d
	find src -name '*.h' | sed 's#.*/##' | sort | uniq -d
}

# A struct tag means one thing in all of src.
no_struct_tag_stands_twice() {
	find src -name '*.[ch]' -exec sed -nE \
		's/^(static )?(const )?struct ([a-z_0-9]+) \{.*/\3/p' {} + | sort | uniq -d
}

# What a CPU does its own way is said by its struct arch. Where a CPU has to be named
# (a file format that does), a comment within five lines says "CPU named here", and why.
no_cpu_is_named() {
	find src include plugins -name '*.[ch]' ! -path 'src/arch/*' \
		! -path 'src/kernel/identify/*' -exec awk '
	FNR == 1 { excused = 0; comment = 0 }
	/CPUs? named here:/ { excused = FNR + 25 }
	/^}/ { excused = 0 }
	{
		line = $0
		if (comment && !sub(/^.*\*\//, "", line))
			next
		comment = 0
		gsub(/\/\*([^*]|\*[^\/])*\*\//, "", line)
		if (sub(/\/\*.*$/, "", line))
			comment = 1
	}
	FNR > excused && (line ~ /[^a-z_0-9](arch|pt)_(x86|x86_64|i386|arm|arm64|riscv|riscv64|thead)(_[a-z0-9_]*)?[^a-z_0-9]/ ||
	    line ~ /[^A-Z_0-9]EM_[A-Z0-9_]+/ ||
	    line ~ /"(x86|x86_64|i386|arm|arm64|aarch64|riscv|riscv64)"/) {
		print FILENAME ":" FNR ": " line
	}' {} +
}

# includes: "from to" of all includes below src, as paths without their ending. Headers
# called _internal are of no file, but what the files of a folder share.
includes() {
	grep -r '^#[ \t]*include "' src |
		sed -nE 's#^src/([^:]*)\.[ch]:.*"(.*)\.h".*#\1 \2#p' |
		awk '$1 != $2 && $2 !~ /_internal$/' | sort -u
}

# Two files that need each other are one; or the upper one says why not: "circle with FILE:".
no_circle_of_files() {
	includes | while read -r from to; do
		cat "src/$from".[ch] 2>/dev/null | grep -q "circle with ${to##*/}:" ||
			echo "$from $to"
	done | tsort 2>&1 >/dev/null
}

# From below upwards; side by side what has the same number.
kernel_rooms="kernel 1 kernel/identify 2 kernel/pgtable 2 kernel/symbols 3 kernel/printk 3
	kernel/mm 4 kernel/ram 4 kernel/regions 4 kernel/vmalloc 4 kernel/surveyors 5"

# A folder stands above those it includes. A file that looks up all the same says so, and
# why: "into FOLDER/: ...".
rooms_look_down() {
	includes | awk -v rooms="$kernel_rooms" '
	function folder(path) { sub("/[^/]*$", "", path); return path }
	BEGIN { n = split(rooms, word); for (i = 1; i < n; i += 2) rank[word[i]] = word[i + 1] }
	{
		from = folder($1); to = folder($2)
		if (from == to)
			next
		if (from in rank && to in rank)
			up = rank[from] < rank[to]
		else
			up = index(to, from "/") == 1
		if (up)
			print $1, to
	}' | sort -u | while read -r file room; do
		cat "src/$file".[ch] 2>/dev/null | grep -q "into ${room##*/}/" ||
			echo "src/$file looks up into $room/ and does not say why"
	done
}

# The folders at the bottom are entered by one header; base is a drawer of small tools.
knocks_at_the_door() {
	grep -rn "^#[ \t]*include \"$1/" src | grep -v "^src/$1/\|include \"$1/$1\.h\"" |
		grep -v '^src/extract/\|"arch/arm_lowmem\.h"\|"debuginfo/type_find\.h"'
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
	sed -n 's/.*\<\(vmatlas_[a-z0-9_]*\)(.*/\1/p' include/*.h | sort -u |
		comm -13 - "$O/exports.want"
}

for folder in src/*/; do
	folder=${folder#src/}
	ok "${folder%/} sees what is below it" looks_only_down "${folder%/}"
done
ok "no file name stands in two folders" no_name_stands_twice
ok "no struct tag is defined twice" no_struct_tag_stands_twice
ok "no two files include each other" no_circle_of_files
ok "folders inside folders look down" rooms_look_down
ok "no CPU is named outside arch and kernel/identify" no_cpu_is_named
for folder in debuginfo mem arch rsp; do
	ok "$folder is entered by its door" knocks_at_the_door $folder
done
ok "libelf and libdw live in debuginfo" lives_in 'elfutils/\|dwarf\.h\|gelf\.h\|libelf\.h' \
	'src/debuginfo/* src/debuginfo/*/* src/extract/write_vmlinux.c'
ok "libbpf lives in extract/write_btf.c" lives_in 'bpf/' src/extract/write_btf.c
ok "libkdumpfile lives in mem" lives_in 'libkdumpfile/' 'src/mem/*'
ok "libfdt lives in kernel/ram/fdt_atags.c" lives_in 'libfdt' src/kernel/ram/fdt_atags.c
ok "libsmartcols lives in render/row_layout.c" lives_in 'libsmartcols' src/render/row_layout.c
ok "jansson lives in render/json.c" lives_in 'jansson' src/render/json.c
ok "dlopen lives with plugins and in base/dynload.c" lives_in 'dlfcn\.h' \
	'src/inspect/plugin_load.c src/base/dynload.c'
ok "plugins see the public header alone" plugins_see_the_header_alone
ok "the library exports what vmatlas.map says" exported
ok "what is exported is declared in a public header" declared
finish
