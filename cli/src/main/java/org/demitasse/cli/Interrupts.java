package org.demitasse.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import org.demitasse.machine.RunningMachine;

/**
 * Passes Ctrl-C, SIGTERM and SIGHUP to a running machine: the first in order, the second kills.
 *
 * <p>Only {@code sun.misc.Signal} (module {@code jdk.unsupported}) hears a second signal; it is
 * reached by reflection because the compiler warns of each mention and cannot be told not to.
 */
final class Interrupts {

  private static final List<String> SIGNALS = List.of("INT", "TERM", "HUP");

  private final AtomicBoolean asked = new AtomicBoolean();
  private volatile int killer; // the number of the signal that killed the machine, 0 for none

  private Interrupts() {}

  /** The exit code of a machine that a second signal has killed: 128 and the signal's number. */
  OptionalInt exitCode() {
    return killer == 0 ? OptionalInt.empty() : OptionalInt.of(128 + killer);
  }

  /** From here on, for the rest of this process. */
  static Interrupts passTo(RunningMachine machine) {
    Interrupts interrupts = new Interrupts();
    interrupts.install(
        (proxy, method, arguments) -> {
          if (method.getName().equals("handle")) {
            if (interrupts.asked.compareAndSet(false, true)) {
              machine.stop();
            } else {
              interrupts.killer = number(arguments[0]);
              machine.kill();
            }
            return null;
          }
          return method.invoke(interrupts, arguments); // equals, hashCode, toString
        });
    return interrupts;
  }

  private static int number(Object signal) throws ReflectiveOperationException {
    return (Integer) signal.getClass().getMethod("getNumber").invoke(signal);
  }

  private void install(InvocationHandler handler) {
    try {
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      handle(
          handlerType,
          Proxy.newProxyInstance(
              Interrupts.class.getClassLoader(), new Class<?>[] {handlerType}, handler));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the JDK lacks the module jdk.unsupported", e);
    }
  }

  private static void handle(Class<?> handlerType, Object handler)
      throws ReflectiveOperationException {
    Class<?> signalType = Class.forName("sun.misc.Signal");
    Method handle = signalType.getMethod("handle", signalType, handlerType);
    for (String name : SIGNALS) {
      handle.invoke(null, signalType.getConstructor(String.class).newInstance(name), handler);
    }
  }
}
