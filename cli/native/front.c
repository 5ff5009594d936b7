/* Entry of demi-front: finds its own parts and decides who answers. */
#include "front.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void fail(int code, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("demi: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(code);
}

void list_add(struct list *list, const char *item) {
    if (list->count + 2 > list->capacity) {
        list->capacity = list->capacity ? list->capacity * 2 : 32;
        list->items = realloc(list->items, list->capacity * sizeof *list->items);
        if (!list->items) {
            fail(EXIT_INTERNAL, "out of memory");
        }
    }
    list->items[list->count++] = (char *) item;
    list->items[list->count] = NULL;
}

char *text(const char *format, ...) {
    char *result;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&result, format, arguments) < 0) {
        fail(EXIT_INTERNAL, "out of memory");
    }
    va_end(arguments);
    return result;
}

static void join(char *path, const char *folder, const char *name) {
    if (snprintf(path, PATH_MAX, "%s/%s", folder, name) >= PATH_MAX) {
        fail(EXIT_INTERNAL, "the path of demi is too long: %s/%s", folder, name);
    }
}

static void find_home(struct home *home) {
    ssize_t length = readlink("/proc/self/exe", home->dist, sizeof home->dist - 1);
    if (length < 0) {
        fail(EXIT_INTERNAL, "cannot find where demi lies: /proc/self/exe: %s", strerror(errno));
    }
    home->dist[length] = '\0';
    for (int up = 0; up < 2; up++) { /* bin/demi-front */
        char *slash = strrchr(home->dist, '/');
        if (!slash) {
            fail(EXIT_INTERNAL, "cannot find where demi lies: %s", home->dist);
        }
        *slash = '\0';
    }
    join(home->loader, home->dist, "bin/demi-loader");
    join(home->cli_jar, home->dist, "lib/demitasse-cli.jar");
    join(home->archive, home->dist, "lib/demitasse-cli.jsa");
}

int main(int argc, char **argv) {
    static struct home home;
    find_home(&home);
    bool is_run = argc >= 2 && strcmp(argv[1], "run") == 0;
    static struct run run;
    if (is_run && run_parse(&run, argc - 2, argv + 2)) {
        run_image(&home, &run); /* at once: a finished image waits for no look at demi's sources */
    }
    refresh(&home, argv);
    if (is_run) {
        run_java_then_image(&home, argc - 1, argv + 1);
    }
    run_java_exec(&home, argc - 1, argv + 1);
}
