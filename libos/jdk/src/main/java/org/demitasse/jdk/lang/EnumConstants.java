package org.demitasse.jdk.lang;

import com.oracle.graal.pointsto.infrastructure.SubstitutionProcessor;
import com.oracle.graal.pointsto.meta.AnalysisMethod;
import com.oracle.graal.pointsto.meta.HostedProviders;
import com.oracle.svm.core.jdk.InternalVMMethod;
import com.oracle.svm.hosted.annotation.CustomSubstitutionMethod;
import com.oracle.svm.hosted.phases.HostedGraphKit;
import jdk.graal.compiler.debug.DebugContext;
import jdk.graal.compiler.nodes.CallTargetNode.InvokeKind;
import jdk.graal.compiler.nodes.StructuredGraph;
import jdk.graal.compiler.nodes.ValueNode;
import jdk.internal.access.SharedSecrets;
import jdk.vm.ci.meta.JavaKind;
import jdk.vm.ci.meta.ResolvedJavaMethod;
import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;

/** {@link Enum#valueOf}, which the compiler replaces itself, with what the JDK says of a name. */
@InternalVMMethod
public final class EnumConstants {
  private EnumConstants() {}

  /**
   * The constant of that name.
   *
   * @throws IllegalArgumentException when there is none
   */
  static <E extends Enum<E>> E find(Class<E> type, String name) {
    for (E constant : SharedSecrets.getJavaLangAccess().getEnumConstantsShared(type)) {
      if (constant.name().equals(name)) {
        return constant;
      }
    }
    if (name == null) {
      throw new NullPointerException("Name is null");
    }
    throw new IllegalArgumentException("No enum constant " + type.getCanonicalName() + "." + name);
  }

  /** Puts it in the place of the compiler's. */
  @Platforms(Platform.HOSTED_ONLY.class)
  public static final class Processor extends SubstitutionProcessor {
    private volatile Call call;

    /** Registered while the image is set up. */
    public Processor() {}

    @Override
    public synchronized ResolvedJavaMethod lookup(ResolvedJavaMethod method) {
      if (method instanceof Call
          || !method.getName().equals("valueOf")
          || !method.getDeclaringClass().getName().equals("Ljava/lang/Enum;")) {
        return method;
      }
      if (call == null) {
        call = new Call(method);
      }
      return call;
    }
  }

  /** A body that calls the method above. */
  @Platforms(Platform.HOSTED_ONLY.class)
  private static final class Call extends CustomSubstitutionMethod {
    Call(ResolvedJavaMethod original) {
      super(original);
    }

    @Override
    public StructuredGraph buildGraph(
        DebugContext debug, AnalysisMethod method, HostedProviders providers, Purpose purpose) {
      HostedGraphKit kit = new HostedGraphKit(debug, providers, method);
      ValueNode[] arguments = kit.getInitialArguments().toArray(ValueNode[]::new);
      ValueNode constant =
          kit.createInvokeWithExceptionAndUnwind(
              EnumConstants.class, "find", InvokeKind.Static, arguments);
      kit.createReturn(constant, JavaKind.Object);
      return kit.finalizeGraph();
    }
  }
}
