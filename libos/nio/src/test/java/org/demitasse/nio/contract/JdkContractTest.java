package org.demitasse.nio.contract;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** The contracts on the JDK's own provider: what ours is measured by. */
@DisabledIfSystemProperty(
    named = "java.nio.channels.spi.SelectorProvider",
    matches = ".*",
    disabledReason = "this JVM was started with another provider than the JDK's own")
class JdkContractTest {
  @Nested
  class Sockets extends SocketContract {
    Sockets() {
      super(JdkPlatform::new);
    }
  }

  @Nested
  class Channels extends ChannelContract {
    Channels() {
      super(JdkPlatform::new);
    }
  }

  @Nested
  class Adaptors extends AdaptorContract {
    Adaptors() {
      super(JdkPlatform::new);
    }
  }

  @Nested
  class Selectors extends SelectorContract {
    Selectors() {
      super(JdkPlatform::new);
    }
  }

  @Nested
  class Pipes extends PipeContract {
    Pipes() {
      super(JdkPlatform::new);
    }
  }

  @Nested
  class Datagrams extends DatagramContract {
    Datagrams() {
      super(JdkPlatform::new);
    }
  }

  @Nested
  class AsynchronousChannels extends AsyncContract {
    AsynchronousChannels() {
      super(JdkPlatform::new);
    }
  }

  @Nested
  class Options extends OptionContract {
    Options() {
      super(JdkPlatform::new);
    }
  }
}
