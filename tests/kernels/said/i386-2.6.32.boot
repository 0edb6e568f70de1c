virtual kernel memory layout:
    fixmap  : 0xfff7a000 - 0xfffff000   ( 532 kB)
    pkmap   : 0xff800000 - 0xffc00000   (4096 kB)
    vmalloc : 0x88800000 - 0xff7fe000   (1903 MB)
    lowmem  : 0x78000000 - 0x88000000   ( 256 MB)
      .init : 0x79030000 - 0x79040000   (  64 kB)
      .data : 0x79010000 - 0x79030000   ( 128 kB)
      .text : 0x79000000 - 0x79010000   (  64 kB)
