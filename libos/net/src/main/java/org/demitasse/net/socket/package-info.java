/**
 * Sockets as the stack sees them: never blocking, with readiness. The JDK's providers (module
 * {@code nio}) and the gateway put blocking, timeouts and interrupts on top. Any thread may call.
 */
package org.demitasse.net.socket;
