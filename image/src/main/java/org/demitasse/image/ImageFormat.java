package org.demitasse.image;

/** Numbers and names that every image has in common. */
public final class ImageFormat {
  /** Bytes of a page; segments start on page boundaries, in memory and in the file. */
  public static final int PAGE_SIZE = 4096;

  /** Virtual and physical address of the ELF header. */
  public static final long BASE_ADDRESS = 0x200000;

  /** Virtual address of the image heap. */
  public static final long HEAP_ADDRESS = 0x40000000;

  /** Segments end at or below this: the compiler's code model reaches no further. */
  public static final long ADDRESS_LIMIT = 0x80000000L;

  /** Segments start at or above this: a null pointer and its neighbourhood stay unmapped. */
  public static final long LOWEST_ADDRESS = 0x10000;

  /** Reserved ranges end at or below this; the machines map their own things above. */
  public static final long RANGES_LIMIT = 0x400000000000L;

  /** The physical address of the image heap is a multiple of this. */
  public static final long HEAP_PHYSICAL_ALIGNMENT = 2 << 20;

  /** Most PT_LOAD segments of an image. */
  public static final int SEGMENTS_MAX = 8;

  public static final String XEN_OWNER = "Xen";

  /** XEN_ELFNOTE_PHYS32_ENTRY: the 32-bit entry of PVH. */
  public static final int XEN_PHYS32_ENTRY = 18;

  public static final String GNU_OWNER = "GNU";

  /** NT_GNU_BUILD_ID. */
  public static final int GNU_BUILD_ID = 3;

  public static final int BUILD_ID_SIZE = 20;

  public static final String IMAGE_OWNER = "Demitasse";
  public static final int IMAGE_NOTE = 1;

  public static final String HEAP_SECTION = ".svm_heap";
  public static final String FILES_SECTION = ".demitasse.files";
  public static final String MANIFEST_SECTION = ".demitasse.manifest";

  private ImageFormat() {}

  /** The next multiple of {@code alignment}, a power of two. */
  public static long alignUp(long value, long alignment) {
    return (value + alignment - 1) & -alignment;
  }
}
