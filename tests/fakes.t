#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every fake kernel against every command: what is printed, whether the JSON is
# JSON, and that each damage is found under its own code and no other.
#
#	O=build/release tests/fakes.t		UPDATE=1 rewrites tests/kernels/expected

cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
. tests/fakes.sh

# NAME: the codes of its findings that are no notes, and check's exit code
damage() {
	case $1 in
	overlap)	echo area-overlap 1 ;;
	stray)		echo area-out-of-range 1 ;;
	loop|ring|wild)	echo list-corrupt 1 ;;
	vmlist-loop|vmlist-wild) echo list-corrupt 1 ;;
	vmlist-other)	echo vm-struct-mismatch 1 ;;
	iomem-loop|iomem-wild) echo list-corrupt 1 ;;
	free-size|free-list|busy-tree) echo list-corrupt 1 ;;
	free-lost|purging-other) echo va-unaccounted 1 ;;
	full)		echo va-exhausted 1 ;;
	free-twice)	echo area-overlap 1 ;;
	wild-vm|wrong-size) echo vm-struct-mismatch 1 ;;
	bounds)		echo bounds-disagree 1 ;;
	pte-stale)	echo stale-pte 1 ;;
	pte-hole)	echo unmapped-area 1 ;;
	pte-guard)	echo guard-mapped 1 ;;
	pte-elsewhere|pte-page) echo wrong-page 1 ;;
	pte-wx)		echo wx-mapping 1 ;;
	seed|dma-window|owners) echo ram-ignored 1 ;;
	exhausted)	echo limit-reached ram-exhausted va-exhausted 1 ;;
	*)		echo 0 ;;
	esac
}

# Addresses worth asking about: an area, the gap behind it, text, nowhere.
addresses() {
	case $1 in
	arm*)	echo d0804000 d080e000 c0010000 80000000 ;;
	owners) echo 9000123 9001000 9002000 9003000 4000100 7fe0010 5000 \
		ffffc90000005000 ;;
	seed|dma-window) echo d8803000 d8000000 c0021000 e0000000 ;;
	*)	echo ffffc90000005000 ffffc90000420000 ffffffff81000010 ffffeb0000000000 ;;
	esac
}

# Kernels that are there for one finding, or for the form of their books or address space.
is_brief() {
	case $1 in
	iomem-*|arm64-*|i386-*|vmlist-*|arm-3.4|arm-4.*|x86-2.*|x86-3.*|x86-4.*|x86-5.*) true ;;
	*) false ;;
	esac
}

# Where vmalloc space lies nobody knows of the seed.
would_fit() {
	case $1 in seed|dma-window) echo "usage -b"; return ;; esac
	for what in 0x3000 2M,ioremap 5M,1M,no-guard,module 16T; do
		echo "usage --simulate $what"
	done
}

commands() {
	if is_brief "$1"; then
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
	$(would_fit "$1")
	addr $(addresses "$1")
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

# Damaged copies of another kernel: told by what is not as it is there.
healthy_base() {
	case $1 in vmlist-*) echo x86-2.6.28; return ;; esac
	grep -q '"x86-6.6.c"' "tests/kernels/$1.c" && echo x86-6.6 && return
	grep -q '"x86-6.12.c"' "tests/kernels/$1.c" && echo x86-6.12 && return
	grep -q '"v6_1.h"' "tests/kernels/$1.c" && [ "$1" != x86-6.1 ] && echo x86-6.1
}

# Lines that differ, below the command that printed them.
difference() {
	diff -b -U0 -F '^\$ vmatlas' "$1" "$2" | sed '/^---/d; /^+++/d; s/^@@.*@@/@@/'
}

as_expected() {
	transcript "$1" >"$work/got"
	if base=$(healthy_base "$1"); then
		difference "tests/kernels/expected/$base" "$work/got" >"$work/less"
		mv "$work/less" "$work/got"
	fi
	[ -z "$UPDATE" ] || cp "$work/got" "tests/kernels/expected/$1"
	diff -u "tests/kernels/expected/$1" "$work/got"
}

# What such a kernel itself prints, written by hand from its C file and the kernel's
# own format: never by the tool.
says_what_it_said() {
	for want in tests/kernels/said/"$1".*; do
		case $want in
		*.vmallocinfo)	command='areas --vmallocinfo' ;;
		*.boot)		command='map --boot' ;;
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
		# Not every fake kernel has a log, and then there is nothing to say.
		grep -v "kernel log: neither prb nor log_buf" "$work/why"
		is_json <"$work/json" || echo "vmatlas $command -J prints no JSON"
	done
}

finds_its_damage() {
	want=$(damage "$1")
	got=$(codes_and_rc "$1" check)
	[ "$got" = "$want" ] || echo "check: found and exited with '$got', wanted '$want'"
}

names_are_complete() {
	for file in tests/kernels/expected/* tests/kernels/said/*; do
		name=${file##*/}
		name=${name%.vmallocinfo} name=${name%.boot}
		[ -e "tests/kernels/$name.c" ] || echo "$file: of which kernel?"
	done
}

# The kernels that others are compared with first.
seen=
for source in tests/kernels/x86-6.1.c tests/kernels/x86-6.6.c tests/kernels/x86-6.12.c tests/kernels/*.c; do
	name=${source##*/} name=${name%.c}
	case " $seen " in *" $name "*) continue ;; esac
	seen="$seen $name"
	if ! fake "$name"; then
		skip "$name" "no compiler for its CPU"
		continue
	fi
	ok "$name: every command prints what it should" as_expected "$name"
	ok "$name: prints what it printed itself" says_what_it_said "$name"
	ok "$name: JSON is JSON" speaks_json "$name"
	ok "$name: its damage and nothing else is found" finds_its_damage "$name"
done
# Nobody shall take it for a real machine.
demonstration() {
	tests/kernels/demo "$build" >"$work/demo" || echo "it fails"
	grep -q "not of real machines" "$work/demo" || echo "it does not say what it shows"
	for code in area-overlap ram-ignored; do
		fake overlap && fake seed && ! grep -q "$code" "$work/demo" && echo "no $code"
	done
	:
}

ok "the demonstration runs, and says what it is" demonstration
ok "nothing is expected of kernels that are gone" names_are_complete
finish
