/** An HTTP service on the JDK's own server, one virtual thread a request. */
package org.demitasse.examples.web;
