package org.demitasse.image.elf;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Hostile bytes: nothing but an ElfFormatException may come out of the reader. */
class ElfFileFuzzTest {
  private static final byte[] GOOD = ElfFileTest.sample();

  /** Takes what was read, so that no read is dropped; any exception on the way is the failure. */
  static volatile long sink;

  @Property(tries = 3000)
  void changedBytesNeverDoHarm(@ForAll long seed, @ForAll @IntRange(min = 1, max = 8) int changes) {
    var random = new Random(seed);
    byte[] bytes = GOOD.clone();
    for (int i = 0; i < changes; i++) {
      mutate(bytes, random);
    }
    if (random.nextInt(4) == 0) {
      bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
    }
    readEverything(bytes);
  }

  @Property(tries = 500)
  void anyBytesBehindAGoodHeaderNeverDoHarm(
      @ForAll long seed, @ForAll @IntRange(max = 400) int size) {
    byte[] bytes = new byte[64 + size];
    new Random(seed).nextBytes(bytes);
    System.arraycopy(GOOD, 0, bytes, 0, 40);
    LittleEndian.putLong(bytes, 40, 64 + (seed & 7) * 8);
    LittleEndian.putShort(bytes, 52, 64);
    LittleEndian.putShort(bytes, 54, 56);
    LittleEndian.putShort(bytes, 56, (int) (seed >>> 8 & 3));
    LittleEndian.putShort(bytes, 58, 64);
    LittleEndian.putShort(bytes, 60, (int) (seed >>> 12 & 7));
    LittleEndian.putShort(bytes, 62, 1);
    readEverything(bytes);
  }

  @Example
  void everyTruncationIsHarmless() {
    for (int length = 0; length < GOOD.length; length++) {
      readEverything(Arrays.copyOf(GOOD, length));
    }
  }

  /** Changes that parsers stumble over: boundary values in whole fields, beside random bytes. */
  static void mutate(byte[] bytes, Random random) {
    long[] values = {
      0,
      1,
      -1,
      Integer.MAX_VALUE,
      Integer.MIN_VALUE,
      Long.MAX_VALUE,
      Long.MIN_VALUE,
      bytes.length,
      bytes.length - 1L,
      0xffff,
      0xff00
    };
    long value = values[random.nextInt(values.length)] + random.nextInt(3) - 1;
    int at = random.nextInt(bytes.length / 8 - 1) * 8;
    switch (random.nextInt(4)) {
      case 0 -> bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      case 1 -> LittleEndian.putLong(bytes, at, value);
      case 2 -> LittleEndian.putInt(bytes, at + random.nextInt(2) * 4, (int) value);
      default -> LittleEndian.putShort(bytes, at + random.nextInt(4) * 2, (int) value);
    }
  }

  private static void readEverything(byte[] bytes) {
    ElfFile file;
    try {
      file = ElfFile.parse(bytes);
    } catch (ElfFormatException refused) {
      return;
    }
    var symbols = file.symbols();
    long sum = file.entry() + file.type();
    for (int i = 0; i < symbols.count(); i++) {
      sum +=
          symbols.name(i).length() + symbols.nameLength(i) + symbols.value(i) + symbols.section(i);
      sum += symbols.size(i) + symbols.type(i) + symbols.binding(i) + symbols.other(i);
    }
    for (var section : file.sections()) {
      try {
        if (section.type() == Elf.SHT_RELA && file.type() == Elf.ET_REL) {
          var relocations = file.relocations(section);
          for (int i = 0; i < relocations.count(); i++) {
            sum +=
                symbols.value(relocations.symbol(i))
                    + relocations.offset(i)
                    + relocations.addend(i);
          }
        } else if (section.type() == Elf.SHT_NOTE) {
          sum += file.notes(section).size();
        } else if (!section.isNobits() && section.size() > 0) {
          sum += bytes[section.offset()] + bytes[section.offset() + (int) section.size() - 1];
        }
      } catch (ElfFormatException refused) {
        sum++;
      }
    }
    for (var segment : file.segments()) {
      try {
        sum += segment.type() == Elf.PT_NOTE ? file.notes(segment).size() : segment.end();
      } catch (ElfFormatException refused) {
        sum++;
      }
    }
    sink = sum;
  }
}
