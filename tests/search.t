#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# search: what python finds in the dump's bytes; what rd shows at each hit; and its mistakes.

cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
. tests/synthetic.sh

command -v python3 >/dev/null || { skip "search" "no python3"; finish; exit; }

# plainly VMCORE HEX: physical addresses of the bytes, by the program headers
plainly() {
	python3 - "$1" "$2" <<-'EOF'
	import struct, sys
	d = open(sys.argv[1], "rb").read()
	wide = d[4] == 2
	phoff = struct.unpack_from("<Q", d, 32)[0] if wide else struct.unpack_from("<I", d, 28)[0]
	phsize, phnum = struct.unpack_from("<HH", d, 54 if wide else 42)
	want = bytes.fromhex(sys.argv[2])
	hits = set()
	for i in range(phnum):
	    at = phoff + i * phsize
	    if wide:
	        kind, _, off, _, paddr, size = struct.unpack_from("<IIQQQQ", d, at)
	    else:
	        kind, off, _, paddr, size = struct.unpack_from("<IIIII", d, at)
	    if kind != 1:
	        continue
	    part = d[off:off + size]
	    pos = part.find(want)
	    while pos >= 0:
	        hits.add(paddr + pos)
	        pos = part.find(want, pos + 1)
	for a in sorted(hits):
	    print(f"0x{a:x}")
	EOF
}

# search NAME OPTION…: addresses of the hits
search() (
	cd "$work/$1" || exit 2
	shift
	timeout 60 vmatlas search vmlinux vmcore -J "$@" | hits
)

hits() {
	python3 -c 'import json, sys
for s in json.load(sys.stdin)["searches"]:
    for h in s["hits"]: print(h["address"])'
}

finds_the_bytes() {
	plainly "$work/$1/vmcore" 4c696e7578 >"$work/want"
	[ -s "$work/want" ] || echo "nothing to be found"
	search "$1" --phys --string Linux | diff -u "$work/want" -
	search "$1" --phys --hex '4c69 6e 7578' | diff -u "$work/want" -
}

# Whatever is found by virtual address must be what rd reads there.
reads_the_same() {
	search "$1" /20w "$2" >"$work/addrs"
	[ -s "$work/addrs" ] || echo "no hits"
	while read -r addr; do
		run_in "$1" vmatlas rd vmlinux vmcore /wx "$addr" | grep -qi "$3" || echo "$addr is another"
	done <"$work/addrs"
}

complains() {
	want=$1
	shift
	run_in x86-6.12 vmatlas search vmlinux vmcore "$@" 2>&1 | grep -qF -- "$want" || echo "not: $want"
}

for name in x86-6.12 arm-6.12 arm64-4.14; do
	if ! synthetic "$name"; then
		skip "$name" "there is no compiler for it"
		continue
	fi
	ok "$name: finds a string where it is" finds_the_bytes "$name"
	ok "$name: a value is there" reads_the_same "$name" 0x756e694c 756e694c
done
if synthetic x86-6.12; then
	ok "a value too wide" complains 'does not fit into 1 byte' /b 300
	ok "half a byte" complains "two digits each" --hex 'abc'
	ok "no hexadecimal" complains "pairs of hexadecimal digits" --hex 'zz'
	ok "a range upside down" complains "ends before it starts" --range 5-4 1
	ok "no range" complains "START-END" --range 5 1
	ok "nothing to search for" complains "no expression given"
	ok "a strange format" complains "invalid format" /5q 1
fi
finish
