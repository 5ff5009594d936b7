package org.demitasse.net.dns;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Answers, positive and negative, for as long as their TTL says; bounded, the eldest unused goes.
 */
final class DnsCache {
  private static final int CAPACITY = 256;

  /** RFC 8767, section 4. */
  private static final long MAX_SECONDS = 86_400;

  /** RFC 2308, section 5. */
  private static final long MAX_NEGATIVE_SECONDS = 900;

  /**
   * @param records empty for a negative answer
   */
  record Answer(List<byte[]> records, boolean nameError, long expires) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final LinkedHashMap<String, Answer> answers = new LinkedHashMap<>(16, 0.75f, true);

  private static String key(String name, int type) {
    return type + " " + name;
  }

  Answer get(String name, int type, long now) {
    lock.lock();
    try {
      String key = key(name, type);
      Answer answer = answers.get(key);
      if (answer != null && now - answer.expires() >= 0) {
        answers.remove(key);
        return null;
      }
      return answer;
    } finally {
      lock.unlock();
    }
  }

  void put(String name, int type, List<byte[]> records, boolean nameError, long ttl, long now) {
    long seconds = Math.min(ttl, records.isEmpty() ? MAX_NEGATIVE_SECONDS : MAX_SECONDS);
    if (seconds <= 0) {
      return;
    }
    lock.lock();
    try {
      answers.put(key(name, type), new Answer(records, nameError, now + seconds * 1_000_000_000L));
      if (answers.size() > CAPACITY) {
        Map.Entry<String, Answer> eldest = answers.firstEntry();
        answers.remove(eldest.getKey());
      }
    } finally {
      lock.unlock();
    }
  }
}
