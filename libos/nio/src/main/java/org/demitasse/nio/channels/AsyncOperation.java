package org.demitasse.nio.channels;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.AsynchronousChannel;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.CompletionHandler;
import java.nio.channels.InterruptedByTimeoutException;
import java.nio.channels.ShutdownChannelGroupException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One asynchronous operation: tried at once, and again on a thread of the group whenever the
 * channel is ready, until it has a result. It tells a handler, or is itself the future. A handler
 * always runs on a thread of the group, never within the call that began the operation.
 */
abstract class AsyncOperation<V, A> implements Future<V> {
  private static final VarHandle SCHEDULED;

  static {
    try {
      SCHEDULED =
          MethodHandles.lookup().findVarHandle(AsyncOperation.class, "scheduled", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final AsynchronousChannel channel;
  private final AsyncGroup group;
  private final AsyncDirection direction;
  private final A attachment;
  private final CompletionHandler<V, ? super A> handler;
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile boolean scheduled;
  private volatile Future<?> timeout;

  /** What the operation gave. Under this operation's monitor, as what follows. */
  V result;

  private boolean finished;
  private boolean cancelled;
  private Throwable failure;

  /**
   * @param direction null for an operation that is over before it begins
   * @param handler null when the caller waits for the future
   */
  AsyncOperation(
      AsynchronousChannel channel,
      AsyncGroup group,
      AsyncDirection direction,
      A attachment,
      CompletionHandler<V, ? super A> handler) {
    this.channel = channel;
    this.group = group;
    this.direction = direction;
    this.attachment = attachment;
    this.handler = handler;
  }

  /**
   * Tries the operation without waiting; sets {@link #result} when there is one.
   *
   * @return whether it is done
   */
  abstract boolean attempt() throws IOException;

  /** Called once when the operation has failed, before anybody is told. */
  void failed() {}

  /**
   * Begins: the direction has been taken by this operation.
   *
   * @param limit a time limit, 0 or less for none
   */
  void begin(long limit, TimeUnit unit) {
    if (limit > 0) {
      timeout = group.schedule(this::timedOut, limit, unit);
    }
    if (advance()) {
      tellLater();
    }
  }

  /** Has the operation tried again; called on any thread when the channel has become ready. */
  void schedule() {
    if (SCHEDULED.compareAndSet(this, false, true)) {
      try {
        group.execute(this::proceed);
      } catch (ShutdownChannelGroupException e) {
        fail(e);
      }
    }
  }

  private void proceed() {
    scheduled = false;
    if (advance()) {
      tell();
    }
  }

  /** Ends at once, with a result that is known. */
  void succeed(V known) {
    synchronized (this) {
      finished = true;
      result = known;
    }
    tellLater();
  }

  /** Ends at once or whenever the operation is still pending. */
  void fail(Throwable error) {
    synchronized (this) {
      if (finished) {
        return;
      }
      finished = true;
      failure = error;
    }
    tellLater();
  }

  /** Tries; returns whether that finished the operation. */
  private synchronized boolean advance() {
    if (finished) {
      return false;
    }
    try {
      finished = attempt();
    } catch (IOException e) {
      finished = true;
      failure = channel.isOpen() ? e : new AsynchronousCloseException();
    } catch (RuntimeException | Error e) {
      finished = true;
      failure = e;
    }
    return finished;
  }

  private void timedOut() {
    synchronized (this) {
      if (finished) {
        return;
      }
      direction.kill();
    }
    fail(new InterruptedByTimeoutException());
  }

  private void tellLater() {
    if (handler == null) {
      tell();
      return;
    }
    release();
    try {
      group.execute(this::callHandler);
    } catch (ShutdownChannelGroupException e) {
      // Nobody is left to call the handler: the group was shut down with its channels closed.
      return;
    }
  }

  private void tell() {
    release();
    callHandler();
  }

  private void release() {
    Future<?> limit = timeout;
    if (limit != null) {
      limit.cancel(false);
    }
    if (failure != null) {
      failed();
    }
    if (direction != null) {
      direction.leave(this);
    }
    done.countDown();
  }

  private void callHandler() {
    if (handler != null) {
      if (failure != null) {
        handler.failed(failure, attachment);
      } else {
        handler.completed(result, attachment);
      }
    }
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    synchronized (this) {
      if (finished) {
        return false;
      }
      finished = true;
      cancelled = true;
      failure = new CancellationException();
      direction.kill();
    }
    release();
    if (mayInterruptIfRunning) {
      try {
        channel.close();
      } catch (IOException e) {
        throw new AssertionError("closing a network channel does not fail", e);
      }
    }
    return true;
  }

  @Override
  public synchronized boolean isCancelled() {
    return cancelled;
  }

  @Override
  public boolean isDone() {
    return done.getCount() == 0;
  }

  @Override
  public V get() throws InterruptedException, ExecutionException {
    done.await();
    return report();
  }

  @Override
  public V get(long limit, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    if (!done.await(limit, unit)) {
      throw new TimeoutException();
    }
    return report();
  }

  private synchronized V report() throws ExecutionException {
    if (cancelled) {
      throw new CancellationException();
    }
    if (failure != null) {
      throw new ExecutionException(failure);
    }
    return result;
  }
}
