package org.demitasse.net.icmp;

import java.util.ArrayList;
import java.util.List;
import org.demitasse.core.PacketBuffer;
import org.demitasse.net.device.NetInterface;
import org.demitasse.net.engine.Engine;
import org.demitasse.net.engine.Timer;
import org.demitasse.net.icmp.MembershipReports.Record;
import org.demitasse.net.ip.InternetChecksum;
import org.demitasse.net.ip.IpAddress;
import org.demitasse.net.ip.IpError;
import org.demitasse.net.ip.IpLayer;
import org.demitasse.net.ip.IpPacket;
import org.demitasse.net.ip.IpProtocol;

/**
 * Tells multicast routers and switches which groups this host listens to, and from which sources:
 * IGMP version 3 (RFC 3376) and MLD version 2 (RFC 3810), and the versions before while a router
 * that knows no newer asks (RFC 2236, RFC 2710). Used under the stack's lock.
 */
public final class GroupMembership implements IpProtocol {
  static final int MLD_QUERY = 130;
  static final int MLD_REPORT = 131;
  private static final int QUERY = 0x11;
  private static final int IGMP_LENGTH = 8;
  private static final int IGMP3_LENGTH = 12;
  private static final int MLD_LENGTH = 24;
  private static final int MLD2_LENGTH = 28;
  private static final int ALL_SYSTEMS = 0xe0000001;
  private static final long MILLI = 1_000_000L;
  private static final long NEVER = Long.MAX_VALUE;

  /** A report may be lost, so it is repeated within this (RFC 3376, section 8.11). */
  private static final long UNSOLICITED_INTERVAL = 1000 * MILLI;

  private static final int ROBUSTNESS = 2;

  /** How long a router of an older version is remembered (RFC 3376, section 8.12). */
  private static final long OLDER_QUERIER = 260_000 * MILLI;

  /** Sources asked about in one query; of more all are reported. */
  private static final int MAX_SOURCES = 64;

  private final Engine engine;
  private final MembershipReports reports;
  private Link links;

  public GroupMembership(Engine engine, IpLayer ip) {
    this.engine = engine;
    reports = new MembershipReports(ip);
  }

  /** One source of a group, or all of them (0, 0), and how many sockets want it. */
  private static final class Source {
    final long high;
    final long low;
    int uses;

    Source(long high, long low) {
      this.high = high;
      this.low = low;
    }
  }

  /** A group that somebody on this host listens to. */
  private static final class Group {
    final long high;
    final long low;
    final List<Source> sources = new ArrayList<>(1);

    /** Somebody else has told a router of an older version, which wants to know no more. */
    boolean reported;

    Group(long high, long low) {
      this.high = high;
      this.low = low;
    }

    Source find(long sourceHigh, long sourceLow) {
      for (Source each : sources) {
        if (each.high == sourceHigh && each.low == sourceLow) {
          return each;
        }
      }
      return null;
    }

    /** Somebody wants the group from whatever source: the filter mode EXCLUDE with no sources. */
    boolean isOpen() {
      return find(0, 0) != null;
    }

    /** Returns what is listened to now, as pairs of halves; nothing when the group is open. */
    long[] wanted() {
      if (isOpen()) {
        return MembershipReports.NO_SOURCES;
      }
      long[] pairs = new long[2 * sources.size()];
      for (int i = 0; i < sources.size(); i++) {
        pairs[2 * i] = sources.get(i).high;
        pairs[2 * i + 1] = sources.get(i).low;
      }
      return pairs;
    }
  }

  /** One family on one interface; the timer answers queries and repeats what has changed. */
  private final class Link extends Timer {
    final NetInterface out;
    final boolean v4;
    final Link next;
    final List<Group> groups = new ArrayList<>(2);
    final List<Record> changes = new ArrayList<>(0);
    int repeats;
    long repeatAt = NEVER;
    long answerAt = NEVER;

    /** What the answer is about: null for everything. */
    Group asked;

    long[] askedSources;
    long olderUntil;

    /** Until then there is a router of IGMP's first version. */
    long oldestUntil;

    Link(NetInterface out, boolean v4, Link next) {
      this.out = out;
      this.v4 = v4;
      this.next = next;
    }

    boolean isOlder() {
      return engine.now() < olderUntil;
    }

    Group find(long high, long low) {
      for (Group each : groups) {
        if (each.high == high && each.low == low) {
          return each;
        }
      }
      return null;
    }

    void rearm() {
      long at = Math.min(repeatAt, answerAt);
      if (at == NEVER) {
        engine.cancel(this);
      } else {
        engine.schedule(this, at);
      }
    }

    @Override
    protected void expire(long now) {
      if (now >= repeatAt) {
        send(changes);
        repeats--;
        repeatAt = repeats > 0 ? now + within(UNSOLICITED_INTERVAL) : NEVER;
        if (repeats <= 0) {
          changes.clear();
        }
      }
      if (now >= answerAt) {
        answerAt = NEVER;
        answer();
      }
      rearm();
    }

