/**
 * Tests that run inside an image: a plain Java program that scripts/test builds once and runs in
 * the sandbox and booted, and that runs on HotSpot too, which it must pass as well. Each suite is
 * one class; {@link org.demitasse.suites.Main} runs them on its main thread.
 */
package org.demitasse.suites;
