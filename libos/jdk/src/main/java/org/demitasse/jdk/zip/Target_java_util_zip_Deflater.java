package org.demitasse.jdk.zip;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import java.util.zip.Deflater;
import org.demitasse.zip.DeflateStream;

/**
 * {@link Deflater}'s native methods, on our own deflate. The stream's number stands for its
 * address.
 */
@TargetClass(Deflater.class)
final class Target_java_util_zip_Deflater {
  private Target_java_util_zip_Deflater() {}

  @Substitute
  private static long init(int level, int strategy, boolean nowrap) {
    return ZipStreams.DEFLATERS.add(new DeflateStream(level, strategy, nowrap));
  }

  @Substitute
  private static void setDictionary(long addr, byte[] b, int off, int len) {
    ZipStreams.DEFLATERS.get(addr).setDictionary(b, off, len);
  }

  @Substitute
  private static void setDictionaryBuffer(long addr, long bufAddress, int len) {
    ZipStreams.DEFLATERS.get(addr).setDictionary(RawMemory.INSTANCE, bufAddress, len);
  }

  @Substitute
  private static int getAdler(long addr) {
    return ZipStreams.DEFLATERS.get(addr).adler();
  }

  @Substitute
  private static void reset(long addr) {
    ZipStreams.DEFLATERS.get(addr).reset();
  }

  @Substitute
  private static void end(long addr) {
    ZipStreams.DEFLATERS.remove(addr);
  }

  @Substitute
  private long deflateBytesBytes(
      long addr,
      byte[] inputArray,
      int inputOff,
      int inputLen,
      byte[] outputArray,
      int outputOff,
      int outputLen,
      int flush,
      int params) {
    return ZipStreams.DEFLATERS
        .get(addr)
        .deflate(inputArray, inputOff, inputLen, outputArray, outputOff, outputLen, flush, params);
  }

  @Substitute
  private long deflateBytesBuffer(
      long addr,
      byte[] inputArray,
      int inputOff,
      int inputLen,
      long outputAddress,
      int outputLen,
      int flush,
      int params) {
    return ZipStreams.DEFLATERS
        .get(addr)
        .deflate(
            inputArray,
            inputOff,
            inputLen,
            RawMemory.INSTANCE,
            outputAddress,
            outputLen,
            flush,
            params);
  }

  @Substitute
  private long deflateBufferBytes(
      long addr,
      long inputAddress,
      int inputLen,
      byte[] outputArray,
      int outputOff,
      int outputLen,
      int flush,
      int params) {
    return ZipStreams.DEFLATERS
        .get(addr)
        .deflate(
            RawMemory.INSTANCE,
            inputAddress,
            inputLen,
            outputArray,
            outputOff,
            outputLen,
            flush,
            params);
  }

  @Substitute
  private long deflateBufferBuffer(
      long addr,
      long inputAddress,
      int inputLen,
      long outputAddress,
      int outputLen,
      int flush,
      int params) {
    return ZipStreams.DEFLATERS
        .get(addr)
        .deflate(
            RawMemory.INSTANCE, inputAddress, inputLen, outputAddress, outputLen, flush, params);
  }
}
