# SPDX-License-Identifier: LGPL-2.1-or-later
# TAP for shell tests: . ./tap.sh, ok NAME COMMAND…, then finish. Sourced, not run.
# shellcheck shell=sh

tap_nr=0
tap_said=$(mktemp) || exit 2

# ok NAME COMMAND…: passes if COMMAND succeeds and prints nothing.
ok() {
	tap_nr=$((tap_nr + 1))
	tap_name=$1
	shift
	if "$@" >"$tap_said" 2>&1 && [ ! -s "$tap_said" ]; then
		echo "ok $tap_nr - $tap_name"
	else
		echo "not ok $tap_nr - $tap_name"
		sed 's/^/# /' "$tap_said"
	fi
}

skip() {
	tap_nr=$((tap_nr + 1))
	echo "ok $tap_nr - $1 # SKIP $2"
}

finish() {
	rm -f "$tap_said"
	echo "1..$tap_nr"
}
