package org.demitasse.jdk.zip;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import java.util.zip.Adler32;
import java.util.zip.CRC32;
import org.demitasse.zip.Crc32;

/** The native methods of the checksums, in Java. */
final class ChecksumSubstitutions {
  private ChecksumSubstitutions() {}
}

@TargetClass(CRC32.class)
final class Target_java_util_zip_CRC32 {
  private Target_java_util_zip_CRC32() {}

  @Substitute
  private static int update(int crc, int b) {
    return Crc32.update(crc, b);
  }

  @Substitute
  private static int updateBytes0(int crc, byte[] b, int off, int len) {
    return Crc32.update(crc, b, off, len);
  }

  @Substitute
  private static int updateByteBuffer0(int crc, long addr, int off, int len) {
    return Crc32.update(crc, RawMemory.INSTANCE, addr + off, len);
  }
}

@TargetClass(Adler32.class)
final class Target_java_util_zip_Adler32 {
  private Target_java_util_zip_Adler32() {}

  @Substitute
  private static int update(int adler, int b) {
    return org.demitasse.zip.Adler32.update(adler, b);
  }

  @Substitute
  private static int updateBytes(int adler, byte[] b, int off, int len) {
    return org.demitasse.zip.Adler32.update(adler, b, off, len);
  }

  @Substitute
  private static int updateByteBuffer(int adler, long addr, int off, int len) {
    return org.demitasse.zip.Adler32.update(adler, RawMemory.INSTANCE, addr + off, len);
  }
}
