package org.demitasse.jdk.net;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.demitasse.core.Clock;
import org.demitasse.core.NetDevice;
import org.demitasse.core.PacketMemory;
import org.demitasse.drivers.DeviceException;
import org.demitasse.drivers.DeviceInfo;
import org.demitasse.drivers.Driver;
import org.demitasse.drivers.FramesNetDevice;
import org.demitasse.drivers.virtio.VirtioNet;
import org.demitasse.jdk.device.MachineDevices;
import org.demitasse.jdk.device.MachineEntropy;
import org.demitasse.jdk.device.MachineRegisters;
import org.demitasse.jdk.start.BootConfiguration;
import org.demitasse.jdk.thread.Blocking;
import org.demitasse.net.NetworkConfig;
import org.demitasse.net.NetworkStack;
import org.demitasse.net.socket.SocketStack;
import org.demitasse.nio.net.NameService;
import org.demitasse.nio.net.Network;

/**
 * The machine's network: started when the program first touches a socket or a name, so that a
 * program without network pays nothing for it. One daemon thread drives it; it sleeps until a
 * device or a timer wants something.
 */
public final class MachineNetwork {
  /**
   * How long the first use waits for DHCP; afterwards sockets work, with the loopback address
   * alone.
   */
  private static final long DHCP_NANOS = 10_000_000_000L;

  /** The event that ends the network thread's sleep from other threads. */
  private static final long EVENT_WAKE = 1L << 60;

  private static final long STACK_BYTES = 256 * 1024;

  private static volatile NetworkStack stack;

  private MachineNetwork() {}

  /** Returns the stack, started and configured. */
  static SocketStack start() {
    NetworkStack started = stack;
    return started != null ? started : startOnce();
  }

  /** Returns the names' resolver of the started network. */
  static NameService names() {
    start();
    return NameService.get();
  }

  private static synchronized SocketStack startOnce() {
    if (stack == null) {
      List<Driver> drivers = new ArrayList<>();
      NetworkStack made =
          new NetworkStack(
              configure(drivers),
              Clock.system(),
              MachineEntropy.INSTANCE,
              () -> Blocking.postEvents(EVENT_WAKE));
      Network.install(new JavaNetAccess());
      Network.install(made);
      long events = EVENT_WAKE;
      for (DeviceInfo info : MachineDevices.list()) {
        if (info.kind() == DeviceInfo.NET) {
          events |= 1L << info.index();
        }
      }
      long awaited = events;
      Thread thread = new Thread(null, () -> drive(made, drivers, awaited), "Network", STACK_BYTES);
      thread.setDaemon(true);
      thread.start();
      made.awaitConfigured(DHCP_NANOS);
      stack = made;
    }
    return stack;
  }

  private static void drive(NetworkStack driven, List<Driver> drivers, long events) {
    while (true) {
      long nanos = driven.poll();
      if (nanos == 0) {
        Thread.yield();
        continue;
      }
      long now = System.nanoTime();
      long deadline = nanos >= Long.MAX_VALUE - now ? Long.MAX_VALUE : now + nanos;
      long came = Blocking.awaitEvents(events, deadline);
      if ((came & ~EVENT_WAKE) != 0) {
        for (Driver driver : drivers) {
          driver.handleEvent();
        }
      }
    }
  }

  private static NetworkConfig configure(List<Driver> drivers) {
    NetworkConfig config = new NetworkConfig().memory(MachineNetwork::slab).ipv6(true);
    List<String> addresses = new ArrayList<>();
    String gateway = null;
    for (String setting : BootConfiguration.network()) {
      int equals = setting.indexOf('=');
      String key = equals < 0 ? setting : setting.substring(0, equals);
      String value = equals < 0 ? "" : setting.substring(equals + 1);
      switch (key) {
        case "address" -> addresses.add(value);
        case "gateway" -> gateway = value;
        case "dns" -> config.nameServer(literal(value));
        case "hostname" -> config.hostName(value);
        case "host" -> addHost(config, value);
        case "dhcp" -> {} // what an interface without an address does anyway
        default ->
            throw new IllegalStateException(
                "The boot configuration has an unknown network setting: " + setting);
      }
    }
    int number = 0;
    for (DeviceInfo info : MachineDevices.list()) {
      if (info.kind() != DeviceInfo.NET) {
        continue;
      }
      NetDevice device = open(info, drivers);
      String name = "eth" + number;
      if (number == 0 && !addresses.isEmpty()) {
        addAddresses(config, name, device, addresses, gateway);
      } else {
        config.dhcp(name, device);
      }
      number++;
    }
    return config;
  }

  /** The gateway goes with the first address; IPv6 routers are heard of by their advertisements. */
  private static void addAddresses(
      NetworkConfig config, String name, NetDevice device, List<String> addresses, String gateway) {
    InetAddress router = gateway == null ? null : literal(gateway);
    for (int i = 0; i < addresses.size(); i++) {
      String text = addresses.get(i);
      int slash = text.indexOf('/');
      InetAddress own = literal(slash < 0 ? text : text.substring(0, slash));
      int prefix =
          slash >= 0
              ? Integer.parseInt(text.substring(slash + 1))
              : own instanceof Inet4Address ? 24 : 64;
      if (i == 0) {
        config.address(name, device, own, prefix, router);
      } else {
        config.moreAddress(own, prefix);
      }
    }
  }

  private static NetDevice open(DeviceInfo info, List<Driver> drivers) {
    try {
      if (info.transport() == DeviceInfo.FRAMES) {
        FramesNetDevice device = new FramesNetDevice(MachineRegisters.INSTANCE, info);
        drivers.add(device);
        return device;
      }
      VirtioNet device = new VirtioNet(MachineRegisters.INSTANCE, info);
      drivers.add(device);
      return device;
    } catch (DeviceException e) {
      throw new IllegalStateException("The network device failed: " + e.getMessage(), e);
    }
  }

  private static PacketMemory.Slab slab(int size) {
    long address = MachineRegisters.INSTANCE.allocate(size);
    return address == 0
        ? null
        : new PacketMemory.Slab(MachineRegisters.INSTANCE.view(address, size), address, 0);
  }

  private static void addHost(NetworkConfig config, String value) {
    int colon = value.indexOf(':');
    if (colon <= 0) {
      throw new IllegalStateException(
          "The network setting host=" + value + " is not NAME:ADDRESS.");
    }
    config.host(value.substring(0, colon), literal(value.substring(colon + 1)));
  }

  /** An address in numbers; names cannot be looked up before there is a network. */
  private static InetAddress literal(String text) {
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException(
          "The boot configuration has a network address that is none: " + text, e);
    }
  }
}
