package org.demitasse.suite;

import java.util.ArrayList;
import java.util.List;

/** The tests in the order in which they run. */
final class TestList {

  private final List<TestCase> tests = new ArrayList<>();
  private String concern = "";

  /** All tests. */
  static TestList all() {
    TestList list = new TestList();
    list.concern("threads", ThreadTests::addTo);
    list.concern("monitors", MonitorTests::addTo);
    list.concern("scheduling", SchedulingTests::addTo);
    list.concern("virtual", VirtualThreadTests::addTo);
    list.concern("concurrent", ConcurrentTests::addTo);
    list.concern("memory", MemoryTests::addTo);
    list.concern("foreign", ForeignTests::addTo);
    list.concern("references", ReferenceTests::addTo);
    list.concern("language", LanguageTests::addTo);
    list.concern("library", LibraryTests::addTo);
    list.concern("text", TextTests::addTo);
    list.concern("reflection", ReflectionTests::addTo);
    list.concern("xml", XmlTests::addTo);
    list.concern("files", FileTests::addTo);
    list.concern("resources", ResourceTests::addTo);
    list.concern("zip", ZipTests::addTo);
    list.concern("security", SecurityTests::addTo);
    list.concern("sockets", SocketTests::addTo);
    list.concern("channels", ChannelTests::addTo);
    list.concern("http", HttpTests::addTo);
    list.concern("system", SystemTests::addTo);
    return list;
  }

  /** Adds the tests of one concern. */
  private void concern(String name, java.util.function.Consumer<TestList> tests) {
    concern = name;
    tests.accept(this);
  }

  /** Adds a test that runs everywhere. */
  void add(String name, TestBody body) {
    tests.add(new TestCase(concern + "." + name, body, false));
  }

  /** Adds a test of what only a machine does. */
  void addForMachine(String name, TestBody body) {
    tests.add(new TestCase(concern + "." + name, body, true));
  }

  /** The tests whose name, or whose concern, is among those given; all when none is given. */
  List<TestCase> chosen(List<String> names) {
    if (names.isEmpty()) {
      return List.copyOf(tests);
    }
    return tests.stream()
        .filter(
            test ->
                names.contains(test.name())
                    || names.contains(test.name().substring(0, test.name().indexOf('.'))))
        .toList();
  }
}
