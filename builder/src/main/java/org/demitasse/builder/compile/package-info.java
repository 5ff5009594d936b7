/**
 * The ahead-of-time compiler as a child process: its parts, its command line, its memory, what it
 * says while it works and what its failures mean.
 *
 * <p>Used by {@link org.demitasse.builder.ImageBuilder} alone, on the thread that builds; {@link
 * org.demitasse.builder.compile.CompilerProcess} reads the process on a thread of its own.
 *
 * <p>What the library OS' feature in that process finds: the image class path holds the program and
 * then the library OS, and these system properties tell it what was asked for.
 *
 * <ul>
 *   <li>{@code demitasse.main}: binary name of the main class.
 *   <li>{@code demitasse.properties.N}: {@code KEY=VALUE}, one system property of the program, N
 *       counting from 0 without gaps. The first {@code =} divides.
 *   <li>{@code demitasse.files.N} and {@code demitasse.files.N.target}: one tree to pack, N
 *       counting from 0 without gaps: a folder of the build machine, and an absolute path inside
 *       the image.
 *   <li>{@code demitasse.report}: a file that {@code org.demitasse.jdk.report.BuildReport} writes,
 *       in the format of {@link java.util.Properties}, with what only it can know.
 * </ul>
 *
 * <p>What the feature says to this package, one line each on standard output: {@code
 * demitasse-hole: METHOD <- CALLER <- CALLER ...} for a reachable native method that nothing
 * implements.
 */
package org.demitasse.builder.compile;
