/**
 * What {@code java.net} needs from its platform, over {@link org.demitasse.net.socket.SocketStack}:
 * the platform's {@code SocketImpl}, name lookup and interface data, and what they share with
 * {@code org.demitasse.nio.channels}. The JDK's own classes call it, on any thread, platform or
 * virtual.
 */
package org.demitasse.nio.net;
