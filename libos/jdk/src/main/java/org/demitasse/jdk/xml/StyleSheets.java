package org.demitasse.jdk.xml;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import javax.xml.transform.Source;
import javax.xml.transform.Templates;
import javax.xml.transform.TransformerConfigurationException;

/** XSLT: the JDK compiles a style sheet to a class, which an image cannot load. */
@TargetClass(className = "com.sun.org.apache.xalan.internal.xsltc.trax.TransformerFactoryImpl")
final class StyleSheets {
  private StyleSheets() {}

  @Substitute
  public Templates newTemplates(Source source) throws TransformerConfigurationException {
    throw new TransformerConfigurationException(
        "A Demitasse image cannot load the classes that the JDK makes of an XSLT style sheet."
            + " Transformers without one work; for style sheets use an XSLT processor that"
            + " interprets them.");
  }
}
