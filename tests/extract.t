#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# vmatlas extract: that a synthetic kernel's extract gives the same answers, damaged as it may
# be, and that nothing is overwritten or left half-written. Real kernels: cases.t.

cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
. tests/synthetic.sh

compared() {
	cat <<-END
	check
	check -J
	report --full
	areas
	areas --vmallocinfo
	map
	map --boot
	map -J
	addr ffffc90000005000 d0804000 0 c0010000
	END
}

# JSON names the files, which are elsewhere.
transcript() (
	cd "$1" || exit 2
	compared | while read -r command; do
		# shellcheck disable=SC2086
		vmatlas $command -k vmlinux -c vmcore 2>&1
		echo "exit $?"
	done
)

same_answers() {
	(cd "$work/$1" && vmatlas extract -o small vmlinux vmcore) >/dev/null
	transcript "$work/$1" >"$work/original"
	transcript "$work/$1/small" >"$work/extracted"
	# of struct pages an extract keeps those it was asked about
	for file in original extracted; do
		awk '/^  frame /{skip = 1; next} skip && /^            /{next} {skip = 0; print}' \
			"$work/$file" >"$work/kept" && mv "$work/kept" "$work/$file"
	done
	diff -u "$work/original" "$work/extracted"
}

again() {
	(cd "$work/$1/small" && vmatlas extract -o again vmlinux vmcore) >/dev/null
	cmp "$work/$1/small/vmlinux" "$work/$1/small/again/vmlinux"
	cmp "$work/$1/small/vmcore" "$work/$1/small/again/vmcore"
}

# refused WORDS COMMAND…: one line with WORDS in it, exit code 2.
refused() {
	words=$1
	shift
	"$@" >"$work/out" 2>"$work/err"
	rc=$?
	[ $rc = 2 ] || echo "exit code $rc"
	[ "$(wc -l <"$work/err")" = 1 ] || cat "$work/err"
	grep -qF "$words" "$work/err" || { echo "not '$words':"; cat "$work/err"; }
	[ ! -s "$work/out" ] || echo "it printed something"
}

# The pair in FOLDER and nothing else.
only_the_pair() {
	(cd "$1" && echo .* *) | grep -vx '\. \.\. vmcore vmlinux'
	return 0
}

into() {
	vmatlas extract -o "$1" "$work/$kernel/vmlinux" "$work/$kernel/vmcore"
}

makes_folders() {
	into "$work/a/b/c" >/dev/null
	only_the_pair "$work/a/b/c"
}

replaces_its_own() {
	into "$work/a/b/c" >/dev/null && into "$work/a/b/c/" >/dev/null || echo "exit $?"
	only_the_pair "$work/a/b/c"
}

spares_the_input() {
	refused "it is what is read" into "$work/$kernel"
	cmp "$work/$kernel/vmcore" "$build/synthetic/$kernel/vmcore"
	cd "$work/a/b/c" || return
	cp vmcore ../before
	refused "it is what is read" vmatlas extract -o . vmlinux vmcore
	cmp vmcore ../before
}

spares_links_to_the_input() {
	mkdir "$work/links"
	ln -s "$work/$kernel/vmcore" "$work/links/vmcore"
	refused "it is what is read" into "$work/links"
}

spares_others() {
	mkdir "$work/mine"
	echo precious >"$work/mine/vmcore"
	refused "is not an extract" into "$work/mine"
	cp "$build/synthetic/$kernel/vmlinux" "$work/mine/vmlinux"
	rm "$work/mine/vmcore"
	refused "is not an extract" into "$work/mine"
	mkdir "$work/mine2" "$work/mine2/vmcore"
	refused "is not an extract" into "$work/mine2"
	(cd "$work" && echo mine/* mine2/*) | grep -vx 'mine/vmlinux mine2/vmcore'
	return 0
}

# A limit on the size of files stands for a full disk.
leaves_nothing_half() (
	trap '' XFSZ
	# shellcheck disable=SC3045 # every sh of today has it
	ulimit -f 2
	refused "File too large" into "$work/no-room/nor/here"
	[ ! -e "$work/no-room" ] || find "$work/no-room"
)

keeps_the_old_pair() (
	cp "$work/a/b/c/vmcore" "$work/old"
	trap '' XFSZ
	# shellcheck disable=SC3045
	ulimit -f 2
	refused "File too large" into "$work/a/b/c"
	only_the_pair "$work/a/b/c"
	cmp "$work/a/b/c/vmcore" "$work/old"
)

speaks_json() {
	vmatlas extract -J -o "$work/json" "$work/$kernel/vmlinux" "$work/$kernel/vmcore" | is_json ||
		echo "that is no JSON"
}

kernel=
for folder in "$build"/synthetic/*/; do
	name=$(basename "$folder")
	synthetic "$name" || continue
	: "${kernel:=$name}"
	ok "$name: its extract gives the same answers" same_answers "$name"
	ok "$name: and extracts again to itself" again "$name"
done

if [ -n "$kernel" ]; then
	ok "folders are made, and hold the pair" makes_folders
	ok "an earlier extract is replaced" replaces_its_own
	ok "what is read is not overwritten" spares_the_input
	ok "nor through a link" spares_links_to_the_input
	ok "nor is anything that is no extract" spares_others
	ok "a disk that is full leaves nothing" leaves_nothing_half
	ok "or the pair that was there" keeps_the_old_pair
	ok "a file is no folder" refused "Not a directory" into "$work/$kernel/vmcore"
	ok "nor can one be made below a file" refused "Not a directory" into "$work/old/x"
	ok "nor in /proc" refused "No such file" into /proc/vmatlas/x
	ok "nothing is no folder" refused "missing -o DIR" into ""
	ok "where to, is asked" refused "where to" vmatlas extract "$work/$kernel/vmlinux" \
		"$work/$kernel/vmcore"
	ok "JSON is JSON" speaks_json
else
	skip "extracts" "no synthetic kernel was built"
fi
finish
