#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A vmlinux that nobody named, and debug information that stands in another file.

cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
. tests/synthetic.sh

if ! synthetic x86-6.1 || ! synthetic x86-6.12; then
	skip "finding vmlinux" "no compiler for synthetic kernels"
	finish
	exit
fi
synthetic arm-3.10
cd "$work" || exit 2
unset DEBUGINFOD_URLS

# The one has no VMCOREINFO, the other's tells its build ID.
rel=6.12.0-fake

build_id() {
	readelf -n "$1" 2>/dev/null | sed -n 's/.*Build ID: //p' | head -1
}
id=$(build_id x86-6.12/vmlinux)
by_id=.build-id/$(echo "$id" | cut -c1-2)/$(echo "$id" | cut -c3-).debug

# place FILE...: an empty tree R, and the vmlinux of x86-6.12 at each FILE in it.
place() {
	rm -rf R
	mkdir R
	for file; do
		mkdir -p "R/$(dirname "$file")"
		cp x86-6.12/vmlinux "R/$file"
	done
}

# alone: the dump without a vmlinux beside it
mkdir alone alone-6.1
ln x86-6.12/vmcore alone/vmcore
ln x86-6.1/vmcore alone-6.1/vmcore
vmatlas check x86-6.12/vmlinux x86-6.12/vmcore >truth-6.12
vmatlas check x86-6.1/vmlinux x86-6.1/vmcore >truth-6.1

# same TRUTH ARGUMENT…: check answers as it did with vmlinux named.
same() {
	truth=$1
	shift
	timeout 20 vmatlas check "$@" >said 2>&1
	diff "$truth" said
}

# refused WORDS ARGUMENT…: exit 2, one line with WORDS.
refused() {
	words=$1
	shift
	timeout 20 vmatlas "$@" >stdout 2>stderr </dev/null
	rc=$?
	[ $rc = 2 ] || echo "exit $rc, not 2"
	[ ! -s stdout ] || cat stdout
	[ "$(wc -l <stderr)" = 1 ] || { echo "stderr is not one line"; cat stderr; }
	grep -qF -e "$words" stderr || { echo "stderr does not say '$words':"; cat stderr; }
}

# ---- Without a vmlinux ----

beside() {
	same truth-6.12 x86-6.12/vmcore
	same truth-6.1 x86-6.1/vmcore
	(cd x86-6.12 && same ../truth-6.12 vmcore)
}

by_build_id() {
	place "usr/lib/debug/$by_id"
	same truth-6.12 --root R alone/vmcore
	same truth-6.12 --root "$PWD/R/" alone/vmcore
	same truth-6.12 --debug-dir R/usr/lib/debug alone/vmcore
	mkdir empty
	same truth-6.12 --root empty --root R alone/vmcore
	vmatlas info --root R alone/vmcore | grep -q '^found by  *build ID$' || echo "not told"
}

by_release() {
	for place in usr/lib/debug/boot/vmlinux-$rel boot/vmlinux-$rel \
	    usr/lib/debug/lib/modules/$rel/vmlinux lib/modules/$rel/build/vmlinux \
	    usr/lib/debug/usr/lib/modules/$rel/vmlinux.debug; do
		place $place
		same truth-6.12 --root R alone/vmcore
	done
	place vmlinux
	same truth-6.12 --debug-dir R alone/vmcore
}

# VMCOREINFO says nothing: what stands in memory does
by_memory() {
	place
	mkdir -p R/boot
	cp x86-6.1/vmlinux R/boot/vmlinux-6.1.0-fake
	same truth-6.1 --root R alone-6.1/vmcore
	objcopy -R .notes x86-6.1/vmlinux R/boot/vmlinux-6.1.0-fake
	same truth-6.1 --root R alone-6.1/vmcore
}

# Links in another machine's tree stay in it.
links() {
	place usr/src/k/vmlinux
	mkdir -p R/lib/modules/$rel
	ln -s /usr/src/k R/lib/modules/$rel/build
	same truth-6.12 --root R alone/vmcore
}

miss() {
	place
	refused "build ID $id, release $rel" check --root R alone/vmcore
	refused "R/usr/lib/debug" check --root R alone/vmcore
	refused "release 6.1.0-fake" check --root R alone-6.1/vmcore
	refused "R/usr/lib/debug" check --root R --root nowhere alone/vmcore
	mkdir -p R/boot
	cp x86-6.1/vmlinux R/boot/vmlinux-$rel
	refused "R/boot/vmlinux-$rel is of another build, $(build_id x86-6.1/vmlinux)" \
		check --root R alone/vmcore
	head -c 1000 x86-6.12/vmlinux >R/boot/vmlinux-$rel
	refused "is truncated" check --root R alone/vmcore
}

# ---- Debug information in another file ----

# split FILE: stripped and FILE, its debug information
split() {
	rm -rf S
	mkdir -p S "$(dirname "$1")"
	objcopy --only-keep-debug x86-6.12/vmlinux "$1"
	strip -o S/vmlinux x86-6.12/vmlinux
	[ -z "${2-}" ] || objcopy --add-gnu-debuglink="$1" S/vmlinux
}

