/**
 * The image file: its format, the reader that refuses everything that is not a whole image, the
 * manifest of what is inside, and the texts of {@code demi inspect}.
 *
 * <p>The rules are those of {@code docs/image-format.md}; the sandbox loader checks the same ones.
 * Images are made by {@code org.demitasse.image.link}.
 *
 * <p>Anyone may call it, on any thread; all values are immutable.
 */
package org.demitasse.image;
