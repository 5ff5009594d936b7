package org.demitasse.image.link;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.demitasse.image.Manifest;
import org.demitasse.image.elf.Elf;
import org.demitasse.image.elf.ElfFile;
import org.demitasse.image.elf.ElfNote;
import org.demitasse.image.elf.ElfWriter;
import org.demitasse.image.elf.LittleEndian;

/**
 * Hand-made objects with the shape of a program and a nucleus. Tests add to the writers what they
 * are about.
 */
public final class SampleObjects {
  public static final long CODE = Elf.SHF_ALLOC | Elf.SHF_EXECINSTR;
  public static final long WRITABLE = Elf.SHF_ALLOC | Elf.SHF_WRITE;
  public static final long READ_ONLY = Elf.SHF_ALLOC;

  final ElfWriter app = new ElfWriter(Elf.ET_REL, 0);
  final ElfWriter nucleus = new ElfWriter(Elf.ET_REL, 0);
  final int appText;
  final int appRodata;
  final int appData;
  final int heap;
  final int nucleusText;
  final int main;
  final int mainNeeded;

  public SampleObjects() {
    byte[] code = new byte[256];
    Arrays.fill(code, (byte) 0x90);
    appText = app.section(".text", Elf.SHT_PROGBITS, CODE, 0, 16, code.clone());
    appRodata = app.section(".rodata", Elf.SHT_PROGBITS, READ_ONLY, 0, 8, new byte[64]);
    appData = app.section(".data", Elf.SHT_PROGBITS, WRITABLE, 0, 8, new byte[64]);
    heap = app.section(".svm_heap", Elf.SHT_PROGBITS, WRITABLE, 0, 4096, new byte[5000]);
    main = app.symbols().add("demitasse_main", Elf.STB_GLOBAL, Elf.STT_FUNC, appText, 32, 64);
    app.symbols().add("__svm_heap_begin", Elf.STB_GLOBAL, Elf.STT_OBJECT, heap, 0, 0);

    nucleusText = nucleus.section(".text", Elf.SHT_PROGBITS, CODE, 0, 16, code.clone());
    nucleus.nobits(".bss", WRITABLE, 0, 32, 10000);
    byte[] note = new byte[ElfNote.encodedSize("Xen", 4)];
    int entryAt = ElfNote.encode(note, 0, "Xen", 18, 4);
    int xen = nucleus.section(".note.Xen", Elf.SHT_NOTE, READ_ONLY, 0, 4, note);
    nucleus
        .symbols()
        .add("nucleus_sandbox_start", Elf.STB_GLOBAL, Elf.STT_FUNC, nucleusText, 16, 16);
    int pvh = nucleus.symbols().add("pvh_start", Elf.STB_GLOBAL, Elf.STT_FUNC, nucleusText, 48, 16);
    mainNeeded =
        nucleus
            .symbols()
            .add("demitasse_main", Elf.STB_GLOBAL, Elf.STT_NOTYPE, Elf.SHN_UNDEF, 0, 0);
    nucleus.relocation(xen, entryAt, Elf.R_X86_64_32, pvh, 0);
    nucleus.relocation(nucleusText, 20, Elf.R_X86_64_PLT32, mainNeeded, -4);
  }

  /** Adds a symbol that the program needs. */
  int appNeeds(String name) {
    return app.symbols().add(name, Elf.STB_GLOBAL, Elf.STT_NOTYPE, Elf.SHN_UNDEF, 0, 0);
  }

  LinkRequest request(Path folder) throws IOException {
    var appPath = Files.write(folder.resolve("app.o"), app.toBytes());
    var nucleusPath = Files.write(folder.resolve("nucleus.o"), nucleus.toBytes());
    return LinkRequest.of(appPath, nucleusPath, Manifest.named("sample").toJson());
  }

  /** Links {@code sample.img} and {@code sample.img.debug} in a folder. */
  public LinkResult link(Path folder) throws IOException, LinkException {
    return link(folder, request(folder));
  }

  /** Links them with a manifest. */
  public LinkResult link(Path folder, Manifest manifest) throws IOException, LinkException {
    var request = request(folder);
    return link(
        folder, LinkRequest.of(request.appObject(), request.nucleusObject(), manifest.toJson()));
  }

  static LinkResult link(Path folder, LinkRequest request) throws IOException, LinkException {
    return Linker.link(request, folder.resolve("sample.img"), folder.resolve("sample.img.debug"));
  }

  /** The number of {@code bytes} bytes at a virtual address of a linked image. */
  static long at(Path image, long address, int bytes) throws IOException {
    var file = ElfFile.read(image);
    for (var segment : file.segments()) {
      if (segment.isLoad() && address >= segment.address() && address < segment.end()) {
        int index = (int) (address - segment.address() + segment.offset());
        return bytes == 8
            ? LittleEndian.getLong(file.bytes(), index)
            : LittleEndian.getInt(file.bytes(), index);
      }
    }
    throw new AssertionError("no segment has 0x" + Long.toHexString(address));
  }
}
