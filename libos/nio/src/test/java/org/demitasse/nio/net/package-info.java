/**
 * Tests of what {@code java.net} needs from its platform, and the test JVM's door to {@code
 * java.net}.
 */
package org.demitasse.nio.net;
