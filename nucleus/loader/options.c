/* The command line, and the configuration block made from it (docs/boot-protocol.md). */
#include "loader.h"

static const char usage[] =
    "usage: demi-loader [OPTION...] [--] IMAGE [ARGUMENT...]\n"
    "Runs a Demitasse image as a locked-down process.\n"
    "  --memory BYTES[K|M|G]         memory of the machine (512M)\n"
    "  --net fd=N[,mac=..][,mtu=N][,offload]  network device: an open tap or datagram socket\n"
    "  --net tap=NAME[,mac=..][,mtu=N]  network device: a tap interface that this user may open\n"
    "  --env KEY=VALUE               environment variable of the program\n"
    "  --property KEY=VALUE          system property of the program\n"
    "  --net-config KEY=VALUE        address=, gateway=, dns=, hostname=, dhcp=\n"
    "  --check                       check the image and end\n"
    "Exit code: the program's; 124 when image or options are refused, 125 after a fault, 128+N after signal N.\n";

static _Noreturn void wrong(const char *option, const char *rule) {
    refuse("wrong option (see --help)", option, rule);
}

/* The options that make a record, with its letter. */
static char record_letter(const char *option) {
    return equal(option, "--env") ? 'e' : equal(option, "--property") ? 'p' : equal(option, "--net-config") ? 'n' : 0;
}

static uint64_t parse_memory(const char *text) {
    uint64_t value = 0;
    const char *unit = parse_number(text, &value);
    char letter = unit == 0 ? '?' : *unit == 0 ? 0 : *unit | 32;
    int shift = letter == 0 ? 0 : letter == 'k' ? 10 : letter == 'm' ? 20 : letter == 'g' ? 30 : -1;
    if (shift < 0 || (shift > 0 && unit[1] != 0) || value > (UINT64_C(1) << 46) >> shift) {
        wrong("--memory", "not a number of bytes (K, M and G are units) that an address space holds");
    }
    return value << shift;
}

static void append(struct handover *handover, char letter, const char *text) {
    char *block = (char *)handover->config;
    uint64_t at = handover->config_size;
    uint64_t length = length_of(text);
    if (length + 2 > HANDOVER_CONFIG_MAX - at) {
        refuse("the configuration", "arguments and environment", "they are longer than 1 MiB");
    }
    block[at++] = letter;
    for (uint64_t i = 0; i <= length; i++) {
        block[at++] = text[i];
    }
    handover->config_size = at;
}

void options_parse(int count, char **words, struct options *options, struct handover *handover) {
    append(handover, 'v', "1");
    int i = 1;
    for (; i < count && words[i][0] == '-'; i++) {
        const char *word = words[i];
        if (equal(word, "--")) {
            i++;
            break;
        }
        if (equal(word, "--check")) {
            options->check_only = 1;
            continue;
        }
        if (equal(word, "--help")) {
            say(usage);
            leave(0);
        }
        char letter = record_letter(word);
        if (letter == 0 && !equal(word, "--memory") && !equal(word, "--net")) {
            wrong(word, "no such option");
        }
        if (i + 1 == count) {
            wrong(word, "its value is missing");
        }
        const char *value = words[++i];
        if (equal(word, "--memory")) {
            handover->memory = parse_memory(value);
        } else if (letter == 0) {
            net_open(value, handover);
        } else {
            const char *at = value;
            while (*at != 0 && *at != '=') {
                at++;
            }
            if (at == value || *at == 0) {
                wrong(word, "its value is not KEY=VALUE");
            }
            append(handover, letter, value);
        }
    }
    if (i >= count) {
        wrong("IMAGE", "no image is named");
    }
    options->image = words[i++];
    for (; i < count; i++) {
        append(handover, 'a', words[i]);
    }
}
