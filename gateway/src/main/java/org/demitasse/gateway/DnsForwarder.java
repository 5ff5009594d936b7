package org.demitasse.gateway;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.demitasse.core.Entropy;
import org.demitasse.net.engine.Timer;

/**
 * The name server of the wire: passes queries to the host's name servers, each from a port and with
 * an id that nobody can guess, or asks the host's own name service where the host has no server
 * (files, directory services). Called under the gateway's lock.
 */
final class DnsForwarder {
  static final int PORT = 53;

  /** Queries under way; more are dropped, and asked again. */
  static final int QUERIES_MAX = 256;

  /** How long one server may take before the next one is asked. */
  private static final long SERVER_NANOS = 2_000_000_000L;

  /** How often the list of servers is gone through. */
  private static final int ROUNDS = 2;

  /** RFC 6891: what a server may answer at most over UDP. */
  private static final int ANSWER_MAX = 65_535;

  private static final int LOOKUP_THREADS = 4;

  private final Gateway gateway;
  private final Entropy entropy;
  private final ResolverConfig config;
  private final Map<FlowKey, Map<Integer, Query>> queries = new HashMap<>();
  private final ByteBuffer buffer = ByteBuffer.allocate(ANSWER_MAX);
  private int queryCount;
  private ExecutorService lookups;

  DnsForwarder(Gateway gateway, Entropy entropy, File resolvConf) {
    this.gateway = gateway;
    this.entropy = entropy;
    config = new ResolverConfig(resolvConf);
  }

  /** Returns the host's first name server, or null when it has none. */
  InetSocketAddress server() {
    List<InetSocketAddress> servers = config.servers(gateway.now());
    return servers.isEmpty() ? null : servers.get(0);
  }

  int queryCount() {
    return queryCount;
  }

  /** Takes a query of the guest. */
  void query(long mac, FlowKey from, byte[] message, boolean allowed) {
    if (!DnsMessage.isQuery(message)) {
      return;
    }
    if (DnsMessage.questionEnd(message) < 0) {
      reply(mac, from, DnsMessage.answer(message, DnsMessage.FORMAT_ERROR));
      return;
    }
    if (!allowed) {
      reply(mac, from, DnsMessage.answer(message, DnsMessage.REFUSED));
      return;
    }
    Map<Integer, Query> same = queries.get(from);
    int id = DnsMessage.id(message);
    if (queryCount >= QUERIES_MAX || same != null && same.containsKey(id)) {
      return;
    }
    List<InetSocketAddress> servers = config.servers(gateway.now());
    Query query = new Query(mac, from, message, servers);
    if (same == null) {
      same = new HashMap<>();
      queries.put(from, same);
    }
    same.put(id, query);
    queryCount++;
    if (servers.isEmpty()) {
      lookup(query);
    } else {
      query.askNext();
    }
  }

  private void reply(long mac, FlowKey from, byte[] answer) {
    gateway.sendUdp(mac, from, ByteBuffer.wrap(answer));
  }

  private void finish(Query query, byte[] answer) {
    Map<Integer, Query> same = queries.get(query.from);
    int id = DnsMessage.id(query.message);
    if (same == null || !same.remove(id, query)) {
      return;
    }
    if (same.isEmpty()) {
      queries.remove(query.from);
    }
    queryCount--;
    query.close();
    reply(query.mac, query.from, answer);
  }

  private void lookup(Query query) {
    if (lookups == null) {
      ThreadPoolExecutor pool =
          new ThreadPoolExecutor(
              LOOKUP_THREADS,
              LOOKUP_THREADS,
              5,
              TimeUnit.SECONDS,
              new LinkedBlockingQueue<>(QUERIES_MAX),
              Thread.ofPlatform().daemon().name("lookup").factory());
      pool.allowCoreThreadTimeOut(true);
      lookups = pool;
    }
    lookups.execute(new Lookup(query));
  }

  /** Asks the host's name service, which blocks. */
  private final class Lookup implements Runnable {
    private final Query query;

    Lookup(Query query) {
      this.query = query;
    }

    @Override
    public void run() {
      byte[] answer = ask();
      synchronized (gateway.lock()) {
        finish(query, answer);
      }
    }

    private byte[] ask() {
      byte[] message = query.message;
      int end = DnsMessage.questionEnd(message);
      int type = DnsMessage.type(message, end);
      String name = DnsMessage.name(message, end);
      if (!DnsMessage.isInternet(message, end)) {
        return DnsMessage.answer(message, DnsMessage.REFUSED);
      }
      try {
        if (name != null && (type == DnsMessage.TYPE_A || type == DnsMessage.TYPE_AAAA)) {
          return DnsMessage.answer(message, end, InetAddress.getAllByName(name));
        }
        byte[] address = name == null ? null : DnsMessage.reverseAddress(name);
        if (type == DnsMessage.TYPE_PTR && address != null) {
          InetAddress host = InetAddress.getByAddress(address);
          String found = host.getCanonicalHostName();
          return found.equals(host.getHostAddress())
              ? DnsMessage.answer(message, DnsMessage.NO_SUCH_NAME)
              : DnsMessage.answer(message, end, found);
        }
        return DnsMessage.answer(message, DnsMessage.NO_ERROR);
      } catch (UnknownHostException e) {
        return DnsMessage.answer(message, DnsMessage.NO_SUCH_NAME);
      }
    }
  }

  /** One question under way. */
  private final class Query extends Timer implements HostHandler {
    private final long mac;
    private final FlowKey from;
    private final byte[] message;
    private final List<InetSocketAddress> servers;
    private int asked;
    private int id;
    private DatagramChannel channel;
    private SelectionKey selection;

    Query(long mac, FlowKey from, byte[] message, List<InetSocketAddress> servers) {
      this.mac = mac;
      this.from = from;
      this.message = message;
      this.servers = servers;
    }

    void askNext() {
      while (asked < servers.size() * ROUNDS) {
        InetSocketAddress server = servers.get(asked++ % servers.size());
        close();
        try {
          channel = DatagramChannel.open(UdpRelay.familyOf(server.getAddress()));
          channel.configureBlocking(false);
          channel.connect(server);
          id = (int) entropy.nextLong() & 0xffff;
          byte[] copy = message.clone();
          DnsMessage.setId(copy, id);
          channel.write(ByteBuffer.wrap(copy));
          selection = gateway.register(channel, SelectionKey.OP_READ, this);
          gateway.schedule(this, SERVER_NANOS);
          return;
        } catch (IOException e) {
          // The next server may be better.
          gateway.shortage(e);
        } catch (UnsupportedOperationException e) {
          // The server has an address of IPv6, which the host has not.
        }
      }
      finish(this, DnsMessage.answer(message, DnsMessage.SERVER_FAILURE));
    }

    @Override
    public void hostReady() {
      try {
        while (true) {
          buffer.clear();
          if (channel.receive(buffer) == null) {
            return;
          }
          byte[] answer = java.util.Arrays.copyOf(buffer.array(), buffer.position());
          if (DnsMessage.isResponse(answer)
              && DnsMessage.id(answer) == id
              && DnsMessage.answers(message, answer)) {
            DnsMessage.setId(answer, DnsMessage.id(message));
            finish(this, answer);
            return;
          }
        }
      } catch (IOException e) {
        askNext();
      }
    }

    @Override
    protected void expire(long now) {
      askNext();
    }

    void close() {
      gateway.cancel(this);
      if (selection != null) {
        selection.cancel();
        selection = null;
      }
      if (channel != null) {
        Gateway.closeQuietly(channel);
        channel = null;
      }
    }
  }
}
