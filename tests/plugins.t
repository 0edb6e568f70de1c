#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Plugins that misbehave, one sin each: each file in tests/plugins says in a comment how
# the tool is called, the exit code, and what it must print, in one line:
#
#	/* vmatlas check -> 2: inspector failing: the sky fell */
#
# check looks at the boot log in that folder: there is no kernel to read.

cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
: "${O:=build/release}"
unset VMATLAS_PLUGIN_PATH
LC_ALL=C
export LC_ALL

# one_line FILE: as the tool would say it, were there room for it in one line
one_line() {
	tr -s '\n ' '  ' <"$1"
}

told() {
	plugin=$(basename "$1" .c)
	wanted=$(sed -n 's|^/\* vmatlas \(.*\) \*/$|\1|p' "$1")
	command=${wanted%% ->*} rc=${wanted#*-> }
	rc=${rc%%:*} text=${wanted#*: }
	[ "$command" = plugins ] || set -- --declared tests/plugins/boot.log
	[ "$command" = plugins ] && set --
	"$O/vmatlas" "$command" "$@" -p "$O/tests/plugins/$plugin.so" >"$O/tests/plugins/said" 2>&1
	got=$?
	[ $got = "$rc" ] || echo "exit code $got, expected $rc"
	case $(one_line "$O/tests/plugins/said") in
	*"$text"*) ;;
	*) echo "expected: $text"; echo got:; cat "$O/tests/plugins/said" ;;
	esac
}

for sin in tests/plugins/*.c; do
	ok "$(sed -n '2s|^/\* \(.*\) \*/$|\1|p' "$sin")" told "$sin"
done
rm -f "$O/tests/plugins/said"
finish
