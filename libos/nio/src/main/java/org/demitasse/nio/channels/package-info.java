/**
 * The channels of {@code java.nio.channels} over {@link org.demitasse.net.socket.SocketStack}:
 * sockets, datagrams, pipes, selectors and the asynchronous ones, behind {@link
 * org.demitasse.nio.channels.DemitasseSelectorProvider}. The JDK calls in here, on any thread;
 * nothing holds a monitor while it waits.
 */
package org.demitasse.nio.channels;
