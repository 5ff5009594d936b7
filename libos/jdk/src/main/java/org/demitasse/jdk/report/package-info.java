/**
 * What the library OS tells the image builder about the image that is being built, and what it
 * keeps out of that image. Runs inside the compiler's process alone, never in an image.
 */
package org.demitasse.jdk.report;
