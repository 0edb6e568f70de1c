# shellcheck shell=bash
# Shared by the scripts of the kernel lab; sourced, never run.

LAB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CACHE=${VMATLAS_CACHE:-$HOME/.cache/vmatlas}

# The suite whose kernels are built on the machine itself, and whose tools are used.
HOST_SUITE=bookworm

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() { say "$*"; exit 1; }

# need FILE…: stop early and by name, rather than in the middle of a boot.
need() {
	local f
	for f; do [ -e "$f" ] || die "$f is missing"; done
}

# tools COMMAND…: all that fetch-tools installs.
tools() {
	local t
	for t; do
		command -v "$t" >/dev/null || die "$t is missing: run tests/lab/fetch-tools"
	done
}

# row TABLE NAME: the line of tests/lab/TABLE whose first word is NAME.
row() {
	awk -v n="$2" '$1 == n { print; found = 1 } END { exit !found }' "$LAB/$1" ||
		die "no line '$2' in tests/lab/$1"
}

# names TABLE: the first words.
names() { awk '$1 !~ /^#/ && NF { print $1 }' "$LAB/$1"; }

# lock NAME: one script at a time, held until the process ends. The open
# descriptor must not be passed on to guests (they could outlive us).
lock() {
	mkdir -p "$CACHE"
	exec {LOCKFD}>"$CACHE/.lock-$1"
	flock -n "$LOCKFD" || { say "waiting for another $1"; flock "$LOCKFD"; }
}

# scratch: a directory which goes away with the script.
scratch() {
	mkdir -p "$CACHE/tmp"
	SCRATCH=$(mktemp -d "$CACHE/tmp/${0##*/}.XXXXXX")
	trap 'rm -rf "$SCRATCH"' EXIT
	# Without this the EXIT trap is not run when a signal ends bash.
	trap 'exit 130' INT TERM HUP
}
