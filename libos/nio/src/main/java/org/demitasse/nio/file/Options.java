package org.demitasse.nio.file;

import java.nio.file.CopyOption;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.demitasse.fs.OpenFile;

/** The options and attributes of {@code java.nio.file}, understood and checked. */
final class Options {
  static final int ALL_READ_WRITE = 0666;
  static final int ALL = 0777;

  private Options() {}

  /** True unless links are not to be followed. */
  static boolean follow(LinkOption... options) {
    boolean follow = true;
    for (LinkOption option : options) {
      if (Objects.requireNonNull(option) == LinkOption.NOFOLLOW_LINKS) {
        follow = false;
      }
    }
    return follow;
  }

  /** How a channel is to be opened. */
  static final class Open {
    boolean read;
    boolean write;
    boolean append;
    boolean truncate;
    boolean noFollow;
    boolean create;
    boolean createNew;
    boolean deleteOnClose;

    Open(Iterable<? extends OpenOption> options) {
      for (OpenOption option : options) {
        Objects.requireNonNull(option);
        if (option instanceof StandardOpenOption standard) {
          switch (standard) {
            case READ -> read = true;
            case WRITE -> write = true;
            case APPEND -> append = true;
            case TRUNCATE_EXISTING -> truncate = true;
            case CREATE -> create = true;
            case CREATE_NEW -> createNew = true;
            case DELETE_ON_CLOSE -> deleteOnClose = true;
            case SPARSE, SYNC, DSYNC -> {
              // Files are sparse anyway, and written when the call returns.
            }
          }
        } else if (option == LinkOption.NOFOLLOW_LINKS) {
          noFollow = true;
        } else {
          throw new UnsupportedOperationException(option + " not supported");
        }
      }
    }

    /** The flags of {@link OpenFile}. */
    int flags() {
      int flags = read ? OpenFile.READ : 0;
      if (write) {
        flags |= OpenFile.WRITE;
        flags |= truncate ? OpenFile.TRUNCATE : 0;
        flags |= append ? OpenFile.APPEND : 0;
        flags |= create || createNew ? OpenFile.CREATE : 0;
        flags |= createNew ? OpenFile.EXCLUSIVE : 0;
      }
      if (!createNew && (noFollow || deleteOnClose)) {
        flags |= OpenFile.NO_FOLLOW;
      }
      return flags;
    }
  }

  /** How to copy or move. */
  static final class Copy {
    boolean replace;
    boolean atomic;
    boolean attributes;
    boolean follow = true;

    static Copy ofCopy(CopyOption... options) {
      Copy copy = new Copy();
      for (CopyOption option : options) {
        if (option == StandardCopyOption.REPLACE_EXISTING) {
          copy.replace = true;
        } else if (option == StandardCopyOption.COPY_ATTRIBUTES) {
          copy.attributes = true;
        } else if (option == LinkOption.NOFOLLOW_LINKS) {
          copy.follow = false;
        } else if (!isInterruptible(option)) {
          throw unknown(option);
        }
      }
      return copy;
    }

    /**
     * True for {@code com.sun.nio.file.ExtendedCopyOption.INTERRUPTIBLE}, by name as its module
     * need not be there: a copy that never waits may be interrupted at any time.
     */
    private static boolean isInterruptible(CopyOption option) {
      return option instanceof Enum<?> constant && constant.name().equals("INTERRUPTIBLE");
    }

    static Copy ofMove(CopyOption... options) {
      Copy copy = new Copy();
      copy.attributes = true;
      copy.follow = false;
      for (CopyOption option : options) {
        if (option == StandardCopyOption.REPLACE_EXISTING) {
          copy.replace = true;
        } else if (option == StandardCopyOption.ATOMIC_MOVE) {
          copy.atomic = true;
        } else if (option != LinkOption.NOFOLLOW_LINKS) {
          throw unknown(option);
        }
      }
      return copy;
    }

    private static RuntimeException unknown(CopyOption option) {
      Objects.requireNonNull(option);
      return new UnsupportedOperationException("Unsupported copy option: " + option);
    }
  }

  /** The permissions that a new file is to have. */
  static int permissions(int usual, FileAttribute<?>... attributes) {
    int permissions = usual;
    for (FileAttribute<?> attribute : attributes) {
      String name = attribute.name();
      if (!name.equals("posix:permissions") && !name.equals("unix:permissions")) {
        throw new UnsupportedOperationException(
            "'" + name + "' not supported as initial attribute");
      }
      permissions = permissions((Set<?>) attribute.value());
    }
    return permissions;
  }

  /** Permissions as bits. */
  static int permissions(Set<?> set) {
    int bits = 0;
    for (Object permission : set) {
      // The constants stand in the order of the bits, the owner's read bit first.
      bits |= 0400 >> ((PosixFilePermission) Objects.requireNonNull(permission)).ordinal();
    }
    return bits;
  }

  /** Bits as permissions. */
  static Set<PosixFilePermission> permissions(int bits) {
    Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
    for (PosixFilePermission permission : PosixFilePermission.values()) {
      if ((bits & 0400 >> permission.ordinal()) != 0) {
        set.add(permission);
      }
    }
    return set;
  }
}
