/**
 * Reachability metadata that libraries do not bring along themselves: the repository that GraalVM's
 * build tools share, and which of its parts belong to the jars of a class path.
 *
 * <p>Used by {@link org.demitasse.builder.ImageBuilder} alone. Nothing here keeps state between
 * builds. What cannot be read is left out with a warning; it never ends a build.
 */
package org.demitasse.builder.metadata;
