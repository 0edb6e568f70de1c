#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every synthetic kernel against every command: what is printed, whether the JSON is
# JSON, and that each fault is found under its own code and no other.
#
#	O=build/release tests/synthetic.t	UPDATE=1 rewrites tests/synthetic/*/expect
#	O=build/release tests/synthetic.t NAME…	these alone

cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
. tests/synthetic.sh

# about NAME KEY: what tests/synthetic/NAME/about says.
about() {
	sed -n "s/^$2 //p" "tests/synthetic/$1/about"
}

# Where vmalloc space lies nobody knows of some.
simulate() {
	[ "$(about "$1" simulate)" != no ] || { echo "usage -b"; return; }
	for what in 0x3000 2M,ioremap 5M,1M,no-guard,module 16T; do
		echo "usage --simulate $what"
	done
}

commands() {
	if [ "$(about "$1" commands)" = brief ]; then
		printf '%s\n' map areas 'areas --by type'
		return
	fi
	cat <<-END
	info
	map
	map --gaps
	map --boot
	areas
	areas --vmallocinfo
	areas --by caller
	areas --by type
	areas --by module
	usage --full
	$(simulate "$1")
	addr $(about "$1" addresses)
	log
	log --raw --callers
	check
	report
	report --full --exit-code
	END
}

# What may change without anybody minding: how much was read.
transcript() {
	commands "$1" | while read -r command; do
		echo "\$ vmatlas $command"
		# shellcheck disable=SC2086
		run_in "$1" vmatlas $command -k vmlinux -c vmcore
	done | sed '/^bytes read /d; /^reads /d'
}

# Lines that differ, below the command that printed them.
difference() {
	diff -b -U0 -F '^\$ vmatlas' "$1" "$2" | sed '/^---/d; /^+++/d; s/^@@.*@@/@@/'
}

as_expected() {
	transcript "$1" >"$work/got"
	base=$(about "$1" compare)
	if [ -n "$base" ]; then
		difference "tests/synthetic/$base/expect" "$work/got" >"$work/less"
		mv "$work/less" "$work/got"
	fi
	[ -z "$UPDATE" ] || cp "$work/got" "tests/synthetic/$1/expect"
	diff -u "tests/synthetic/$1/expect" "$work/got"
}

# What such a kernel itself prints, written by hand from its C file and the kernel's
# own format: never by the tool.
says_what_it_said() {
	for want in tests/synthetic/"$1"/*; do
		case $want in
		*/vmallocinfo)	command='areas --vmallocinfo' ;;
		*/boot)		command='map --boot' ;;
		*)		continue ;;
		esac
		# shellcheck disable=SC2086
		(cd "$work/$1" && vmatlas $command -k vmlinux -c vmcore) >"$work/got" 2>&1
		diff -u "$want" "$work/got"
	done
}

# Every command that speaks JSON says something a parser takes.
speaks_json() {
	commands "$1" | grep -v -e --boot -e --vmallocinfo | while read -r command; do
		# shellcheck disable=SC2086
		(cd "$work/$1" && vmatlas $command -J -k vmlinux -c vmcore) >"$work/json" 2>"$work/why"
		# Not every synthetic kernel has a log, and then there is nothing to say.
		grep -v "kernel log: neither prb nor log_buf" "$work/why"
		is_json <"$work/json" || echo "vmatlas $command -J prints no JSON"
	done
}

finds_its_fault() {
	want=$(about "$1" finds) rc=$(about "$1" exit)
	want="$want${want:+ }${rc:-0}"
	got=$(codes_and_rc "$1" check)
	[ "$got" = "$want" ] || echo "check: found and exited with '$got', wanted '$want'"
}

# Every folder is a kernel, and says what it is.
folders_are_complete() {
	for dir in tests/synthetic/*/; do
		name=$(basename "$dir")
		[ "$name" != include ] || continue
		for file in kernel.c about expect; do
			[ -e "$dir$file" ] || echo "$dir has no $file"
		done
		for key in is cpu release addresses; do
			[ -n "$(about "$name" $key)" ] || echo "${dir}about has no '$key'"
		done
		cut -d' ' -f1 "${dir}about" | grep -vxE \
			'is|cpu|release|ldflags|cflags|compare|finds|exit|commands|simulate|plugin|addresses' |
			sed "s|^|${dir}about: unknown key |"
	done
}

# Those that others are compared with come first.
compared=$(sed -n 's/^compare //p' tests/synthetic/*/about | sort -u)
seen=
for name in ${*:-$compared $(ls tests/synthetic)}; do
	[ -e "tests/synthetic/$name/about" ] || continue
	case " $seen " in *" $name "*) continue ;; esac
	seen="$seen $name"
	if ! synthetic "$name"; then
		skip "$name" "no compiler for its CPU"
		continue
	fi
	ok "$name: every command prints what it should" as_expected "$name"
	ok "$name: prints what it printed itself" says_what_it_said "$name"
	ok "$name: JSON is JSON" speaks_json "$name"
	ok "$name: its fault and nothing else is found" finds_its_fault "$name"
done
# Nobody shall take it for a real machine.
demonstration() {
	tests/synthetic/demo "$build" >"$work/demo" || echo "it fails"
	grep -q "not of real machines" "$work/demo" || echo "it does not say what it shows"
	for code in area-overlap ram-ignored; do
		synthetic overlap && synthetic seed && ! grep -q "$code" "$work/demo" && echo "no $code"
	done
	:
}

ok "the demonstration runs, and says what it is" demonstration
ok "each folder is complete" folders_are_complete
finish
