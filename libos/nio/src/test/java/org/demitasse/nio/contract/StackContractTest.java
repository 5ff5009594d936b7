package org.demitasse.nio.contract;

import org.junit.jupiter.api.Nested;

/** The contracts on our provider over our TCP/IP stack's loopback interface. */
class StackContractTest {
  @Nested
  class Sockets extends SocketContract {
    Sockets() {
      super(StackPlatform::open);
    }
  }

  @Nested
  class Channels extends ChannelContract {
    Channels() {
      super(StackPlatform::open);
    }
  }

  @Nested
  class Adaptors extends AdaptorContract {
    Adaptors() {
      super(StackPlatform::open);
    }
  }

  @Nested
  class Selectors extends SelectorContract {
    Selectors() {
      super(StackPlatform::open);
    }
  }

  @Nested
  class Pipes extends PipeContract {
    Pipes() {
      super(StackPlatform::open);
    }
  }

  @Nested
  class Datagrams extends DatagramContract {
    Datagrams() {
      super(StackPlatform::open);
    }
  }

  @Nested
  class AsynchronousChannels extends AsyncContract {
    AsynchronousChannels() {
      super(StackPlatform::open);
    }
  }

  @Nested
  class Options extends OptionContract {
    Options() {
      super(StackPlatform::open);
    }
  }

  @Nested
  class Multicast extends MulticastContract {
    Multicast() {
      super(StackPlatform::open);
    }
  }
}
