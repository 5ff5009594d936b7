package org.demitasse.nio.channels;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.channels.MembershipKey;
import java.nio.channels.MulticastChannel;
import java.util.Objects;

/** One channel's membership in one multicast group on one interface. */
final class Membership extends MembershipKey {
  private final DemitasseDatagramChannel channel;
  private final InetAddress group;
  private final NetworkInterface networkInterface;
  private final int index;
  private final InetAddress source;
  private volatile boolean valid = true;

  Membership(
      DemitasseDatagramChannel channel,
      InetAddress group,
      NetworkInterface networkInterface,
      int index,
      InetAddress source) {
    this.channel = channel;
    this.group = group;
    this.networkInterface = networkInterface;
    this.index = index;
    this.source = source;
  }

  int index() {
    return index;
  }

  void invalidate() {
    valid = false;
  }

  @Override
  public boolean isValid() {
    return valid;
  }

  @Override
  public void drop() {
    channel.drop(this);
  }

  /**
   * Not supported: the stack filters by the sources that are wanted (source-specific membership),
   * not by those that are not.
   */
  @Override
  public MembershipKey block(InetAddress unwanted) {
    if (source != null) {
      throw new IllegalStateException("key is source-specific");
    }
    Objects.requireNonNull(unwanted);
    throw new UnsupportedOperationException(
        "blocking single sources of a multicast group is not supported; join with a source instead");
  }

  @Override
  public MembershipKey unblock(InetAddress wanted) {
    throw new IllegalStateException("not blocked");
  }

  @Override
  public MulticastChannel channel() {
    return channel;
  }

  @Override
  public InetAddress group() {
    return group;
  }

  @Override
  public NetworkInterface networkInterface() {
    return networkInterface;
  }

  @Override
  public InetAddress sourceAddress() {
    return source;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("<").append(group.getHostAddress());
    text.append(',').append(networkInterface.getName());
    if (source != null) {
      text.append(',').append(source.getHostAddress());
    }
    return text.append('>').toString();
  }
}
