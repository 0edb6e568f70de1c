#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Fetching from debuginfod, all of it on 127.0.0.1: only when it was asked for, from
# whom, and what becomes of it when the server fails.

cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh
. tests/synthetic.sh

give_up() {
	skip "debuginfod" "$1"
	finish
	exit
}
synthetic x86-6.1 && synthetic x86-6.12 || give_up "no compiler for synthetic kernels"
command -v python3 >/dev/null || give_up "no python3"
python3 -c 'import ctypes; ctypes.CDLL("libdebuginfod.so.1")' 2>/dev/null ||
	give_up "no libdebuginfod"

cd "$work" || exit 2
id=$(readelf -n x86-6.12/vmlinux 2>/dev/null | sed -n 's/.*Build ID: //p' | head -1)
vmatlas check x86-6.12/vmlinux x86-6.12/vmcore >truth
mkdir alone empty
mv x86-6.12/vmcore alone/vmcore
strip -o stripped x86-6.12/vmlinux
strip -g -o half x86-6.12/vmlinux

# Answers as tests/data/debuginfod.py's name for it says; $url is where.
serve() {
	stop
	rm -f port
	python3 "$OLDPWD/tests/data/debuginfod.py" "$@" port &
	server=$!
	wait_for port
	url=http://127.0.0.1:$(cat port)
}
server=
stop() {
	[ -z "$server" ] || { kill "$server"; wait "$server"; } 2>/dev/null
	server=
}
trap 'stop; rm -rf "$work"' EXIT
wait_for() {
	n=0
	while [ ! -s "$1" ] && [ $n -lt 100 ]; do
		sleep 0.1
		n=$((n + 1))
	done
}

# Each time with a cache of its own: what failed once is remembered there.
nr=0
asked() {
	nr=$((nr + 1))
	DEBUGINFOD_URLS=${urls-$url} DEBUGINFOD_CACHE_PATH=$work/cache.$nr \
		DEBUGINFOD_TIMEOUT=${slow:-20} DEBUGINFOD_RETRY_LIMIT=1 timeout 30 vmatlas "$@" </dev/null
}

same() {
	asked "$@" >said 2>&1
	diff truth said
}

# refused WORDS ARGUMENT…: exit 2, one line with WORDS.
refused() {
	words=$1
	shift
	asked "$@" >stdout 2>stderr
	rc=$?
	[ $rc = 2 ] || echo "exit $rc, not 2"
	[ ! -s stdout ] || cat stdout
	[ "$(wc -l <stderr)" = 1 ] || { echo "stderr is not one line"; cat stderr; }
	grep -qF -e "$words" stderr || { echo "stderr does not say '$words':"; cat stderr; }
}

fetches() {
	serve file x86-6.12/vmlinux "$id"
	same check --debuginfod alone/vmcore
	same check --debuginfod stripped alone/vmcore
	same check --debuginfod half alone/vmcore
	asked info --debuginfod alone/vmcore | grep -q '^found by  *build ID, by debuginfod$' ||
		echo "info does not tell"
	# once more, of what is in the cache, when the server is gone
	stop
	nr=0
	same check --debuginfod alone/vmcore
}

not_unasked() {
	serve file x86-6.12/vmlinux "$id" log
	refused "--debuginfod" check --root empty alone/vmcore
	refused "--debuginfod" check --root empty stripped alone/vmcore
	[ ! -s log ] || cat log
}

no_server() {
	urls=
	refused "\$DEBUGINFOD_URLS names no server" check --root empty --debuginfod alone/vmcore
	urls=' '
	refused "\$DEBUGINFOD_URLS names no server" check --root empty --debuginfod stripped \
		alone/vmcore
	stop
	urls=$url	# nobody listens there now
	refused "cannot fetch the vmlinux of build ID $id from $url" \
		check --root empty --debuginfod alone/vmcore
	urls=http://no-such-host.invalid
	refused "no-such-host.invalid" check --root empty --debuginfod alone/vmcore
	urls=nonsense
	refused "nonsense" check --root empty --debuginfod alone/vmcore
	unset urls
}

