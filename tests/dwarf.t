#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# One synthetic kernel, of two files, in every kind of debug information that compilers,
# linkers and packers make: all give the same answers.

cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
. tests/synthetic.sh

# A synthetic kernel's own flags, with what a variant adds; linked in two steps, as Linux is.
flags='-std=gnu11 -g -O0 -w -ffreestanding -fno-pie -fno-builtin -fno-common
	-fno-asynchronous-unwind-tables -falign-functions=64 -fno-stack-protector
	-mcmodel=kernel -mno-red-zone -fcf-protection=none -Itests/synthetic -Itests/synthetic/include'
id=1234567890123456789012345678901234567890

# build DIR CC FLAGS LINK-FLAGS
build() {
	mkdir -p "$work/$1"
	for file in tests/data/other.c tests/synthetic/x86-6.12/kernel.c; do
		# shellcheck disable=SC2086 # words
		$2 $flags $3 -DRELEASE='"6.12.0-fake"' -DBUILD_ID="\"$id\"" -c $file \
			-o "$work/$1/$(basename $file).o" || return 1
	done
	# shellcheck disable=SC2086
	$2 $flags $3 -nostdlib -r $4 "$work/$1/other.c.o" "$work/$1/kernel.c.o" \
		-o "$work/$1/vmlinux.o" || return 1
	ld --defsym MODULES_VADDR=0xffffffffc0000000 -T tests/synthetic/include/x86_64.lds \
		-z max-page-size=4096 -z noexecstack --build-id=0x$id "$work/$1/vmlinux.o" \
		-o "$work/$1/vmlinux" || return 1
	objcopy --strip-all "$work/$1/vmlinux" "$work/$1/vmcore"
	printf '\004' | dd of="$work/$1/vmcore" bs=1 seek=16 conv=notrunc status=none
}

# healthy DIR: nothing is found, and /proc/vmallocinfo is what it should be
healthy() {
	timeout 20 vmatlas check -n "$work/$1/vmlinux" "$work/$1/vmcore" >"$work/said" 2>&1
	rc=$?
	[ $rc = 0 ] || { echo "exit $rc"; cat "$work/said"; }
	timeout 20 vmatlas areas --vmallocinfo "$work/$1/vmlinux" "$work/$1/vmcore" \
		>"$work/said" 2>&1
	diff tests/synthetic/x86-6.12/vmallocinfo "$work/said"
	printed "$1"
}

# printed DIR: types by name, variables by address, enumerators and functions are found
printed() {
	{
		timeout 20 vmatlas print "$work/$1/vmlinux" "$work/$1/vmcore" 'vmap_nodes->busy.lock' \
			'vmap_nodes->busy.head.next != 0' 'sizeof(struct vmap_area)' \
			'&((struct vm_struct *)0x1000)->nr_pages' VSYSCALL_PAGE vfree \
			init_uts_ns.name.release
		timeout 20 vmatlas ptype "$work/$1/vmlinux" "$work/$1/vmcore" 'struct vm_struct'
	} >"$work/said" 2>&1
	grep vmatlas: "$work/said"
	[ -e "$work/printed" ] || cp "$work/said" "$work/printed"
	diff "$work/printed" "$work/said"
}

dwz_alone() {
	dwz -o "$2" "$1"
}

# changed NAME COMMAND…: the same after COMMAND made new/vmlinux of that of gcc, or $from
changed() {
	name=$1
	shift
	rm -rf "$work/new"
	cp -r "$work/${from:-gcc}" "$work/new"
	if "$@" "$work/${from:-gcc}/vmlinux" "$work/new/vmlinux" >"$work/log" 2>&1; then
		ok "$name" healthy new
	else
		skip "$name" "$1 cannot: $(head -1 "$work/log")"
	fi
}

# An index, and no .debug_aranges.
indexed() {
	objcopy -R .debug_aranges "$1" "$2" && gdb-add-index "$2" &&
		readelf -SW "$2" | grep gdb_index
}

