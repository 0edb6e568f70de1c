#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The case vmatlas began with: a note about "vmalloc region overlap" on a board of
# 512 MiB of which 384 are used (tests/data/seed.txt, as it was written), and a
# synthetic kernel of that board (tests/synthetic/seed/kernel.c).

cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
. tests/synthetic.sh

note=$PWD/tests/data/seed.txt
platform=$PWD/tests/data/seed-platform.txt
cut='Truncating RAM at 40000000-5fffffff to -57ffffff (vmalloc region overlap)'
line='Kernel command line: console=ttySAC0,115200 mem=512M'

# The note's table: its title and nine rows.
table() {
	sed -n '/^Virtual kernel memory layout:/,/\.data/p' "$note"
}

json() {
	vmatlas "$@" -J >"$work/json"
}

# Every region: name, first address, end.
regions() {
	perl -MJSON::PP -0777 -e '
		print "$_->{name} $_->{start} $_->{end}\n"
			for sort { $a->{name} cmp $b->{name} } @{ decode_json(<>)->{regions} };
	' "$work/json"
}

# Codes of every finding, notes too, and the exit code.
verdict() {
	json check "$@"
	rc=$?
	perl -MJSON::PP -0777 -e '
		print join(" ", map { $_->{code} } @{ decode_json(<>)->{findings} });
	' "$work/json"
	echo " $rc"
}

# the_verdict WANTED ARGUMENT…
the_verdict() {
	want=$1
	shift
	got=$(verdict "$@")
	[ "$got" = "$want" ] || echo "check: '$got', wanted '$want'"
}

# moved ROW START END: the note's table with a row elsewhere, its size fitting.
moved() {
	awk -v row="$1" -v start="$2" -v end="$3" '
	$1 == row { printf "    %-8s: 0x%s - 0x%s\n", row, start, end; next }
	{ print }
	' "$note" >"$work/moved"
}

# Say the words, or it is not the finding that was wanted.
says() {
	text=$(vmatlas check "$@" | tr -s ' \n' '  ')
	while read -r words; do
		case $text in
		*"$words"*) ;;
		*) echo "check does not say: $words" ;;
		esac
	done
}

# ---- The note alone ----

rows_read_back() {
	json map --boot-log "$note" || echo "exit $?"
	regions >"$work/got"
	cat >"$work/want" <<-END
	.data 0xc0384000 0xc03b05c0
	.init 0xc0008000 0xc0021000
	.text 0xc0021000 0xc036b000
	DMA 0xfde00000 0xffe00000
	fixmap 0xfff00000 0xfffe0000
	lowmem 0xc0000000 0xd8000000
	modules 0xbf000000 0xc0000000
	vector 0xffff0000 0xffff1000
	vmalloc 0xd8800000 0xe0000000
	END
	diff -u "$work/want" "$work/got"
}

prints_itself() {
	table >"$work/want"
	vmatlas map --boot --boot-log "$note" | diff -u "$work/want" -
}

# ---- With the line that its full log began with ----

with_log() {
	{ echo "$cut"; echo "$line"; cat "$note"; } >"$work/log"
}

says_what_was_lost() {
	with_log
	says --boot-log "$work/log" <<-END
	ram-ignored: 128 MiB of 512 MiB RAM is not used by this kernel
	lost physical 0x58000000-0x5fffffff, 128 MiB
	0xe0000000 - 0x08000000 = 0xd8000000; lowmem is 0xc0000000-0xd8000000
	all RAM would need lowmem up to 0xe0000000
	$cut
	mem=512M
	installed 512 MiB (mem= in
	vmalloc=16M, the least there is: recovers 112 MiB
	HIGHMEM
	no vmalloc= keeps all RAM
	END
}

# ---- A row moved ----

overlap_of() {
	says --boot-log "$work/moved" <<-END
	region-overlap: $1
	END
	case $(verdict --boot-log "$work/moved") in
	*region-overlap*\ 1) ;;
	*) echo "check does not exit with 1" ;;
	esac
}

dma_into_vmalloc() {
	moved DMA dfe00000 e1e00000
	overlap_of "vmalloc and DMA overlap at dfe00000-e0000000, 2 MiB"
}

