/*
 * Starting the loader, the gateway and Java, and standing between them and the user: signals go to the
 * program, its exit code comes back.
 */
#include "front.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define GATEWAY_GRACE_SECONDS 2
#define FRAME_BUFFER_BYTES (4 << 20) /* asked for; the kernel gives what net.core.wmem_max allows */
#define HANDOFF_VARIABLE "DEMI_HANDOFF"
#define HANDOFF_MAX (1 << 20)

/* Signals that the front waits for instead of dying of them. */
static sigset_t watched(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGQUIT);
    return set;
}

static pid_t fork_child(void) {
    pid_t parent = getpid();
    pid_t child = fork();
    if (child < 0) {
        fail(EXIT_INTERNAL, "cannot start a process: %s", strerror(errno));
    }
    if (child == 0) {
        sigset_t set = watched();
        sigprocmask(SIG_UNBLOCK, &set, NULL);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) {
            _exit(EXIT_INTERNAL); /* the front went away before the line above took hold */
        }
    }
    return child;
}

static int code_of(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/*
 * Waits for the program and passes signals on. A signal from the terminal has reached the program
 * already, which is of the same process group. When the other process (the gateway, or none: -1)
 * ends first, its wait status is stored and *other set to -1, and the program is asked to end.
 */
static int supervise(pid_t program, pid_t *other, int *other_status) {
    sigset_t set = watched();
    for (;;) {
        int status;
        pid_t ended;
        while ((ended = waitpid(-1, &status, WNOHANG)) > 0) {
            if (ended == program) {
                return code_of(status);
            }
            if (ended == *other) {
                *other = -1;
                *other_status = status;
                kill(program, SIGTERM);
            }
        }
        if (ended < 0 && errno != EINTR) {
            fail(EXIT_INTERNAL, "lost the program: %s", strerror(errno));
        }
        siginfo_t info;
        int number = sigwaitinfo(&set, &info);
        if (number > 0 && number != SIGCHLD && info.si_code != SI_KERNEL) {
            kill(program, number);
        }
    }
}

/* ---- ports ------------------------------------------------------------------------------------ */

static void check_port(const struct forward *forward) {
    bool six = strchr(forward->address, ':') != NULL;
    struct sockaddr_in6 to6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t) forward->host)};
    struct sockaddr_in to4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t) forward->host)};
    inet_pton(six ? AF_INET6 : AF_INET, forward->address,
              six ? (void *) &to6.sin6_addr : (void *) &to4.sin_addr);
    int port = socket(six ? AF_INET6 : AF_INET,
                      (forward->udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);
    if (port < 0) {
        fail(EXIT_INTERNAL, "cannot open a socket: %s", strerror(errno));
    }
    int on = 1;
    if (!forward->udp) { /* connections of an earlier run that linger do not count as taken */
        setsockopt(port, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    }
    if (bind(port, six ? (void *) &to6 : (void *) &to4, six ? sizeof to6 : sizeof to4) != 0
        || (!forward->udp && listen(port, 1) != 0)) {
        const char *kind = forward->udp ? "UDP" : "TCP";
        switch (errno) {
            case EADDRINUSE:
                fail(EXIT_PORT_TAKEN,
                     "%s port %d of %s is taken by another process; give a free one: -p %d:%d "
                     "(who has it: ss -lnp 'sport = :%d')",
                     kind, forward->host, forward->address,
                     forward->host < 64000 ? forward->host + 1000 : forward->host - 1000,
                     forward->guest, forward->host);
            case EACCES:
                fail(EXIT_PORT_DENIED,
                     "%s port %d may be opened by root alone; give one from 1024 up: -p %d:%d", kind,
                     forward->host, forward->host + 8000, forward->guest);
            case EADDRNOTAVAIL:
                fail(EXIT_PORT_DENIED, "%s is no address of this machine (see: ip address)",
                     forward->address);
            default:
                fail(EXIT_PORT_DENIED, "%s port %d of %s cannot be opened: %s", kind, forward->host,
                     forward->address, strerror(errno));
        }
    }
    close(port);
}

/* ---- the sandbox ------------------------------------------------------------------------------ */

static void loader_command(const struct home *home, struct run *run, int net, struct list *command) {
    list_add(command, home->loader);
    for (size_t i = 0; i < run->loader.count; i++) {
        list_add(command, run->loader.items[i]);
    }
    if (net >= 0) {
        list_add(command, "--net");
        list_add(command, text("fd=%d,offload", net));
    } else if (run->tap) {
        list_add(command, "--net");
        list_add(command, run->tap);
    }
    list_add(command, "--");
    for (size_t i = 0; i < run->program.count; i++) {
        list_add(command, run->program.items[i]);
    }
}

_Noreturn static void exec_loader(const struct home *home, struct list *command) {
    execv(home->loader, command->items);
    fail(EXIT_SANDBOX_MISSING, "the sandbox cannot be started: %s: %s", home->loader,
         strerror(errno));
}

static pid_t start_gateway(const struct home *home, const struct run *run, int wire) {
    struct list command = {0};
    java_command(home, &command, "org.demitasse.gateway.Main");
    for (size_t i = 0; i < run->forward_count; i++) {
        const struct forward *forward = &run->forwards[i];
        bool six = strchr(forward->address, ':') != NULL;
        list_add(&command, "--forward");
        list_add(&command, text(six ? "%s:[%s]:%d:%d" : "%s:%s:%d:%d", forward->udp ? "udp" : "tcp",
                                forward->address, forward->host, forward->guest));
    }
    pid_t gateway = fork_child();
    if (gateway == 0) {
        /* Ctrl-C is for the program; the gateway has to live until the program has ended. */
        setpgid(0, 0);
        dup2(wire, STDIN_FILENO);
        dup2(wire, STDOUT_FILENO);
        execv(command.items[0], command.items);
        fail(EXIT_GATEWAY_FAILED, "cannot start %s: %s", command.items[0], strerror(errno));
    }
    return gateway;
}

/* The wire is closed on the program's side: the gateway delivers what is under way and ends. */
static void end_gateway(pid_t gateway) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    struct timespec grace = {.tv_sec = GATEWAY_GRACE_SECONDS};
    while (waitpid(gateway, NULL, WNOHANG) == 0) {
        if (sigtimedwait(&set, NULL, &grace) < 0 && errno == EAGAIN) {
            kill(gateway, SIGKILL);
            waitpid(gateway, NULL, 0);
            return;
        }
    }
}

