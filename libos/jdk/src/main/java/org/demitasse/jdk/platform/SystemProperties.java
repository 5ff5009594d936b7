package org.demitasse.jdk.platform;

import com.oracle.svm.core.jdk.SystemPropertiesSupport;
import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;

/**
 * The system properties that a program sees; {@code -D} of the boot configuration overrides them.
 */
public final class SystemProperties extends SystemPropertiesSupport {
  /**
   * An image holds the JDK's classes but none of its files; what looks for one below {@code
   * java.home} finds what the user has packed, or nothing.
   */
  @Platforms(Platform.HOSTED_ONLY.class)
  public SystemProperties() {
    initializeProperty("java.home", "/");
    // The home is read-only.
    initializeProperty("java.util.prefs.userRoot", "/tmp");
    initializeProperty("java.util.prefs.systemRoot", "/tmp");
  }

  /** There are no users inside an image; programs that ask expect some name. */
  @Override
  protected String userNameValue() {
    return "root";
  }

  @Override
  protected String userHomeValue() {
    return "/";
  }

  @Override
  protected String userDirValue() {
    return "/";
  }

  @Override
  protected String osNameValue() {
    return "Demitasse";
  }

  @Override
  protected String osVersionValue() {
    return "0.1.0";
  }

  @Override
  protected String javaIoTmpdirValue() {
    return "/tmp";
  }

  /** Empty: no native library can be loaded into an image. */
  @Override
  protected String javaLibraryPathValue() {
    return "";
  }
}