# What libelf cannot unpack it says so; later ones can.
zstd() {
	rm -rf "$work/new"
	cp -r "$work/gcc" "$work/new"
	objcopy --compress-debug-sections=zstd "$work/gcc/vmlinux" "$work/new/vmlinux" || return
	timeout 20 vmatlas check "$work/new/vmlinux" "$work/new/vmcore" >"$work/said" 2>&1
	rc=$?
	[ $rc = 0 ] || [ $rc = 2 ] || echo "exit $rc"
	[ $rc = 0 ] || grep -q "objcopy --decompress-debug-sections" "$work/said" ||
		cat "$work/said"
}

shared() {
	cp "$work/gcc/vmlinux" "$work/one"
	cp "$work/gcc4/vmlinux" "$work/two"
	cp "$work/gcc/vmlinux" "$work/three"
	dwz -m "$work/common" "$work/one" "$work/two" "$work/three" 2>"$work/log"
	readelf -SW "$work/one" | grep -q debugaltlink || { cat "$work/log"; return; }
	timeout 20 vmatlas check "$work/one" "$work/gcc/vmcore" >"$work/said" 2>&1
	[ $? = 2 ] || echo "not refused"
	[ "$(wc -l <"$work/said")" = 1 ] || echo "not one line"
	grep -q "another file (dwz -m)" "$work/said" || cat "$work/said"
}

# variant NAME DIR CC FLAGS [LINK-FLAGS]
variant() {
	if ! command -v "$3" >/dev/null; then
		skip "$1" "no $3"
	elif build "$2" "$3" "$4" "${5-}" >"$work/log" 2>&1; then
		ok "$1" healthy "$2"
	else
		skip "$1" "$3 cannot: $(head -1 "$work/log")"
	fi
}

case $(cc -dumpmachine) in
x86_64-*) ;;
*) skip "kinds of debug information" "the compiler is not for x86-64"; finish; exit ;;
esac

variant "gcc" gcc gcc "-gdwarf-5"
variant "gcc, DWARF 4" gcc4 gcc "-gdwarf-4"
variant "gcc, 64-bit DWARF" gcc64 gcc "-gdwarf-5 -gdwarf64"
variant "gcc, type units" types5 gcc "-gdwarf-5 -fdebug-types-section"
variant "gcc, type units of DWARF 4" types4 gcc "-gdwarf-4 -fdebug-types-section"
variant "gcc, LTO" lto gcc "-flto -fno-toplevel-reorder" -flinker-output=nolto-rel
variant "clang" clang clang "-gdwarf-5" -fuse-ld=lld
variant "clang, DWARF 4" clang4 clang "-gdwarf-4" -fuse-ld=lld
variant "clang, type units" clangtypes clang "-gdwarf-5 -fdebug-types-section" -fuse-ld=lld
variant "clang, full LTO" full clang "-gdwarf-5 -flto=full" -fuse-ld=lld
variant "clang, full LTO, DWARF 4" full4 clang "-gdwarf-4 -flto=full" -fuse-ld=lld
variant "clang, ThinLTO" thin clang "-gdwarf-5 -flto=thin" -fuse-ld=lld

changed "no .debug_aranges" objcopy -R .debug_aranges
changed "zlib" objcopy --compress-debug-sections=zlib
changed "zlib, the old way" objcopy --compress-debug-sections=zlib-gnu
changed "dwz" dwz_alone
if command -v gdb-add-index >/dev/null; then
	changed ".gdb_index" indexed
else
	skip ".gdb_index" "no gdb"
fi
if [ -e "$work/types4/vmlinux" ]; then
	from=types4
	changed "type units of DWARF 4, zlib" objcopy --compress-debug-sections=zlib
fi
if [ -e "$work/full/vmlinux" ]; then
	from=full
	changed "full LTO, zlib" objcopy --compress-debug-sections=zlib
fi
if objcopy --help | grep -q zstd; then ok "zstd" zstd; else skip "zstd" "objcopy cannot"; fi
if command -v dwz >/dev/null; then ok "dwz -m is refused" shared; else skip "dwz -m" "no dwz"; fi
finish
