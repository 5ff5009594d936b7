package org.demitasse.net.tcp;

/** What TCP did since the start. */
public final class TcpCounters {
  public long received;
  public long sent;

  /** Received segments that were joined to the one before. */
  public long coalescedSegments;

  public long activeOpens;
  public long passiveOpens;
  public long badSegments;
  public long noPort;
  public long resetsSent;
  public long challenges;
  public long pawsDrops;
  public long outOfOrder;
  public long memoryDrops;
  public long backlogDrops;
  public long cookiesSent;
  public long cookiesAccepted;
  public long retransmittedSegments;
  public long retransmissionTimeouts;
  public long fastRecoveries;
  public long tailLossProbes;

  /** Connections ended because others needed the memory of what their peers did not take. */
  public long reclaimed;

  public long spuriousRetransmissions;

  /** Segments that the network had marked (RFC 3168). */
  public long congestionMarks;

  /** Windows reduced because the peer saw marks. */
  public long markReductions;
}
