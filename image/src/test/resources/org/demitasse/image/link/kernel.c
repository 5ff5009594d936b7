/* Stands for the nucleus. */
int demitasse_main(const void *boot);
long kernel_write(const char *text, unsigned long length);
void kernel_start(void);

extern const unsigned char __ehdr_start;

unsigned long kernel_counter;
static char buffer[5000];

long kernel_write(const char *text, unsigned long length) {
    for (unsigned long i = 0; i < length; i++) {
        buffer[kernel_counter++ % sizeof buffer] = text[i];
    }
    return (long)length;
}

void kernel_start(void) { demitasse_main(&__ehdr_start); }
