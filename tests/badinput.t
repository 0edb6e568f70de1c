#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Files that are not what they should be. When it could not look, vmatlas says why
# in one line and exits 2; when part could not be read, it says which part and
# exits 3 (or 1, if the rest has findings). It never crashes and never hangs.
#
#	MANY=2000 tests/badinput.t	so many damaged copies of dump and vmlinux

cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
. tests/synthetic.sh

if ! synthetic x86-6.1 || ! synthetic x86-6.12 || ! synthetic overlap; then
	skip "bad input" "no compiler for synthetic kernels"
	finish
	exit
fi
synthetic arm-3.10
cd "$work" || exit 2

image=x86-6.1/vmlinux dump=x86-6.1/vmcore

# build_id FILE: its build ID
build_id() {
	readelf -n "$1" 2>/dev/null | sed -n 's/.*Build ID: //p' | head -1
}

# refused WORDS ARGUMENT…: exit 2, nothing on stdout, one line with WORDS on stderr.
refused() {
	words=$1
	shift
	timeout 20 vmatlas "$@" >stdout 2>stderr
	rc=$?
	[ $rc = 2 ] || echo "exit $rc, not 2"
	[ ! -s stdout ] || { echo "stdout:"; cat stdout; }
	[ "$(wc -l <stderr)" = 1 ] || echo "stderr is not one line"
	grep -q '^vmatlas: ' stderr || echo "stderr does not begin with the program's name"
	grep -qF -e "$words" stderr || { echo "stderr does not say '$words':"; cat stderr; }
}

blind="vmatlas: could not look: not one vmalloc area could be read; COVERAGE says why"

# looked CODES-AND-RC VMLINUX VMCORE: findings (no notes) and exit code of check.
looked() {
	timeout 20 vmatlas check -J "$2" "$3" >json 2>stderr
	rc=$?
	found=$(codes json)
	[ "$found${found:+ }$rc" = "$1" ] || echo "found '$found', exit $rc; wanted '$1'"
	if [ $rc = 2 ]; then
		[ "$(cat stderr)" = "$blind" ] || cat stderr
		! grep -q '"clean"' json || echo "could not look, and yet clean"
	else
		[ ! -s stderr ] || cat stderr
	fi
}

# survives VMLINUX VMCORE: any honest end will do; one line if it could not look.
survives() {
	timeout 60 vmatlas report --exit-code "$1" "$2" >stdout 2>stderr
	rc=$?
	case $rc in
	0|1|3)	[ ! -s stderr ] || { echo "exit $rc, and yet:"; cat stderr; } ;;
	2)	[ "$(wc -l <stderr)" = 1 ] || { echo "not one line:"; cat stderr; } ;;
	*)	echo "exit $rc"; cat stderr ;;
	esac
}

# ---- Not each other's ----

both_ids() {
	refused "$(build_id x86-6.1/vmlinux)" check x86-6.1/vmlinux x86-6.12/vmcore
	refused "$(build_id x86-6.12/vmlinux)" check x86-6.1/vmlinux x86-6.12/vmcore
}

no_id_in_dump() {
	refused "$(build_id x86-6.12/vmlinux)" check x86-6.12/vmlinux x86-6.1/vmcore
}

same_release() {
	refused "$(build_id overlap/vmlinux)" check overlap/vmlinux $dump
}

other_cpu() {
	refused "not the same kernel" check arm-3.10/vmlinux $dump
	refused "not the same kernel" check $image arm-3.10/vmcore
}

# ---- A vmlinux that lacks something ----

no_debug_info() {
	strip -g -o nodebug $image
	looked 2 nodebug $dump
	vmatlas areas nodebug $dump | grep -q "COVERAGE incomplete: vmalloc areas" ||
		echo "areas does not tell that it could not look"
	refused "not all of /proc/vmallocinfo" areas --vmallocinfo nodebug $dump
}

no_symbols() {
	strip -o stripped $image
	refused "no symbol table" check stripped $dump
}

# ---- Files that cannot be opened, or hold something else ----

