package org.demitasse.jdk.platform;

import java.nio.file.Path;
import java.util.Map;
import org.graalvm.nativeimage.impl.ProcessPropertiesSupport;

/** A machine is one process, number 1, and has no others: what would need them says so. */
public final class OneProcess implements ProcessPropertiesSupport {
  private static final long SELF = 1;

  private static UnsupportedOperationException noProcesses() {
    return new UnsupportedOperationException(
        "A Demitasse image has no processes besides the program itself.");
  }

  /** There is no file that the program came from inside the machine. */
  @Override
  public String getExecutableName() {
    return "";
  }

  @Override
  public long getProcessID() {
    return SELF;
  }

  @Override
  public long getProcessID(Process process) {
    throw noProcesses();
  }

  @Override
  public String getObjectFile(String symbol) {
    return null;
  }

  @Override
  @Deprecated
  public String setLocale(String category, String locale) {
    throw new UnsupportedOperationException(
        "A Demitasse image has no C locale; use java.util.Locale.setDefault.");
  }

  @Override
  public boolean destroy(long processId) {
    throw noProcesses();
  }

  @Override
  public boolean destroyForcibly(long processId) {
    throw noProcesses();
  }

  @Override
  public boolean isAlive(long processId) {
    return processId == SELF;
  }

  @Override
  public int waitForProcessExit(long processId) {
    throw noProcesses();
  }

  @Override
  public void exec(Path executable, String[] args) {
    throw noProcesses();
  }

  @Override
  public void exec(Path executable, String[] args, Map<String, String> env) {
    throw noProcesses();
  }

  @Override
  public int getArgumentVectorBlockSize() {
    return -1; // no argument vector: arguments come with the boot configuration
  }

  @Override
  public String getArgumentVectorProgramName() {
    throw new UnsupportedOperationException("A Demitasse image has no argument vector.");
  }

  @Override
  public boolean setArgumentVectorProgramName(String name) {
    throw new UnsupportedOperationException("A Demitasse image has no argument vector.");
  }
}
