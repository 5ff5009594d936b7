/*
 * Linux's end of bench/net: moves bytes and datagrams over the kernel's sockets and prints what it saw.
 *   peer serve                              ports as in Endpoints.java: 5001 takes, 5002 gives, 5003 returns datagrams
 *   peer send HOST SECONDS [CONNECTIONS]    TCP to 5001; prints "bytes_per_second N" as the receiver counted
 *   peer receive HOST SECONDS [CONNECTIONS] TCP from 5002; prints "bytes_per_second N"
 *   peer datagrams HOST SECONDS WINDOW SIZE UDP to 5003, WINDOW under way; prints "echoes_per_second N" and "lost N"
 *   peer pings HOST SECONDS WINDOW SIZE     the same with ICMP echo (a ping or a raw socket)
 *   peer connect HOST SECONDS               TCP connections to 5005 that echo a byte each, one after the other;
 *                                           "connections_per_second N" and "slowest_ms N"
 *   peer idle HOST COUNT ACTIVE SECONDS     COUNT connections to 5005 that do nothing, and beside them ACTIVE ones that
 *                                           echo 64 bytes in turns; "echoes_per_second N", "slowest_ms N" and
 *                                           "alive N": idle ones that still echo at the end
 *   peer flood HOST SECONDS RATE            SYNs to 5005 from made-up addresses of 10.0.0.0/8, RATE a second;
 *                                           prints "syns_per_second N" as they were sent
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 256 << 10, TAKE = 5001, GIVE = 5002, RETURN = 5003, GREET = 5004, ECHO = 5005, SLOTS = 65536 };

static char buffer[CHUNK];

static void die(const char *what) {
    fprintf(stderr, "peer: %s: %s\n", what, strerror(errno));
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static socklen_t address_of(const char *host, int port, struct sockaddr_storage *address) {
    struct sockaddr_in *four = (void *)address;
    struct sockaddr_in6 *six = (void *)address;
    memset(address, 0, sizeof *address);
    if (inet_pton(AF_INET, host, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons(port);
        return sizeof *four;
    }
    if (inet_pton(AF_INET6, host, &six->sin6_addr) != 1) {
        fprintf(stderr, "peer: not an address: %s\n", host);
        exit(64);
    }
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(port);
    return sizeof *six;
}

static int dial(const char *host, int port, int type) {
    struct sockaddr_storage address;
    socklen_t length = address_of(host, port, &address);
    for (double end = now() + 10;; usleep(20000)) { /* the other end may still be starting */
        int peer = socket(address.ss_family, type, 0);
        if (peer < 0) {
            die("socket");
        }
        if (connect(peer, (void *)&address, length) == 0) {
            return peer;
        }
        close(peer);
        if (now() > end) {
            die(host);
        }
    }
}

static int listen_on(int port, int type) {
    struct sockaddr_in6 any = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    int on = 1;
    int listener = socket(AF_INET6, type, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (listener < 0 || bind(listener, (void *)&any, sizeof any) != 0 ||
        (type == SOCK_STREAM && listen(listener, 128) != 0)) {
        die("cannot listen");
    }
    return listener;
}

static void serve_one(int peer, int port) {
    uint64_t total = 0;
    ssize_t n;
    if (port == TAKE) {
        while ((n = recv(peer, buffer, CHUNK, 0)) > 0) {
            total += (uint64_t)n;
        }
        total = htobe64(total);
        send(peer, &total, sizeof total, MSG_NOSIGNAL);
    } else if (port == GIVE) {
        while (send(peer, buffer, CHUNK, MSG_NOSIGNAL) > 0) {
        }
    } else {
        send(peer, "hello\n", 6, MSG_NOSIGNAL);
    }
    close(peer);
}

static void serve(void) {
    signal(SIGCHLD, SIG_IGN);
    int ports[] = {TAKE, GIVE, GREET};
    for (int i = 0; i < 3; i++) {
        int listener = listen_on(ports[i], SOCK_STREAM);
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            for (;;) {
                int peer = accept(listener, 0, 0);
                if (peer >= 0 && fork() == 0) {
                    serve_one(peer, ports[i]);
                    _exit(0);
                }
                close(peer);
            }
        }
        close(listener);
    }
    int datagrams = listen_on(RETURN, SOCK_DGRAM);
    puts("ready");
    fflush(stdout);
    for (;;) {
        struct sockaddr_storage from;
        socklen_t length = sizeof from;
        ssize_t n = recvfrom(datagrams, buffer, CHUNK, 0, (void *)&from, &length);
        if (n >= 0) {
            sendto(datagrams, buffer, (size_t)n, 0, (void *)&from, length);
        }
    }
}

