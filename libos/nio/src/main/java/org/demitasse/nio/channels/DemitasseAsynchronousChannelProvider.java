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
      ThreadFactory daemons =
          task -> {
            Thread thread = new Thread(task, "asynchronous-channel");
            thread.setDaemon(true);
            return thread;
          };
      defaultGroup = new AsyncGroup(this, Executors.newCachedThreadPool(daemons));
    }
    return defaultGroup;
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