cannot_open() {
	ln -s loop loop
	for command in check "addr 0"; do
		# shellcheck disable=SC2086
		refused "no-such-file: No such file" $command -k $image -c no-such-file
	done
	refused "$image/x: Not a directory" check $image $image/x
	refused "loop: Too many levels" check $image loop
	refused "no-such-file: No such file" check no-such-file $dump
	refused "no-such-file: No such file" map --boot-log no-such-file
}

may_not_read() {
	cp $dump secret
	chmod 0 secret
	refused "secret: no permission to read it" check $image secret
}

not_a_file() {
	mkfifo pipe
	refused "is a directory" check $image .
	refused "pipe" check $image pipe
	refused "pipe" check pipe $dump
	refused "/dev/null" check $image /dev/null
	refused "/dev/zero" check /dev/zero $dump
}

zero_length() {
	: >empty
	refused "empty: file is empty" check $image empty
	refused "empty: is empty" check empty $dump
	refused "empty" check empty empty
	refused "empty" map --boot-log empty
}

something_else() {
	perl -e 'srand 7; print map { chr int rand 256 } 1 .. 65536' >random
	printf 'To whom it may concern\n' >text
	for file in random text "$work/../$(basename "$work")/text"; do
		refused "is not a dump" check $image "$file"
		refused "is not an ELF file" check "$file" $dump
	done
	refused "" map --boot-log random
	refused "" map --boot-log text
}

twice() {
	refused "whole dump" check $dump x86-6.12/vmcore
	refused "not a dump" check $image x86-6.12/vmlinux
	mkdir lonely && cp $dump lonely
	refused "the vmlinux of this kernel" check --root lonely lonely/vmcore
	refused "no dump given" check $image
	refused "text: is not a dump" check $image $dump text
}

# Raw images of its RAM: the dump's own segments, by readelf.
raw_images() {
	readelf -lW $dump | awk '$1 == "LOAD" { print $2, $4, $5 }' >loads
	images=
	while read -r offset paddr size; do
		[ $((size)) -gt 0 ] || continue
		dd if=$dump of="raw$paddr" bs=64K iflag=skip_bytes,count_bytes \
			skip=$((offset)) count=$((size)) status=none
		images=$images${images:+,}raw$paddr@$paddr
	done <loads
}

raw() {
	raw_images
	vmatlas areas -n $image $dump >one
	vmatlas areas -n "$images" $image >two && diff one two
	refused "raw images overlap" check $image "$images" "$images"
	refused "FILE@ADDR" check $image "${images%@*}@"
	refused "with headers" check $image "$dump@0x0"
	refused "No such file" check $image nowhere@0x0
	refused "is empty" check $image empty@0
}

swapped() {
	vmatlas check $image $dump >one && vmatlas check $dump $image >two && diff one two
	vmatlas check -c $image -k $dump >two && diff one two
}

unknown_option() {
	refused "--frobnicate" check --frobnicate $image $dump
	refused "frobnicate" frobnicate $image $dump
}

wrong_offsets() {
	refused "leads to no kernel" check $image $dump --phys-offset 0x1000000
	refused "leads to no kernel" check $image $dump --kaslr-offset 0x200000
	refused "--phys-offset" check $image $dump --phys-offset twelve
}

# ---- Dumps that lack something ----

# without N FROM TO: a copy without program header N (64-bit ELF: 64 + 56 N).
without() {
	cp "$2" "$3"
	printf '\0' | dd of="$3" bs=1 seek=$((64 + 56 * $1)) conv=notrunc status=none
}

pages_missing() {
	without 0 $dump no-text	# with the banner: nothing proves whose dump it is
	refused "" check $image no-text
	without 1 $dump no-data	# with phys_base
	refused "" check $image no-data
	without 2 $dump no-slab	# all records
	looked 2 $image no-slab
	vmatlas check $image no-slab 2>/dev/null | grep -q "unreadable" || echo "no finding 'unreadable'"
	without 3 $dump no-module
	survives $image no-module
	without 2 x86-6.12/vmcore no-nodes
	looked 2 x86-6.12/vmlinux no-nodes
}

# A page of records that makedumpfile filtered out: p_filesz is 0, p_memsz is not.
page_filtered() {
	cp $dump filtered
	printf '\0\0\0\0\0\0\0\0' |
		dd of=filtered bs=1 seek=$((64 + 56 * 2 + 32)) conv=notrunc status=none
	looked 2 $image filtered
	vmatlas check $image filtered 2>/dev/null | grep -q "filtered out" || echo "nobody says 'filtered out'"
}

