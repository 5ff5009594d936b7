package org.demitasse.jdk.platform;

import org.graalvm.nativeimage.Platform;

/**
 * The machine that images are built for: an x86-64 processor and nothing else. The builder loads
 * this class by name ({@code -Dsvm.platform}) and then leaves its Linux layer out.
 */
public final class DemitassePlatform implements Platform.AMD64 {
  @Override
  public String getOS() {
    return "demitasse";
  }

  @Override
  public String getArchitecture() {
    return "amd64";
  }
}