static double bulk_send(const char *host, double seconds) {
    int peer = dial(host, TAKE, SOCK_STREAM);
    double start = now();
    while (now() - start < seconds) {
        if (send(peer, buffer, CHUNK, MSG_NOSIGNAL) < 0) {
            die("send");
        }
    }
    shutdown(peer, SHUT_WR);
    uint64_t total = 0;
    if (recv(peer, &total, sizeof total, MSG_WAITALL) != sizeof total) {
        die("no answer");
    }
    return be64toh(total) / (now() - start);
}

static double bulk_receive(const char *host, double seconds) {
    int peer = dial(host, GIVE, SOCK_STREAM);
    double start = now();
    uint64_t total = 0;
    while (now() - start < seconds) {
        ssize_t n = recv(peer, buffer, CHUNK, 0);
        if (n <= 0) {
            die("recv");
        }
        total += (uint64_t)n;
    }
    return total / (now() - start);
}

/* Several connections at once, each in a process of its own; their sum. */
static void bulk(const char *host, double seconds, int count, double (*move)(const char *, double)) {
    int ends[2];
    if (pipe(ends) != 0) {
        die("pipe");
    }
    for (int i = 0; i < count; i++) {
        if (fork() == 0) {
            double rate = move(host, seconds);
            _exit(write(ends[1], &rate, sizeof rate) == sizeof rate ? 0 : 1);
        }
    }
    close(ends[1]);
    double total = 0, rate;
    int answers = 0;
    while (read(ends[0], &rate, sizeof rate) == sizeof rate) {
        total += rate;
        answers++;
    }
    if (answers != count) {
        fprintf(stderr, "peer: %d of %d connections failed\n", count - answers, count);
        exit(1);
    }
    printf("bytes_per_second %.0f\n", total);
}

static uint16_t checksum(const uint8_t *bytes, size_t length) {
    uint32_t sum = 0;
    for (size_t i = 0; i + 1 < length; i += 2) {
        sum += (uint32_t)(bytes[i] << 8 | bytes[i + 1]);
    }
    if (length & 1) {
        sum += (uint32_t)bytes[length - 1] << 8;
    }
    sum = (sum >> 16) + (sum & 0xffff);
    return (uint16_t)~(sum + (sum >> 16));
}

/* Keeps a window of numbered requests under way; what does not come back within a second is lost. */
static void echoes(const char *host, double seconds, int window, size_t size, int icmp) {
    static double sent_at[SLOTS];
    struct sockaddr_storage address;
    socklen_t length = address_of(host, RETURN, &address);
    int peer = socket(address.ss_family, icmp ? SOCK_RAW : SOCK_DGRAM, icmp ? IPPROTO_ICMP : 0);
    int offset = icmp ? 20 : 0; /* a raw socket gives the IP header, too */
    if (peer < 0 || connect(peer, (void *)&address, length) != 0) {
        die("socket");
    }
    if (size < 12 || window >= SLOTS / 2) {
        fprintf(stderr, "peer: a SIZE from 12 and a WINDOW below %d\n", SLOTS / 2);
        exit(64);
    }
    uint8_t *out = calloc(1, size);
    uint32_t next = 0, under_way = 0, oldest = 0;
    uint64_t answers = 0, lost = 0;
    double start = now(), time = start;
    while ((time = now()) - start < seconds) {
        while (under_way < (uint32_t)window) {
            if (icmp) {
                out[0] = 8;
                out[2] = out[3] = 0;
                out[4] = 0xde;
                out[6] = (uint8_t)(next >> 8);
                out[7] = (uint8_t)next;
            }
            memcpy(out + 8, &next, 4);
            if (icmp) {
                uint16_t sum = checksum(out, size);
                out[2] = (uint8_t)(sum >> 8);
                out[3] = (uint8_t)sum;
            }
            sent_at[next % SLOTS] = time;
            if (send(peer, out, size, MSG_NOSIGNAL) < 0 && errno != ECONNREFUSED && errno != ENOBUFS) {
                die("send");
            }
            next++;
            under_way++;
        }
        struct pollfd ready = {peer, POLLIN, 0};
        poll(&ready, 1, 100);
        ssize_t n;
        while ((n = recv(peer, buffer, CHUNK, MSG_DONTWAIT)) >= 0) {
            uint32_t number;
            if (n < (ssize_t)size + offset || (icmp && (buffer[offset] != 0 || (uint8_t)buffer[offset + 4] != 0xde))) {
                continue;
            }
            memcpy(&number, buffer + offset + 8, 4);
            if (next - number <= SLOTS && sent_at[number % SLOTS] != 0) {
                sent_at[number % SLOTS] = 0;
                answers++;
                under_way--;
            }
        }
        for (; oldest != next && (sent_at[oldest % SLOTS] == 0 || time - sent_at[oldest % SLOTS] > 1); oldest++) {
            if (sent_at[oldest % SLOTS] != 0) {
                sent_at[oldest % SLOTS] = 0;
                lost++;
                under_way--;
            }
        }
    }
    printf("echoes_per_second %.0f\nlost %llu\n", answers / (time - start), (unsigned long long)lost);
}

