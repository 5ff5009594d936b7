import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.InetAddress;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.demitasse.core.Clock;
import org.demitasse.net.NetworkConfig;
import org.demitasse.net.NetworkStack;
import org.demitasse.net.socket.InterfaceInfo;
import org.demitasse.net.tap.TapDevice;
import org.demitasse.nio.net.NameService;
import org.demitasse.nio.net.Network;
import org.demitasse.nio.net.OpenedJdkAccess;

/**
 * Runs a program on a plain JVM whose channels and name look-ups are those of an image: our stack
 * on a tap. bench/net/on-tap starts it. Arguments: {@code tap=NAME} or {@code fd=NUMBER}, settings
 * as {@code demi run --net} takes them, {@code --}, the program's class and its arguments.
 *
 * <p>{@code java.net.Socket} and {@code NetworkInterface} stay the host's. The interface's
 * addresses are told on standard output as they come.
 */
public final class OnTap {
  private static final long CONFIGURED_NANOS = 10_000_000_000L;
  private static final long LOOK_NANOS = 500_000_000L;

  private OnTap() {}

  public static void main(String[] arguments) throws Throwable {
    List<String> words = Arrays.asList(arguments);
    int dashes = words.indexOf("--");
    if (dashes < 1 || dashes + 1 == words.size()) {
      throw new IllegalArgumentException("tap=NAME|fd=NUMBER [SETTING...] -- CLASS [ARGUMENT...]");
    }
    start(words.subList(0, dashes));
    String[] rest = words.subList(dashes + 2, words.size()).toArray(String[]::new);
    try {
      Class.forName(words.get(dashes + 1))
          .getMethod("main", String[].class)
          .invoke(null, (Object) rest);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static void start(List<String> settings) throws IOException {
    long mac = 0x02_00_00_00_88_02L;
    NetworkConfig config = new NetworkConfig().ipv6(true).hostName("tap");
    List<String> addresses = new ArrayList<>();
    InetAddress gateway = null;
    TapDevice device = null;
    for (String setting : settings) {
      String value = setting.substring(setting.indexOf('=') + 1);
      switch (setting.substring(0, setting.length() - value.length())) {
        case "tap=" -> device = new TapDevice(value, mac, Boolean.getBoolean("tap.offload"));
        case "fd=" -> device = new TapDevice(Integer.parseInt(value), mac);
        case "address=" -> addresses.add(value);
        case "gateway=" -> gateway = InetAddress.ofLiteral(value);
        case "dns=" -> config.nameServer(InetAddress.ofLiteral(value));
        default -> throw new IllegalArgumentException("an unknown setting: " + setting);
      }
    }
    if (device == null) {
      throw new IllegalArgumentException("neither tap= nor fd= among " + settings);
    }
    if (addresses.isEmpty()) {
      config.dhcp("eth0", device);
    }
    for (int i = 0; i < addresses.size(); i++) {
      String[] parts = addresses.get(i).split("/", 2);
      InetAddress own = InetAddress.ofLiteral(parts[0]);
      int prefix = Integer.parseInt(parts[1]);
      if (i == 0) {
        config.address("eth0", device, own, prefix, gateway);
      } else {
        config.moreAddress(own, prefix);
      }
    }
    SecureRandom random = new SecureRandom();
    NetworkStack stack =
        new NetworkStack(
            config,
            Clock.system(),
            (bytes, offset, length) -> {
              byte[] fresh = new byte[length];
              random.nextBytes(fresh);
              System.arraycopy(fresh, 0, bytes, offset, length);
            },
            device::wake);
    Network.install(new OpenedJdkAccess());
    Network.install(stack);
    TapDevice driven = device;
    Thread.ofPlatform().daemon().name("Network").start(() -> drive(stack, driven));
    stack.awaitConfigured(CONFIGURED_NANOS);
  }

  private static void drive(NetworkStack stack, TapDevice device) {
    Set<InetAddress> told = new LinkedHashSet<>();
    long look = System.nanoTime();
    while (true) {
      long nanos = stack.poll();
      if (System.nanoTime() - look >= 0) {
        look += LOOK_NANOS;
        for (InterfaceInfo each : stack.interfaces()) {
          for (InterfaceInfo.Address address : each.addresses()) {
            if (told.add(address.address())) {
              System.out.println("address " + address.address().getHostAddress());
            }
          }
        }
      }
      if (nanos > 0) {
        device.await(Math.min(nanos, LOOK_NANOS));
      }
    }
  }

  /** Names are looked up by the stack's resolver; META-INF/services names this class. */
  public static final class Names extends InetAddressResolverProvider {
    @Override
    public InetAddressResolver get(Configuration configuration) {
      return NameService.get();
    }

    @Override
    public String name() {
      return "the stack's resolver";
    }
  }
}
