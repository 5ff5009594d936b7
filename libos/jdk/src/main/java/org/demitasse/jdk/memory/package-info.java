/**
 * Memory: pages, off-heap blocks, the image heap, and the C functions of the compiler's runtime,
 * all in Java over the nucleus. Called by the compiler's runtime on any thread, before the isolate
 * exists too.
 */
package org.demitasse.jdk.memory;
