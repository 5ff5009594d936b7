/* A program with one of everything that the builder's objects hold. */
#include <stdint.h>

long kernel_write(const char *text, unsigned long length);

int demitasse_main(const void *boot);
void demitasse_fault(uint64_t ip, uint64_t sp, uint64_t fp);

const long numbers[4] = {1, 2, 3, 4};

__attribute__((section(".svm_heap"), aligned(4096))) struct {
    int (*main)(const void *);
    const long *number;
    char rest[9000];
} __svm_heap_begin = {demitasse_main, &numbers[1], {1}};

static __attribute__((noinline)) int static_function(int x) { return x * 3; }

int data = 1234;
int (*pointer)(int) = static_function;
static int counter;

int demitasse_main(const void *boot) {
    (void)boot;
    counter += data + pointer(counter) + (int)*__svm_heap_begin.number;
    kernel_write("hello\n", 6);
    return counter + static_function(counter);
}

void demitasse_fault(uint64_t ip, uint64_t sp, uint64_t fp) { (void)ip, (void)sp, (void)fp; }
