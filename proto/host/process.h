/*
 * What a daemon does to itself before it touches anything: signals to a file, no core, no new
 * privileges, and a filter of system calls it never needs.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include <liaison/base.h>
#include <liaison/error.h>

#include <sys/resource.h>

/**
 * First thing in main, before any thread: blocks all signals, and gives a descriptor that
 * becomes readable when one of TERM, INT or HUP has come. LN_E_SYSTEM.
 */
LN_CHECKED int process_signals(int *out_file);
/** The next signal's number from that descriptor; 0: none. */
int process_signal_next(int file);

/** For programs that see passphrases and texts: no core file, not traceable. LN_E_SYSTEM. */
LN_CHECKED int process_no_core(void);

/** What a daemon may have at most, its stores not counted: above it ends, and is started again.
 */
#define PROCESS_MEMORY_MAX ((rlim_t)2 << 30)

/**
 * No core dump, no more memory than PROCESS_MEMORY_MAX, not traceable, umask 077, no new
 * privileges, no system call that a daemon never needs.
 */
LN_CHECKED int process_confine(void);

/**
 * Starts a program with one word as argument, no input, no open file but the log, and does not
 * wait. Its signals are as at login. LN_E_SYSTEM.
 */
LN_CHECKED int process_spawn(const char *program, const char *word);

#endif
