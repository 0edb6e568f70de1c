#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# No function over 80 lines, no file of the library or the tool over 600; and which
# functions are the longest, for whoever wants to shorten one.

cd "$(dirname "$0")/.." || exit 2
. tests/tap.sh

# LINES FILE: NAME of every function: what stands between { and } in the first column.
functions() {
	awk '
	FNR == 1 { open = 0 }
	/^[a-z].*\(/ { name = $0 }
	/^\{/ { open = FNR }
	/^\}/ { if (open) print FNR - open - 1, FILENAME ": " name; open = 0 }
	' $(find src plugins -name '*.c')
}

short_functions() {
	functions | awk '$1 > 80'
}

short_files() {
	wc -l $(find src plugins -name '*.[ch]') | awk '$1 > 600 && $2 != "total"'
}

licensed() {
	awk '
	FNR == 1 { name[++nr] = FILENAME }
	FNR <= 2 && (/SPDX-License-Identifier: LGPL-2.1-or-later/ ||
	    (FILENAME ~ /^plugins\/crash\// && /SPDX-License-Identifier: GPL-2.0-or-later/)) { is_said[FILENAME] = 1 }
	END { for (i = 1; i <= nr; i++) if (!is_said[name[i]]) print name[i] ": no licence line" }
	' $(find src plugins include -name '*.[ch]') tests/*.sh tests/unit/*.[ch] tests/fuzz/*.[ch] \
		tests/plugins/*.c tests/abi/*.c tests/synthetic/*/*.[ch]
}

ok "no function has over 80 lines" short_functions
ok "no file has over 600 lines" short_files
ok "every file tells its licence" licensed
echo "# the ten longest functions:"
functions | sort -rn | head -10 | sed 's/^/#   /'
finish
