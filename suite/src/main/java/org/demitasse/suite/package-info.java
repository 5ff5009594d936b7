/**
 * Tests that run inside an image: a plain Java program without a test framework, built once and run
 * in the sandbox and booted. It runs on HotSpot too, where every test that is not about the machine
 * must pass as well: that is how a test itself is checked.
 *
 * <p>A class holds the tests of one concern and adds them to a {@link
 * org.demitasse.suite.TestList}; {@link org.demitasse.suite.Main} runs each on a thread of its own.
 */
package org.demitasse.suite;
