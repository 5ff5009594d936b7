/**
 * What goes into a build, looked at before the compiler starts: the class path's entries, their
 * class files' versions, the main class, and the options that libraries bring in {@code
 * META-INF/native-image}.
 *
 * <p>Used by {@link org.demitasse.builder.ImageBuilder}, on the thread that builds. Class files are
 * read as data; no code of the program runs here.
 */
package org.demitasse.builder.input;
