# SPDX-License-Identifier: LGPL-2.1-or-later
# vmatlas in gdb, without Python: any gdb from 8 on. Type
#
#	gdb -x vmatlas.gdb
#	(gdb) vmatlas-open /usr/lib/debug/boot/vmlinux-6.1.0-50-amd64 /var/crash/dump
#	(gdb) vmatlas check
#
# or, outside of gdb, "vmatlas gdb VMLINUX VMCORE", which does all of it and also knows where
# sections are that did not move with the rest of the kernel (per-CPU symbols of x86-64).

set remotetimeout 60
# Where pc lies in an assembly file gdb would forget how C is written.
set language c

define vmatlas-open
  if $argc != 2
    echo usage: vmatlas-open VMLINUX VMCORE\n
  else
    file $arg0
    target remote | vmatlas gdbserver $arg0 $arg1
    set language c
  end
end
document vmatlas-open
Open a kernel dump: vmatlas-open VMLINUX VMCORE
Memory is read through the kernel's page tables, vmalloc and modules included; every CPU and
every task is a thread: "info threads", "thread apply all bt".
end

define vmatlas
  if $argc == 0
    monitor help
  end
  if $argc == 1
    monitor $arg0
  end
  if $argc == 2
    monitor $arg0 $arg1
  end
  if $argc == 3
    monitor $arg0 $arg1 $arg2
  end
  if $argc == 4
    monitor $arg0 $arg1 $arg2 $arg3
  end
  if $argc == 5
    monitor $arg0 $arg1 $arg2 $arg3 $arg4
  end
  if $argc == 6
    monitor $arg0 $arg1 $arg2 $arg3 $arg4 $arg5
  end
  if $argc > 6
    echo too many words: say it with "monitor ..."\n
  end
end
document vmatlas
Ask vmatlas about the dump that vmatlas-open, or vmatlas gdb, opened:
  vmatlas check              the verdict          vmatlas map       declared regions
  vmatlas report             with its evidence    vmatlas areas     every vmalloc area
  vmatlas addr ADDRESS       what is there        vmatlas usage     what is free
  vmatlas print EXPRESSION   faster than print    vmatlas help      all commands
It is "monitor ..." by a shorter name; "monitor areas > FILE" writes to a file.
end

define vmatlas-report
  monitor report
end
document vmatlas-report
The whole report. For a batch job, with no terminal and no Python:
  gdb -batch -x vmatlas.gdb -ex 'vmatlas-open VMLINUX VMCORE' -ex vmatlas-report 2>&1
end
