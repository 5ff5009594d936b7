/**
 * {@code java.net} and {@code java.nio.channels} on the library OS' network stack, and the thread
 * that drives it. Called by the JDK on any thread.
 */
package org.demitasse.jdk.net;
