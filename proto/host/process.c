/*
 * The filter is a list of what is refused, not of what is allowed: libzmq and libc may change
 * which calls they use with any update, and a daemon that dies of that loses more than it
 * gains.
 */
#include "process.h"

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

int process_signals(int *out_file)
{
    sigset_t all, wanted;
    sigfillset(&all);
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGTERM);
    sigaddset(&wanted, SIGINT);
    sigaddset(&wanted, SIGHUP);
    if (sigprocmask(SIG_SETMASK, &all, NULL) != 0)
        return LN_E_SYSTEM;
    signal(SIGCHLD, SIG_IGN); /* a hook's end is nobody's business */
    const int file = signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC);
    if (file < 0)
        return LN_E_SYSTEM;
    *out_file = file;
    return 0;
}

int process_signal_next(int file)
{
    struct signalfd_siginfo info;
    return read(file, &info, sizeof info) == (ssize_t)sizeof info ? (int)info.ssi_signo : 0;
}

static const int refused_calls[] = {
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(bpf),
    SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(delete_module),
    SCMP_SYS(keyctl),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(reboot),
    SCMP_SYS(swapon),
    SCMP_SYS(swapoff),
    SCMP_SYS(settimeofday),
    SCMP_SYS(clock_settime),
    SCMP_SYS(adjtimex),
    SCMP_SYS(setns),
    SCMP_SYS(unshare),
};

static int filter_calls(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (filter == NULL)
        return LN_E_SYSTEM;
    int failed = 0;
    for (size_t i = 0; i < LN_COUNT(refused_calls) && !failed; i++)
        failed = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), refused_calls[i], 0);
    if (!failed)
        failed = seccomp_load(filter);
    seccomp_release(filter);
    return failed ? LN_E_SYSTEM : 0;
}

/** Not of mapped files: the store may be larger. Sanitizers map more than they use. */
static int limit_memory(void)
{
#ifdef __SANITIZE_ADDRESS__
    return 0;
#else
    const struct rlimit most = {PROCESS_MEMORY_MAX, PROCESS_MEMORY_MAX};
    return setrlimit(RLIMIT_DATA, &most);
#endif
}

int process_no_core(void)
{
    const struct rlimit none = {0, 0};
    return setrlimit(RLIMIT_CORE, &none) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0 ? LN_E_SYSTEM
                                                                                : 0;
}

int process_confine(void)
{
    umask(077);
    if (process_no_core() != 0 || limit_memory() != 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return LN_E_SYSTEM;
    return filter_calls();
}

int process_spawn(const char *program, const char *word)
{
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t files;
    sigset_t none;
    sigemptyset(&none);
    if (posix_spawnattr_init(&attributes) != 0 || posix_spawn_file_actions_init(&files) != 0)
        return LN_E_SYSTEM;
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", 0, 0);
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    char *const arguments[] = {(char *)(uintptr_t)program, (char *)(uintptr_t)word, NULL};
    char *const environment[] = {(char *)(uintptr_t) "PATH=/usr/bin:/bin", NULL};
    pid_t child;
    const int failed =
        posix_spawn(&child, program, &files, &attributes, arguments, environment);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    return failed ? LN_E_SYSTEM : 0;
}