void run_image(const struct home *home, struct run *run) {
    struct list command = {0};
    if (!run->gateway) {
        loader_command(home, run, -1, &command);
        exec_loader(home, &command);
    }
    for (size_t i = 0; i < run->forward_count; i++) {
        check_port(&run->forwards[i]);
    }
    int wire[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, wire) != 0) {
        fail(EXIT_INTERNAL, "cannot make the wire to the gateway: %s", strerror(errno));
    }
    for (int end = 0; end < 2; end++) {
        int bytes = FRAME_BUFFER_BYTES;
        setsockopt(wire[end], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
        setsockopt(wire[end], SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    }
    sigset_t set = watched();
    sigprocmask(SIG_BLOCK, &set, NULL);
    loader_command(home, run, wire[0], &command);
    pid_t program = fork_child();
    if (program == 0) {
        fcntl(wire[0], F_SETFD, 0);
        exec_loader(home, &command);
    }
    pid_t gateway = start_gateway(home, run, wire[1]);
    close(wire[0]);
    close(wire[1]);
    pid_t waited = gateway;
    int status = 0;
    int code = supervise(program, &waited, &status);
    if (waited < 0) {
        fail(EXIT_GATEWAY_FAILED,
             "the gateway to the host's network ended while the program ran (%s %d); the program was "
             "told to end and left with code %d",
             WIFEXITED(status) ? "exit code" : "signal",
             WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status), code);
    }
    end_gateway(gateway);
    exit(code);
}

/* ---- Java ------------------------------------------------------------------------------------- */

static void exec_java(const struct home *home, int argc, char **argv) {
    struct list command = {0};
    java_command(home, &command, NULL);
    for (int i = 0; i < argc; i++) {
        list_add(&command, argv[i]);
    }
    execv(command.items[0], command.items);
    fail(EXIT_JDK_MISSING, "cannot start %s: %s", command.items[0], strerror(errno));
}

void run_java_exec(const struct home *home, int argc, char **argv) {
    exec_java(home, argc, argv);
    abort();
}

static size_t read_all(int file, char *bytes, size_t capacity) {
    size_t length = 0;
    ssize_t got;
    while ((got = read(file, bytes + length, capacity - length)) > 0) {
        length += (size_t) got;
    }
    return length;
}

/*
 * Java gets the front's whole command line and a file to leave a hand-off in: the words of a run that
 * the front can do, each ended by a NUL. When it leaves one and ends with 0, that is run.
 */
void run_java_then_image(const struct home *home, int argc, char **argv) {
    FILE *handoff = tmpfile();
    if (!handoff) {
        fail(EXIT_INTERNAL, "cannot make a temporary file: %s", strerror(errno));
    }
    int file = fileno(handoff);
    sigset_t set = watched();
    sigprocmask(SIG_BLOCK, &set, NULL);
    pid_t java = fork_child();
    if (java == 0) {
        setenv(HANDOFF_VARIABLE, text("/proc/self/fd/%d", file), 1);
        exec_java(home, argc, argv);
    }
    pid_t none = -1;
    int unused;
    int code = supervise(java, &none, &unused);
    char *words = malloc(HANDOFF_MAX + 1);
    lseek(file, 0, SEEK_SET);
    size_t length = words ? read_all(file, words, HANDOFF_MAX) : 0;
    fclose(handoff);
    if (code != 0 || length == 0) {
        exit(code);
    }
    words[length] = '\0';
    struct list arguments = {0};
    for (size_t at = 0; at < length; at += strlen(words + at) + 1) {
        list_add(&arguments, words + at);
    }
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    static struct run run;
    if (!run_parse(&run, (int) arguments.count, arguments.items)) {
        fail(EXIT_INTERNAL, "the command line handed over a run that cannot be understood");
    }
    run_image(home, &run);
}