    /** Reports a change at once and again a little later. */
    void changed(Record change) {
      // A newer change of the group says all that an older one did: it gives the whole state.
      changes.removeIf(each -> each.high() == change.high() && each.low() == change.low());
      changes.add(change);
      send(List.of(change));
      repeats = ROBUSTNESS - 1;
      repeatAt = engine.now() + within(UNSOLICITED_INTERVAL);
      rearm();
    }

    void send(List<Record> records) {
      if (!isOlder()) {
        reports.send(out, v4, records);
        return;
      }
      boolean oldest = engine.now() < oldestUntil;
      for (Record each : records) {
        if (!oldest || !each.isLeave()) {
          reports.sendOlder(out, each.high(), each.low(), !each.isLeave(), oldest);
        }
      }
    }

    void answer() {
      List<Record> records = new ArrayList<>(groups.size());
      if (asked == null) {
        for (Group each : groups) {
          if (!isOlder() || !each.reported) {
            records.add(current(each));
          }
        }
      } else if (groups.contains(asked) && !(isOlder() && asked.reported)) {
        Record record = askedSources == null ? current(asked) : among(asked, askedSources);
        if (record != null) {
          records.add(record);
        }
      }
      asked = null;
      askedSources = null;
      send(records);
    }

    Record current(Group group) {
      int type = group.isOpen() ? Record.IS_EXCLUDE : Record.IS_INCLUDE;
      return new Record(type, group.high, group.low, group.wanted());
    }

    /** RFC 3376, section 5.2, rule 3: those of the sources that are listened to. */
    Record among(Group group, long[] sources) {
      long[] kept = new long[sources.length];
      int n = 0;
      for (int i = 0; i < sources.length; i += 2) {
        if (group.isOpen() || group.find(sources[i], sources[i + 1]) != null) {
          kept[n++] = sources[i];
          kept[n++] = sources[i + 1];
        }
      }
      long[] found = java.util.Arrays.copyOf(kept, n);
      return n == 0 ? null : new Record(Record.IS_INCLUDE, group.high, group.low, found);
    }

    /** A router asks. */
    void queried(long delay, long high, long low, long[] sources) {
      boolean general = IpAddress.isAny(high, low);
      Group group = general ? null : find(high, low);
      if (groups.isEmpty() || !general && group == null) {
        return;
      }
      long at = engine.now() + within(Math.max(delay, 1));
      if (answerAt != NEVER) {
        // Two questions at a time: the answer to all of it is the answer to both.
        asked = null;
        askedSources = null;
        answerAt = Math.min(answerAt, at);
      } else {
        asked = group;
        askedSources = general ? null : sources;
        answerAt = at;
        groups.forEach(each -> each.reported = false);
      }
      rearm();
    }
  }

  /** A random time, so that a link's hosts do not answer as one. */
  private long within(long nanos) {
    return 1 + Math.floorMod(engine.random().next(), nanos);
  }

  private Link link(NetInterface out, boolean v4) {
    for (Link link = links; link != null; link = link.next) {
      if (link.out == out && link.v4 == v4) {
        return link;
      }
    }
    links = new Link(out, v4, links);
    return links;
  }

  /** RFC 3376, section 6, and RFC 3810, section 6: of these nothing is ever reported. */
  private static boolean isSilent(NetInterface out, long high, long low) {
    if (out.isLoopback()) {
      return true;
    }
    return IpAddress.isV4(high, low)
        ? (int) low == ALL_SYSTEMS
        : high == IpAddress.LINK_GROUPS && low == 1 || (high >>> 48 & 15) < 2;
  }

  /**
   * Somebody listens to a group on an interface once more.
   *
   * @param sourceHigh with {@code sourceLow} the source that is wanted; 0, 0 for any
   */
  public void join(NetInterface out, long high, long low, long sourceHigh, long sourceLow) {
    boolean fresh = out.joinGroup(high, low);
    if (isSilent(out, high, low)) {
      return;
    }
    Link link = link(out, IpAddress.isV4(high, low));
    Group group = link.find(high, low);
    if (group == null) {
      group = new Group(high, low);
      link.groups.add(group);
    }
    Source source = group.find(sourceHigh, sourceLow);
    if (source != null) {
      source.uses++;
      return;
    }
    boolean wasOpen = group.isOpen();
    source = new Source(sourceHigh, sourceLow);
    source.uses = 1;
    group.sources.add(source);
    if (wasOpen) {
      return;
    }
    boolean any = (sourceHigh | sourceLow) == 0;
    int type = any ? Record.TO_EXCLUDE : fresh ? Record.ALLOW : Record.TO_INCLUDE;
    link.changed(new Record(type, high, low, group.wanted()));
  }

