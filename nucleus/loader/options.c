/* The command line, and the configuration block made from it (docs/boot-protocol.md). */
#include "loader.h"

static const char usage[] =
    "usage: demi-loader [OPTION...] [--] IMAGE [ARGUMENT...]\n"
    "Runs a Demitasse image as a locked-down process.\n"
    "  --memory BYTES[K|M|G]         memory of the machine (512M)\n"
    "  --net fd=N[,mac=..][,mtu=N]   network device: an open tap or datagram socket\n"
    "  --net tap=NAME[,mac=..][,mtu=N]  network device: a tap interface that this user may open\n"
    "  --env KEY=VALUE               environment variable of the program\n"
    "  --property KEY=VALUE          system property of the program\n"
    "  --net-config KEY=VALUE        address=, gateway=, dns=, hostname=, dhcp=\n"
    "  --check                       check the image and end\n"
    "Exit code: the program's; 124 when image or options are refused, 125 after a fault, 128+N after signal N.\n";

static _Noreturn void wrong(const char *option, const char *rule) {
    say("demi-loader: ");
    say(option);
    say(": ");
    say(rule);
    say("\n");
    say(usage);
    leave(EXIT_REFUSED);
}

/* The options that make a record, with its letter. */
static char record_letter(const char *option) {
    return equal(option, "--env") ? 'e' : equal(option, "--property") ? 'p' : equal(option, "--net-config") ? 'n' : 0;
}

static uint64_t parse_memory(const char *text) {
    uint64_t value = 0;
    const char *unit = parse_number(text, &value);
    if (unit == 0) {
        wrong("--memory", "not a number of bytes");
    }
    int shift = 0;
    if (*unit != 0) {
        shift = *unit == 'K' || *unit == 'k' ? 10 : *unit == 'M' || *unit == 'm' ? 20 : 30;
        if (unit[1] != 0 || (shift == 30 && *unit != 'G' && *unit != 'g')) {
            wrong("--memory", "the unit is none of K, M and G");
        }
    }
    if (value > (UINT64_C(1) << 46) >> shift) {
        wrong("--memory", "more than an address space holds");
    }
    return value << shift;
}

void options_parse(int count, char **words, struct options *options) {
    options->image = 0;
    options->memory = UINT64_C(512) << 20;
    options->check_only = 0;
    options->words = words;
    int i = 1;
    for (; i < count; i++) {
        const char *word = words[i];
        if (equal(word, "--")) {
            i++;
            break;
        }
        if (word[0] != '-') {
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
            options->memory = parse_memory(value);
        } else if (letter != 0) {
            const char *at = value;
            while (*at != 0 && *at != '=') {
                at++;
            }
            if (at == value || *at == 0) {
                wrong(word, "its value is not KEY=VALUE");
            }
        }
    }
    options->word_count = i < count ? i : count;
    if (i >= count) {
        wrong("IMAGE", "no image is named");
    }
    options->image = words[i];
    options->arguments = words + i + 1;
}

static uint64_t append(char *block, uint64_t at, uint64_t size, char letter, const char *text) {
    uint64_t length = length_of(text);
    if (length + 2 > size - at) {
        refuse("the configuration", 0, "arguments and environment are longer than 1 MiB");
    }
    block[at++] = letter;
    for (uint64_t i = 0; i <= length; i++) {
        block[at++] = text[i];
    }
    return at;
}

uint64_t options_configuration(const struct options *options, char *block, uint64_t size) {
    uint64_t at = append(block, 0, size, 'v', "1");
    for (int i = 1; i < options->word_count; i++) {
        char letter = record_letter(options->words[i]);
        if (letter != 0) {
            at = append(block, at, size, letter, options->words[i + 1]);
        }
        if (letter != 0 || equal(options->words[i], "--memory") || equal(options->words[i], "--net")) {
            i++;
        }
    }
    for (char **argument = options->arguments; *argument != 0; argument++) {
        at = append(block, at, size, 'a', *argument);
    }
    return at;
}
