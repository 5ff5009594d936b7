package org.demitasse.nio.channels;

import java.io.IOException;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.IllegalChannelGroupException;
import java.nio.channels.ShutdownChannelGroupException;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

/**
 * The provider of asynchronous network channels. No thread waits for the network: what a channel
 * has to tell runs on its group's threads, which a program without a group of its own shares and
 * which come and go with the work.
 */
public final class DemitasseAsynchronousChannelProvider extends AsynchronousChannelProvider {
  private static final String THREAD_FACTORY = "java.nio.channels.DefaultThreadPool.threadFactory";
  private static final String INITIAL_SIZE = "java.nio.channels.DefaultThreadPool.initialSize";

  private static volatile DemitasseAsynchronousChannelProvider instance;

  private AsyncGroup defaultGroup;

  /** For the JDK, which creates providers by class name; others use {@link #get()}. */
  public DemitasseAsynchronousChannelProvider() {}

  /** Returns the one provider of an image. */
  public static DemitasseAsynchronousChannelProvider get() {
    if (instance == null) {
      synchronized (DemitasseAsynchronousChannelProvider.class) {
        if (instance == null) {
          instance = new DemitasseAsynchronousChannelProvider();
        }
      }
    }
    return instance;
  }

  @Override
  public AsynchronousChannelGroup openAsynchronousChannelGroup(int threads, ThreadFactory factory) {
    return new AsyncGroup(this, Executors.newFixedThreadPool(threads, factory));
  }

  @Override
  public AsynchronousChannelGroup openAsynchronousChannelGroup(
      ExecutorService executor, int initialSize) {
    return new AsyncGroup(this, Objects.requireNonNull(executor));
  }

  private synchronized AsyncGroup defaultGroup() {
    if (defaultGroup == null) {
      checkInitialSize();
      defaultGroup = new AsyncGroup(this, Executors.newCachedThreadPool(defaultThreads()));
    }
    return defaultGroup;
  }

  /** Returns the factory that {@link AsynchronousChannelGroup} promises for the default group. */
  private static ThreadFactory defaultThreads() {
    String name = System.getProperty(THREAD_FACTORY);
    if (name == null) {
      return task -> {
        Thread thread = new Thread(task, "asynchronous-channel");
        thread.setDaemon(true);
        return thread;
      };
    }
    try {
      return (ThreadFactory)
          Class.forName(name, true, ClassLoader.getSystemClassLoader())
              .getDeclaredConstructor()
              .newInstance();
    } catch (ReflectiveOperationException e) {
      throw new Error(
          "The property "
              + THREAD_FACTORY
              + " names "
              + name
              + ", which cannot be made; an image makes by name what its metadata lists",
          e);
    }
  }

  /** The groups here keep no threads in stock: a size is checked as the JDK does, and not used. */
  private static void checkInitialSize() {
    String size = System.getProperty(INITIAL_SIZE);
    if (size != null) {
      try {
        Integer.parseInt(size);
      } catch (NumberFormatException e) {
        throw new Error("The property " + INITIAL_SIZE + " is no number: " + size, e);
      }
    }
  }

  private AsyncGroup checked(AsynchronousChannelGroup group) {
    if (group == null) {
      return defaultGroup();
    }
    if (!(group instanceof AsyncGroup own)) {
      throw new IllegalChannelGroupException();
    }
    if (own.isShutdown()) {
      throw new ShutdownChannelGroupException();
    }
    return own;
  }

  @Override
  public AsynchronousServerSocketChannel openAsynchronousServerSocketChannel(
      AsynchronousChannelGroup group) throws IOException {
    return new AsyncServerSocketChannel(this, checked(group));
  }

  @Override
  public AsynchronousSocketChannel openAsynchronousSocketChannel(AsynchronousChannelGroup group)
      throws IOException {
    return new AsyncSocketChannel(this, checked(group));
  }
}
