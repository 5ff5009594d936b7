/* Signal handlers. They run in the loader's own text on their own stack, store into the handover, and for
 * a fault call the reporter that the guest has named. */
#include <asm/sigcontext.h>
#include <linux/mman.h>
#include <linux/time.h>

#include "loader.h"

#define HANDLER_STACK_SIZE (256 * 1024)
#define TICK_SIGNAL 14 /* SIGALRM */

struct kernel_action {
    void *handler;
    unsigned long flags;
    void *restorer;
    uint64_t mask;
};
#define ACTION_INFO 4ul
#define ACTION_RESTORER 0x04000000ul
#define ACTION_ON_STACK 0x08000000ul
#define ACTION_NO_DEFER 0x40000000ul

struct kernel_stack {
    void *begin;
    int flags;
    size_t size;
};

struct kernel_context {
    unsigned long flags;
    struct kernel_context *link;
    struct kernel_stack stack;
    struct sigcontext registers;
};

static struct handover *guest;

__attribute__((visibility("hidden"))) void signal_return(void);
__asm__(".text\n"
        "signal_return:\n\t"
        "movl $15, %eax\n\t" /* rt_sigreturn */
        "syscall\n");

/* Ends a sleep that is about to begin, see struct handover. */
static void wake(void) {
    guest->wait_timeout.seconds = 0;
    guest->wait_timeout.nanoseconds = 0;
}

static void on_tick(int signal) {
    (void)signal;
    volatile int32_t *word = guest->tick_word;
    if (word != 0) {
        *word = 0;
    }
    guest->ticked = 1;
    wake();
}

static void on_shutdown(int signal) {
    if (guest->shutdown != 0) {
        leave(128 + signal);
    }
    guest->shutdown = 1;
    wake();
}

static void on_fault(int signal, void *information, struct kernel_context *context) {
    (void)information;
    const struct sigcontext *from = &context->registers;
    struct registers to = {
        .r15 = from->r15, .r14 = from->r14, .r13 = from->r13, .r12 = from->r12, .r11 = from->r11, .r10 = from->r10,
        .r9 = from->r9,   .r8 = from->r8,   .rdi = from->rdi,  .rsi = from->rsi,  .rbp = from->rbp,  .rbx = from->rbx,
        .rdx = from->rdx,  .rcx = from->rcx,  .rax = from->rax,  .vector = from->trapno, .error = from->err,
        .rip = from->rip,  .cs = from->cs,   .rflags = from->eflags, .rsp = from->rsp, .ss = from->ss,
    };
    if (signal == 7 && from->trapno != 17) { /* SIGBUS: the image file behind a page is gone */
        to.vector = 14;
    }
    if (guest->fault != 0) {
        guest->fault(&to, from->cr2);
    }
    say("demi-loader: fault before the image could report it\n");
    leave(EXIT_FAULT);
}

static void handle(int signal, void *handler, unsigned long flags) {
    struct kernel_action action = {handler, flags | ACTION_RESTORER | ACTION_ON_STACK, (void *)signal_return, ~0ul};
    if ((flags & ACTION_NO_DEFER) != 0) {
        action.mask = 0; /* a fault inside the reporter must reach it again */
    }
    long error = CALL6(__NR_rt_sigaction, signal, &action, 0, 8, 0, 0);
    if (error != 0) {
        refuse_system("cannot install a handler", "rt_sigaction", error);
    }
}

void signals_install(struct handover *handover) {
    guest = handover;
    long at = CALL6(__NR_mmap, 0, HANDLER_STACK_SIZE + PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct kernel_stack stack = {(void *)(at + (long)PAGE), 0, HANDLER_STACK_SIZE};
    long error = at < 0 ? at : CALL(__NR_mprotect, stack.begin, stack.size, PROT_READ | PROT_WRITE);
    error = error < 0 ? error : CALL(__NR_sigaltstack, &stack, 0, 0);
    if (error < 0) {
        refuse_system("cannot reserve memory", "signal stack", error);
    }
    uint64_t none = 0;
    static const uint8_t faults[] = {4, 5, 7, 8, 11}; /* SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV */
    static const uint8_t shutdowns[] = {1, 2, 15};    /* SIGHUP, SIGINT, SIGTERM */
    for (unsigned i = 0; i < sizeof faults; i++) {
        handle(faults[i], (void *)on_fault, ACTION_INFO | ACTION_NO_DEFER);
    }
    for (unsigned i = 0; i < sizeof shutdowns; i++) {
        struct kernel_action before = {0, 0, 0, 0};
        CALL6(__NR_rt_sigaction, shutdowns[i], 0, &before, 8, 0, 0);
        if (before.handler != (void *)1) { /* nohup: who ignored it wants it ignored */
            handle(shutdowns[i], (void *)on_shutdown, 0);
        }
    }
    handle(TICK_SIGNAL, (void *)on_tick, 0);
    struct kernel_action ignore = {(void *)1, 0, 0, 0};
    CALL6(__NR_rt_sigaction, 13 /* SIGPIPE: a write error says it better */, &ignore, 0, 8, 0, 0);
    CALL6(__NR_rt_sigprocmask, 2 /* SIG_SETMASK */, &none, 0, 8, 0, 0);
    struct {
        uint64_t value;
        int32_t signal, notify;
        uint8_t rest[48];
    } event = {0, TICK_SIGNAL, 0 /* SIGEV_SIGNAL */, {0}};
    error = CALL(__NR_timer_create, 1 /* CLOCK_MONOTONIC */, &event, &handover->timer);
    if (error != 0) {
        refuse_system("cannot create the tick", "timer_create", error);
    }
}
