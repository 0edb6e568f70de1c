# shellcheck shell=bash
# Shared by the scripts of the kernel lab; sourced, never run.

LAB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CACHE=${VMATLAS_CACHE:-$HOME/.cache/vmatlas}

# builds_here SUITE: whether its kernels' build tools run on the machine itself, which is
# Debian 12. Those of later suites need a newer libc.
builds_here() { [ "$1" = bookworm ] || [ "$1" = bullseye ]; }

# abi RELEASE: without the flavour, which may have dashes of its own.
abi() { sed -E 's/^([0-9.]+(-[0-9]+|\+deb[0-9]+))-.*/\1/' <<<"$1"; }

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

# row TABLE NAME: the line of data/TABLE or TABLE.scale whose first word is NAME.
row() {
	cat "$LAB/data/$1"* | awk -v n="$2" '$1 == n { print; found = 1 } END { exit !found }' ||
		die "no line '$2' in tests/lab/data/$1"
}

# names TABLE: the first words.
names() { awk '$1 !~ /^#/ && NF { print $1 }' "$LAB/data/$1"; }

# feature NAME: whether $FEATURES, words with commas between, has it; value_of NAME prints what
# stands behind NAME=.
feature() { [[ ,$FEATURES, = *,$1,* ]]; }
value_of() { tr , '\n' <<<"$FEATURES" | sed -n "s/^$1=//p"; }

# dumps: the names of the cases that have a dump, but for those of a kernel of one's own
# (suite custom) that nobody has built here.
dumps() {
	local case kernel format suite
	while read -r case kernel _ _ format _; do
		read -r _ suite _ < <(row kernels "$kernel")
		[ "$format" = live ] || { [ "$suite" = custom ] && [ ! -e "$CACHE/kernels/$kernel" ]; } ||
			echo "$case"
	done < <(grep -v -e '^#' -e '^$' "$LAB/data/cases")
}

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
