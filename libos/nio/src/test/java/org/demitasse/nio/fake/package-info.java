/**
 * A network stack in memory for tests: one machine with a loopback interface, no threads, no clock.
 */
package org.demitasse.nio.fake;
