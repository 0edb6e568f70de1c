#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# make install: into a folder of its own, moved from there, used by a stranger.

cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
: "${O:=build/release}" "${CC:=cc}" "${MAKE:=make}" "${CONFIG:=release}"
dir=$(mktemp -d) || exit 2
trap 'rm -rf "$dir"' EXIT
unset VMATLAS_PLUGIN_PATH LD_LIBRARY_PATH MAKEFLAGS MFLAGS

# The build folder stays as it was: the PREFIX is compiled in.
mkdir "$dir/build" || exit 2
for part in "$O"/*; do
	case $part in */tests) ;; *) cp -a "$part" "$dir/build" || exit 2 ;; esac
done

installs() {
	"$MAKE" -s CONFIG="$CONFIG" O="$dir/build" PREFIX=/opt/atlas DESTDIR="$dir/stage" \
		install >"$dir/said" 2>&1 || cat "$dir/said"
}

has() {
	for path; do
		[ -e "$dir/stage/opt/atlas/$path" ] || echo "no $path"
	done
}

# Where PREFIX says, so that nothing can be found by the path it was built in.
runs_elsewhere() {
	rm -rf "$dir/moved" && mv "$dir/stage/opt/atlas" "$dir/moved" &&
	rm -rf "$dir/build" &&
	(cd / && "$dir/moved/bin/vmatlas" --version) | sed '/^vmatlas [0-9.]*$/d'
}

# A plugin and a program, built with what was installed and nothing else.
stranger() {
	flags=$(PKG_CONFIG_PATH=$dir/moved/lib/pkgconfig pkg-config --cflags --libs \
		--define-variable=prefix="$dir/moved" \
		--define-variable=libdir="$dir/moved/lib" vmatlas) || return
	cp plugins/pages.c "$dir/mine.c"
	case $CONFIG in asan) flags="$flags -fsanitize=address,undefined" ;; esac
	# shellcheck disable=SC2086 # a list
	"$CC" -shared -fPIC "$dir/mine.c" $flags -o "$dir/mine.so" || return
	"$dir/moved/bin/vmatlas" plugins -p "$dir/mine.so" >"$dir/said" || return
	grep -q '^pages ' "$dir/said" || cat "$dir/said"
}

by_name() {
	VMATLAS_PLUGIN_PATH=$dir/moved/lib/vmatlas "$dir/moved/bin/vmatlas" plugins \
		-p pages -p caller >"$dir/said" || return
	grep -q '^caller ' "$dir/said" || cat "$dir/said"
}

# The folder of plugins is the one of this PREFIX, not of the build's.
looks_in() {
	"$dir/moved/bin/vmatlas" plugins -p no-such-plugin 2>&1 | tr -s '\n ' '  ' |
		grep -v "or $1;"
	return 0
}

ok "installs under DESTDIR" installs
ok "puts each thing in its place" has bin/vmatlas lib/libvmatlas.so.0 lib/libvmatlas.so \
	include/vmatlas.h include/vmatlas-plugin.h lib/pkgconfig/vmatlas.pc share/man/man1/vmatlas.1 \
	lib/vmatlas/pages.so lib/vmatlas/caller.so
ok "the tool finds its library wherever both are moved" runs_elsewhere
ok "a stranger's plugin builds with pkg-config" stranger
ok "plugins are found by name" by_name
ok "and looked for under PREFIX" looks_in /opt/atlas/lib/vmatlas
finish
