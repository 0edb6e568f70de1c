#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The public headers say of every function what it does, of every member, parameter and
# enumerator what it is, and of every result what it means.

cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh

check() {
	awk -v want="$1" -f tests/abi/kerneldoc.awk include/*.h
}

# As the field's models: 60 to 80 lines of 100.
comments() {
	awk '/^[ \t]*(\/\*|\*)/ { nr++ }
	END { if (nr < .6 * NR) printf "%d of %d lines are comments\n", nr, NR }' include/*.h
}

ok "every function is documented, with parameters and result" check function
ok "every struct is documented, with each member" check struct
ok "every enum is documented, with each enumerator" check enum
ok "every callback type is documented" check typedef
ok "six lines in ten are comments" comments
finish
