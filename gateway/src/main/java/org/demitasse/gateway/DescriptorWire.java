package org.demitasse.gateway;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Standard input and output as a wire: a socket that keeps frames apart, with their headers. */
final class DescriptorWire implements Wire {
  private final FileInputStream input;
  private final FileChannel inputChannel;
  private final FileChannel outputChannel;

  // The channels are the process's standard streams: they end with the process.
  @SuppressWarnings("resource")
  DescriptorWire() {
    input = new FileInputStream(FileDescriptor.in);
    inputChannel = input.getChannel();
    outputChannel = new FileOutputStream(FileDescriptor.out).getChannel();
  }

  @Override
  public int header() {
    return FrameHeader.BYTES;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    return inputChannel.read(target);
  }

  @Override
  public boolean hasNext() throws IOException {
    return input.available() > 0;
  }

  @Override
  public void write(ByteBuffer frame) throws IOException {
    outputChannel.write(frame);
  }
}
