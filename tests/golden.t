#!/bin/sh
# The whole tool against what it should say: one folder in tests/golden per case,
# with cmd (a shell script that calls vmatlas), and stdout, stderr and rc as
# expected; a missing file means nothing printed, or 0. Prints TAP; run by prove.
#
#	O=build/release tests/golden.t [CASE...]	UPDATE=1 rewrites what is expected
#
# A cmd that exits 77 is skipped: its first line of output says why.

cd "$(dirname "$0")/golden" || exit 2
top=$PWD/../..
case ${O:=build/release} in
/*) build=$O ;;
*) build=$top/$O ;;
esac
PATH=$build:$PATH
unset POSIXLY_CORRECT VMATLAS_PLUGIN_PATH TMPDIR
LC_ALL=C
export PATH LC_ALL build
got=$(mktemp -d) || exit 2
trap 'rm -rf "$got"' EXIT

[ -x "$build/vmatlas" ] || { echo "Bail out! no $build/vmatlas"; exit 2; }
[ $# -gt 0 ] || set -- */
echo "1..$#"

# What is expected, or nothing.
expected() {
	if [ -e "$1" ]; then cat "$1"; else printf '%s' "$2"; fi
}

update() {
	for file in stdout stderr; do
		if [ -s "$got/$file" ]; then cp "$got/$file" "$1"; else rm -f "$1/$file"; fi
	done
	if [ "$rc" != 0 ]; then echo "$rc" >"$1/rc"; else rm -f "$1/rc"; fi
}

nr=0
for name; do
	name=${name%/}
	nr=$((nr + 1))
	(cd "$name" && sh ./cmd) >"$got/stdout" 2>"$got/stderr" </dev/null
	rc=$?
	if [ $rc = 77 ]; then
		echo "ok $nr - $name # SKIP $(head -1 "$got/stdout")"
		continue
	fi
	[ -z "$UPDATE" ] || update "$name"

	: >"$got/why"
	for file in stdout stderr; do
		expected "$name/$file" '' >"$got/want"
		diff -u --label "$name/$file" --label got "$got/want" "$got/$file" >>"$got/why"
	done
	want=$(expected "$name/rc" 0)
	[ "$rc" = "$want" ] || echo "exit code $rc, expected $want" >>"$got/why"

	if [ -s "$got/why" ]; then
		echo "not ok $nr - $name"
		sed 's/^/# /' "$got/why"
	else
		echo "ok $nr - $name"
	fi
done