by_link() {
	split S/vmlinux.debug link
	rm -rf S/.debug
	split S/k.debug link; same truth-6.12 S/vmlinux alone/vmcore
	mkdir S/.debug && mv S/k.debug S/.debug; same truth-6.12 S/vmlinux alone/vmcore
	mkdir -p "G$PWD/S" && mv S/.debug/k.debug "G$PWD/S"
	same truth-6.12 --debug-dir G S/vmlinux alone/vmcore
	mkdir -p R/usr/lib/debug/boot R/boot && mv "G$PWD/S/k.debug" R/usr/lib/debug/boot
	cp S/vmlinux R/boot/vmlinux
	same truth-6.12 --root R R/boot/vmlinux alone/vmcore
	refused "no symbol table" check --root empty R/boot/vmlinux alone/vmcore
}

split_by_id() {
	split "D/$by_id"
	same truth-6.12 --debug-dir D S/vmlinux alone/vmcore
	vmatlas info --debug-dir D S/vmlinux alone/vmcore | grep -q "^types  *DWARF of D/" ||
		echo "not told"
	cp S/vmlinux alone/vmlinux-$rel
	same truth-6.12 --debug-dir D alone/vmcore
	rm alone/vmlinux-$rel
	# only the debug half, by build ID alone
	same truth-6.12 --debug-dir D alone/vmcore
	same truth-6.12 "D/$by_id" alone/vmcore
}

# symbols are there, types are not
half_stripped() {
	split "D/$by_id"
	strip -g -o S/vmlinux x86-6.12/vmlinux
	same truth-6.12 --debug-dir D S/vmlinux alone/vmcore
	objcopy --strip-all --keep-section='.debug*' x86-6.12/vmlinux "D/$by_id"
	same truth-6.12 --debug-dir D S/vmlinux alone/vmcore
	rm -rf D
	vmatlas check S/vmlinux alone/vmcore >said 2>&1
	[ $? = 2 ] || cat said
}

wrong_half() {
	split S/k.debug link
	objcopy --only-keep-debug x86-6.1/vmlinux S/k.debug
	refused "its build ID is $(build_id x86-6.1/vmlinux), not $id" \
		check S/vmlinux alone/vmcore
	: >S/k.debug
	refused "k.debug: is empty" check S/vmlinux alone/vmcore
	if [ -e arm-3.10/vmlinux ]; then
		cp arm-3.10/vmlinux S/k.debug
		refused "another CPU" check S/vmlinux alone/vmcore
	fi
	# with symbols it is but a warning
	strip -g -o S/half x86-6.12/vmlinux
	objcopy --only-keep-debug x86-6.1/vmlinux S/k.debug
	objcopy --add-gnu-debuglink=S/k.debug S/half
	vmatlas check S/half alone/vmcore 2>stderr >stdout
	[ $? = 2 ] || cat stdout
	grep -q "warning: S/k.debug is not the debug file of S/half" stderr || cat stderr
}

# Without a build ID the CRC decides.
by_crc() {
	rm -rf S
	mkdir S
	objcopy -R .notes x86-6.1/vmlinux S/full
	objcopy --only-keep-debug S/full S/k.debug
	strip -o S/vmlinux S/full
	objcopy --add-gnu-debuglink=S/k.debug S/vmlinux
	same truth-6.1 S/vmlinux alone-6.1/vmcore
	printf x >>S/k.debug
	refused "its CRC is" check S/vmlinux alone-6.1/vmcore
}

bad_link() {
	strip -o S/vmlinux x86-6.12/vmlinux
	for bytes in 'k' 'k.debug' '../../x\0\0\0\0' '/etc/passwd\0\1\1\1\1' '\0\0\0\0\0\0\0\0'; do
		# shellcheck disable=SC2059 # escapes
		printf "$bytes" >link
		objcopy --add-section=.gnu_debuglink=link S/vmlinux S/bad
		refused "" check S/bad alone/vmcore
	done
	cp S/vmlinux S/self
	objcopy --add-gnu-debuglink=S/self S/vmlinux S/bad
	mv S/bad S/self
	refused "no symbol table" check S/self alone/vmcore
}

# ---- Debug information that is packed ----

compressed() {
	for how in zlib zlib-gnu zlib-gabi; do
		objcopy --compress-debug-sections=$how x86-6.12/vmlinux packed || echo "objcopy fails"
		same truth-6.12 packed alone/vmcore
	done
	for how in zlib zlib-gnu; do
		objcopy --compress-debug-sections=$how x86-6.1/vmlinux packed
		same truth-6.1 packed alone-6.1/vmcore
	done
}

ok "vmlinux beside the dump" beside
ok "vmlinux by build ID" by_build_id
ok "vmlinux by release" by_release
ok "vmlinux by what stands in memory" by_memory
ok "symbolic links stay in their tree" links
ok "a miss says what was looked for" miss
ok "a debug file by .gnu_debuglink" by_link
ok "a debug file by build ID" split_by_id
ok "symbols here, types there" half_stripped
ok "a debug file of another build" wrong_half
ok "a debug file by CRC" by_crc
ok "damaged links" bad_link
ok "compressed debug information" compressed
finish
