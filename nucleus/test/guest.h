/* What the test guests share. A failed check names itself and ends the machine with 1. */
#ifndef TEST_GUEST_H
#define TEST_GUEST_H

#include "nucleus.h"

void say(const char *text);
void say_number(uint64_t value);
void check(int holds, const char *what);

#endif
