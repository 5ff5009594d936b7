/* pair LOADER IMAGE: runs the frames guest on one end of a socket pair and talks to it from the other. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **words) {
    int ends[2];
    if (count != 3 || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0) {
        return 2;
    }
    pid_t child = fork();
    if (child == 0) {
        char option[80];
        snprintf(option, sizeof option, "fd=%d,mtu=1400,mac=02:00:00:00:00:ab,offload", ends[1]);
        execl(words[1], words[1], "--net", option, words[2], (char *)0);
        _exit(2);
    }
    close(ends[1]);
    static char frame[4096], answer[4096];
    for (int length = 1; length < 2000; length += 7) {
        memset(frame, 'a' + length % 20, sizeof frame);
        if (send(ends[0], frame, (size_t)length, 0) != length || recv(ends[0], answer, sizeof answer, 0) != length ||
            answer[0] != frame[0] + 1 || memcmp(frame + 1, answer + 1, (size_t)length - 1) != 0) {
            fprintf(stderr, "wrong answer to a frame of %d bytes\n", length);
            return 1;
        }
    }
    send(ends[0], frame, 3000, 0); /* too long for the guest: refused, and the next one gets through */
    send(ends[0], "Q", 1, 0);
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
