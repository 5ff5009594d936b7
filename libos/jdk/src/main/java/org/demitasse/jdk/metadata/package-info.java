/**
 * What the JDK looks up by name at run time, and the compiler's analysis therefore cannot see. Runs
 * while an image is built, on the builder's threads; nothing of it is in the image.
 */
package org.demitasse.jdk.metadata;
