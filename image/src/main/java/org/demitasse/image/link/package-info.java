/**
 * The linker: one relocatable object from the builder and one from the nucleus become an image
 * ({@code docs/image-format.md}) and a file of symbols. It does what this pair needs and refuses
 * the rest by name: no shared libraries, no archives, no scripts.
 *
 * <p>The data's way: {@link org.demitasse.image.link.LinkRequest}, input objects, layout, symbols,
 * relocations, image, symbol file. The builder module and the tests call it; a link runs on its
 * caller's thread and shares nothing with another one.
 */
package org.demitasse.image.link;
