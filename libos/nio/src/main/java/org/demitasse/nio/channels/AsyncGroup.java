package org.demitasse.nio.channels;

import java.io.IOException;
import java.nio.channels.AsynchronousChannel;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.ShutdownChannelGroupException;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The channels that share an executor. */
final class AsyncGroup extends AsynchronousChannelGroup {
  private final ExecutorService executor;
  private final Set<AsynchronousChannel> channels = new HashSet<>();
  private boolean shutdown;
  private boolean ended;

  // For time limits; made when the first one is set.
  private ScheduledThreadPoolExecutor timer;

  AsyncGroup(AsynchronousChannelProvider provider, ExecutorService executor) {
    super(provider);
    this.executor = executor;
  }

  /** Adds a channel that was opened; it counts until {@link #remove}. */
  synchronized void add(AsynchronousChannel channel) {
    if (shutdown) {
      throw new ShutdownChannelGroupException();
    }
    channels.add(channel);
  }

  /** Forgets a channel that is closed. */
  synchronized void remove(AsynchronousChannel channel) {
    channels.remove(channel);
    endIfIdle();
  }

  private void endIfIdle() {
    if (shutdown && channels.isEmpty() && !ended) {
      ended = true;
      if (timer != null) {
        timer.shutdownNow();
      }
      executor.shutdown();
    }
  }

  /**
   * Runs {@code task} on one of the group's threads.
   *
   * @throws ShutdownChannelGroupException when they are gone
   */
  void execute(Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      ShutdownChannelGroupException shut = new ShutdownChannelGroupException();
      shut.initCause(e);
      throw shut;
    }
  }

  /** Runs {@code task} after a while unless it is cancelled. */
  Future<?> schedule(Runnable task, long delay, TimeUnit unit) {
    ScheduledThreadPoolExecutor timing;
    synchronized (this) {
      if (timer == null) {
        timer =
            new ScheduledThreadPoolExecutor(
                1,
                run -> {
                  Thread thread = new Thread(run, "asynchronous-channel-timer");
                  thread.setDaemon(true);
                  return thread;
                });
        timer.setRemoveOnCancelPolicy(true);
      }
      timing = timer;
    }
    return timing.schedule(task, delay, unit);
  }

  @Override
  public synchronized boolean isShutdown() {
    return shutdown;
  }

  @Override
  public boolean isTerminated() {
    return executor.isTerminated();
  }

  @Override
  public synchronized void shutdown() {
    shutdown = true;
    endIfIdle();
  }

  @Override
  public void shutdownNow() throws IOException {
    AsynchronousChannel[] open;
    synchronized (this) {
      shutdown = true;
      open = channels.toArray(new AsynchronousChannel[0]);
      endIfIdle();
    }
    for (AsynchronousChannel channel : open) {
      channel.close();
    }
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return executor.awaitTermination(timeout, unit);
  }
}
