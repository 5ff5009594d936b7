/**
 * {@code java.util.zip}, where the JDK calls zlib: the native methods on module zip. Any thread;
 * the JDK's classes lock their streams.
 */
package org.demitasse.jdk.zip;
