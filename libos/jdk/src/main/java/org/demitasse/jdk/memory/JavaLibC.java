package org.demitasse.jdk.memory;

import com.oracle.svm.core.Uninterruptible;
import com.oracle.svm.core.UnmanagedMemoryUtil;
import com.oracle.svm.core.c.CGlobalData;
import com.oracle.svm.core.c.CGlobalDataFactory;
import com.oracle.svm.core.headers.LibCSupport;
import jdk.graal.compiler.word.Word;
import org.demitasse.jdk.nucleus.Nucleus;
import org.graalvm.nativeimage.c.type.CCharPointer;
import org.graalvm.nativeimage.c.type.CCharPointerPointer;
import org.graalvm.word.Pointer;
import org.graalvm.word.PointerBase;
import org.graalvm.word.SignedWord;
import org.graalvm.word.UnsignedWord;

/** The C functions that the compiler's runtime calls, in Java (ISO C, 7.22 and 7.24). */
public final class JavaLibC implements LibCSupport {
  private static final CGlobalData<Pointer> ERRNO = CGlobalDataFactory.createBytes(() -> 8);

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public int errno() {
    return ERRNO.get().readInt(0);
  }

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public void setErrno(int value) {
    ERRNO.get().writeInt(0, value);
  }

  @Override
  @SuppressWarnings("unchecked")
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public <T extends PointerBase> T memcpy(T dest, PointerBase src, UnsignedWord n) {
    UnmanagedMemoryUtil.copyForward((Pointer) src, (Pointer) dest, n);
    return dest;
  }

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public <T extends PointerBase> int memcmp(T s1, T s2, UnsignedWord n) {
    Pointer a = (Pointer) s1;
    Pointer b = (Pointer) s2;
    for (UnsignedWord i = Word.zero(); i.belowThan(n); i = i.add(1)) {
      int difference = (a.readByte(i) & 0xff) - (b.readByte(i) & 0xff);
      if (difference != 0) {
        return difference;
      }
    }
    return 0;
  }

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public <T extends PointerBase> T memmove(T dest, PointerBase src, UnsignedWord n) {
    UnmanagedMemoryUtil.copy((Pointer) src, (Pointer) dest, n);
    return dest;
  }

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public <T extends PointerBase> T memset(T s, SignedWord c, UnsignedWord n) {
    UnmanagedMemoryUtil.fill((Pointer) s, n, (byte) c.rawValue());
    return s;
  }

  @Override
  @SuppressWarnings("unchecked")
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public <T extends PointerBase> T malloc(UnsignedWord size) {
    return (T) OffHeap.allocate(size);
  }

  @Override
  @SuppressWarnings("unchecked")
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public <T extends PointerBase> T calloc(UnsignedWord nmemb, UnsignedWord size) {
    long count = nmemb.rawValue();
    long each = size.rawValue();
    if (Math.multiplyHigh(count, each) != 0 || count * each < 0) {
      return Word.nullPointer();
    }
    return (T) OffHeap.allocateZeroed(Word.unsigned(count * each));
  }

  @Override
  @SuppressWarnings("unchecked")
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public <T extends PointerBase> T realloc(PointerBase ptr, UnsignedWord size) {
    return (T) OffHeap.reallocate((Pointer) ptr, size);
  }

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public void free(PointerBase ptr) {
    OffHeap.free((Pointer) ptr);
  }

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public void exit(int status) {
    Nucleus.exit(status & 0xff);
  }

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public UnsignedWord strlen(CCharPointer str) {
    UnsignedWord length = Word.zero();
    while (((Pointer) str).readByte(length) != 0) {
      length = length.add(1);
    }
    return length;
  }

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public CCharPointer strdup(CCharPointer str) {
    UnsignedWord size = strlen(str).add(1);
    Pointer copy = OffHeap.allocate(size);
    if (copy.isNonNull()) {
      UnmanagedMemoryUtil.copy((Pointer) str, copy, size);
    }
    return (CCharPointer) copy;
  }

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public int strcmp(CCharPointer s1, CCharPointer s2) {
    for (int i = 0; ; i++) {
      int a = s1.read(i) & 0xff;
      int b = s2.read(i) & 0xff;
      if (a != b || a == 0) {
        return a - b;
      }
    }
  }

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public int isdigit(int c) {
    return c >= '0' && c <= '9' ? 1 : 0;
  }

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public UnsignedWord strtoull(CCharPointer string, CCharPointerPointer endPtr, int base) {
    long value = 0;
    int i = 0;
    while (true) {
      int digit = digit(string.read(i));
      if (digit < 0 || digit >= base) {
        break;
      }
      value = value * base + digit;
      i++;
    }
    if (endPtr.isNonNull()) {
      endPtr.write(string.addressOf(i));
    }
    return Word.unsigned(value);
  }

  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  private static int digit(byte c) {
    if (c >= '0' && c <= '9') {
      return c - '0';
    }
    int lower = c | 0x20;
    return lower >= 'a' && lower <= 'z' ? lower - 'a' + 10 : -1;
  }
}
