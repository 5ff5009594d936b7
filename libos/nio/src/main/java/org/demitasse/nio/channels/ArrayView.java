package org.demitasse.nio.channels;

import java.nio.ByteBuffer;

/** A buffer over the array that a stream or packet used last: mostly it is the same one again. */
final class ArrayView {
  private ByteBuffer view;

  /** Returns a buffer whose position and limit are these bytes; good until the next call. */
  ByteBuffer of(byte[] array, int offset, int length) {
    if (view == null || view.array() != array) {
      view = ByteBuffer.wrap(array);
    }
    return view.clear().position(offset).limit(offset + length);
  }
}
