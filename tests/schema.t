#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Every command's -J, on every bundled case and synthetic kernel there is, against the
# schemas in src/render/schema; and that these refuse changed documents.

cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
: "${O:=build/release}" "${PYTHON:=python3}"

if ! "$PYTHON" -c 'from jsonschema import Draft202012Validator' 2>/dev/null; then
	skip "JSON is what the schemas say" "no python3-jsonschema"
	finish
	exit
fi
dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT
vmatlas=$O/vmatlas
nr=0

# An exit code of 1 or 3 is a verdict; what is no answer leaves no file.
answer() {
	nr=$((nr + 1))
	"$vmatlas" "$@" >"$dir/$nr.json" 2>/dev/null
	case $? in 0 | 1 | 3) ;; *) rm -f "$dir/$nr.json" ;; esac
}

everything_of() {
	for command in info map areas check plugins log usage; do
		answer $command -J "$@"
	done
	answer report -J --full "$@"
	answer areas -J --by caller "$@"
	answer usage -J --simulate 64K "$@"
	answer addr -J "$@" 0x1000 0xffffffff81000000 0xc0008000
	answer print -J "$@" 1+1 -1 '(void *)0' 'sizeof(int)'
	answer print -J "$@" linux_banner '&linux_banner' init_uts_ns
	answer whatis -J "$@" 1+1 'unsigned long'
	answer ptype -J "$@" int
	answer sym -J "$@" linux_banner vfree
	answer sym -J "$@" vmalloc
	answer rd -J "$@" /4wx '&linux_banner' /s '&linux_banner'
	answer vtop -J "$@" '&linux_banner'
	answer bt -J "$@" -a
	answer bt -J "$@" --tasks
	answer search -J "$@" /3g '&linux_banner' --string Linux --hex '4c 69 ?? 75'
	answer search -J "$@" /3w 0x10 --ignore f --physical
	answer ptov -J "$@" 0x100000
	answer ptov -J "$@" 0x80100000
	answer list -J "$@" vmap_area.list vmap_area_list va_start,va_end
	answer list -J "$@" vmap_area.list 'vmap_nodes[0].busy.head' va_start where va_end
	answer tree -J "$@" vmap_area.rb_node 'vmap_nodes[0].busy.root' va_start
	answer array -J "$@" init_uts_ns.name.release /x '$'
	answer ptype -J "$@" 'struct list_head' 'struct vm_struct'
}

more_of() {
	answer map -J --mappings "$@"
	answer diff -J "$@" "$2"
	answer addr -J --physical "$@" 0x100000
	answer extract -J -o "$dir/extract" "$@"
}

answer explain -J
answer report -J --boot-log tests/plugins/boot.log
answer map -J --boot-log tests/plugins/boot.log
more=more_of
for vmcore in build/cases/*/vmcore "$O"/synthetic/*/vmcore; do
	vmlinux=${vmcore%vmcore}vmlinux
	[ -e "$vmcore" ] && [ -e "$vmlinux" ] || continue
	everything_of "$vmlinux" "$vmcore"
	$more "$vmlinux" "$vmcore"
	more=:
done

check() {
	"$PYTHON" tests/json_schema.py src/render/schema "$dir"/*.json >"$dir/said" || cat "$dir/said"
}

ok "JSON is what the schemas say" check
tail -1 "$dir/said"
finish
