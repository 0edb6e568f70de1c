# SPDX-License-Identifier: LGPL-2.1-or-later
# For tests on synthetic kernels: a folder of copies, as old as the epoch of all tests,
# and the tool in PATH. Sourced after tap.sh, from the top of the tree.
# shellcheck shell=sh

case ${O:=build/release} in
/*) build=$O ;;
*) build=$PWD/$O ;;
esac
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
PATH=$build:$PATH
LC_ALL=C TZ=UTC
# A sanitizer's complaint must not look like a finding's exit code.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}exitcode=99
UBSAN_OPTIONS=${UBSAN_OPTIONS:+$UBSAN_OPTIONS:}exitcode=99
LSAN_OPTIONS=${LSAN_OPTIONS:+$LSAN_OPTIONS:}exitcode=99
export ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS
unset POSIXLY_CORRECT VMATLAS_PLUGIN_PATH TMPDIR DEBUGINFOD_URLS
export PATH LC_ALL TZ

[ -x "$build/vmatlas" ] || { echo "Bail out! no $build/vmatlas"; exit 2; }

# synthetic NAME: $work/NAME/vmlinux and vmcore; fails if that kernel was not built.
synthetic() {
	[ -e "$build/synthetic/$1/vmcore" ] || return 1
	mkdir -p "$work/$1"
	cp "$build/synthetic/$1/vmlinux" "$build/synthetic/$1/vmcore" "$work/$1"
	touch -d '2026-01-01 00:00:00 UTC' "$work/$1/vmlinux" "$work/$1/vmcore"
}

# run_in NAME COMMAND…: both of its outputs, then its exit code.
run_in() (
	cd "$work/$1" || exit 2
	shift
	timeout 60 "$@" 2>&1
	echo "exit $?"
)

# Perl brings its own reader of JSON.
is_json() {
	perl -MJSON::PP -0777 -ne 'decode_json $_' >/dev/null 2>&1
}

# codes FILE: the codes of all findings but notes, each once, in one line.
codes() {
	perl -MJSON::PP -0777 -e '
		my %seen;
		$seen{$_->{code}}++ for grep { $_->{severity} ne "note" }
			@{ decode_json(<>)->{findings} };
		print join(" ", sort keys %seen);
	' "$1"
}

# codes_and_rc NAME COMMAND…: what "vmatlas COMMAND… -J" finds and exits with.
codes_and_rc() (
	cd "$work/$1" || exit 2
	shift
	timeout 60 vmatlas "$@" -J -k vmlinux -c vmcore >../json
	rc=$?
	found=$(codes ../json)
	echo "$found${found:+ }$rc"
)
