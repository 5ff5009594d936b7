package org.demitasse.image.elf;

/** Constants of the ELF format, named as the System V ABI names them. Sizes are in bytes. */
public final class Elf {
  public static final int HEADER_SIZE = 64;
  public static final int PROGRAM_HEADER_SIZE = 56;
  public static final int SECTION_HEADER_SIZE = 64;
  public static final int SYMBOL_SIZE = 24;
  public static final int RELA_SIZE = 24;

  /** The first four bytes of a file, read little endian. */
  public static final int MAGIC = 0x464c457f;

  public static final int ELFCLASS64 = 2;
  public static final int ELFDATA2LSB = 1;
  public static final int EV_CURRENT = 1;
  public static final int EM_X86_64 = 62;

  public static final int ET_REL = 1;
  public static final int ET_EXEC = 2;

  public static final int PT_LOAD = 1;
  public static final int PT_NOTE = 4;
  public static final int PT_GNU_STACK = 0x6474e551;

  public static final int PF_X = 1;
  public static final int PF_W = 2;
  public static final int PF_R = 4;

  public static final int SHT_NULL = 0;
  public static final int SHT_PROGBITS = 1;
  public static final int SHT_SYMTAB = 2;
  public static final int SHT_STRTAB = 3;
  public static final int SHT_RELA = 4;
  public static final int SHT_NOTE = 7;
  public static final int SHT_NOBITS = 8;
  public static final int SHT_REL = 9;
  public static final int SHT_INIT_ARRAY = 14;
  public static final int SHT_FINI_ARRAY = 15;
  public static final int SHT_PREINIT_ARRAY = 16;
  public static final int SHT_GROUP = 17;
  public static final int SHT_SYMTAB_SHNDX = 18;
  public static final int SHT_X86_64_UNWIND = 0x70000001;

  public static final long SHF_WRITE = 1;
  public static final long SHF_ALLOC = 2;
  public static final long SHF_EXECINSTR = 4;
  public static final long SHF_TLS = 0x400;
  public static final long SHF_COMPRESSED = 0x800;

  public static final int SHN_UNDEF = 0;
  public static final int SHN_LORESERVE = 0xff00;
  public static final int SHN_ABS = 0xfff1;
  public static final int SHN_COMMON = 0xfff2;
  public static final int SHN_XINDEX = 0xffff;

  public static final int STB_LOCAL = 0;
  public static final int STB_GLOBAL = 1;
  public static final int STB_WEAK = 2;

  public static final int STT_NOTYPE = 0;
  public static final int STT_OBJECT = 1;
  public static final int STT_FUNC = 2;
  public static final int STT_SECTION = 3;
  public static final int STT_FILE = 4;
  public static final int STT_TLS = 6;
  public static final int STT_GNU_IFUNC = 10;

  public static final int R_X86_64_NONE = 0;
  public static final int R_X86_64_64 = 1;
  public static final int R_X86_64_PC32 = 2;
  public static final int R_X86_64_PLT32 = 4;
  public static final int R_X86_64_32 = 10;
  public static final int R_X86_64_32S = 11;
  public static final int R_X86_64_PC64 = 24;

  private Elf() {}

  /** The ABI's name of a relocation type, for messages. */
  public static String relocationName(int type) {
    return switch (type) {
      case R_X86_64_NONE -> "R_X86_64_NONE";
      case R_X86_64_64 -> "R_X86_64_64";
      case R_X86_64_PC32 -> "R_X86_64_PC32";
      case 3 -> "R_X86_64_GOT32";
      case R_X86_64_PLT32 -> "R_X86_64_PLT32";
      case 9 -> "R_X86_64_GOTPCREL";
      case R_X86_64_32 -> "R_X86_64_32";
      case R_X86_64_32S -> "R_X86_64_32S";
      case 19 -> "R_X86_64_TLSGD";
      case 22 -> "R_X86_64_GOTTPOFF";
      case 23 -> "R_X86_64_TPOFF32";
      case R_X86_64_PC64 -> "R_X86_64_PC64";
      case 41 -> "R_X86_64_GOTPCRELX";
      case 42 -> "R_X86_64_REX_GOTPCRELX";
      default -> "relocation type " + type;
    };
  }
}
