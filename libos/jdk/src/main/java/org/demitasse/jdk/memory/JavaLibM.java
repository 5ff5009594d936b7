package org.demitasse.jdk.memory;

import com.oracle.svm.core.Uninterruptible;
import com.oracle.svm.core.headers.LibMSupport;

/** The natural logarithm for uninterruptible code, where the JDK's own cannot be called. */
public final class JavaLibM implements LibMSupport {
  private static final double LN2 = 0.693147180559945309417232;
  private static final double SQRT2 = 1.41421356237309504880;

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public double log(double value) {
    if (Double.isNaN(value) || value < 0) {
      return Double.NaN;
    }
    if (value == 0) {
      return Double.NEGATIVE_INFINITY;
    }
    if (value == Double.POSITIVE_INFINITY) {
      return value;
    }
    long bits = Double.doubleToRawLongBits(value);
    int exponent = (int) (bits >>> 52) - 1023;
    if (exponent == -1023) { // subnormal: scale it into the normal range first
      bits = Double.doubleToRawLongBits(value * 0x1p54);
      exponent = (int) (bits >>> 52) - 1023 - 54;
    }
    double mantissa = Double.longBitsToDouble(bits & 0xfffffffffffffL | 1023L << 52);
    if (mantissa > SQRT2) {
      mantissa /= 2;
      exponent++;
    }
    // ln m = 2 artanh((m - 1) / (m + 1)); |s| <= 0.1716, so eleven terms reach double precision.
    double s = (mantissa - 1) / (mantissa + 1);
    double square = s * s;
    double sum = 0;
    for (int n = 21; n >= 1; n -= 2) {
      sum = sum * square + 1.0 / n;
    }
    return exponent * LN2 + 2 * s * sum;
  }
}
