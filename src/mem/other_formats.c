/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What people have and vmatlas does not read, by the magic numbers of the programs that
 * write it, with the way to a dump that it does read.
 */
#include <string.h>

#include "mem/other_formats.h"

#define UNPACK(with, by) "is compressed with " with "; unpack it first (" by ")"
#define LIME_ADVICE "; convert it to raw images, which are named FILE@ADDR"
#define VMWARE "is a VMware snapshot or suspended machine (vmss, vmsn), which is not read; " \
	"vmss2core -N6 or VMware's vmss2core makes an ELF core of it"
#define GUEST_DISK "; it is a disk, and memory only with a snapshot in it: load that " \
	"(qemu -loadvm) and use dump-guest-memory"
#define XEN_SAVE "is a saved Xen domain, not a dump; restore it and use kdump in the guest"
#define S390 "is an s390 stand-alone dump; s390 kernels are not supported"
#define LKCD "is an LKCD dump, a format that is not supported; crash reads it"
#define WINDOWS "is a Windows crash dump, or one that QEMU wrote in that form " \
	"(dump-guest-memory -w); of a Linux guest use dump-guest-memory without -w"

static const struct {
	uint16_t at;			/* offset in the file */
	uint8_t len;
	const char *magic;
	const char *advice;
} formats[] = {
	{ 0, 2, "\x1f\x8b", UNPACK("gzip", "gunzip") },
	{ 0, 2, "\x1f\x9d", UNPACK("compress", "uncompress") },
	{ 0, 6, "\xfd" "7zXZ\0", UNPACK("xz", "unxz") },
	{ 0, 5, "\x5d\0\0\x80\0", UNPACK("lzma", "unlzma") },
	{ 0, 4, "\x28\xb5\x2f\xfd", UNPACK("zstd", "unzstd") },
	{ 0, 3, "BZh", UNPACK("bzip2", "bunzip2") },
	{ 0, 4, "\x04\x22\x4d\x18", UNPACK("lz4", "unlz4") },
	{ 0, 4, "\x02\x21\x4c\x18", UNPACK("lz4", "unlz4") },
	{ 0, 4, "LZIP", UNPACK("lzip", "lunzip") },
	{ 0, 9, "\x89LZO\0\r\n\x1a\n", UNPACK("lzop", "lzop -d") },
	{ 0, 10, "\xff\x06\0\0sNaPpY", UNPACK("snappy", "snzip -d") },
	{ 0, 4, "PK\3\4", UNPACK("zip", "unzip") },
	{ 0, 6, "7z\xbc\xaf\x27\x1c", UNPACK("7-Zip", "7z x") },
	{ 0, 6, "Rar!\x1a\x07", UNPACK("RAR", "unrar x") },
	{ 257, 5, "ustar", "is a tar archive; unpack it first (tar xf)" },
	{ 0, 4, "QEVM", "is a saved QEMU machine, not a dump; use dump-guest-memory" },
	{ 0, 4, "QFI\xfb", "is a qcow2 image" GUEST_DISK },
	{ 0, 4, "QED\0", "is a QED disk image" GUEST_DISK },
	{ 0, 4, "KDMV", "is a VMware disk image (vmdk), not memory" },
	{ 0, 21, "# Disk DescriptorFile", "is a VMware disk image (vmdk), not memory" },
	{ 0, 8, "vhdxfile", "is a Hyper-V disk image (vhdx), not memory" },
	{ 0, 8, "conectix", "is a disk image (vhd), not memory" },
	{ 0, 8, "cxsparse", "is a disk image (vhd), not memory" },
	{ 64, 4, "\x7f\x10\xda\xbe", "is a VirtualBox disk image (vdi), not memory" },
	{ 0, 23, "\x7fVirtualBox SavedState V", "is a saved VirtualBox machine; start it and "
	  "use VBoxManage debugvm dumpvmcore" },
	{ 0, 16, "LibvirtQemudSave", "is a saved libvirt machine, not a dump; "
	  "use virsh dump --memory-only" },
	{ 0, 16, "LibvirtQemudPart", "is a saved libvirt machine that is incomplete; "
	  "use virsh dump --memory-only" },
	{ 0, 4, "EMiL", "is a LiME image, which is not supported" LIME_ADVICE },
	{ 0, 4, "LiME", "is a LiME image of a big-endian machine, which is not supported" },
	{ 0, 4, "AVML", "is an AVML image, which is not supported; avml-convert "
	  "--format raw makes a raw image of it, which is named FILE@ADDR" },
	{ 0, 4, "\xd0\xbe\xd2\xbe", VMWARE },
	{ 0, 4, "\xd1\xba\xd1\xba", VMWARE },
	{ 0, 4, "\xd2\xbe\xd2\xbe", VMWARE },
	{ 0, 4, "\xd3\xbe\xd3\xbe", VMWARE },
	{ 0, 8, "PAGEDU64", WINDOWS },
	{ 0, 8, "PAGEDUMP", WINDOWS },
	{ 0, 4, "MDMP", "is a minidump of a user process (Windows, breakpad), not of a kernel" },
	{ 0, 4, "hibr", "is a Windows hibernation file, not a dump" },
	{ 0, 4, "HIBR", "is a Windows hibernation file, not a dump" },
	{ 0, 8, "\xed\x23\x8f\x61\x73\x01\x19\xa8", LKCD },
	{ 0, 8, "\xa8\x19\x01\x73\x61\x8f\x23\xed", LKCD },
	{ 0, 8, "\xfe\x23\x8f\x61\x73\x01\x19\xa8", "is the kerntypes file of an LKCD dump" },
	{ 0, 8, "\xa8\x19\x01\x73\x61\x8f\x23\xfd", S390 },
	{ 0, 8, "\xa8\x19\x01\x73\x61\x8f\x23\xfc", S390 " (one volume of several)" },
	{ 0, 8, "\xa8\x19\x01\x73\x61\x8f\x23\xfe", S390 " (extended)" },
	{ 0, 8, "\xff\xff\xff\xff\xff\xff\xff\xff" "XENF", XEN_SAVE },
	{ 0, 16, "Xen saved domain", XEN_SAVE },
	{ 0, 16, "LinuxGuestRecord", XEN_SAVE },
	{ 4086, 10, "S1SUSPEND\0", "is a swap area with a hibernated Linux in it; resume it "
	  "and use kdump" },
	{ 4086, 10, "SWAPSPACE2", "is a swap area, not a dump" },
	{ 0, 15, "SQLite format 3", "is a database, not a dump" },
};

static bool is_zero(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i])
			return false;
	return true;
}

struct vmatlas_error *other_format(struct mem *mem, int fd, const uint8_t *head, size_t len)
{
	uint8_t start[8192];
	struct vmatlas_error *err;
	size_t got = 0;

	err = file_read_some(mem, fd, 0, start, sizeof(start), &got);
	if (err || got < len) {		/* a disk that fails here did not, a moment ago */
		vmatlas_error_free(err);
		memcpy(start, head, len);
		got = len;
	}
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (got >= (size_t)formats[i].at + formats[i].len &&
		    !memcmp(start + formats[i].at, formats[i].magic, formats[i].len))
			return vmatlas_error_new(VMATLAS_ERROR_FORMAT, "%s", formats[i].advice);
	if (got == sizeof(start) && is_zero(start, got))
		return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
			"no kernel in this dump: it begins with zeros and has no header (an image "
			"of RAM is named FILE@ADDR)");
	return vmatlas_error_new(VMATLAS_ERROR_FORMAT,
		"is not a dump in a known format (ELF core, kdump, flattened kdump; an image of "
		"RAM is named FILE@ADDR)");
}
