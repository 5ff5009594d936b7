/**
 * {@code java.lang.management}: what the JDK's beans ask of the operating system. Called on any
 * thread.
 */
package org.demitasse.jdk.management;
