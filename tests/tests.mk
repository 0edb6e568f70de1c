# What proves the library and the tool, and puts them in place. Included by the Makefile.

# ---- The suite: make check ----

T        := $(O)/tests
UNIT     := $(patsubst %.c,$(O)/%,$(wildcard tests/unit/test_*.c))
PARSERS  := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
REPLAY   := $(PARSERS:%=$(T)/fuzz/replay_%)
BAD_PLUGINS := $(patsubst %.c,$(O)/%.so,$(wildcard tests/plugins/*.c))
SCRIPTS  := $(wildcard tests/*.t)
TESTLIBS  = $(call pkg,--libs,cmocka smartcols)
PROVE    ?= prove --exec '' --jobs $(shell nproc)

# Sees the insides of the library: its headers, and its symbols in the archive.
INSIDE    = $(FLAGS) $(NOLTO) $(LIBFLAGS) $(CLIFLAGS) -Isrc -Itests -MMD -MP -MT $@ -MF $@.d

tests: all $(UNIT) $(REPLAY) $(BAD_PLUGINS)

# One program a file; each prints TAP.
$(T)/unit/%: tests/unit/%.c $(O)/libvmatlas.a
	@mkdir -p $(@D)
	$(call say,TEST,$@)
	$(Q)$(CC) $(INSIDE) $< $(O)/libvmatlas.a $(LDFLAGS) $(LIBLIBS) $(TESTLIBS) -o $@

# The fuzzers' targets with an ordinary main. The server is no part of the library.
$(T)/fuzz/replay_gdbserver $(T)/fuzz/fuzz_gdbserver: $(wildcard src/gdbserver/*.c)
$(T)/fuzz/replay_%: tests/fuzz/fuzz_%.c tests/fuzz/replay.c $(O)/libvmatlas.a
	@mkdir -p $(@D)
	$(call say,TEST,$@)
	$(Q)$(CC) $(INSIDE) $(filter %.c,$^) $(O)/libvmatlas.a $(LDFLAGS) $(LIBLIBS) -o $@

# Plugins that misbehave, built as third parties build theirs.
$(T)/plugins/%.so: tests/plugins/%.c $(SO)
	@mkdir -p $(@D)
	$(call say,PLUGIN,$@)
	$(Q)$(CC) $(FLAGS) -shared -MMD -MP -MT $@ -MF $(@:.so=.d) $< $(SO) -o $@

check: tests
	@CMOCKA_MESSAGE_OUTPUT=TAP O='$(abspath $(O))' CC='$(CC)' MAKE='$(MAKE)' \
		CONFIG='$(CONFIG)' UBSAN_OPTIONS=print_stacktrace=1 \
		$(PROVE) $(SCRIPTS) $(UNIT) $(REPLAY)

asan:
	@$(MAKE) --no-print-directory CONFIG=asan check

# ---- Fuzzing by clang's libFuzzer; see tests/README.md ----

FUZZERS := $(PARSERS:%=$(T)/fuzz/fuzz_%)

fuzz:
	@if command -v clang >/dev/null; then \
		$(MAKE) --no-print-directory CONFIG=fuzz CC=clang fuzzers CFLAGS_fuzz='-O1 \
			-fsanitize=fuzzer-no-link,address,undefined -fno-omit-frame-pointer'; \
	else \
		echo 'make fuzz needs clang; make check replays the corpus without it'; \
	fi

fuzzers: $(FUZZERS)

$(T)/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $(O)/libvmatlas.a
	@mkdir -p $(@D)
	$(call say,FUZZ,$@)
	$(Q)$(CC) $(INSIDE) -fsanitize=fuzzer $(filter %.c,$^) $(O)/libvmatlas.a $(LDFLAGS) $(LIBLIBS) -o $@

# ---- Speed, and real kernels ----

bench: all
	@tests/bench $(O)/vmatlas

# Asks DWARF and BTF of the same kernel the same.
$(T)/lab/types: tests/lab/check/types.c $(O)/libvmatlas.a
	@mkdir -p $(@D)
	$(call say,TEST,$@)
	$(Q)$(CC) $(INSIDE) $< $(O)/libvmatlas.a $(LDFLAGS) $(LIBLIBS) -o $@

check-kernels: all $(T)/lab/types
	@tests/lab/check-kernels $(O)/vmatlas

# Both README commands on clean Debian systems: of each suite, with each compiler.
check-dist:
	@tests/lab/check-dist $(DIST)

# ---- make install DESTDIR= PREFIX= LIBDIR= ----

BINDIR   := $(PREFIX)/bin
MANDIR   := $(PREFIX)/share/man/man1
INSTALLED_LIB := $(shell realpath -ms --relative-to='$(BINDIR)' '$(LIBDIR)')
INSTALL  ?= install

# The library knows where plugins are installed: another PREFIX is another plugin_load.o.
$(O)/plugdir: FORCE
	@mkdir -p $(@D)
	@echo '$(PLUGDIR)' | cmp -s - $@ || echo '$(PLUGDIR)' >$@

$(O)/src/inspect/plugin_load.o: $(O)/plugdir

# As in the build folder, but it finds its library from where it will be.
$(O)/install/vmatlas: $(CLI) $(SO) $(O)/plugdir
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(FLAGS) $(CLI) $(SO) $(LDFLAGS) -Wl,-rpath,'$$ORIGIN/$(INSTALLED_LIB)' \
		$(CLILIBS) -o $@

$(O)/install/vmatlas.pc: src/vmatlas.pc.in $(O)/plugdir
	@mkdir -p $(@D)
	$(Q)sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' \
		-e 's|@VERSION@|$(VERSION)|' $< >$@

install: all $(O)/install/vmatlas $(O)/install/vmatlas.pc
	$(Q)$(INSTALL) -D -m 755 $(O)/install/vmatlas $(DESTDIR)$(BINDIR)/vmatlas
	$(Q)$(INSTALL) -D -m 755 $(SO) $(DESTDIR)$(LIBDIR)/$(notdir $(SO))
	$(Q)ln -sf $(notdir $(SO)) $(DESTDIR)$(LIBDIR)/libvmatlas.so
	$(Q)$(INSTALL) -d $(DESTDIR)$(PREFIX)/include
	$(Q)$(INSTALL) -m 644 include/vmatlas.h include/vmatlas-plugin.h $(DESTDIR)$(PREFIX)/include
	$(Q)$(INSTALL) -D -m 644 $(O)/install/vmatlas.pc $(DESTDIR)$(LIBDIR)/pkgconfig/vmatlas.pc
	$(Q)$(INSTALL) -D -m 644 src/cli/vmatlas.1 $(DESTDIR)$(MANDIR)/vmatlas.1
	$(Q)$(INSTALL) -d $(DESTDIR)$(PREFIX)/share/vmatlas/schema
	$(Q)$(INSTALL) -m 644 src/render/schema/*.json $(DESTDIR)$(PREFIX)/share/vmatlas/schema
	$(Q)$(INSTALL) -D -m 644 plugins/drgn/vmatlas_drgn.py $(DESTDIR)$(PREFIX)/share/vmatlas/vmatlas_drgn.py
	$(Q)$(INSTALL) -D -m 644 plugins/crash/vmatlas.c $(DESTDIR)$(PREFIX)/share/vmatlas/crash/vmatlas.c
	$(Q)$(INSTALL) -D -m 644 plugins/gdb/vmatlas.gdb $(DESTDIR)$(PREFIX)/share/vmatlas/vmatlas.gdb
	$(Q)$(INSTALL) -d $(DESTDIR)$(PLUGDIR)
	$(Q)$(if $(PLUGINS),$(INSTALL) -m 755 $(PLUGINS) $(DESTDIR)$(PLUGDIR))

-include $(addsuffix .d,$(UNIT) $(REPLAY) $(FUZZERS) $(T)/lab/types) $(BAD_PLUGINS:.so=.d)
.PHONY: tests fuzzers check-dist FORCE
