/** Shows what a program sees of its machine: time, threads and memory. */
package org.demitasse.examples.show;
