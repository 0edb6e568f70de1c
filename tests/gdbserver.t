#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# vmatlas gdbserver, packet by packet, with a client of our own (gdb_client.py). With gdb
# itself: gdb.t, lab/check/check-gdb.

cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
. tests/synthetic.sh
client=$PWD/tests/gdb_client.py

if ! command -v python3 >/dev/null; then
	skip "the server" "no python3"
	finish
fi

# talk NAME SCENARIO [EXTRA…]
talk() {
	name=$1 scenario=$2
	shift 2
	(cd "$work/$name" && timeout 100 python3 "$client" "$scenario" "$@" -- \
		vmatlas gdbserver vmlinux vmcore 2>&1)
}

for case in x86-6.12=ffff888008000400 arm-6.12=c0200000 arm64-4.14=ffffffc000080000 i386-5.4=c0100000; do
	name=${case%%=*} address=${case#*=}
	if ! synthetic "$name"; then
		skip "$name" "there is no compiler for it"
		continue
	fi
	banner=$(cd "$work/$name" && vmatlas sym vmlinux vmcore '&linux_banner' 2>/dev/null |
		sed 's/^0x//; s/ .*//')
	ok "$name: the handshake" talk "$name" handshake
	ok "$name: a session" talk "$name" session
	ok "$name: memory" talk "$name" memory "${banner:-$address}"
	ok "$name: what is refused" talk "$name" refused
done

if synthetic x86-6.12; then
	ok "what gdb sends again is answered once" talk x86-6.12 repeated
	ok "monitor" talk x86-6.12 monitor "$work/map"
	ok "any bytes" talk x86-6.12 garbage
	ok "an end in the middle" talk x86-6.12 cut
	mkdir -p "$work/bad" && cp "$work/x86-6.12/vmlinux" "$work/bad" && echo no dump >"$work/bad/vmcore"
	ok "a dump that is none" talk bad unopened
fi

refuses() {
	run_in / timeout 5 vmatlas gdbserver --listen "$1" vmlinux vmcore >"$work/said"
	grep -q '^exit 2$' "$work/said" && [ "$(wc -l <"$work/said")" = 2 ] || cat "$work/said"
}

for where in 0.0.0.0:1234 :1 1234 127.0.0.1:99999 127.0.0.1: unix: example.org:1; do
	ok "does not listen at '$where'" refuses "$where"
done
finish
