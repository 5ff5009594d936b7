/**
 * What is left of {@code java.awt} on a machine without a display: values such as colours and
 * shapes work, and whatever would draw or open a window is refused at run time. Libraries that can
 * do without a desktop name its classes nevertheless; with a toolkit behind them they would bring
 * most of {@code java.desktop} into the image.
 */
package org.demitasse.jdk.awt;
