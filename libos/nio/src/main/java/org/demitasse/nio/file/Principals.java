package org.demitasse.nio.file;

import java.io.IOException;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;

/** Users and groups: numbers that an image knows two names for, "root" and the program's user. */
final class Principals extends UserPrincipalLookupService {
  private final int user;
  private final String userName;

  Principals(int user, String userName) {
    this.user = user;
    this.userName = userName;
  }

  /** A user of a file. */
  static class User implements UserPrincipal {
    final int id;
    private final String name;

    User(int id, String name) {
      this.id = id;
      this.name = name;
    }

    @Override
    public String getName() {
      return name;
    }

    @Override
    public String toString() {
      return name;
    }

    @Override
    public boolean equals(Object other) {
      return other != null && other.getClass() == getClass() && ((User) other).id == id;
    }

    @Override
    public int hashCode() {
      return id;
    }
  }

  /** A group of a file. */
  static final class Group extends User implements GroupPrincipal {
    Group(int id, String name) {
      super(id, name);
    }
  }

  private String name(int id) {
    return id == 0 ? "root" : id == user ? userName : Integer.toString(id);
  }

  private int id(String name) throws UserPrincipalNotFoundException {
    if (name.equals(userName)) {
      return user;
    }
    if (name.equals("root")) {
      return 0;
    }
    try {
      return Integer.parseInt(name);
    } catch (NumberFormatException e) {
      throw new UserPrincipalNotFoundException(name);
    }
  }

  User user(int id) {
    return new User(id, name(id));
  }

  Group group(int id) {
    return new Group(id, name(id));
  }

  @Override
  public UserPrincipal lookupPrincipalByName(String name) throws IOException {
    return new User(id(name), name);
  }

  @Override
  public GroupPrincipal lookupPrincipalByGroupName(String group) throws IOException {
    return new Group(id(group), group);
  }
}
