/**
 * Deflate (RFC 1951), the zlib wrapper (RFC 1950), CRC-32 and Adler-32, in Java alone. The JDK's
 * {@code Inflater}, {@code Deflater}, {@code CRC32} and {@code Adler32} stand on this package where
 * there is no zlib; contracts and messages are zlib's, so that nothing above notices.
 *
 * <p>A stream belongs to one caller at a time (the JDK's classes lock theirs); the checksums are
 * pure functions that any thread may call.
 */
package org.demitasse.zip;