static void connections(const char *host, double seconds) {
    double start = now(), slowest = 0;
    uint64_t count = 0;
    while (now() - start < seconds) {
        double began = now();
        int peer = dial(host, ECHO, SOCK_STREAM);
        struct timeval patience = {20, 0};
        setsockopt(peer, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        if (send(peer, buffer, 1, MSG_NOSIGNAL) != 1 || recv(peer, buffer, 1, 0) != 1) {
            die("no echo");
        }
        struct linger at_once = {1, 0}; /* or this end runs out of ports */
        setsockopt(peer, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        close(peer);
        count++;
        slowest = now() - began > slowest ? now() - began : slowest;
    }
    printf("connections_per_second %.0f\nslowest_ms %.1f\n", count / (now() - start), slowest * 1000);
}

/* Sends a byte on each connection, then takes the answers; returns how many came within ten seconds each. */
static int echo_all(const int *peers, int count) {
    struct timeval patience = {10, 0};
    int answers = 0;
    for (int i = 0; i < count; i++) {
        char sent = (char)i;
        (void)send(peers[i], &sent, 1, MSG_NOSIGNAL);
        if (i % 100 == 99 || i == count - 1) { /* a few at a time: the answers wait in this end's memory */
            for (int j = i - i % 100; j <= i; j++) {
                char got = (char)(j + 1);
                setsockopt(peers[j], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
                answers += recv(peers[j], &got, 1, 0) == 1 && got == (char)j;
            }
        }
    }
    return answers;
}

static void idle(const char *host, int count, int active, double seconds) {
    enum { SIZE = 64 };
    int *peers = calloc((size_t)count, sizeof *peers);
    struct pollfd *busy = calloc((size_t)active, sizeof *busy);
    double *since = calloc((size_t)active, sizeof *since);
    int *received = calloc((size_t)active, sizeof *received);
    for (int i = 0; i < count; i++) {
        peers[i] = dial(host, ECHO, SOCK_STREAM);
    }
    if (echo_all(peers, count) != count) {
        fprintf(stderr, "peer: not all of %d connections echo\n", count);
        exit(1);
    }
    uint64_t echoes = 0;
    double slowest = 0, start = now(), time = start;
    for (int i = 0; i < active; i++) {
        busy[i] = (struct pollfd){dial(host, ECHO, SOCK_STREAM), POLLIN, 0};
        since[i] = now();
        if (send(busy[i].fd, buffer, SIZE, MSG_NOSIGNAL) != SIZE) {
            die("send");
        }
    }
    for (start = now(); (time = now()) - start < seconds;) {
        if (poll(busy, (nfds_t)active, 10000) == 0) {
            errno = ETIMEDOUT;
            die("echo");
        }
        for (int i = 0; i < active; i++) {
            if (busy[i].revents == 0) {
                continue;
            }
            ssize_t n = recv(busy[i].fd, buffer, (size_t)(SIZE - received[i]), 0);
            if (n <= 0) {
                die("recv");
            }
            received[i] += (int)n;
            if (received[i] == SIZE) {
                double took = now() - since[i];
                slowest = took > slowest ? took : slowest;
                received[i] = 0;
                echoes++;
                since[i] = now();
                if (send(busy[i].fd, buffer, SIZE, MSG_NOSIGNAL) != SIZE) {
                    die("send");
                }
            }
        }
    }
    printf("echoes_per_second %.0f\nslowest_ms %.1f\nalive %d\n", (double)echoes / (time - start), slowest * 1000,
           echo_all(peers, count));
}

/* One IPv4 packet with a SYN, its address, port and sequence number made from the number. */
static void make_syn(uint8_t packet[40], uint32_t destination, uint32_t number) {
    uint32_t mixed = number * 2654435761u;
    memset(packet, 0, 40);
    packet[0] = 0x45;
    packet[3] = 40;
    packet[8] = 64;
    packet[9] = IPPROTO_TCP;
    packet[12] = 10;
    packet[13] = (uint8_t)(200 | mixed >> 24); /* 10.200.0.0 and above: nobody here */
    packet[14] = (uint8_t)(mixed >> 16);
    packet[15] = (uint8_t)(mixed >> 8);
    memcpy(packet + 16, &destination, 4);
    packet[20] = (uint8_t)(4 + (mixed & 63));
    packet[21] = (uint8_t)number;
    packet[22] = ECHO >> 8;
    packet[23] = ECHO & 255;
    memcpy(packet + 24, &mixed, 4);
    packet[32] = 0x50;
    packet[33] = 2;
    packet[34] = 0xff;
    uint8_t pseudo[32];
    memcpy(pseudo, packet + 12, 8);
    memcpy(pseudo + 8, (uint8_t[]){0, IPPROTO_TCP, 0, 20}, 4);
    memcpy(pseudo + 12, packet + 20, 20);
    uint16_t sum = checksum(pseudo, sizeof pseudo);
    packet[36] = (uint8_t)(sum >> 8);
    packet[37] = (uint8_t)sum;
}

static void flood(const char *host, double seconds, double rate) {
    enum { BATCH = 32 };
    static uint8_t packets[BATCH][40];
    struct sockaddr_in address = {.sin_family = AF_INET};
    int peer = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
    if (peer < 0 || inet_pton(AF_INET, host, &address.sin_addr) != 1) {
        die("raw socket");
    }
    struct iovec parts[BATCH];
    struct mmsghdr messages[BATCH];
    memset(messages, 0, sizeof messages);
    for (int i = 0; i < BATCH; i++) {
        parts[i] = (struct iovec){packets[i], 40};
        messages[i].msg_hdr = (struct msghdr){.msg_name = &address, .msg_namelen = sizeof address,
                                              .msg_iov = &parts[i], .msg_iovlen = 1};
    }
    uint64_t sent = 0;
    double start = now(), time;
    while ((time = now() - start) < seconds) {
        if ((double)sent > time * rate) {
            usleep(100);
            continue;
        }
        for (int i = 0; i < BATCH; i++) {
            make_syn(packets[i], address.sin_addr.s_addr, (uint32_t)sent + (uint32_t)i);
        }
        int n = sendmmsg(peer, messages, BATCH, 0);
        if (n < 0 && errno != ENOBUFS) {
            die("sendmmsg");
        }
        sent += n > 0 ? (uint64_t)n : 0;
    }
    printf("syns_per_second %.0f\n", (double)sent / seconds);
}

int main(int count, char **words) {
    const char *what = count > 1 ? words[1] : "";
    double seconds = count > 3 ? atof(words[3]) : 0;
    if (strcmp(what, "serve") == 0) {
        serve();
    } else if (strcmp(what, "send") == 0 && count >= 4) {
        bulk(words[2], seconds, count > 4 ? atoi(words[4]) : 1, bulk_send);
    } else if (strcmp(what, "receive") == 0 && count >= 4) {
        bulk(words[2], seconds, count > 4 ? atoi(words[4]) : 1, bulk_receive);
    } else if ((strcmp(what, "datagrams") == 0 || strcmp(what, "pings") == 0) && count == 6) {
        echoes(words[2], seconds, atoi(words[4]), (size_t)atoi(words[5]), *what == 'p');
    } else if (strcmp(what, "connect") == 0 && count == 4) {
        connections(words[2], seconds);
    } else if (strcmp(what, "idle") == 0 && count == 6) {
        idle(words[2], atoi(words[3]), atoi(words[4]), atof(words[5]));
    } else if (strcmp(what, "flood") == 0 && count == 5) {
        flood(words[2], seconds, atof(words[4]));
    } else {
        fputs("usage: see the head of peer.c\n", stderr);
        return 64;
    }
    return 0;
}
