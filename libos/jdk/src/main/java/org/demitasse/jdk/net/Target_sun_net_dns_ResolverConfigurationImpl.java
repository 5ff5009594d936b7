package org.demitasse.jdk.net;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;

/** What JNDI's DNS provider asks the system for. */
@TargetClass(className = "sun.net.dns.ResolverConfigurationImpl")
final class Target_sun_net_dns_ResolverConfigurationImpl {
  private Target_sun_net_dns_ResolverConfigurationImpl() {}

  /** The domain of the host's own name: a machine's name has none. */
  @Substitute
  static String fallbackDomain0() {
    return "";
  }
}
