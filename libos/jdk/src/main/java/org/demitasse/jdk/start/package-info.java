/**
 * From the first Java instruction to the last: the isolate, the boot configuration, the program's
 * main method, and the end. Runs on the main thread.
 */
package org.demitasse.jdk.start;
