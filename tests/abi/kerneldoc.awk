# What of the public headers lacks kernel-doc; -v want=function, struct, enum or typedef.
/^\/\*\*/ { in_doc = 1; doc = "" }
in_doc { doc = doc $0 "\n" }
in_doc && /\*\// { in_doc = 0; next }
in_doc { next }

function lacks(what) { print FILENAME ":" FNR ": " what }

# A name of the comment: "@name:"
function has(name) { return index(doc, "* @" name ":") > 0 }

function check_function(text,	name, args, nr, part, i) {
	match(text, /vmatlas_[a-z0-9_]+\(/)
	name = substr(text, RSTART, RLENGTH - 1)
	if (!index(doc, " * " name "() - ")) {
		lacks(name "() has no comment")
		return
	}
	args = substr(text, RSTART + RLENGTH)
	sub(/\)[^)]*$/, "", args)
	nr = split(args, part, ",")
	for (i = 1; i <= nr; i++) {
		sub(/[ \t]*$/, "", part[i])
		if (part[i] ~ /\.\.\.|^void$/)
			continue
		match(part[i], /[a-z_0-9]+$/)
		if (!has(substr(part[i], RSTART, RLENGTH)))
			lacks(name "() does not say what " substr(part[i], RSTART, RLENGTH) " is")
	}
	if (text !~ /(^|[ \t])void vmatlas_/ && !index(doc, "Return:"))
		lacks(name "() does not say what it returns")
}

# Declarations, joined to one line.
/^(VMATLAS_API|static inline)/ { declaration = ""; is_open = 1 }
is_open {
	declaration = declaration " " $0
	if (/[;{]$|\)$/ && declaration ~ /vmatlas_[a-z0-9_]+\(.*\)/) {
		is_open = 0
		if (want == "function")
			check_function(declaration)
		doc = ""
	}
	next
}

/^typedef .*_fn\(/ && want == "typedef" {
	match($0, /vmatlas_[a-z_]+_fn/)
	if (!index(doc, " * typedef " substr($0, RSTART, RLENGTH) " - "))
		lacks(substr($0, RSTART, RLENGTH) " has no comment")
}

/^(struct|enum) [a-z_]+ \{/ {
	kind = $1
	if (want == kind && !index(doc, " * " kind " " $2 " - "))
		lacks(kind " " $2 " has no comment")
	is_inside = $0 !~ /\};/
	if (is_inside)
		next
}
/^(struct|enum) [a-z_]+ \{.*\};/ { body = $0; sub(/^[^{]*\{/, "", body); members(kind, body); next }
is_inside && /^}/ { is_inside = 0; next }
is_inside { members(kind, $0) }

function members(kind, text,	nr, part, i) {
	if (kind != want)
		return
	gsub(/\/\*[^*]*\*\//, "", text)
	if (kind == "enum") {
		while (match(text, /VMATLAS_[A-Z0-9_]+/)) {
			if (!has(substr(text, RSTART, RLENGTH)))
				lacks(substr(text, RSTART, RLENGTH) " is not described")
			text = substr(text, RSTART + RLENGTH)
		}
		return
	}
	if (match(text, /\(\*[a-z_]+\)\(/)) {
		if (!has(substr(text, RSTART + 2, RLENGTH - 4)))
			lacks(substr(text, RSTART + 2, RLENGTH - 4) " is not described")
		return
	}
	nr = split(text, part, ",")
	for (i = 1; i <= nr; i++)
		if (match(part[i], /[a-z_0-9]+(\[[0-9]+\])?;?$/)) {
			sub(/(\[[0-9]+\])?;?$/, "", part[i])
			match(part[i], /[a-z_0-9]+$/)
			if (!has(substr(part[i], RSTART, RLENGTH)))
				lacks(substr(part[i], RSTART, RLENGTH) " is not described")
		}
}
