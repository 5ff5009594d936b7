/**
 * {@code java.lang.foreign}: memory beside the heap. Called by the JDK, on any thread. There is no
 * linker: an image has no native code to call.
 */
package org.demitasse.jdk.foreign;
