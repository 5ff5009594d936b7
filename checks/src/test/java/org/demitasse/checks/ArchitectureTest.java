package org.demitasse.checks;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The arrows between the modules, as docs/architecture.md draws them. */
class ArchitectureTest {

  private static final String ROOT = "org.demitasse.";

  /** The compiler and its runtime, which are not part of the JDK. */
  private static final String[] GRAAL = {
    "org.graalvm..", "com.oracle.svm..", "jdk.graal..", "jdk.vm.ci.."
  };

  private static final String[] LIBRARY_OS = {
    ROOT + "core..",
    ROOT + "net..",
    ROOT + "fs..",
    ROOT + "zip..",
    ROOT + "nio..",
    ROOT + "drivers..",
    ROOT + "jdk.."
  };

  private static JavaClasses all;

  @BeforeAll
  static void read() {
    all =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.demitasse");
    assertThat(all).as("classes of the project").hasSizeGreaterThan(50);
  }

  @ParameterizedTest
  @ValueSource(strings = {"net", "fs"})
  void netAndFsKnowCoreAlone(String module) {
    classes()
        .that()
        .resideInAPackage(ROOT + module + "..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(ROOT + module + "..", ROOT + "core..", "java..")
        .allowEmptyShould(true)
        .check(all);
  }

  @ParameterizedTest
  @ValueSource(strings = {"core", "zip"})
  void coreAndZipKnowTheJdkAlone(String module) {
    classes()
        .that()
        .resideInAPackage(ROOT + module + "..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(ROOT + module + "..", "java..")
        .check(all);
  }

  @Test
  void onlyThePlatformAndTheDriversKnowGraal() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + "jdk..", ROOT + "drivers..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(GRAAL)
        .check(all);
  }

  @ParameterizedTest
  @ValueSource(strings = {"builder", "machine", "image", "cli"})
  void toolsKnowNothingOfTheLibraryOs(String module) {
    noClasses()
        .that()
        .resideInAPackage(ROOT + module + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(LIBRARY_OS)
        .check(all);
  }

  @Test
  void gatewayKnowsTheStackAndNoDriver() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + "gateway..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            ROOT + "drivers..", ROOT + "jdk..", ROOT + "fs..", ROOT + "builder..", ROOT + "cli..")
        .check(all);
  }

  @Test
  void modulesHaveNoCycles() {
    slices().matching(ROOT + "(*)..").should().beFreeOfCycles().check(all);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "core", "net", "fs", "zip", "nio", "drivers", "jdk", "image", "builder", "machine",
        "gateway", "cli"
      })
  void packagesOfAModuleHaveNoCycles(String module) {
    slices()
        .matching(ROOT + module + ".(*)..")
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true)
        .check(all);
  }
}
