import java.io.IOException;
import java.util.Map;

/**
 * What a client of iperf3 wants of a test.
 *
 * @param streams in each direction
 * @param reverse the server sends
 * @param both both send, on streams of their own
 * @param omit seconds at the start that do not count
 * @param length bytes of a write, or of a datagram
 * @param rate bits a second that a stream sends; 0 for no bound
 * @param burst writes in a row before the rate is looked at
 * @param window bytes of the sockets' buffers; 0 for what they have
 * @param trafficClass of the packets that are sent
 * @param wideNumbers datagrams have numbers of eight bytes
 * @param wantsOutput the client shows what the server has to say
 */
record Iperf3Parameters(
    boolean udp,
    int streams,
    boolean reverse,
    boolean both,
    int omit,
    int length,
    long rate,
    int burst,
    int window,
    boolean noDelay,
    int trafficClass,
    boolean wideNumbers,
    boolean wantsOutput) {

  /**
   * Reads the parameters, within the bounds that iperf3 itself has.
   *
   * @throws IOException when one is out of its bounds, or of a kind that is not supported
   */
  static Iperf3Parameters of(Map<?, ?> json) throws IOException {
    boolean udp = json.containsKey("udp");
    if (udp == json.containsKey("tcp") || json.containsKey("sctp")) {
      throw new IOException("neither TCP nor UDP");
    }
    long length = number(json, "len", 0, 1 << 20);
    if (length == 0) {
      length = udp ? 1460 : 128 << 10;
    }
    if (udp && (length < 16 || length > 65_507)) {
      throw new IOException("datagrams of " + length + " bytes: 16 to 65507 are possible");
    }
    return new Iperf3Parameters(
        udp,
        (int) Math.max(number(json, "parallel", 0, 128), 1),
        json.containsKey("reverse"),
        json.containsKey("bidirectional"),
        (int) number(json, "omit", 0, 600),
        (int) length,
        number(json, "bandwidth", 0, 1L << 50),
        (int) number(json, "burst", 0, 1000),
        (int) number(json, "window", 0, 512 << 20),
        json.containsKey("nodelay"),
        (int) number(json, "TOS", 0, 255),
        number(json, "udp_counters_64bit", 0, 1) == 1,
        json.containsKey("get_server_output"));
  }

  private static long number(Map<?, ?> json, String name, long least, long most)
      throws IOException {
    Object value = json.get(name);
    if (value == null) {
      return 0;
    }
    if (value instanceof Double number && number >= least && number <= most) {
      return number.longValue();
    }
    throw new IOException(name + " is " + value + ": " + least + " to " + most + " are possible");
  }
}