# Every sixteenth of FILE, put where SURVIVES wants it.
cut_short() {
	size=$(wc -c <"$1")
	for sixteenth in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
		head -c $((size * sixteenth / 16)) "$1" >short
		said=$(survives "$2" "$3")
		[ -z "$said" ] || echo "cut at $sixteenth/16: $said"
	done
}

# A truncated dump never passes for a whole one.
truncated_is_told() {
	# where its last segment ends; behind that are only section headers
	size=$(readelf -lW $dump | awk '$1 == "LOAD" { print $2, $5 }' | tail -1 |
	       while read -r offset bytes; do echo $((offset + bytes)); done)
	for cut in 1 512 5000; do
		head -c $((size - cut)) $dump >short
		looked 3 $image short
		vmatlas check $image short | grep -q "incomplete: dump, file is truncated" ||
			echo "nobody says that $cut bytes are missing"
	done
}

# damaged FILE VMLINUX VMCORE FROM TO: one to four bytes of "bad" are wrong, in FROM..TO.
damaged() {
	nr=0
	while [ $nr -lt "${MANY:-60}" ]; do
		nr=$((nr + 1))
		perl -e '
			my ($seed, $from, $to) = @ARGV;
			srand $seed;
			local $/;
			my $all = <STDIN>;
			substr($all, $from + int rand($to - $from), 1) = chr int rand 256
				for 0 .. int rand 4;
			print $all;
		' $nr "$4" "$5" <"$1" >bad
		said=$(survives "$2" "$3")
		[ -z "$said" ] || echo "damage of seed $nr in $4..$5: $said" | head -20
	done
}

# Where records and lists are; elsewhere is mostly padding.
section() {
	readelf -SW "$1" | sed 's/^ *\[ *[0-9]*\]//' | awk -v name="$2" '$1 == name { print $4, $5 }'
}

damaged_section() {
	# shellcheck disable=SC2046
	set -- "$1" "$2" "$3" $(section "$1" "$4")
	damaged "$1" "$2" "$3" $((0x$4)) $((0x$4 + 0x$5))
}

ok "another kernel's vmlinux: both build IDs are told" both_ids
ok "another kernel's vmlinux, no VMCOREINFO" no_id_in_dump
ok "another build of the same release" same_release
if [ -e arm-3.10/vmcore ]; then ok "another CPU's" other_cpu; else skip "another CPU's" "no ARM"; fi
ok "a vmlinux without debug information" no_debug_info
ok "a vmlinux without symbols" no_symbols
ok "files that cannot be opened" cannot_open
if [ "$(command id -u)" = 0 ]; then
	skip "a file nobody may read" "root may"
else
	ok "a file nobody may read" may_not_read
fi
ok "directories, pipes, devices" not_a_file
ok "files of zero length" zero_length
ok "random bytes, and text" something_else
ok "two dumps, two vmlinux, one file, three" twice
ok "the other way round is fine" swapped
ok "so are raw images, and what is wrong with them is told" raw
ok "unknown options and commands" unknown_option
ok "offsets that lead nowhere" wrong_offsets
ok "missing pages are told" pages_missing
ok "filtered pages are told" page_filtered
ok "a truncated dump is told" truncated_is_told
ok "a dump cut at every sixteenth" cut_short $dump $image short
ok "a 32-bit dump cut at every sixteenth" cut_short arm-3.10/vmcore arm-3.10/vmlinux short
ok "a vmlinux cut at every sixteenth" cut_short $image short $dump
ok "damaged headers of a dump" damaged $dump $image bad 0 400
ok "damaged records" damaged_section $dump $image bad .slab
ok "damaged variables and page tables" damaged_section $dump $image bad .data
ok "damaged headers of a vmlinux" damaged $image bad $dump 0 400
ok "damaged types" damaged_section $image bad $dump .debug_info
ok "damaged abbreviations" damaged_section $image bad $dump .debug_abbrev
ok "damaged symbols" damaged_section $image bad $dump .symtab
ok "damaged kallsyms" damaged_section $image bad $dump .rodata
finish
