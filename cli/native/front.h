/*
 * demi-front: the native face of the command `demi`.
 *
 * An image that is built already must start without a JVM in its way. The front knows that one case
 * (run, in the sandbox, of an ELF file) and hands it to the loader; whatever else the user asks goes to
 * the command line in Java, which parses it in full and answers all mistakes. When Java had to
 * build something first, it ends and hands the finished run back here, so that no JVM stays beside the
 * program either.
 */
#ifndef FRONT_H
#define FRONT_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Exit codes, as in org.demitasse.cli.ExitCode and docs/exit-codes.md. */
enum exit_code {
    EXIT_USAGE = 64,
    EXIT_INTERNAL = 70,
    EXIT_PORT_TAKEN = 76,
    EXIT_PORT_DENIED = 77,
    EXIT_SANDBOX_MISSING = 79,
    EXIT_GATEWAY_FAILED = 80,
    EXIT_JDK_MISSING = 83,
    EXIT_BUILD_OF_DEMI_FAILED = 84
};

/* Where the parts of demi lie; all below the folder that holds bin/demi-front. */
struct home {
    char dist[PATH_MAX];
    char loader[PATH_MAX];
    char cli_jar[PATH_MAX];
    char archive[PATH_MAX]; /* class data archive of the command line, made on first use */
};

/* A list of strings that ends with a null pointer, as execv takes it. */
struct list {
    char **items;
    size_t count;
    size_t capacity;
};

#define FORWARDS_MAX 64

/* One -p: a port of the host that leads to a port of the program. */
struct forward {
    bool udp;
    char address[64]; /* of the host, numeric */
    int host;
    int guest;
};

/* A run that the front can do by itself. */
struct run {
    struct list loader;   /* options for the loader, without the program's name and without --net */
    struct list program;  /* image and arguments */
    char *tap;            /* --net tap=...: the loader's text, or null */
    bool gateway;         /* a network through the gateway is wanted */
    struct forward forwards[FORWARDS_MAX];
    size_t forward_count;
};

/* front.c */
_Noreturn void fail(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));
void list_add(struct list *list, const char *item);
char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* arguments.c: true when argv (what follows "run") is a run that needs no Java. */
bool run_parse(struct run *run, int argc, char **argv);

/* jdk.c: the home folder of a JDK 25; ends the process when there is none. */
const char *jdk_find(const struct home *home);
void java_command(const struct home *home, struct list *command, const char *main_class);

/* stale.c: builds demi again when its sources are newer than it is. */
void refresh(const struct home *home, char **argv);

/* supervise.c */
_Noreturn void run_image(const struct home *home, struct run *run);
_Noreturn void run_java_exec(const struct home *home, int argc, char **argv);
_Noreturn void run_java_then_image(const struct home *home, int argc, char **argv);

#endif
