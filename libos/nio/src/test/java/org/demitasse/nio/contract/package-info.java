/**
 * What programs may expect of sockets, channels and selectors, as tests that run against the JDK's
 * own provider on the host's loopback interface and against ours: what passes on both behaves the
 * same.
 */
package org.demitasse.nio.contract;
