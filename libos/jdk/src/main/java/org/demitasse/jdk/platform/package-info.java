/**
 * What the image builder is told: the platform, and our classes in the places where the compiler's
 * runtime expects an operating system. Build time, and leaf calls of the runtime.
 */
package org.demitasse.jdk.platform;
