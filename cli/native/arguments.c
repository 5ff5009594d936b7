/*
 * The command line of `demi run IMAGE`, as far as it can be done without Java. Whatever is not
 * understood here, right or wrong, is left to Java: it knows all options and all messages.
 */
#include "front.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* 256M, 1G, 65536: bytes; 0 when it is no size. */
static uint64_t parse_size(const char *size) {
    if (!isdigit((unsigned char) *size)) {
        return 0;
    }
    char *end;
    uint64_t value = strtoull(size, &end, 10);
    int shift = 0;
    switch (*end) {
        case 'k': case 'K': shift = 10; end++; break;
        case 'm': case 'M': shift = 20; end++; break;
        case 'g': case 'G': shift = 30; end++; break;
        default: break;
    }
    return *end || value > UINT64_MAX >> (shift + 1) ? 0 : value << shift;
}

static int parse_port(const char *from, const char *to) {
    int port = 0;
    if (from == to || to - from > 5) {
        return -1;
    }
    for (; from < to; from++) {
        if (!isdigit((unsigned char) *from)) {
            return -1;
        }
        port = port * 10 + (*from - '0');
    }
    return port >= 1 && port <= 65535 ? port : -1;
}

/* [ADDRESS:]HOST:GUEST[/tcp|/udp]; an IPv6 address stands in brackets. */
static bool parse_forward(struct forward *forward, const char *value) {
    const char *end = value + strlen(value);
    const char *slash = strchr(value, '/');
    if (slash) {
        forward->udp = strcmp(slash, "/udp") == 0;
        if (!forward->udp && strcmp(slash, "/tcp") != 0) {
            return false;
        }
        end = slash;
    }
    const char *guest = memrchr(value, ':', (size_t) (end - value));
    if (!guest) {
        return false;
    }
    const char *host = guest > value ? memrchr(value, ':', (size_t) (guest - value)) : NULL;
    strcpy(forward->address, "127.0.0.1");
    if (host) {
        const char *first = value;
        const char *last = host;
        bool six = *first == '[' && last - first >= 2 && last[-1] == ']';
        if (six) {
            first++;
            last--;
        }
        size_t length = (size_t) (last - first);
        if (length >= sizeof forward->address) {
            return false;
        }
        memcpy(forward->address, first, length);
        forward->address[length] = '\0';
        struct in6_addr address;
        if (inet_pton(six ? AF_INET6 : AF_INET, forward->address, &address) != 1) {
            return false;
        }
    }
    forward->host = parse_port(host ? host + 1 : value, guest);
    forward->guest = parse_port(guest + 1, end);
    return forward->host > 0 && forward->guest > 0;
}

/*
 * tap=NAME[,mac=..][,mtu=N][,address=..][,gateway=..][,dns=..][,hostname=..]: the device's part stays
 * together, the rest are settings of the network inside. "user" asks for the gateway, "none" for
 * nothing.
 */
static bool parse_net(struct run *run, const char *value) {
    if (strcmp(value, "none") == 0) {
        return true;
    }
    if (strcmp(value, "user") == 0) {
        run->gateway = true;
        return true;
    }
    if (strncmp(value, "tap=", 4) != 0 || run->tap) {
        return false;
    }
    char *copy = text("%s", value);
    char *device = NULL;
    for (char *save, *word = strtok_r(copy, ",", &save); word; word = strtok_r(NULL, ",", &save)) {
        if (strncmp(word, "tap=", 4) == 0 && !device && word[4]) {
            device = text("%s", word);
        } else if (device && (strncmp(word, "mac=", 4) == 0 || strncmp(word, "mtu=", 4) == 0)) {
            device = text("%s,%s", device, word);
        } else if (strncmp(word, "address=", 8) == 0 || strncmp(word, "gateway=", 8) == 0
                   || strncmp(word, "dns=", 4) == 0 || strncmp(word, "hostname=", 9) == 0) {
            list_add(&run->loader, "--net-config");
            list_add(&run->loader, word);
        } else {
            return false;
        }
    }
    run->tap = device;
    return device != NULL;
}

static bool is_elf(const char *path) {
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) {
        return false;
    }
    char magic[4];
    bool elf = read(file, magic, sizeof magic) == sizeof magic && memcmp(magic, "\177ELF", 4) == 0;
    close(file);
    return elf;
}

/* The value of option name at argv[*index], in the next word or after '='; null when it is another. */
static const char *value_of(const char *letter, const char *name, int argc, char **argv, int *index) {
    const char *word = argv[*index];
    size_t length = strlen(name);
    if ((letter && strcmp(word, letter) == 0) || strcmp(word, name) == 0) {
        return *index + 1 < argc ? argv[++*index] : NULL;
    }
    return strncmp(word, name, length) == 0 && word[length] == '=' ? word + length + 1 : NULL;
}

static bool option(struct run *run, int argc, char **argv, int *index) {
    const char *value;
    const char *word = argv[*index];
    if ((value = value_of("-m", "--memory", argc, argv, index))) {
        uint64_t bytes = parse_size(value);
        list_add(&run->loader, "--memory");
        list_add(&run->loader, text("%" PRIu64, bytes));
        return bytes != 0;
    }
    if ((value = value_of("-p", "--publish", argc, argv, index))) {
        run->gateway = true;
        return run->forward_count < FORWARDS_MAX
               && parse_forward(&run->forwards[run->forward_count++], value);
    }
    if ((value = value_of("-e", "--env", argc, argv, index))) {
        if (!strchr(value, '=')) { /* as docker does: the variable of this shell, if it is set */
            const char *inherited = getenv(value);
            if (!inherited) {
                return true;
            }
            value = text("%s=%s", value, inherited);
        }
        list_add(&run->loader, "--env");
        list_add(&run->loader, value);
        return *value != '=';
    }
    if (strncmp(word, "-D", 2) == 0 && word[2] && word[2] != '=') {
        list_add(&run->loader, "--property");
        list_add(&run->loader, strchr(word, '=') ? word + 2 : text("%s=", word + 2));
        return true;
    }
    if ((value = value_of(NULL, "--machine", argc, argv, index))) {
        return strcmp(value, "sandbox") == 0;
    }
    if ((value = value_of(NULL, "--net", argc, argv, index))) {
        return parse_net(run, value);
    }
    return false;
}

bool run_parse(struct run *run, int argc, char **argv) {
    int index = 0;
    for (; index < argc && argv[index][0] == '-' && argv[index][1]; index++) {
        if (strcmp(argv[index], "--") == 0) {
            index++;
            break;
        }
        if (!option(run, argc, argv, &index)) {
            return false;
        }
    }
    if (index >= argc || (run->tap && run->gateway) || !is_elf(argv[index])) {
        return false;
    }
    list_add(&run->program, argv[index++]);
    /* "IMAGE -- arguments": the dashes divide, as they do for every other target. */
    if (index < argc && strcmp(argv[index], "--") == 0) {
        index++;
    }
    for (; index < argc; index++) {
        list_add(&run->program, argv[index]);
    }
    return true;
}
