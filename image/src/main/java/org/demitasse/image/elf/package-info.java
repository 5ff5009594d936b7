/**
 * ELF64 for x86-64, little endian: a strict reader of relocatable objects and executables, and a
 * writer. It knows the file format alone, nothing of images.
 *
 * <p>The reader takes hostile bytes: every offset, count and size is checked before it is believed,
 * and {@link org.demitasse.image.elf.ElfFormatException} is the only exception that bytes can
 * cause.
 *
 * <p>Anyone may call it, on any thread. What the reader returns is immutable as long as nobody
 * changes the bytes below it; writers belong to one thread.
 *
 * <p>Source: System V Application Binary Interface, chapters 4 and 5, with the AMD64 supplement.
 */
package org.demitasse.image.elf;
