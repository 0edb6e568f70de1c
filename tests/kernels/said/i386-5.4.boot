virtual kernel memory layout:
    fixmap  : 0xfff7a000 - 0xfffff000   ( 532 kB)
  cpu_entry : 0xffc00000 - 0xffd39000   (1252 kB)
    pkmap   : 0xff800000 - 0xffa00000   (2048 kB)
    vmalloc : 0xc0800000 - 0xff7fe000   (1007 MB)
    lowmem  : 0xb0000000 - 0xc0000000   ( 256 MB)
      .init : 0xb1030000 - 0xb1040000   (  64 kB)
      .data : 0xb1010000 - 0xb1030000   ( 128 kB)
      .text : 0xb1000000 - 0xb1010000   (  64 kB)
