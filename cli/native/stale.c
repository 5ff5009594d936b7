/*
 * In a work tree, demi follows its sources: dist/sources names the root of the tree, and its time of
 * change is when the last build began. An installed demi has no such file and is never stale. Running an
 * image does not look: it would cost more than starting the image does.
 */
#include "front.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Set for the second front, after a build: what is still "newer" then lies in the future. */
#define REFRESHED "DEMI_REFRESHED"

static bool newer(const struct stat *file, const struct stat *stamp) {
    return file->st_mtim.tv_sec != stamp->st_mtim.tv_sec
               ? file->st_mtim.tv_sec > stamp->st_mtim.tv_sec
               : file->st_mtim.tv_nsec > stamp->st_mtim.tv_nsec;
}

/* Folders that hold no source of the command. */
static bool skipped(const char *name) {
    static const char *const names[] = {"target", "build", "docs", "bench", "examples", "test",
                                        "tests", "checks", "suite", "scripts"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return name[0] == '.';
}

static bool is_source(const char *name) {
    const char *dot = strrchr(name, '.');
    static const char *const suffixes[] = {".java", ".c", ".h", ".S", ".inc", ".ld", ".sh", ".xml"};
    for (size_t i = 0; dot && i < sizeof suffixes / sizeof *suffixes; i++) {
        if (strcmp(dot, suffixes[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether a source file below is newer, or a source folder has gained or lost a file. Depth is bounded
 * by the tree itself; resources (src/main/resources) count whatever their names. */
static bool tree_newer(int parent, const char *name, const struct stat *stamp, bool inside_main) {
    int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    DIR *entries = folder < 0 ? NULL : fdopendir(folder);
    if (!entries) {
        if (folder >= 0) {
            close(folder);
        }
        return false;
    }
    bool found = false;
    struct stat status;
    if (inside_main && fstat(folder, &status) == 0 && newer(&status, stamp)) {
        found = true;
    }
    for (struct dirent *entry; !found && (entry = readdir(entries));) {
        if (entry->d_type == DT_DIR) {
            /* Below src/main every folder counts: a package may be called anything. */
            if (entry->d_name[0] != '.' && (inside_main || !skipped(entry->d_name))) {
                found = tree_newer(folder, entry->d_name, stamp,
                                   inside_main || strcmp(entry->d_name, "main") == 0);
            }
        } else if (entry->d_type == DT_REG && (inside_main || is_source(entry->d_name))) {
            found = fstatat(folder, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0
                    && newer(&status, stamp);
        }
    }
    closedir(entries);
    return found;
}

void refresh(const struct home *home, char **argv) {
    if (getenv(REFRESHED)) {
        unsetenv(REFRESHED);
        return;
    }
    int file = open(text("%s/sources", home->dist), O_RDONLY | O_CLOEXEC);
    struct stat stamp;
    static char root[PATH_MAX];
    if (file < 0 || fstat(file, &stamp) != 0) {
        return;
    }
    ssize_t length = read(file, root, sizeof root - 1);
    close(file);
    root[length > 0 ? length : 0] = '\0';
    root[strcspn(root, "\n")] = '\0';
    if (root[0] != '/' || !tree_newer(AT_FDCWD, root, &stamp, false)) {
        return;
    }
    const char *script = text("%s/scripts/build", root);
    pid_t builder = fork();
    if (builder == 0) {
        execl(script, script, (char *) NULL);
        fail(EXIT_BUILD_OF_DEMI_FAILED, "cannot start %s: %s", script, strerror(errno));
    }
    int status;
    while (builder > 0 && waitpid(builder, &status, 0) < 0 && errno == EINTR) {
    }
    if (builder < 0 || !WIFEXITED(status)) {
        exit(EXIT_BUILD_OF_DEMI_FAILED);
    }
    if (WEXITSTATUS(status) != 0) {
        exit(WEXITSTATUS(status));
    }
    setenv(REFRESHED, "1", 1);
    const char *front = text("%s/bin/demi-front", home->dist);
    execv(front, argv);
    fail(EXIT_INTERNAL, "cannot start %s: %s", front, strerror(errno));
}
