#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Symbols that are hard to find, through the whole tool: statics that a compiler gave a
# suffix, names that statics and private types of another file have as well, members in
# an anonymous union (vmap_area.vm), symbols that were left out. All give the answers of
# the plain kernel.

cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
. tests/synthetic.sh

flags='-std=gnu11 -g -O0 -w -ffreestanding -fno-pie -fno-builtin -fno-common
	-fno-asynchronous-unwind-tables -falign-functions=64 -fno-stack-protector
	-mcmodel=kernel -mno-red-zone -fcf-protection=none -Itests/synthetic -Itests/synthetic/include'
id=1234567890123456789012345678901234567890
statics='vmap_nodes nr_vmap_nodes kcore_vmalloc kcore_modules address_markers modules'

# build NAME OBJECT…: a kernel of these, linked in this order
build() {
	name=$1
	shift
	mkdir -p "$work/$name"
	ld --defsym MODULES_VADDR=0xffffffffc0000000 -T tests/synthetic/include/x86_64.lds \
		-z max-page-size=4096 -z noexecstack --build-id=0x$id "$@" \
		-o "$work/$name/vmlinux" || return 1
	objcopy --strip-all "$work/$name/vmlinux" "$work/$name/vmcore"
	printf '\004' | dd of="$work/$name/vmcore" bs=1 seek=16 conv=notrunc status=none
}

answers() {
	for command in map areas 'areas --vmallocinfo' 'check -n'; do
		echo "\$ $command"
		# shellcheck disable=SC2086
		run_in "$1" vmatlas $command vmlinux vmcore
	done | sed '/^TARGET/d'		# when the dump was taken
}

same() {
	answers plain >"$work/plain.txt"
	answers "$1" >"$work/$1.txt"
	diff -u "$work/plain.txt" "$work/$1.txt"
}

# Bounds of one source less, and nothing else.
same_but_for() {
	answers "$1" | grep -v "$2" >"$work/$1.txt"
	answers plain | grep -v "$2" | diff -u - "$work/$1.txt"
}

# altered NAME OPTION…: the plain kernel after objcopy
altered() {
	name=$1
	shift
	rm -rf "${work:?}/$name"
	cp -r "$work/plain" "$work/$name"
	objcopy "$@" "$work/plain/vmlinux" "$work/$name/vmlinux"
}

each() {
	for symbol in $statics; do printf -- "$1 " "$symbol" "$symbol"; done
}

case $(cc -dumpmachine) in
x86_64-*) ;;
*) skip "statics" "the compiler is not for x86-64"; finish; exit ;;
esac

for file in tests/data/namesakes.c tests/synthetic/x86-6.12/kernel.c; do
	# shellcheck disable=SC2086
	cc $flags -DRELEASE='"6.12.0-fake"' -DBUILD_ID="\"$id\"" -c "$file" \
		-o "$work/$(basename "$file" .c).o" || exit 2
done
kernel_o=$work/kernel.o other=$work/namesakes.o
build plain "$kernel_o"
ok "the plain kernel is healthy" same plain

# shellcheck disable=SC2046 # words
{
altered static $(each '--localize-symbol=%s --localize-symbol=%s')
ok "statics" same static
altered suffix $(each '--redefine-sym=%s=%s.0')
ok "statics of functions: NAME.0" same suffix
altered lto $(each '--redefine-sym=%s=%s.lto_priv.0')
ok "statics of LTO: NAME.lto_priv.0" same lto
altered llvm $(each '--redefine-sym=%s=%s.llvm.1234567890')
ok "statics of ThinLTO: NAME.llvm.HASH" same llvm
}
build before "$other" "$kernel_o"
build behind "$kernel_o" "$other"
for place in before behind; do
	ok "statics and private types of the same names, in a file $place it" same $place
done
# The same in size as well: only the file tells which one is meant.
# shellcheck disable=SC2086
cc $flags -c tests/data/twins.c -o "$work/twins.o" || exit 2
cp "$kernel_o" "$work/local.o"
objcopy $(for s in vmap_nodes nr_vmap_nodes modules; do echo --localize-symbol=$s; done) \
	"$work/local.o"
build twins-before "$work/twins.o" "$work/local.o"
build twins-behind "$work/local.o" "$work/twins.o"
for place in before behind; do
	ok "statics of the same name and size, in a file $place it" same twins-$place
done
altered gone -N address_markers -N kcore_vmalloc -N kcore_modules
ok "symbols that were left out" same_but_for gone "address_markers\|kcore_"
altered bare -N address_markers -R .debug_aranges
ok "and no .debug_aranges" same_but_for bare "address_markers"
finish