vmalloc_into_lowmem() {
	moved vmalloc d7800000 e0000000
	overlap_of "lowmem and vmalloc overlap at d7800000-d8000000, 8 MiB"
}

modules_into_lowmem() {
	moved modules bf000000 c0100000
	overlap_of "modules and lowmem overlap at c0000000-c0100000, 1 MiB"
}

fixmap_into_vectors() {
	moved fixmap fff00000 ffff1000
	overlap_of "fixmap and vector overlap at ffff0000-ffff1000, 4 KiB"
}

neighbours_may_touch() {
	moved DMA e0000000 e2000000
	the_verdict "lowmem-at-limit 0" --boot-log "$work/moved"
}

# ---- The synthetic kernel of that board ----

nine_rows() {
	table >"$work/want"
	(cd "$work/seed" && vmatlas map --boot vmlinux vmcore --boot-log "$platform") >"$work/got"
	diff -u "$work/want" "$work/got"
}

dump_says_what_was_lost() {
	says "$work/seed/vmlinux" "$work/seed/vmcore" --boot-log "$platform" <<-END
	ram-ignored: 128 MiB of 512 MiB RAM is not used by this kernel
	lost physical 0x58000000-0x5fffffff, 128 MiB
	0xe0000000 - 0x08000000 = 0xd8000000; lowmem is 0xc0000000-0xd8000000
	dmesg:3 "$cut"
	mem=512M (saved_command_line)
	END
}

sources_differ() {
	moved modules bf800000 c0000000
	the_verdict "ram-ignored bounds-disagree 1" "$work/seed/vmlinux" "$work/seed/vmcore" \
		--boot-log "$work/moved"
}

# ---- The same board, its DMA window as large as the platform asked for ----

window_into_vmalloc() {
	printf 'vmalloc d8800000-fe000000 mach/vmalloc.h\nvmalloc_min=0xd8000000\n' >"$work/board"
	says "$work/dma-window/vmlinux" "$work/dma-window/vmcore" --platform "$work/board" <<-END
	region-overlap: vmalloc and DMA overlap at fde00000-fe000000, 2 MiB
	DMA fde00000-ffe00000, by length of consistent_pte, CONSISTENT_END
	vmalloc d8800000-fe000000, by $work/board:1 (mach/vmalloc.h)
	END
}

window_disagrees() {
	printf 'DMA ffc00000-ffe00000\n' >"$work/board"
	says "$work/dma-window/vmlinux" "$work/dma-window/vmcore" --platform "$work/board" <<-END
	start of DMA: fde00000 by length of consistent_pte, CONSISTENT_END, ffc00000 by
	END
}

ok "the note's nine rows are read back" rows_read_back
ok "and printed as they were" prints_itself
ok "the table alone: lowmem-at-limit, a note" the_verdict "lowmem-at-limit 0" --boot-log "$note"
with_log
ok "with the log's line: ram-ignored" the_verdict "ram-ignored 1" --boot-log "$work/log"
ok "and how much, why, seen where, and what to do" says_what_was_lost
ok "DMA moved into vmalloc is an overlap" dma_into_vmalloc
ok "vmalloc moved into lowmem is an overlap" vmalloc_into_lowmem
ok "modules moved into lowmem are an overlap" modules_into_lowmem
ok "fixmap moved onto the vectors is an overlap" fixmap_into_vectors
ok "neighbours may touch" neighbours_may_touch
if synthetic seed; then
	ok "the synthetic board prints exactly the nine rows" nine_rows
	ok "its dump tells what was lost" dump_says_what_was_lost
	ok "its dump and the table agree" the_verdict "ram-ignored 1" \
		"$work/seed/vmlinux" "$work/seed/vmcore" --boot-log "$note"
	ok "and disagree where a row is moved" sources_differ
	synthetic dma-window
	ok "its DMA window runs into the platform's vmalloc" window_into_vmalloc
	ok "and disagrees with what the platform says" window_disagrees
else
	skip "the synthetic board" "no arm-linux-gnueabihf-gcc"
fi
finish
