/* corrupt LOADER IMAGE SCRATCH: changes every byte of the first page, one at a time and in two ways, cuts the
 * file at many lengths and lengthens it; the loader must refuse each with 124 and a message. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int loader_refuses(const char *loader, const char *path) {
    int messages[2];
    char text[512];
    if (pipe(messages) != 0) {
        exit(2);
    }
    pid_t child = fork();
    if (child == 0) {
        dup2(messages[1], 2);
        execl(loader, loader, path, (char *)0);
        _exit(2);
    }
    close(messages[1]);
    ssize_t n = 0;
    for (ssize_t part; n < 400 && (part = read(messages[0], text + n, sizeof text - (size_t)n)) > 0;) {
        n += part;
    }
    int status = 0;
    waitpid(child, &status, 0);
    close(messages[0]);
    return WIFEXITED(status) && WEXITSTATUS(status) == 124 && n > 13 && memcmp(text, "demi-loader: ", 13) == 0;
}

static void save(const char *path, const char *bytes, size_t size) {
    FILE *file = fopen(path, "wb");
    if (file == 0 || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) {
        exit(2);
    }
}

int main(int count, char **words) {
    FILE *file = count == 4 ? fopen(words[2], "rb") : 0;
    static char bytes[1 << 20];
    size_t size = file == 0 ? 0 : fread(bytes, 1, sizeof bytes, file);
    int wrong = 0;
    if (size < 8192) {
        return 2;
    }
    save(words[3], bytes, size);
    for (size_t at = 0; at < 4096; at++) {
        FILE *image = fopen(words[3], "r+b");
        for (int way = 0; way < 2; way++) {
            char changed = (char)(bytes[at] ^ (way == 0 ? 1 << at % 8 : 0xff));
            fseek(image, (long)at, SEEK_SET);
            fwrite(&changed, 1, 1, image);
            fflush(image);
            if (!loader_refuses(words[1], words[3])) {
                fprintf(stderr, "a change of byte %zu was not refused\n", at);
                wrong++;
            }
        }
        fseek(image, (long)at, SEEK_SET);
        fwrite(bytes + at, 1, 1, image);
        fclose(image);
    }
    for (size_t length = 0; length < size; length += length < 256 ? 1 : 509) {
        save(words[3], bytes, length);
        if (!loader_refuses(words[1], words[3])) {
            fprintf(stderr, "a file cut to %zu bytes was not refused\n", length);
            wrong++;
        }
    }
    save(words[3], bytes, size + 1);
    if (!loader_refuses(words[1], words[3])) {
        fprintf(stderr, "a longer file was not refused\n");
        wrong++;
    }
    return wrong != 0;
}
