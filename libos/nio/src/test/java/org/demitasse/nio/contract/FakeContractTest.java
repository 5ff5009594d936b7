package org.demitasse.nio.contract;

import org.demitasse.nio.fake.FakeStack;
import org.junit.jupiter.api.Nested;

/** The contracts on our provider over a stack in memory. */
class FakeContractTest {
  private static Platform fake() {
    return new DemitassePlatform(new FakeStack());
  }

  @Nested
  class Sockets extends SocketContract {
    Sockets() {
      super(FakeContractTest::fake);
    }
  }

  @Nested
  class Channels extends ChannelContract {
    Channels() {
      super(FakeContractTest::fake);
    }
  }

  @Nested
  class Adaptors extends AdaptorContract {
    Adaptors() {
      super(FakeContractTest::fake);
    }
  }

  @Nested
  class Selectors extends SelectorContract {
    Selectors() {
      super(FakeContractTest::fake);
    }
  }

  @Nested
  class Pipes extends PipeContract {
    Pipes() {
      super(FakeContractTest::fake);
    }
  }

  @Nested
  class Datagrams extends DatagramContract {
    Datagrams() {
      super(FakeContractTest::fake);
    }
  }

  @Nested
  class AsynchronousChannels extends AsyncContract {
    AsynchronousChannels() {
      super(FakeContractTest::fake);
    }
  }

  @Nested
  class Options extends OptionContract {
    Options() {
      super(FakeContractTest::fake);
    }
  }

  @Nested
  class Multicast extends MulticastContract {
    Multicast() {
      super(FakeContractTest::fake);
    }
  }
}
