package org.demitasse.jdk.net;

import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import java.net.InetAddress;
import java.net.URL;

/** URLs look their hosts up for {@code equals} and {@code hashCode}: see {@link HostLookup}. */
@TargetClass(URL.class)
final class Target_java_net_URL {
  @Alias private String host;
  @Alias private transient InetAddress hostAddress;

  private Target_java_net_URL() {}

  @Substitute
  synchronized InetAddress getHostAddress() {
    if (hostAddress == null && host != null && !host.isEmpty()) {
      hostAddress = HostLookup.find(host);
    }
    return hostAddress;
  }
}
