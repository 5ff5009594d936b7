/* From the command line to the first instruction of the image. */
#include <asm/auxvec.h>
#include <linux/close_range.h>
#include <linux/elf.h>
#include <linux/mman.h>
#include <linux/prctl.h>
#include <linux/resource.h>

#include "loader.h"

#define STACK_SIZE (1024 * 1024)
#define MEMORY_DEFAULT (UINT64_C(512) << 20)
#define TERMINAL_GET 0x5401 /* TCGETS */

void refuse(const char *what, const char *detail, const char *rule) {
    const char *parts[] = {"demi-loader: ", what, ": ", detail, ": ", rule, "\n"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        say(parts[i]);
    }
    leave(EXIT_REFUSED);
}

void refuse_system(const char *what, const char *detail, long error) {
    static const struct {
        int8_t number;
        char text[40];
    } reasons[] = {
        {1, "not permitted"},      {2, "no such file"},   {12, "no memory (ulimit -v? overcommit?)"},
        {13, "permission denied"}, {16, "in use elsewhere"}, {17, "its addresses are taken"},
        {19, "no such device"},    {21, "is a directory"},  {0, "the system refuses it"},
    };
    int i = 0;
    while (reasons[i].number != 0 && reasons[i].number != -error) {
        i++;
    }
    refuse(what, detail, reasons[i].text);
}

void leave(int code) {
    for (;;) {
        CALL(__NR_exit_group, code, 0, 0);
    }
}

static void *anonymous(uint64_t size, int protection) {
    long at = CALL6(__NR_mmap, 0, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at < 0 && at > -4096) {
        refuse_system("cannot reserve memory", "mmap", at);
    }
    return (void *)at;
}

/* Descriptors 0 to 2 always exist, or the image's devices would take their numbers. */
static uint64_t open_console(void) {
    uint64_t terminals = 0;
    for (long descriptor = 0; descriptor < 3; descriptor++) {
        char termios[64];
        long error = CALL(__NR_ioctl, descriptor, TERMINAL_GET, termios);
        if (error == -9 /* EBADF: free, so open() takes this number */ &&
            CALL(__NR_open, "/dev/null", 2, 0) != descriptor) {
            refuse("cannot open", "/dev/null", "standard streams are closed and cannot be replaced");
        }
        terminals |= error == 0 ? UINT64_C(1) << descriptor : 0;
    }
    return terminals;
}

/* The vDSO's clock: reads the time without entering the kernel. A vDSO that is not understood is not used. */
static void *find_vdso_clock(const uint8_t *vdso) {
    if (vdso == 0) {
        return 0;
    }
    const Elf64_Ehdr *header = (const void *)vdso;
    const Elf64_Shdr *sections = (const void *)(vdso + header->e_shoff);
    for (int i = 0; i < header->e_shnum; i++) {
        if (sections[i].sh_type != SHT_DYNSYM || sections[i].sh_link >= header->e_shnum) {
            continue;
        }
        const Elf64_Sym *symbols = (const void *)(vdso + sections[i].sh_offset);
        const char *names = (const char *)vdso + sections[sections[i].sh_link].sh_offset;
        for (uint64_t n = 0; n < sections[i].sh_size / sizeof *symbols; n++) {
            if (symbols[n].st_shndx != 0 && equal(names + symbols[n].st_name, "__vdso_clock_gettime")) {
                return (void *)(uintptr_t)(vdso + symbols[n].st_value);
            }
        }
    }
    return 0;
}

static void limit(int resource, uint64_t value) {
    struct rlimit64 {
        uint64_t soft, hard;
    } bound = {value, value};
    CALL6(__NR_prlimit64, 0, resource, &bound, 0, 0, 0);
}

