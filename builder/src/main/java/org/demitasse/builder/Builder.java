package org.demitasse.builder;

/**
 * Makes images. {@link ImageBuilder} is the real one; tests of the tools around it bring their own.
 */
@FunctionalInterface
public interface Builder {

  /**
   * Builds one image. Files at the request's output are replaced only when the build has succeeded.
   *
   * @param request what to build
   * @param listener hears the progress
   * @return what was built
   * @throws BuildException when it could not be built; nothing is left at the output
   * @throws InterruptedException when the calling thread was interrupted; the compiler's process
   *     has been ended then
   */
  BuildResult build(BuildRequest request, BuildListener listener)
      throws BuildException, InterruptedException;
}
