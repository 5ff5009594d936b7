package org.demitasse.builder.input;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which fields a program names by a constant of their class and a constant string, as libraries do
 * that look for a field's offset through a method of their own: {@code fieldOffset(Node.class,
 * "next")}. The compiler sees such constants where {@code getDeclaredField} itself takes them.
 */
final class FieldUse {
  private static final String PARAMETERS = "(Ljava/lang/Class;Ljava/lang/String;";

  private final Set<FieldName> fields = new TreeSet<>();

  /** All that were found; whether a class has such a field is not known. */
  Set<FieldName> fields() {
    return fields;
  }

  /**
   * Looks into a class file.
   *
   * @param letters the same as ISO 8859-1
   */
  void look(byte[] bytes, String letters) {
    // Most classes call no such method: to look for the letters is much faster than to parse.
    if (!letters.contains(PARAMETERS) || ClassFileCheck.major(bytes) == 0) {
      return;
    }
    try {
      ClassModel model = ClassFile.of().parse(bytes);
      for (MethodModel method : model.methods()) {
        if (method.code().isPresent()) {
          look(model.thisClass().asInternalName().replace('/', '.'), method.code().get());
        }
      }
    } catch (IllegalArgumentException e) {
      // No class file, or a damaged one: an error only when the program wants it.
    }
  }

  private void look(String user, CodeModel code) {
    ClassDesc type = null;
    String name = null;
    for (CodeElement element : code) {
      switch (element) {
        case ConstantInstruction constant
            when constant.constantValue() instanceof ClassDesc desc -> {
          type = desc;
          name = null;
        }
        case ConstantInstruction constant when constant.constantValue() instanceof String text ->
            name = text;
        case InvokeInstruction call -> {
          if (type != null
              && name != null
              && call.type().stringValue().startsWith(PARAMETERS)
              && type.isClassOrInterface()) {
            fields.add(new FieldName(user, binaryName(type), name));
          }
          type = null;
          name = null;
        }
        case Instruction other when other.opcode() != Opcode.NOP -> {
          type = null;
          name = null;
        }
        default -> {
          // labels and line numbers push nothing
        }
      }
    }
  }

  private static String binaryName(ClassDesc type) {
    String descriptor = type.descriptorString();
    return descriptor.substring(1, descriptor.length() - 1).replace('/', '.');
  }
}
