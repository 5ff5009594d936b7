/** Tests of our channels alone: what no other provider could be held to. */
package org.demitasse.nio.channels;
