# Fake kernels: one C file each, see README.md. Included by the Makefile.
#
#	make kernels	build/release/kernels/NAME/{vmlinux,vmcore}
#	make demo-fakes	what vmatlas says about two of them

KDIR	:= $(O)/kernels
K61	:= x86-6.1 owners iomem-loop iomem-wild pte-stale pte-hole pte-guard pte-elsewhere pte-page pte-wx \
	   overlap stray loop ring wild wild-vm wrong-size bounds purge full exhausted crash
KOLD	:= x86-2.6.24 x86-2.6.28 vmlist-loop vmlist-wild vmlist-other x86-3.16 x86-4.9
KERAS	:= x86-4.19 x86-5.3 x86-5.4 x86-6.6
K66	:= free-lost free-twice free-size free-list busy-tree purging purging-other
KX86	:= $(K61) x86-6.12 purging-node $(KOLD) $(KERAS) $(K66)
KARM	:= arm-6.12 arm-3.10 seed dma-window arm-3.4 arm-4.14
KI386	:= i386-2.6.32 i386-5.4
KARM64	:= arm64-4.4 arm64-4.14

K_TOOL_x86 := x86_64-linux-gnu-
K_TOOL_i386 := x86_64-linux-gnu-
K_TOOL_arm := arm-linux-gnueabihf-
K_CC_x86   := $(K_TOOL_x86)gcc -mcmodel=kernel -mno-red-zone -fcf-protection=none
K_CC_arm   := $(K_TOOL_arm)gcc -marm -fno-unwind-tables
K_TOOL_arm64 := aarch64-linux-gnu-
K_CC_arm64 := $(K_TOOL_arm64)gcc -mgeneral-regs-only
K_LDS_arm64 := tests/kernels/arm64.lds
K_CC_i386  := $(K_TOOL_i386)gcc -m32 -fcf-protection=none
K_LD_i386  := -m elf_i386
K_LDS_x86  := tests/kernels/x86_64.lds
K_LDS_i386 := tests/kernels/i386.lds
K_LDS_arm  := tests/kernels/arm.lds

# Without a compiler for that CPU there are none, and their tests are skipped.
k_have	 = $(shell command -v $(K_TOOL_$(1))gcc >/dev/null && echo yes)
KERNELS	:= $(if $(call k_have,x86),$(KX86) $(KI386)) $(if $(call k_have,arm),$(KARM)) $(if $(call k_have,arm64),$(KARM64))

# A story overrides members of the healthy initialisers: that is what it is.
K_FLAGS = -std=gnu11 -g -O0 -Wall -Wno-override-init -ffreestanding -fno-pie -fno-builtin \
	  -fno-common -fno-toplevel-reorder -fno-asynchronous-unwind-tables -falign-functions=64 \
	  -fno-stack-protector -ffile-prefix-map=$(CURDIR)=. -Itests/kernels

# The build ID is the hash of the name: no output depends on the compiler.
k_of	= $(if $(filter $(1),$($(2))),$(3))
k_cpu	= $(or $(call k_of,$(1),KARM,arm),$(call k_of,$(1),KARM64,arm64),$(call k_of,$(1),KI386,i386),x86)
k_id	= $(firstword $(shell printf %s $(1) | sha1sum))
$(foreach k,$(K61),$(eval K_RELEASE_$(k) := 6.1.0-fake))
$(foreach k,$(K66),$(eval K_RELEASE_$(k) := 6.6.0-fake))
# KASLR moved none of these.
$(foreach k,$(KOLD),$(eval K_LDFLAGS_$(k) := --defsym DIRECT=0xffff880000000000))
# The release is the name's, where nothing says otherwise.
k_release = $(or $(K_RELEASE_$(1)),$(lastword $(subst -, ,$(1))).0-fake)
K_RELEASE_vmlist-loop := 2.6.28-fake
K_RELEASE_vmlist-wild := 2.6.28-fake
K_RELEASE_vmlist-other := 2.6.28-fake
K_RELEASE_x86-6.12 := 6.12.0-fake
K_LDFLAGS_x86-6.12 := --defsym MODULES_VADDR=0xffffffffc0000000
K_RELEASE_purging-node := 6.12.0-fake
K_LDFLAGS_purging-node = $(K_LDFLAGS_x86-6.12)
K_RELEASE_arm-6.12 := 6.12.0-fake
K_RELEASE_arm-3.10 := 3.10.0-fake
K_RELEASE_seed	   := 2.6.36-fake
K_RELEASE_dma-window := 2.6.36-fake
K_LDFLAGS_arm64-4.4  := --defsym IMAGE=0xffffffc000080000 --defsym LINEAR=0xffffffc000000000
K_LDFLAGS_arm64-4.14 := --defsym IMAGE=0xffff000008080000 --defsym LINEAR=0xffff800000000000
# VMSPLIT_2G_OPT; VMSPLIT_3G_OPT; VMSPLIT_1G; VMSPLIT_2G and Thumb-2
K_LDFLAGS_i386-2.6.32 := --defsym SPLIT=0x78000000
K_LDFLAGS_i386-5.4 := --defsym SPLIT=0xb0000000
K_LDFLAGS_arm-3.4  := --defsym SPLIT=0x40000000
K_LDFLAGS_arm-4.14 := --defsym SPLIT=0x80000000
K_FLAGS_arm-4.14   := -mthumb
# Two of them with the debug information of older compilers.
K_FLAGS_x86-6.12   := -gdwarf-4
K_FLAGS_arm-3.10   := -gdwarf-4
# The seed's own table: .init, .text, .data
K_LDFLAGS_seed := --defsym INIT_START=0xc0008000 --defsym INIT_END=0xc0021000 \
		  --defsym TEXT_START=0xc0021000 --defsym TEXT_END=0xc036b000 \
		  --defsym DATA_START=0xc0384000 --defsym DATA_END=0xc03b05c0
K_LDFLAGS_dma-window = $(K_LDFLAGS_seed)

kernels: $(KERNELS:%=$(KDIR)/%/vmcore)
tests: kernels

$(KDIR)/%/vmlinux: tests/kernels/%.c $(wildcard tests/kernels/*.h tests/kernels/*.lds) \
		   tests/kernels/kernels.mk
	@mkdir -p $(@D)
	$(call say,FAKE,$*)
	$(Q)$(K_CC_$(call k_cpu,$*)) $(K_FLAGS) $(K_FLAGS_$*) -DRELEASE='"$(call k_release,$*)"' \
		-DBUILD_ID='"$(call k_id,$*)"' -c $< -o $(@D)/kernel.o
	$(Q)$(K_TOOL_$(call k_cpu,$*))ld $(K_LD_$(call k_cpu,$*)) $(K_LDFLAGS_$*) -T $(K_LDS_$(call k_cpu,$*)) \
		-z max-page-size=4096 -z noexecstack \
		--build-id=0x$(call k_id,$*) $(@D)/kernel.o -o $@

# Memory is what the image was loaded as: the same segments, called a core.
$(KDIR)/%/vmcore: $(KDIR)/%/vmlinux
	$(Q)$(K_TOOL_$(call k_cpu,$*))objcopy --strip-all $< $@
	$(Q)printf '\004' | dd of=$@ bs=1 seek=16 conv=notrunc status=none

.SECONDARY: $(KERNELS:%=$(KDIR)/%/vmlinux)
demo-fakes: all kernels
	@tests/kernels/demo '$(O)'

.PHONY: kernels demo-fakes
