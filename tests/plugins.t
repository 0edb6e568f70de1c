#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Plugins that misbehave, one fault each: each file in tests/plugins says in comments how
# the tool is called (with the name of a synthetic kernel, if it needs one), the exit code,
# and what must be printed, in one line:
#
#	/* vmatlas check -> 2: inspector failing: the sky fell */
#
# Without a kernel, check looks at the boot log in that folder. The plugins that come
# with vmatlas have nothing to say about healthy kernels.

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

# What the tool looks at: nothing, a boot log, or a synthetic kernel.
target() {
	case $1 in
	plugins)	;;
	check)		echo --boot-log tests/plugins/boot.log ;;
	*)		echo -k "$O/synthetic/${1#* }/vmlinux" -c "$O/synthetic/${1#* }/vmcore" ;;
	esac
}

# told FILE EXPECTATION
told() {
	command=${2%% ->*} rc=${2#*-> }
	rc=${rc%%:*} text=${2#*: }
	# shellcheck disable=SC2046 # a list
	"$O/vmatlas" "${command%% *}" $(target "$command") \
		-p "$O/tests/plugins/$(basename "$1" .c).so" >"$said" 2>&1
	got=$?
	[ $got = "$rc" ] || echo "exit code $got, expected $rc"
	case $(one_line "$said") in
	*"$text"*) ;;
	*) echo "expected: $text"; echo got:; cat "$said" ;;
	esac
}

# Every expectation of a file; those on kernels that could not be built are left out.
all_told() {
	sed -n 's|^/\* vmatlas \(.*\) \*/$|\1|p' "$1" >"$wanted"
	[ -s "$wanted" ] || echo "$1 says nothing about what is expected"
	while read -r expectation; do
		case $expectation in
		check\ [!-]*)
			kernel=${expectation#check } kernel=${kernel%% *}
			[ -e "$O/synthetic/$kernel/vmcore" ] || continue ;;
		esac
		told "$1" "$expectation"
	done <"$wanted"
}

# silent PLUGIN KERNEL: what it could not look at, for the kernel is a small one, may be said
silent() {
	set -- "$O/plugins/$1.so" "$O/synthetic/$2"
	"$O/vmatlas" check -J -k "$2/vmlinux" -c "$2/vmcore" >"$wanted" 2>&1
	"$O/vmatlas" check -J -k "$2/vmlinux" -c "$2/vmcore" -p "$1" 2>&1 |
		python3 tests/plugins/new_findings.py "$wanted"
}

# finds PLUGIN CODE KERNEL: this and nothing else, once
finds() {
	got=$(silent "$1" "$3" | cut -d' ' -f1)
	[ "$got" = "$2" ] || echo "expected one finding, $2; got: $got"
}

said=$(mktemp) && wanted=$(mktemp) || exit 2
for plugin in tests/plugins/*.c; do
	ok "$(sed -n '2s|^/\* \(.*\) \*/$|\1|p' "$plugin")" all_told "$plugin"
done
for plugin in plugins/*.c; do
	plugin=$(basename "$plugin" .c)
	for kernel in x86-6.1 x86-6.12 arm-6.12; do
		if [ -e "$O/synthetic/$kernel/vmcore" ]; then
			ok "$plugin is silent about a healthy $kernel" silent "$plugin" "$kernel"
		else
			skip "$plugin is silent about $kernel" "no compiler for its CPU"
		fi
	done
done
while read -r plugin code kernel; do
	if [ -e "$O/synthetic/$kernel/vmcore" ]; then
		ok "$plugin finds $code in $kernel" finds "$plugin" "$code" "$kernel"
	else
		skip "$plugin finds $code in $kernel" "no compiler for its CPU"
	fi
done <<-END
	$(sed -ns 's|^plugin \(.*\)|\1|p; T; F' tests/synthetic/*/about |
		paste - - | sed 's|\ttests/synthetic/| |; s|/about$||')
END
rm -f "$said" "$wanted"
finish
