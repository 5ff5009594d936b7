package org.demitasse.net.sim;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.demitasse.net.socket.TcpSocket;

/**
 * One end of a connection that writes a stream of known bytes and checks the one that it reads. It
 * acts whenever its socket says that it is ready, in steps of random sizes.
 */
final class Transfer {
  private final SimNetwork network;
  private final TcpSocket socket;
  private final SplittableRandom random;
  private final long writeId;
  private final long readId;
  private final long toWrite;
  private final long toRead;
  private final ByteBuffer buffer = ByteBuffer.allocate(20_000);
  private final boolean slowReader;
  private long written;
  private long read;
  private boolean scheduled;
  private boolean writeEnded;
  private boolean readEnded;
  private IOException failure;
  private boolean lost;

  Transfer(
      SimNetwork network, TcpSocket socket, long writeId, long toWrite, long readId, long toRead) {
    this.network = network;
    this.socket = socket;
    this.writeId = writeId;
    this.toWrite = toWrite;
    this.readId = readId;
    this.toRead = toRead;
    random = network.random().split();
    slowReader = random.nextInt(4) == 0;
    socket.addListener(this::ready);
    ready();
  }

  private void ready() {
    if (!scheduled) {
      scheduled = true;
      network.after(slowReader ? random.nextLong(20_000_000) : random.nextLong(2_000), this::act);
    }
  }

  /** The host of this end has lost its power. */
  void lost() {
    lost = true;
  }

  boolean isLost() {
    return lost;
  }

  boolean isDone() {
    return lost || failure != null || writeEnded && readEnded;
  }

  IOException failure() {
    return failure;
  }

  long bytesRead() {
    return read;
  }

  private static byte at(long id, long offset) {
    return (byte) ((id * 0x9e3779b97f4a7c15L + offset) * 0xbf58476d1ce4e5b9L >>> 56);
  }

  private void act() {
    scheduled = false;
    if (isDone()) {
      return;
    }
    try {
      if (!socket.finishConnect()) {
        return;
      }
      boolean again = write() | read();
      if (writeEnded && readEnded) {
        socket.close();
      } else if (again) {
        ready();
      }
    } catch (IOException e) {
      failure = e;
      socket.close();
    }
  }

  private boolean write() throws IOException {
    if (writeEnded) {
      return false;
    }
    int size = (int) Math.min(random.nextInt(1, buffer.capacity()), toWrite - written);
    buffer.clear();
    for (int i = 0; i < size; i++) {
      buffer.put(at(writeId, written + i));
    }
    buffer.flip();
    int count = size == 0 ? 0 : socket.write(buffer);
    written += count;
    if (written == toWrite) {
      socket.shutdownOutput();
      writeEnded = true;
      return true;
    }
    return count > 0;
  }

  private boolean read() throws IOException {
    if (readEnded) {
      return false;
    }
    buffer.clear().limit(random.nextInt(1, buffer.capacity()));
    int count = socket.read(buffer);
    if (count < 0) {
      if (read != toRead) {
        throw new AssertionError("the stream ended after " + read + " of " + toRead + " bytes");
      }
      readEnded = true;
      return false;
    }
    buffer.flip();
    for (int i = 0; i < count; i++) {
      if (buffer.get(i) != at(readId, read + i)) {
        throw new AssertionError("wrong byte at offset " + (read + i));
      }
    }
    read += count;
    if (read > toRead) {
      throw new AssertionError("more bytes than were sent");
    }
    return count > 0;
  }
}
