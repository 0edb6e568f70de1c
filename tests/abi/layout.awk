# From the public headers to a program that prints where each member of each struct lies, and
# what each enumerator is worth.
BEGIN {
	print "#include <stdio.h>\n#include <vmatlas-plugin.h>\n"
	print "#define M(s, m) printf(\"%-24s %-20s %3zu %3zu\\n\", #s, #m, \\"
	print "\toffsetof(struct s, m), sizeof(((struct s *)0)->m))"
	print "#define S(s) printf(\"%-24s %-20s %3zu\\n\", #s, \"\", sizeof(struct s))"
	print "#define E(e) printf(\"%-45s %#x\\n\", #e, (unsigned int)e)"
	print "int main(void)\n{"
}

{ gsub(/\/\*[^*]*\*\//, "") }		# comments on one line
/^struct [a-z_]+ \{$/ { in_struct = $2; print "\tS(" in_struct ");"; next }
/^enum [a-z_]+ \{/ { in_enum = 1 }
/^}/ { in_struct = ""; in_enum = 0 }

in_struct && match($0, /\(\*[a-z_]+\)\(/) {
	print "\tM(" in_struct ", " substr($0, RSTART + 2, RLENGTH - 4) ");"
	next
}
in_struct && match($0, /[a-z_]+(\[[0-9]+\])?;/) {
	name = substr($0, RSTART, RLENGTH)
	sub(/[[;].*/, "", name)
	print "\tM(" in_struct ", " name ");"
}
in_enum {
	while (match($0, /VMATLAS_[A-Z0-9_]+/)) {
		print "\tE(" substr($0, RSTART, RLENGTH) ");"
		$0 = substr($0, RSTART + RLENGTH)
	}
}

END { print "\treturn 0;\n}" }
