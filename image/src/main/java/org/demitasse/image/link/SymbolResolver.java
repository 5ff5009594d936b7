package org.demitasse.image.link;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.demitasse.image.elf.Elf;

/** Gives every symbol of every object its value. */
final class SymbolResolver {
  private record Definition(InputObject object, int symbol) {}

  private final List<InputObject> objects;
  private final Map<String, Long> linkerDefined;
  private final Map<String, Definition> globals = new HashMap<>();
  private final List<String> problems = new ArrayList<>();

  private SymbolResolver(List<InputObject> objects, Map<String, Long> linkerDefined) {
    this.objects = objects;
    this.linkerDefined = linkerDefined;
  }

  /**
   * Resolves all symbols. Those that nobody defines stay UNDEFINED: it is an error only where one
   * is used.
   *
   * @param linkerDefined symbols that the linker provides where no object does
   * @return for looking up global symbols by name
   */
  static SymbolResolver resolve(List<InputObject> objects, Map<String, Long> linkerDefined)
      throws LinkException {
    var resolver = new SymbolResolver(objects, linkerDefined);
    for (var object : objects) {
      resolver.define(object);
    }
    if (!resolver.problems.isEmpty()) {
      throw new LinkException(resolver.problems, List.of());
    }
    for (var object : objects) {
      resolver.bind(object);
    }
    return resolver;
  }

  /** The address of a global symbol, which must exist in the image. */
  long address(String name) throws LinkException {
    var definition = globals.get(name);
    if (definition == null || definition.object.states[definition.symbol] != InputObject.DEFINED) {
      throw new LinkException(
          "no object defines the symbol " + name + ": is the nucleus complete?");
    }
    return definition.object.values[definition.symbol];
  }

  private void define(InputObject object) {
    var symbols = object.file.symbols();
    for (int i = 1; i < symbols.count(); i++) {
      int section = symbols.section(i);
      if (section == Elf.SHN_UNDEF) {
        continue;
      }
      if (section == Elf.SHN_ABS) {
        object.values[i] = symbols.value(i);
        object.states[i] = InputObject.DEFINED;
      } else if (section >= Elf.SHN_LORESERVE) {
        problems.add(
            object.label
                + ": symbol "
                + symbols.name(i)
                + (section == Elf.SHN_COMMON
                    ? " is a common symbol; compile with -fno-common"
                    : " lies in the reserved section 0x" + Integer.toHexString(section)));
        continue;
      } else if (object.parts[section] == Part.DROPPED) {
        object.states[i] = InputObject.DISCARDED;
      } else {
        object.values[i] = object.addresses[section] + symbols.value(i);
        object.states[i] = InputObject.DEFINED;
      }
      int type = symbols.type(i);
      if (type == Elf.STT_GNU_IFUNC || type == Elf.STT_TLS) {
        problems.add(
            object.label
                + ": symbol "
                + symbols.name(i)
                + (type == Elf.STT_TLS ? " is thread-local" : " is an indirect function")
                + ", which is not supported");
      }
      if (symbols.binding(i) != Elf.STB_LOCAL) {
        addGlobal(object, i);
      }
    }
  }

  private void addGlobal(InputObject object, int symbol) {
    var symbols = object.file.symbols();
    String name = symbols.name(symbol);
    var added = new Definition(object, symbol);
    var known = globals.putIfAbsent(name, added);
    if (known == null) {
      return;
    }
    boolean knownWeak = known.object.file.symbols().binding(known.symbol) == Elf.STB_WEAK;
    boolean addedWeak = symbols.binding(symbol) == Elf.STB_WEAK;
    if (knownWeak && !addedWeak) {
      globals.put(name, added);
    } else if (!knownWeak && !addedWeak) {
      problems.add(
          "the symbol "
              + name
              + " is defined "
              + (known.object == object
                  ? "twice in " + object.label
                  : "in " + known.object.label + " and in " + object.label));
    }
  }

  private void bind(InputObject object) {
    var symbols = object.file.symbols();
    if (symbols.count() > 0) {
      // The null symbol stands for the value 0.
      object.states[0] = InputObject.DEFINED;
    }
    for (int i = 1; i < symbols.count(); i++) {
      if (symbols.binding(i) == Elf.STB_LOCAL) {
        continue;
      }
      String name = symbols.name(i);
      var definition = globals.get(name);
      if (definition != null) {
        object.values[i] = definition.object.values[definition.symbol];
        object.states[i] = definition.object.states[definition.symbol];
      } else if (linkerDefined.containsKey(name)) {
        object.values[i] = linkerDefined.get(name);
        object.states[i] = InputObject.DEFINED;
      } else if (symbols.binding(i) == Elf.STB_WEAK) {
        // An undefined weak symbol has the address zero: whoever uses it asks first.
        object.values[i] = 0;
        object.states[i] = InputObject.DEFINED;
      }
    }
  }
}
