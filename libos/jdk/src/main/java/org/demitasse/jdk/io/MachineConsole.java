package org.demitasse.jdk.io;

import com.oracle.svm.core.Uninterruptible;
import java.io.IOException;
import jdk.graal.compiler.word.Word;
import jdk.internal.misc.Unsafe;
import org.demitasse.jdk.nucleus.BootInfo;
import org.demitasse.jdk.nucleus.Nucleus;
import org.demitasse.jdk.thread.Blocking;
import org.graalvm.word.Pointer;

/**
 * Standard input, output and error. Reading waits for bytes while other threads run; writing blocks
 * the machine while the host takes nothing, as a serial line does.
 */
public final class MachineConsole {
  private static final Object READING = new Object();

  private MachineConsole() {}

  /**
   * Writes all bytes.
   *
   * @param stream 1 for output, 2 for error
   * @throws IOException when the other end is gone
   */
  public static void write(int stream, byte[] bytes, int offset, int length) throws IOException {
    if (length > 0 && write0(stream, bytes, offset, length) != length) {
      throw new IOException("Broken pipe");
    }
  }

  /**
   * Reads at least one byte, waiting for it.
   *
   * @return the bytes read, -1 at the end of the input
   */
  public static int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    synchronized (READING) {
      while (true) {
        long read = read0(bytes, offset, length);
        if (read > 0) {
          return (int) read;
        } else if (read == Nucleus.ERROR_END) {
          return -1;
        } else if (read != Nucleus.ERROR_AGAIN) {
          throw new IOException("Standard input failed");
        }
        Blocking.awaitEvents(Nucleus.EVENT_CONSOLE, Long.MAX_VALUE);
      }
    }
  }

  /** How many bytes can be read without waiting: nobody knows before reading. */
  public static int available() {
    return 0;
  }

  /** Whether that stream (0, 1, 2) is a terminal. */
  public static boolean isTerminal(int stream) {
    return BootInfo.isTerminal(stream);
  }

  @Uninterruptible(reason = "The array must not move while its address is used.")
  private static long write0(int stream, byte[] bytes, int offset, int length) {
    return Nucleus.consoleWrite(stream, address(bytes, offset), Word.unsigned(length));
  }

  @Uninterruptible(reason = "The array must not move while its address is used.")
  private static long read0(byte[] bytes, int offset, int length) {
    return Nucleus.consoleRead(address(bytes, offset), Word.unsigned(length));
  }

  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  private static Pointer address(byte[] bytes, int offset) {
    return Word.objectToUntrackedPointer(bytes).add((int) Unsafe.ARRAY_BYTE_BASE_OFFSET + offset);
  }
}
