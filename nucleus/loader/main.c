/* From the command line to the first instruction of the image. */
#include <asm/auxvec.h>
#include <linux/close_range.h>
#include <linux/elf.h>
#include <linux/mman.h>
#include <linux/prctl.h>
#include <linux/resource.h>

#include "loader.h"

#define STACK_SIZE (1024 * 1024)
#define TERMINAL_GET 0x5401 /* TCGETS */

void refuse(const char *what, const char *detail, const char *rule) {
    say("demi-loader: ");
    say(what);
    if (detail != 0) {
        say(": ");
        say(detail);
    }
    say(": ");
    say(rule);
    say("\n");
    leave(EXIT_REFUSED);
}

void refuse_system(const char *what, const char *detail, long error) {
    say("demi-loader: ");
    say(what);
    say(": ");
    say(detail);
    say(error == -1    ? ": not permitted"
        : error == -2  ? ": no such file"
        : error == -13 ? ": permission denied"
        : error == -12 ? ": no memory (ulimit -v? overcommit?)"
        : error == -16 ? ": in use by somebody else"
        : error == -17 ? ": its addresses are taken"
        : error == -19 ? ": no such device"
        : error == -21 ? ": is a directory"
                       : ": system error ");
    if (error < 0 && error != -1 && error != -2 && error != -13 && error != -12 && error != -16 && error != -17 &&
        error != -19 && error != -21) {
        say_number((uint64_t)-error);
    }
    say("\n");
    leave(EXIT_REFUSED);
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
    const Elf64_Phdr *entries = (const void *)(vdso + header->e_phoff);
    const Elf64_Dyn *dynamic = 0;
    uint64_t base = 0;
    for (int i = 0; i < header->e_phnum; i++) {
        if (entries[i].p_type == PT_DYNAMIC) {
            dynamic = (const void *)(vdso + entries[i].p_offset);
        } else if (entries[i].p_type == PT_LOAD) {
            base = (uint64_t)vdso + entries[i].p_offset - entries[i].p_vaddr;
        }
    }
    const Elf64_Sym *symbols = 0;
    const char *strings = 0;
    const uint32_t *hash = 0;
    const uint32_t *gnu_hash = 0;
    for (; dynamic != 0 && dynamic->d_tag != DT_NULL; dynamic++) {
        void *value = (void *)(base + dynamic->d_un.d_ptr);
        if (dynamic->d_tag == DT_SYMTAB) {
            symbols = value;
        } else if (dynamic->d_tag == DT_STRTAB) {
            strings = value;
        } else if (dynamic->d_tag == DT_HASH) {
            hash = value;
        } else if (dynamic->d_tag == 0x6ffffef5 /* DT_GNU_HASH */) {
            gnu_hash = value;
        }
    }
    if (symbols == 0 || strings == 0) {
        return 0;
    }
    uint32_t count = 0;
    if (hash != 0) {
        count = hash[1];
    } else if (gnu_hash != 0) { /* newer kernels have this table alone: the last chain ends with the last symbol */
        const uint32_t *buckets = gnu_hash + 4 + gnu_hash[2] * 2;
        for (uint32_t i = 0; i < gnu_hash[0]; i++) {
            count = buckets[i] > count ? buckets[i] : count;
        }
        const uint32_t *chain = buckets + gnu_hash[0] - gnu_hash[1];
        while (count != 0 && (chain[count++] & 1) == 0) {
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        if (symbols[i].st_shndx != 0 && equal(strings + symbols[i].st_name, "__vdso_clock_gettime")) {
            return (void *)(base + symbols[i].st_value);
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
    long error = CALL6(__NR_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0);
    if (error != 0) {
        refuse_system("cannot drop rights", "no_new_privs", error);
    }
}

static _Noreturn void jump(uint64_t entry, struct handover *handover) {
    __asm__ volatile("movq %1, %%rsp\n\txorl %%ebp, %%ebp\n\tjmpq *%0"
                     :
                     : "a"(entry), "c"(handover->stack_end), "D"(handover)
                     : "memory");
    __builtin_unreachable();
}

_Noreturn void loader_main(uint64_t *stack);

void loader_main(uint64_t *stack) {
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
    options_parse(count, words, &options);
    uint64_t terminals = open_console();
    image_open(options.image, &image);
    if (options.check_only) {
        leave(0);
    }
    if (options.memory < image.minimum_memory) {
        refuse("--memory", options.image, "less than this image needs at least");
    }
    image_map(&image, options.image);
    handover.magic = HANDOVER_MAGIC;
    handover.version = HANDOVER_VERSION;
    handover.memory = options.memory;
    handover.console_flags = terminals;
    handover.clock_gettime = (long (*)(long, struct handover_time *))find_vdso_clock(vdso);
    char *block = anonymous(HANDOVER_CONFIG_MAX, PROT_READ | PROT_WRITE);
    handover.config = (uint64_t)block;
    handover.config_size = options_configuration(&options, block, HANDOVER_CONFIG_MAX);
    for (int i = 1; i < options.word_count; i++) {
        if (equal(words[i], "--net")) {
            net_open(words[i + 1], &handover);
        }
        i += words[i][0] == '-' && !equal(words[i], "--check") && !equal(words[i], "--");
    }
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
