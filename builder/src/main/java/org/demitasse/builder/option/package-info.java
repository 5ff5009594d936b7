/**
 * The options of the ahead-of-time compiler: from what users and libraries write, which are the
 * public names of GraalVM's {@code native-image} command, to what the compiler's own entry point
 * takes.
 *
 * <p>Used by {@link org.demitasse.builder.ImageBuilder} alone. Nothing here keeps state between
 * builds.
 */
package org.demitasse.builder.option;
