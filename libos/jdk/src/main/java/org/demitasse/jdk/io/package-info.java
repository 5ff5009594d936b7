/**
 * {@code java.io} on the library OS: the console and open files behind descriptor numbers. Called
 * by the JDK's streams on any thread.
 */
package org.demitasse.jdk.io;
