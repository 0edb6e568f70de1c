# Synthetic kernels: one folder each, see README.md. Included by the Makefile.
#
#	make synthetic	build/release/synthetic/NAME/{vmlinux,vmcore}
#	make demo-synthetic	what vmatlas says about two of them

SDIR	:= $(O)/synthetic
S_TOOL_x86   := x86_64-linux-gnu-
S_TOOL_i386  := x86_64-linux-gnu-
S_TOOL_arm   := arm-linux-gnueabihf-
S_TOOL_arm64 := aarch64-linux-gnu-
S_CC_x86   := $(S_TOOL_x86)gcc -mcmodel=kernel -mno-red-zone -fcf-protection=none
S_CC_i386  := $(S_TOOL_i386)gcc -m32 -fcf-protection=none
S_CC_arm   := $(S_TOOL_arm)gcc -marm -fno-unwind-tables
S_CC_arm64 := $(S_TOOL_arm64)gcc -mgeneral-regs-only
S_LD_i386  := -m elf_i386
S_LDS_x86   := x86_64.lds
S_LDS_i386  := i386.lds
S_LDS_arm   := arm.lds
S_LDS_arm64 := arm64.lds

# NAME=CPU of each; without a compiler for that CPU there are none, and tests skip them.
SYNTHETIC_CPUS := $(shell awk '$$1 == "cpu" { split(FILENAME, p, "/"); print p[3] "=" $$2 }' \
		    tests/synthetic/*/about)
s_have	 = $(shell command -v $(S_TOOL_$(1))gcc >/dev/null && echo $(1))
S_CPUS	:= $(foreach c,x86 i386 arm arm64,$(call s_have,$(c)))
SYNTHETIC := $(foreach s,$(SYNTHETIC_CPUS),$(if $(filter $(lastword $(subst =, ,$(s))),$(S_CPUS)),$(firstword $(subst =, ,$(s)))))
s_cpu	 = $(patsubst $(1)=%,%,$(filter $(1)=%,$(SYNTHETIC_CPUS)))
# What its file "about" says, read when it is built.
s_about	 = $(shell sed -n 's/^$(2) //p' tests/synthetic/$(1)/about)
# The build ID is the hash of the name: no output depends on the compiler.
s_id	 = $(firstword $(shell printf %s $(1) | sha1sum))

# A kernel with a fault overrides members of the healthy initialisers on purpose.
S_FLAGS = -std=gnu11 -g -O0 -Wall -Wno-override-init -ffreestanding -fno-pie -fno-builtin \
	  -fno-common -fno-toplevel-reorder -fno-asynchronous-unwind-tables -falign-functions=64 \
	  -fno-stack-protector -ffile-prefix-map=$(CURDIR)=. -Itests/synthetic \
	  -Itests/synthetic/include

synthetic: $(SYNTHETIC:%=$(SDIR)/%/vmcore)
tests: synthetic

$(SDIR)/%/vmlinux: tests/synthetic/%/kernel.c tests/synthetic/%/about \
		   $(wildcard tests/synthetic/include/* tests/synthetic/x86-*/kernel.c) \
		   tests/synthetic/owners/kernel.c tests/synthetic/seed/kernel.c tests/synthetic/purge/kernel.c \
		   tests/synthetic/synthetic.mk
	@mkdir -p $(@D)
	$(call say,SYN,$*)
	$(Q)$(S_CC_$(call s_cpu,$*)) $(S_FLAGS) $(call s_about,$*,cflags) \
		-DRELEASE='"$(call s_about,$*,release)"' -DBUILD_ID='"$(call s_id,$*)"' \
		-c $< -o $(@D)/kernel.o
	$(Q)$(S_TOOL_$(call s_cpu,$*))ld $(S_LD_$(call s_cpu,$*)) $(call s_about,$*,ldflags) \
		-T tests/synthetic/include/$(S_LDS_$(call s_cpu,$*)) -z max-page-size=4096 \
		-z noexecstack --build-id=0x$(call s_id,$*) $(@D)/kernel.o -o $@

# Memory is what the image was loaded as: the same segments, called a core.
$(SDIR)/%/vmcore: $(SDIR)/%/vmlinux
	$(Q)$(S_TOOL_$(call s_cpu,$*))objcopy --strip-all $< $@
	$(Q)printf '\004' | dd of=$@ bs=1 seek=16 conv=notrunc status=none

.SECONDARY: $(SYNTHETIC:%=$(SDIR)/%/vmlinux)
demo-synthetic: all synthetic
	@tests/synthetic/demo '$(O)'

.PHONY: synthetic demo-synthetic
