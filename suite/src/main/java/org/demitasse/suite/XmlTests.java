package org.demitasse.suite;

import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.SAXParserFactory;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamReader;
import javax.xml.stream.XMLStreamWriter;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerConfigurationException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import javax.xml.transform.stream.StreamSource;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.Attributes;
import org.xml.sax.InputSource;
import org.xml.sax.SAXParseException;
import org.xml.sax.helpers.DefaultHandler;

/** The JDK's XML. */
final class XmlTests {
  private static final String TEXT =
      "<list size='2'><item id='a'>one &amp; two</item><item id='b'>zwei</item></list>";

  private XmlTests() {}

  static void addTo(TestList tests) {
    tests.add("documents", XmlTests::documents);
    tests.add("events", XmlTests::events);
    tests.add("a mistake in the text", XmlTests::mistake);
    tests.add("streams", XmlTests::streams);
    tests.add("XPath", XmlTests::xpath);
    tests.add("a mistake in an XPath", XmlTests::mistakenXpath);
    tests.addForMachine("style sheets are refused", XmlTests::styleSheet);
  }

  private static Document parsed() throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(TEXT)));
  }

  private static void documents() throws Exception {
    Document document = parsed();
    document.getDocumentElement().setAttribute("size", "<3>");
    Transformer transformer = TransformerFactory.newInstance().newTransformer();
    transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
    StringWriter out = new StringWriter();
    transformer.transform(new DOMSource(document), new StreamResult(out));
    Check.equal(TEXT.replace("'2'", "\"&lt;3&gt;\"").replace('\'', '"'), out.toString());
  }

  private static void events() throws Exception {
    List<String> seen = new ArrayList<>();
    SAXParserFactory.newInstance()
        .newSAXParser()
        .parse(
            new InputSource(new StringReader(TEXT)),
            new DefaultHandler() {
              @Override
              public void startElement(String uri, String local, String name, Attributes a) {
                seen.add(name + a.getLength());
              }
            });
    Check.equal(List.of("list1", "item1", "item1"), seen);
  }

  private static void mistake() {
    SAXParseException thrown =
        Check.thrown(
            SAXParseException.class,
            () ->
                SAXParserFactory.newInstance()
                    .newSAXParser()
                    .parse(
                        new InputSource(new StringReader("<a>\n<b></a>")), new DefaultHandler()));
    Check.equal(2, thrown.getLineNumber());
    Check.that(thrown.getMessage().contains("\"b\""), thrown.getMessage());
  }

  private static void streams() throws Exception {
    XMLStreamReader reader =
        XMLInputFactory.newInstance().createXMLStreamReader(new StringReader(TEXT));
    int elements = 0;
    while (reader.hasNext()) {
      if (reader.next() == XMLStreamConstants.START_ELEMENT) {
        elements++;
      }
    }
    Check.equal(3, elements);
    StringWriter out = new StringWriter();
    XMLStreamWriter writer = XMLOutputFactory.newInstance().createXMLStreamWriter(out);
    writer.writeStartElement("a");
    writer.writeAttribute("b", "<");
    writer.writeCharacters("&");
    writer.writeEndElement();
    writer.flush();
    Check.equal("<a b=\"&lt;\">&amp;</a>", out.toString());
  }

  private static void xpath() throws Exception {
    Document document = parsed();
    XPath xpath = XPathFactory.newInstance().newXPath();
    Check.equal("zwei", xpath.evaluate("//item[@id='b']/text()", document));
    Check.equal("2", xpath.evaluate("count(//item)", document));
    Check.equal("ONE", xpath.evaluate("translate(substring(//item, 1, 3),'one','ONE')", document));
    Check.equal("a-b", xpath.evaluate("concat(//item[1]/@id, '-', //item[last()]/@id)", document));
    Check.equal(true, xpath.evaluate("contains(//item, 'two')", document, XPathConstants.BOOLEAN));
    Check.equal(4.0, xpath.evaluate("sum(//@size) + 2", document, XPathConstants.NUMBER));
    NodeList items = (NodeList) xpath.evaluate("//item", document, XPathConstants.NODESET);
    Check.equal(2, items.getLength());
  }

  private static void mistakenXpath() {
    XPathExpressionException thrown =
        Check.thrown(
            XPathExpressionException.class,
            () -> XPathFactory.newInstance().newXPath().compile("//item["));
    Check.that(!thrown.toString().contains("resource bundle"), thrown.toString());
  }

  private static void styleSheet() {
    String sheet =
        "<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform'/>";
    TransformerConfigurationException thrown =
        Check.thrown(
            TransformerConfigurationException.class,
            () ->
                TransformerFactory.newInstance()
                    .newTransformer(new StreamSource(new StringReader(sheet))));
    Check.that(thrown.getMessage().contains("style sheet"), thrown.getMessage());
  }
}
