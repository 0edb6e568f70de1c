# make [all|demo|check|asan|bench|fuzz|check-kernels|check-dist|install|clean]   V=1 shows whole commands

VERSION := $(shell awk '/define VMATLAS_VERSION_(MAJOR|MINOR|PATCH)/ { v = v s $$3; s = "." } END { print v }' include/vmatlas.h)
SOVER   := $(firstword $(subst ., ,$(VERSION)))
NODE    := $(shell sed -n 's/^VMATLAS_\([0-9.]*\) {/\1/p' src/vmatlas.map | tail -1)
$(if $(filter $(NODE).%,$(VERSION)),,$(error vmatlas.h is $(VERSION), vmatlas.map is $(NODE)))

CONFIG  ?= release
O       := build/$(CONFIG)
PREFIX  ?= /usr/local
LIBDIR  ?= $(PREFIX)/lib
PLUGDIR := $(LIBDIR)/vmatlas
Q       := $(if $(V),,@)
say      = $(if $(V),,@printf '  %-4s %s\n' '$(1)' '$(2)')

CFLAGS  ?= -O2 -g
CFLAGS_asan := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
WARN    := -Wall -Wextra -Wshadow -Wformat=2 -Wvla -Wpointer-arith \
	   -Wwrite-strings -Wstrict-prototypes -Wmissing-prototypes $(if $(WERROR),-Werror)
LIBDEPS := libelf libdw libbpf zlib
CLIDEPS := smartcols jansson
pkg      = $(shell pkg-config $(1) $(2) || echo MISSING_LIBRARY)
# With -flto in CFLAGS gcc sees across files that results are only set on success, but not
# that they are only used then: it warns in vain. Objects carry plain code as well, from
# which the many programs of the suite are linked at once instead of in minutes.
try      = $(shell $(CC) -Werror $(1) -x c -fsyntax-only /dev/null 2>/dev/null && echo $(1))
LTO     := $(if $(findstring -flto,$(CFLAGS)),$(call try,-Wno-maybe-uninitialized) \
	   $(call try,-ffat-lto-objects))
NOLTO   := $(if $(findstring -ffat,$(LTO)),-fno-lto)
FLAGS   := -std=gnu11 -D_GNU_SOURCE $(WARN) $(CFLAGS) $(LTO) $(CFLAGS_$(CONFIG)) -fPIC \
	   -fvisibility=hidden -Iinclude
# Not linked but loaded, with the first dump that needs it: src/mem/kdump_dynload.c.
KDUMPSO := $(shell readelf -d $(call pkg,--variable=libdir,libkdumpfile)/libkdumpfile.so \
	   2>/dev/null | sed -n 's/.*SONAME.*\[\(.*\)\]/\1/p')
LIBFLAGS := $(call pkg,--cflags,$(LIBDEPS) libkdumpfile) \
	   -DVMATLAS_KDUMPFILE='"$(or $(KDUMPSO),MISSING_LIBRARY)"' \
	   -DVMATLAS_PLUGIN_DIR='"$(PLUGDIR)"'
LIBLIBS := $(call pkg,--libs,$(LIBDEPS)) -lfdt -ldl
CLIFLAGS := $(call pkg,--cflags,$(CLIDEPS))
CLILIBS := $(call pkg,--libs,$(CLIDEPS))
$(if $(findstring MISSING_LIBRARY,$(LIBFLAGS)$(CLIFLAGS)),$(error libraries are missing: run .ci/packages, which installs them with apt))

objs     = $(patsubst %.c,$(O)/%.o,$(wildcard $(1)))
LIB     := $(call objs,$(foreach d,base rsp mem debuginfo arch bootlog kernel map expr inspect extract api,src/$d/*.c src/$d/*/*.c))
# The tool carries its own copies of small tools, which the library hides.
CLI     := $(call objs,src/cli/*.c src/render/*.c src/gdbserver/*.c src/rsp/*.c src/base/strbuf.c src/base/escape.c src/base/dynload.c)
SO      := $(O)/libvmatlas.so.$(SOVER)
PLUGINS := $(patsubst plugins/%.c,$(O)/plugins/%.so,$(wildcard plugins/*.c))

all: $(O)/vmatlas $(PLUGINS)

$(SO): $(LIB) src/vmatlas.map
	$(call say,LD,$@)
	$(Q)$(CC) $(FLAGS) -shared -Wl,-soname,$(@F) -Wl,-z,defs \
		-Wl,--version-script=src/vmatlas.map $(LIB) $(LDFLAGS) $(LIBLIBS) -o $@
	$(Q)ln -sf $(@F) $(O)/libvmatlas.so

# The whole library once more, with its insides visible, for unit tests and fuzzing.
$(O)/libvmatlas.a: $(LIB)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $(LIB)

$(O)/vmatlas: $(CLI) $(SO)
	$(call say,LD,$@)
	$(Q)$(CC) $(FLAGS) $(CLI) $(SO) $(LDFLAGS) -Wl,-rpath,'$$ORIGIN' $(CLILIBS) -o $@

# A plugin sees include/ and nothing else: no -Isrc here.
$(O)/plugins/%.so: plugins/%.c $(SO)
	@mkdir -p $(@D)
	$(call say,SO,$@)
	$(Q)$(CC) $(FLAGS) -shared -MMD -MP -MT $@ -MF $(@:.so=.d) $< $(SO) -o $@

# The bridge to crash: for the crash that is installed, and for it alone.
CRASH_VERSION = $(shell crash --version 2>/dev/null | sed -n 's/^crash //p' | head -n 1)
CRASH_FLAGS   = -D$(shell uname -m | sed 's/x86_64/X86_64/; s/aarch64/ARM64/; s/riscv64/RISCV64/; s/i.86/X86/; s/arm.*/ARM/') \
		-DGDB_$(shell crash --version 2>/dev/null | sed -n 's/^GNU gdb (GDB) \([0-9]*\)\.\([0-9]*\).*/\1_\2/p')

crash: $(O)/plugins/crash/vmatlas.so
$(O)/plugins/crash/vmatlas.so: plugins/crash/vmatlas.c FORCE
	@mkdir -p $(@D)
	$(call say,SO,$@)
	$(Q)[ -n '$(CRASH_VERSION)' ] || { echo 'crash is not installed: apt install crash'; exit 1; }
	$(Q)$(CC) -std=gnu11 -O2 -w -shared -fPIC -fvisibility=hidden $(CRASH_FLAGS) \
		-DBUILT_FOR='"$(CRASH_VERSION)"' -I/usr/include/crash $< -o $@

$(O)/src/render/%.o: src/render/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(FLAGS) $(CLIFLAGS) -Isrc -MMD -MP -c $< -o $@

$(O)/src/cli/%.o: src/cli/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(FLAGS) $(CLIFLAGS) -Isrc -MMD -MP -c $< -o $@

$(O)/src/%.o: src/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(FLAGS) $(LIBFLAGS) -Isrc -MMD -MP -c $< -o $@

clean:
	rm -rf build

-include tests/tests.mk tests/synthetic/synthetic.mk vmcores/vmcores.mk
-include $(patsubst %.o,%.d,$(LIB) $(CLI)) $(PLUGINS:.so=.d)
.PHONY: all crash check asan bench fuzz check-kernels install clean
