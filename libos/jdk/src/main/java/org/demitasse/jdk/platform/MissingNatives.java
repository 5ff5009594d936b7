package org.demitasse.jdk.platform;

import com.oracle.graal.pointsto.infrastructure.SubstitutionProcessor;
import com.oracle.graal.pointsto.meta.AnalysisMethod;
import com.oracle.graal.pointsto.meta.HostedProviders;
import com.oracle.svm.hosted.annotation.CustomSubstitutionMethod;
import com.oracle.svm.hosted.phases.HostedGraphKit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jdk.graal.compiler.debug.DebugContext;
import jdk.graal.compiler.nodes.CallTargetNode.InvokeKind;
import jdk.graal.compiler.nodes.ConstantNode;
import jdk.graal.compiler.nodes.StructuredGraph;
import jdk.graal.compiler.nodes.ValueNode;
import jdk.vm.ci.meta.JavaKind;
import jdk.vm.ci.meta.ResolvedJavaMethod;
import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;

/**
 * Gives each native method that nobody implements a body that says so, instead of a call through
 * JNI. {@link NativeHoles} refuses the program when its code calls one; metadata for reflection may
 * name them, as it often names all methods of a class.
 */
@Platforms(Platform.HOSTED_ONLY.class)
final class MissingNatives extends SubstitutionProcessor {
  private final Map<ResolvedJavaMethod, Body> bodies = new ConcurrentHashMap<>();

  @Override
  public ResolvedJavaMethod lookup(ResolvedJavaMethod method) {
    return method instanceof Body ? method : bodies.computeIfAbsent(method, Body::new);
  }

  /** A body that throws. */
  static final class Body extends CustomSubstitutionMethod {
    Body(ResolvedJavaMethod original) {
      super(original);
    }

    @Override
    public StructuredGraph buildGraph(
        DebugContext debug, AnalysisMethod method, HostedProviders providers, Purpose purpose) {
      HostedGraphKit kit = new HostedGraphKit(debug, providers, method);
      ValueNode name = kit.createObject(method.format("%H.%n(%P)"));
      kit.createInvokeWithExceptionAndUnwind(
          MissingNativeError.class, "fail", InvokeKind.Static, name);
      JavaKind kind = method.getSignature().getReturnKind();
      ValueNode result =
          kind == JavaKind.Void
              ? null
              : ConstantNode.defaultForKind(kind.getStackKind(), kit.getGraph());
      kit.createReturn(result, kind);
      return kit.finalizeGraph();
    }
  }
}