/* Gives the devices the descriptors from 3 on, which the filter names. */
static void renumber_devices(struct handover *handover) {
    for (uint32_t i = 0; i < handover->device_count; i++) {
        struct handover_device *device = &handover->devices[i];
        long apart = CALL(__NR_fcntl, device->descriptor, 0 /* F_DUPFD */, 3 + HANDOVER_DEVICES_MAX);
        if (apart < 0) {
            refuse_system("cannot keep a device", "--net", apart);
        }
        device->descriptor = (uint32_t)apart;
    }
    for (uint32_t i = 0; i < handover->device_count; i++) {
        long descriptor = CALL(__NR_dup2, handover->devices[i].descriptor, 3 + i, 0);
        if (descriptor < 0) {
            refuse_system("cannot keep a device", "--net", descriptor);
        }
        handover->devices[i].descriptor = (uint32_t)descriptor;
    }
}

/* What remains reachable when the filter itself had a hole: nothing to gain, nothing to start. */
static void drop_rights(const struct handover *handover) {
    if (CALL(__NR_close_range, 3 + handover->device_count, ~0u, 0) != 0) { /* before Linux 5.9 */
        for (long descriptor = 3 + (long)handover->device_count; descriptor < 65536; descriptor++) {
            CALL(__NR_close, descriptor, 0, 0);
        }
    }
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NPROC, 0);
    limit(RLIMIT_NOFILE, 4 + handover->device_count); /* also bounds what ppoll takes */
    limit(RLIMIT_MEMLOCK, 0);
    CALL6(__NR_prctl, PR_SET_THP_DISABLE, 1, 0, 0, 0, 0); /* huge pages would inflate a small heap */
    CALL6(__NR_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0); /* or the filter is refused */
}

static _Noreturn void jump(uint64_t entry, struct handover *handover) {
    __asm__ volatile("movq %1, %%rsp\n\txorl %%ebp, %%ebp\n\tjmpq *%0"
                     :
                     : "a"(entry), "c"(handover->stack_end), "D"(handover)
                     : "memory");
    __builtin_unreachable();
}

_Noreturn void loader_main(uint64_t *stack) {
    int count = (int)stack[0];
    char **words = (char **)(stack + 1);
    uint64_t *auxiliary = stack + 1 + count + 1;
    while (*auxiliary++ != 0) { /* the environment stays outside: --env names what goes in */
    }
    const uint8_t *vdso = 0;
    for (; auxiliary[0] != 0; auxiliary += 2) {
        if (auxiliary[0] == AT_SYSINFO_EHDR) {
            vdso = (const uint8_t *)auxiliary[1];
        }
    }
    static struct options options;
    static struct image image;
    static struct handover handover;
    handover.console_flags = open_console();
    handover.memory = MEMORY_DEFAULT;
    handover.config = (uint64_t)anonymous(HANDOVER_CONFIG_MAX, PROT_READ | PROT_WRITE);
    options_parse(count, words, &options, &handover);
    image_open(options.image, &image);
    if (options.check_only) {
        leave(0);
    }
    if (handover.memory < image.minimum_memory) {
        refuse("--memory", options.image, "less than this image needs at least");
    }
    image_map(&image, options.image);
    handover.magic = HANDOVER_MAGIC;
    handover.version = HANDOVER_VERSION;
    handover.clock_gettime = (long (*)(long, struct handover_time *))find_vdso_clock(vdso);
    uint8_t *boot_stack = anonymous(STACK_SIZE + 2 * PAGE, PROT_NONE); /* a guard page on either side */
    CALL(__NR_mprotect, boot_stack + PAGE, STACK_SIZE, PROT_READ | PROT_WRITE);
    handover.stack_begin = (uint64_t)boot_stack + PAGE;
    handover.stack_end = handover.stack_begin + STACK_SIZE;
    renumber_devices(&handover);
    signals_install(&handover);
    drop_rights(&handover);
    seccomp_install(&image, &handover);
    jump(image.entry, &handover);
}

__asm__(".text\n"
        ".globl _start\n"
        "_start:\n\t"
        "xorl %ebp, %ebp\n\t"
        "movq %rsp, %rdi\n\t"
        "andq $-16, %rsp\n\t"
        "callq loader_main\n\t"
        "ud2\n");
