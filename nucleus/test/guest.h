/* What the test guests share. A failed check names itself and ends the machine with 1. */
#ifndef TEST_GUEST_H
#define TEST_GUEST_H

#include "nucleus.h"

void say(const char *text);
void say_number(uint64_t value);
void check(int holds, const char *what);
int equal(const char *left, const char *right);

/* The program argument with this index (record 'a' of the configuration), or "". */
const char *argument(int index);
uint64_t argument_number(int index);

#endif
