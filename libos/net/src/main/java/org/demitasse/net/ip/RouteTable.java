package org.demitasse.net.ip;

import java.util.Arrays;
import org.demitasse.net.device.NetInterface;

/** Routes by longest prefix. A host has a handful, so the table is a list in that order. */
public final class RouteTable {
  private Route[] routes = {};
  private int generation;

  /** Changes whenever a kept {@link Route} may be out of date. */
  public int generation() {
    return generation;
  }

  /** Says that what was derived from a route may be out of date. */
  void touch() {
    generation++;
  }

  /** Adds a route; of equal prefixes the one added first wins. */
  public void add(Route route) {
    int i = 0;
    while (i < routes.length && routes[i].prefix() >= route.prefix()) {
      i++;
    }
    Route[] more = Arrays.copyOf(routes, routes.length + 1);
    System.arraycopy(routes, i, more, i + 1, routes.length - i);
    more[i] = route;
    routes = more;
    generation++;
  }

  /** Removes one route. */
  public void remove(Route route) {
    routes = Arrays.stream(routes).filter(each -> !each.equals(route)).toArray(Route[]::new);
    generation++;
  }

  /** Removes all routes out of an interface (of one family). */
  public void removeAll(NetInterface out, boolean v4) {
    Route[] kept = new Route[routes.length];
    int n = 0;
    for (Route route : routes) {
      if (route.out() != out
          || IpAddress.isV4(route.destinationHigh(), route.destinationLow()) != v4) {
        kept[n++] = route;
      }
    }
    routes = Arrays.copyOf(kept, n);
    generation++;
  }

  /** Returns the best route, or null. */
  public Route find(long high, long low) {
    for (Route route : routes) {
      if (route.matches(high, low)) {
        return route;
      }
    }
    return null;
  }
}
