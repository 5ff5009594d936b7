/*
 * One measurement of one command, without a shell in between. Prints "name value" lines, times in microseconds
 * and memory in bytes.
 *
 *   measure line COMMAND...                        from spawn to the first line of output, and to the end
 *   measure http ADDRESS PORT CONNECTIONS SECONDS COMMAND...
 *                                                  from spawn to the first byte of the first HTTP answer; then,
 *                                                  when SECONDS is not 0, keep-alive requests over CONNECTIONS
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static void die(const char *what) {
    fprintf(stderr, "measure: %s: %s\n", what, strerror(errno));
    exit(1);
}

static double now_us(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double) time.tv_sec * 1e6 + (double) time.tv_nsec / 1e3;
}

static pid_t spawn(char **command, int *output) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        die("pipe");
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    pid_t child;
    int error = posix_spawnp(&child, command[0], &actions, NULL, command, environ);
    if (error != 0) {
        errno = error;
        die(command[0]);
    }
    close(ends[1]);
    *output = ends[0];
    return child;
}

static int finish(pid_t child) {
    struct rusage usage;
    int status;
    if (wait4(child, &status, 0, &usage) < 0) {
        die("wait");
    }
    printf("memory %ld\n", usage.ru_maxrss * 1024L);
    printf("processor %.0f\n", (double) usage.ru_utime.tv_sec * 1e6 + (double) usage.ru_utime.tv_usec
                                   + (double) usage.ru_stime.tv_sec * 1e6 + (double) usage.ru_stime.tv_usec);
    return status;
}

static int measure_line(char **command) {
    int output;
    double started = now_us();
    pid_t child = spawn(command, &output);
    char bytes[4096];
    bool seen = false;
    ssize_t length;
    while ((length = read(output, bytes, sizeof bytes)) > 0) {
        if (!seen && memchr(bytes, '\n', (size_t) length)) {
            printf("first %.0f\n", now_us() - started);
            seen = true;
        }
    }
    int status = finish(child);
    printf("whole %.0f\n", now_us() - started);
    if (!seen || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "measure: %s printed no line or failed\n", command[0]);
        return 1;
    }
    return 0;
}

/* ---- HTTP --------------------------------------------------------------------------------------- */

static struct sockaddr_in server;
static const char request[] = "GET / HTTP/1.1\r\nHost: bench\r\n\r\n";

static int try_connect(int timeout_ms) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, (struct sockaddr *) &server, sizeof server) == 0) {
        return fd;
    }
    if (errno == EINPROGRESS) {
        struct pollfd ready = {fd, POLLOUT, 0};
        int error = 1;
        socklen_t size = sizeof error;
        if (poll(&ready, 1, timeout_ms) == 1 && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0) {
            return fd;
        }
    }
    close(fd);
    return -1;
}

/* A SYN that was lost while the machine started is sent again after a second: rather try anew soon. */
static double first_answer(double started) {
    while (now_us() - started < 60e6) {
        int fd = try_connect(2);
        if (fd < 0) {
            usleep(200);
            continue;
        }
        char byte;
        struct pollfd ready = {fd, POLLIN, 0};
        if (write(fd, request, sizeof request - 1) > 0 && poll(&ready, 1, 2000) == 1 && read(fd, &byte, 1) == 1) {
            double at = now_us();
            close(fd);
            return at - started;
        }
        close(fd);
    }
    fprintf(stderr, "measure: no answer within a minute\n");
    return -1;
}

struct connection {
    int fd;
    size_t have;
    char bytes[4096];
};

/* Bytes of the whole answer at the buffer's begin, 0 when more has to come, -1 when it is no good answer. */
static long answer_length(const struct connection *connection) {
    const char *end = memmem(connection->bytes, connection->have, "\r\n\r\n", 4);
    if (!end) {
        return connection->have == sizeof connection->bytes ? -1 : 0;
    }
    if (memcmp(connection->bytes, "HTTP/1.1 200", 12) != 0) {
        return -1;
    }
    static const char header[] = "content-length:";
    long body = 0;
    for (const char *at = connection->bytes; at + sizeof header < end; at++) {
        if (strncasecmp(at, header, sizeof header - 1) == 0) {
            body = strtol(at + sizeof header - 1, NULL, 10);
        }
    }
    long whole = end + 4 - connection->bytes + body;
    return (size_t) whole <= connection->have ? whole : 0;
}

static void load(int count, double seconds) {
    struct connection *connections = calloc((size_t) count, sizeof *connections);
    int events = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < count; i++) {
        connections[i].fd = try_connect(5000);
        if (connections[i].fd < 0) {
            die("connect");
        }
        struct epoll_event event = {EPOLLIN, {.ptr = &connections[i]}};
        epoll_ctl(events, EPOLL_CTL_ADD, connections[i].fd, &event);
        if (write(connections[i].fd, request, sizeof request - 1) < 0) {
            die("write");
        }
    }
    long answers = 0, failures = 0;
    double started = now_us();
    while (now_us() - started < seconds * 1e6) {
        struct epoll_event ready[64];
        int n = epoll_wait(events, ready, 64, 1000);
        for (int i = 0; i < n; i++) {
            struct connection *connection = ready[i].data.ptr;
            ssize_t got = read(connection->fd, connection->bytes + connection->have,
                               sizeof connection->bytes - connection->have);
            if (got < 0 && errno == EAGAIN) {
                continue;
            }
            connection->have += got > 0 ? (size_t) got : 0;
            long length = got > 0 ? answer_length(connection) : -1;
            if (length < 0) {
                failures++;
                close(connection->fd);
                continue;
            }
            if (length > 0) {
                answers++;
                connection->have -= (size_t) length;
                memmove(connection->bytes, connection->bytes + length, connection->have);
                if (write(connection->fd, request, sizeof request - 1) < 0) {
                    failures++;
                }
            }
        }
    }
    printf("requests %.0f\n", (double) answers / ((now_us() - started) / 1e6));
    printf("failures %ld\n", failures);
}

static long resident(pid_t child) {
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/%d/status", child);
    FILE *file = fopen(path, "re");
    long kilobytes = 0;
    while (file && fgets(line, sizeof line, file)) {
        sscanf(line, "VmRSS: %ld", &kilobytes);
    }
    if (file) {
        fclose(file);
    }
    return kilobytes * 1024;
}

static int measure_http(int argc, char **argv) {
    if (argc < 5) {
        fprintf(stderr, "usage: measure http ADDRESS PORT CONNECTIONS SECONDS COMMAND...\n");
        return 64;
    }
    server.sin_family = AF_INET;
    server.sin_port = htons((uint16_t) atoi(argv[1]));
    inet_pton(AF_INET, argv[0], &server.sin_addr);
    int output;
    double started = now_us();
    pid_t child = spawn(argv + 4, &output);
    double first = first_answer(started);
    if (first >= 0) {
        printf("first %.0f\n", first);
        printf("resident %ld\n", resident(child));
        if (atof(argv[3]) > 0) {
            load(atoi(argv[2]), atof(argv[3]));
            printf("resident-after %ld\n", resident(child));
        }
    }
    kill(child, SIGKILL);
    finish(child);
    return first >= 0 ? 0 : 1;
}

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN);
    if (argc >= 3 && strcmp(argv[1], "line") == 0) {
        return measure_line(argv + 2);
    }
    if (argc >= 3 && strcmp(argv[1], "http") == 0) {
        return measure_http(argc - 2, argv + 2);
    }
    fprintf(stderr, "usage: measure line COMMAND... | http ADDRESS PORT CONNECTIONS SECONDS COMMAND...\n");
    return 64;
}
