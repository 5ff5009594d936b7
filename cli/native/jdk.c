/* Finding the JDK, and the command that starts a Java program of ours on it. */
#include "front.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define JDK_FEATURE 25

/* Whether the folder's "release" file names the version that demi needs. */
static bool is_jdk(const char *folder) {
    FILE *release = fopen(text("%s/release", folder), "re");
    if (!release) {
        return false;
    }
    char line[512];
    bool right = false;
    while (fgets(line, sizeof line, release)) {
        if (strncmp(line, "JAVA_VERSION=\"", 14) == 0) {
            right = atoi(line + 14) == JDK_FEATURE;
        }
    }
    fclose(release);
    return right && access(text("%s/bin/javac", folder), X_OK) == 0;
}

static char *first_line(FILE *stream) {
    static char line[PATH_MAX];
    if (!fgets(line, sizeof line, stream)) {
        return NULL;
    }
    line[strcspn(line, "\n")] = '\0';
    return *line ? line : NULL;
}

const char *jdk_find(const struct home *home) {
    const char *folder = getenv("JAVA_HOME");
    if (folder && *folder && is_jdk(folder)) {
        return folder;
    }
    FILE *remembered = fopen(text("%s/jdk", home->dist), "re");
    if (remembered) {
        folder = first_line(remembered);
        fclose(remembered);
        if (folder && is_jdk(folder)) {
            return folder;
        }
    }
    /* The script says itself what is missing and how to get it. */
    FILE *search = popen(text("'%s/bin/find-jdk'", home->dist), "re");
    if (!search) {
        fail(EXIT_INTERNAL, "cannot start %s/bin/find-jdk: %s", home->dist, strerror(errno));
    }
    folder = first_line(search);
    int status = pclose(search);
    if (!folder || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        exit(EXIT_JDK_MISSING);
    }
    return folder;
}

/*
 * Lets java take arguments and file names for UTF-8, as the front does, where no locale says otherwise: in the POSIX
 * locale it would lose every letter beyond ASCII. As Python does it (PEP 538).
 */
static void coerce_posix_locale(void) {
    const char *names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value && *value) {
            if (strcmp(value, "C") == 0 || strcmp(value, "POSIX") == 0) {
                setenv(i == 0 ? "LC_ALL" : "LC_CTYPE", "C.UTF-8", 1);
            }
            return;
        }
    }
    setenv("LC_CTYPE", "C.UTF-8", 1);
}

void java_command(const struct home *home, struct list *command, const char *main_class) {
    coerce_posix_locale();
    list_add(command, text("%s/bin/java", jdk_find(home)));
    /* Short-lived and small: quick to start matters, peak speed does not. */
    list_add(command, "-XX:+UseSerialGC");
    list_add(command, "-XX:TieredStopAtLevel=1");
    list_add(command, "-Xshare:auto");
    list_add(command, "-XX:+AutoCreateSharedArchive");
    if (main_class) {
        list_add(command, text("-XX:SharedArchiveFile=%s.%s", home->archive, main_class));
    } else {
        list_add(command, text("-XX:SharedArchiveFile=%s", home->archive));
    }
    list_add(command, "-Xlog:disable");
    list_add(command, text("-Ddemitasse.home=%s", home->dist));
    if (main_class) {
        list_add(command, "--enable-native-access=ALL-UNNAMED"); /* the gateway's ping sockets */
        list_add(command, "-cp");
        list_add(command, home->cli_jar);
        list_add(command, main_class);
    } else {
        list_add(command, "-jar");
        list_add(command, home->cli_jar);
    }
}
