/**
 * The builder: from a class path to one image file. {@link org.demitasse.builder.ImageBuilder}
 * takes a {@link org.demitasse.builder.BuildRequest} and tells a {@link
 * org.demitasse.builder.BuildListener} how far it is; everything that can go wrong is a {@link
 * org.demitasse.builder.BuildException} with a kind.
 *
 * <p>Called by the command line and by tools that embed the builder, from any thread; one build
 * runs on the thread that asked for it and calls its listener from builder threads, one call at a
 * time.
 */
package org.demitasse.builder;