errors() {
	for what in 404 500; do
		serve $what
		refused "no server of \$DEBUGINFOD_URLS gives the vmlinux of build ID $id" \
			check --root empty --debuginfod alone/vmcore
		refused "gives the debug information of build ID $id" \
			check --root empty --debuginfod stripped alone/vmcore
	done
	# with symbols it is but a warning
	asked check --root empty --debuginfod half alone/vmcore >stdout 2>stderr
	[ $? = 2 ] || cat stdout
	grep -q "warning: no server" stderr || cat stderr
}

wrong_file() {
	serve file x86-6.1/vmlinux "$id"
	refused "not the vmlinux of build ID $id" check --root empty --debuginfod alone/vmcore
	refused "not $id" check --root empty --debuginfod stripped alone/vmcore
	printf 'To whom it may concern\n' >text
	serve file text "$id"
	refused "not the vmlinux of build ID $id" check --root empty --debuginfod alone/vmcore
	refused "is not an ELF file" check --root empty --debuginfod stripped alone/vmcore
}

hangs() {
	serve hang
	slow=1
	refused "see \$DEBUGINFOD_TIMEOUT" check --root empty --debuginfod alone/vmcore
	slow=
}

ctrl_c() {
	serve hang
	DEBUGINFOD_URLS=$url DEBUGINFOD_CACHE_PATH=$work/cache.c DEBUGINFOD_TIMEOUT=20 \
		timeout --preserve-status -s INT 1 perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' \
		vmatlas check --root empty --debuginfod alone/vmcore >stdout 2>stderr
	[ $? = 130 ] || echo "it did not die of the signal"
	cat stdout stderr
	find cache.c -type f -size +0 | grep -v 'cache_clean\|max_unused'
	return 0
}

# at_terminal ANSWER: what a person who types ANSWER sees
at_terminal() {
	DEBUGINFOD_URLS=$url DEBUGINFOD_CACHE_PATH=$work/cache.tty.$1 timeout 30 \
		python3 "$OLDPWD/tests/data/terminal.py" "$1" \
		vmatlas check --root empty alone/vmcore
}

question() {
	serve file x86-6.12/vmlinux "$id" log
	at_terminal n >said
	grep -q "fetch the vmlinux of build ID $id from $url? \[y/N\]" said || cat said
	grep -q "is not in empty/usr/lib/debug" said || cat said
	[ ! -s log ] || cat log
	at_terminal y >said
	grep -q "^clean" said || cat said
	grep -q "fetching vmlinux from $url" said || cat said
}

real_server() {
	mkdir served
	cp x86-6.12/vmlinux served
	stop
	port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])')
	debuginfod -F -p "$port" -d :memory: served >server.log 2>&1 &
	server=$!
	url=http://127.0.0.1:$port
	n=0
	while [ $n -lt 20 ]; do	# it has to look at the file first
		sleep 0.5
		asked check --debuginfod alone/vmcore >said 2>&1 && break
		n=$((n + 1))
	done
	diff truth said || tail -5 server.log
	same check --debuginfod stripped alone/vmcore
	stop
}

ok "vmlinux and debug files are fetched" fetches
ok "nothing is fetched that was not asked for" not_unasked
ok "no server" no_server
ok "servers that answer with an error" errors
ok "the wrong file is not taken" wrong_file
ok "a server that says nothing" hangs
ok "Ctrl-C ends a download" ctrl_c
if python3 -c 'import os; os.openpty()' 2>/dev/null; then
	ok "a person at a terminal is asked" question
else
	skip "a person at a terminal is asked" "no pseudo-terminal: is /dev/pts mounted?"
fi
if command -v debuginfod >/dev/null; then
	ok "elfutils' own server" real_server
else
	skip "elfutils' own server" "no debuginfod"
fi
stop
finish
