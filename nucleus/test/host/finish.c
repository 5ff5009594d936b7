/* finish IMAGE: does to a test guest what the image linker does to a real image: drops the section headers,
 * notes the size of the file and the checksum of its first page. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static uint32_t crc(const uint8_t *page) {
    uint32_t value = 0xffffffff;
    for (int i = 0; i < 4096; i++) {
        value ^= page[i];
        for (int bit = 0; bit < 8; bit++) {
            value = (value >> 1) ^ (value & 1 ? 0xedb88320 : 0);
        }
    }
    return ~value;
}

int main(int count, char **words) {
    FILE *file = count == 2 ? fopen(words[1], "r+b") : 0;
    uint8_t page[4096];
    if (file == 0 || fread(page, 1, sizeof page, file) != sizeof page || fseek(file, 0, SEEK_END) != 0) {
        return 1;
    }
    uint64_t size = (uint64_t)ftell(file);
    memset(page + 40, 0, 8); /* e_shoff */
    memset(page + 58, 0, 6); /* e_shentsize, e_shnum, e_shstrndx */
    for (int at = 64; at < 4000; at += 4) {
        if (memcmp(page + at, "\x0a\0\0\0\x48\0\0\0\x01\0\0\0Demitasse", 22) == 0) {
            uint8_t *note = page + at + 24;
            memcpy(note + 56, &size, 8);
            memset(note + 64, 0, 4);
            uint32_t checksum = crc(page);
            memcpy(note + 64, &checksum, 4);
            return fseek(file, 0, SEEK_SET) != 0 || fwrite(page, 1, sizeof page, file) != sizeof page || fclose(file);
        }
    }
    return 2;
}
