package org.demitasse.image.link;

/** Where a section of an input object goes. */
enum Part {
  /** The PVH note, among the headers. */
  NOTE,
  RODATA,
  TEXT,
  DATA,
  BSS,
  HEAP,
  /** Into the symbol file only. */
  DEBUG,
  DROPPED
}
