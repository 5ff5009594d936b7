package org.demitasse.jdk.zip;

import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.demitasse.zip.InflateStream;
import org.demitasse.zip.ZipFormatException;

/**
 * {@link Inflater}'s native methods, on our own inflate. The stream's number stands for its
 * address.
 */
@TargetClass(Inflater.class)
final class Target_java_util_zip_Inflater {
  /** What a failing call consumed and produced all the same. */
  @Alias private int inputConsumed;

  @Alias private int outputConsumed;

  private Target_java_util_zip_Inflater() {}

  @Substitute
  private static void initIDs() {
    // no native code, no field ids to look up
  }

  @Substitute
  private static long init(boolean nowrap) {
    return ZipStreams.INFLATERS.add(new InflateStream(nowrap));
  }

  @Substitute
  private static void setDictionary(long addr, byte[] b, int off, int len) {
    ZipStreams.INFLATERS.get(addr).setDictionary(b, off, len);
  }

  @Substitute
  private static void setDictionaryBuffer(long addr, long bufAddress, int len) {
    ZipStreams.INFLATERS.get(addr).setDictionary(RawMemory.INSTANCE, bufAddress, len);
  }

  @Substitute
  private static int getAdler(long addr) {
    return ZipStreams.INFLATERS.get(addr).adler();
  }

  @Substitute
  private static void reset(long addr) {
    ZipStreams.INFLATERS.get(addr).reset();
  }

  @Substitute
  private static void end(long addr) {
    ZipStreams.INFLATERS.remove(addr);
  }

  @Substitute
  private long inflateBytesBytes(
      long addr,
      byte[] inputArray,
      int inputOff,
      int inputLen,
      byte[] outputArray,
      int outputOff,
      int outputLen)
      throws DataFormatException {
    InflateStream stream = ZipStreams.INFLATERS.get(addr);
    try {
      return stream.inflate(inputArray, inputOff, inputLen, outputArray, outputOff, outputLen);
    } catch (ZipFormatException e) {
      inputConsumed = stream.consumed();
      outputConsumed = stream.produced();
      throw new DataFormatException(e.getMessage());
    }
  }

  @Substitute
  private long inflateBytesBuffer(
      long addr, byte[] inputArray, int inputOff, int inputLen, long outputAddress, int outputLen)
      throws DataFormatException {
    InflateStream stream = ZipStreams.INFLATERS.get(addr);
    try {
      return stream.inflate(
          inputArray, inputOff, inputLen, RawMemory.INSTANCE, outputAddress, outputLen);
    } catch (ZipFormatException e) {
      inputConsumed = stream.consumed();
      outputConsumed = stream.produced();
      throw new DataFormatException(e.getMessage());
    }
  }

  @Substitute
  private long inflateBufferBytes(
      long addr, long inputAddress, int inputLen, byte[] outputArray, int outputOff, int outputLen)
      throws DataFormatException {
    InflateStream stream = ZipStreams.INFLATERS.get(addr);
    try {
      return stream.inflate(
          RawMemory.INSTANCE, inputAddress, inputLen, outputArray, outputOff, outputLen);
    } catch (ZipFormatException e) {
      inputConsumed = stream.consumed();
      outputConsumed = stream.produced();
      throw new DataFormatException(e.getMessage());
    }
  }

  @Substitute
  private long inflateBufferBuffer(
      long addr, long inputAddress, int inputLen, long outputAddress, int outputLen)
      throws DataFormatException {
    InflateStream stream = ZipStreams.INFLATERS.get(addr);
    try {
      return stream.inflate(RawMemory.INSTANCE, inputAddress, inputLen, outputAddress, outputLen);
    } catch (ZipFormatException e) {
      inputConsumed = stream.consumed();
      outputConsumed = stream.produced();
      throw new DataFormatException(e.getMessage());
    }
  }
}
