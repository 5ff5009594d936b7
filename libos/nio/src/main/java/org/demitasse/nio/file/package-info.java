/**
 * {@code java.nio.file} and {@code java.io} over {@link org.demitasse.fs.Vfs}: the file system
 * provider that is the default one in an image, its channels, and {@link
 * org.demitasse.nio.file.IoFiles} for the natives of {@code java.io}. Paths, results, exceptions
 * and their messages are those of the JDK on Linux.
 *
 * <p>Any thread may call anything. Nothing here waits but reads of standard input.
 */
package org.demitasse.nio.file;
