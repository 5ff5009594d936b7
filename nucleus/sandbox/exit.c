/* The end of the process. */
#include "sandbox.h"

void sandbox_exit(int code) {
    for (;;) {
        system_call(SYS_EXIT_GROUP, code & 255, 0, 0, 0, 0);
    }
}