  /** Undoes one {@link #join}. */
  public void leave(NetInterface out, long high, long low, long sourceHigh, long sourceLow) {
    out.leaveGroup(high, low);
    if (isSilent(out, high, low)) {
      return;
    }
    Link link = link(out, IpAddress.isV4(high, low));
    Group group = link.find(high, low);
    Source source = group == null ? null : group.find(sourceHigh, sourceLow);
    if (source == null || --source.uses > 0) {
      return;
    }
    group.sources.remove(source);
    if (group.sources.isEmpty()) {
      link.groups.remove(group);
    } else if (group.isOpen()) {
      return;
    }
    boolean any = (sourceHigh | sourceLow) == 0;
    if (any || !group.sources.isEmpty()) {
      link.changed(new Record(Record.TO_INCLUDE, high, low, group.wanted()));
    } else {
      link.changed(new Record(Record.BLOCK, high, low, new long[] {sourceHigh, sourceLow}));
    }
  }

  @Override
  public void error(IpPacket packet, IpError error, int mtu) {
    // Reports are repeated; what becomes of one matters to nobody.
  }

  /** Handles an IGMP message. */
  @Override
  public void receive(IpPacket packet) {
    PacketBuffer p = packet.buffer;
    int length = p.length();
    if (length >= IGMP_LENGTH
        && InternetChecksum.fold(InternetChecksum.add(0, p, 0, length)) == 0xffff) {
      int type = p.getByte(0);
      if (type == QUERY) {
        igmpQueried(packet.in, p, length);
      } else if (type == MembershipReports.REPORT1 || type == MembershipReports.REPORT2) {
        reported(packet.in, true, 0, IpAddress.v4(p.getInt(4)));
      }
    }
    p.release();
  }

  /** Somebody else has reported a group (RFC 2236, section 3, and RFC 2710, section 4). */
  private void reported(NetInterface in, boolean v4, long high, long low) {
    Group group = link(in, v4).find(high, low);
    if (group != null) {
      group.reported = true;
    }
  }

  /** Handles an MLD version 1 report of somebody else; the buffer stays with the caller. */
  void reported(IpPacket packet) {
    PacketBuffer p = packet.buffer;
    if (p.length() >= MLD_LENGTH
        && packet.hopLimit == 1
        && IpAddress.isLinkLocal(packet.sourceHigh, packet.sourceLow)) {
      reported(packet.in, false, p.getLong(8), p.getLong(16));
    }
  }

  private void igmpQueried(NetInterface in, PacketBuffer p, int length) {
    Link link = link(in, true);
    int code = p.getByte(1);
    long group = p.getInt(4) == 0 ? 0 : IpAddress.v4(p.getInt(4));
    if (length > IGMP_LENGTH && length < IGMP3_LENGTH) {
      // RFC 3376, section 7.1: of no version.
      return;
    }
    if (length == IGMP_LENGTH) {
      // Version 1 says 0 and means ten seconds (RFC 2236, section 4).
      link.olderUntil = engine.now() + OLDER_QUERIER;
      link.oldestUntil = code == 0 ? link.olderUntil : link.oldestUntil;
      link.queried((code == 0 ? 100 : code) * 100 * MILLI, 0, group, null);
      return;
    }
    // RFC 3376, section 4.1.1: from 128 on a floating-point number.
    long tenths = code < 128 ? code : (long) (code & 15 | 16) << (code >>> 4 & 7) + 3;
    link.queried(tenths * 100 * MILLI, 0, group, sources(p, IGMP3_LENGTH, p.getShort(10), 4));
  }

  /** Handles an MLD query; the buffer stays with the caller. */
  void queried(IpPacket packet) {
    PacketBuffer p = packet.buffer;
    int length = p.length();
    // RFC 3810, section 5.1.14: what has passed a router is forged.
    if (length < MLD_LENGTH
        || packet.hopLimit != 1
        || !IpAddress.isLinkLocal(packet.sourceHigh, packet.sourceLow)) {
      return;
    }
    Link link = link(packet.in, false);
    int code = p.getShort(4);
    long high = p.getLong(8);
    long low = p.getLong(16);
    if (length > MLD_LENGTH && length < MLD2_LENGTH) {
      // RFC 3810, section 8.1: of no version.
      return;
    }
    if (length == MLD_LENGTH) {
      link.olderUntil = engine.now() + OLDER_QUERIER;
      link.queried(code * MILLI, high, low, null);
      return;
    }
    long millis = code < 32768 ? code : (long) (code & 0xfff | 0x1000) << (code >>> 12 & 7) + 3;
    link.queried(millis * MILLI, high, low, sources(p, MLD2_LENGTH, p.getShort(26), 16));
  }

  /** Returns the sources of a query, null when it names none (or more than it holds). */
  private static long[] sources(PacketBuffer p, int at, int count, int width) {
    if (count == 0 || count > MAX_SOURCES || at + count * width > p.length()) {
      return null;
    }
    long[] pairs = new long[2 * count];
    for (int i = 0; i < count; i++) {
      int from = at + i * width;
      pairs[2 * i] = width == 4 ? 0 : p.getLong(from);
      pairs[2 * i + 1] = width == 4 ? IpAddress.v4(p.getInt(from)) : p.getLong(from + 8);
    }
    return pairs;
  }
}
