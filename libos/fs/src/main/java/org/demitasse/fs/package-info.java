/**
 * The file systems of an image, as POSIX names and means things: {@link org.demitasse.fs.Vfs} is
 * one tree of paths over mounted {@link org.demitasse.fs.Volume}s. There are a writable one in
 * memory, a read-only one packed into the image, and the devices of {@code /dev}. The JDK's
 * providers (module {@code nio}) stand on it; the builder writes packed trees with {@link
 * org.demitasse.fs.PackedTreeWriter}.
 *
 * <p>Any thread may call anything. Nothing here blocks but for the entropy source behind {@code
 * /dev/random}.
 */
package org.demitasse.fs;
