# Bundled cases of real kernels. Included by tests/tests.mk.
#
#	make cases	unpack them into build/cases/NAME/{vmlinux,vmcore}
#	make demo	what vmatlas says about three of them

CASES := build/cases

cases: $(CASES)/.stamp
tests: cases

# The same files whatever CONFIG is.
$(CASES)/.stamp: vmcores/unpack $(wildcard vmcores/kernels/* vmcores/*/*.xz vmcores/*/*.txt \
		 vmcores/*/manifest)
	$(call say,XZ,$(CASES))
	$(Q)rm -rf $(CASES)
	$(Q)vmcores/unpack $(CASES)
	$(Q)touch $@

demo: all cases
	@vmcores/demo '$(O)'

.PHONY: cases demo
