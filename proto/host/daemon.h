/*
 * What both daemons do before their own work begins: signals, command line, settings, the words
 * for a refusal to start. One thread, once, first thing in main.
 */
#ifndef DAEMON_H
#define DAEMON_H

#include "options.h"
#include "settings.h"

#include <liaison/error.h>

/** What every daemon's command line takes; first member of a daemon's own. */
struct daemon_line {
    const char *passphrase_fd; /* NULL: not given */
    bool wants_help, wants_version, wants_check;
};

/** Rows for the options of struct daemon_line, for a table that ends with DAEMON_OPTIONS_END.
 */
#define DAEMON_OPTIONS                                                                       \
    {"passphrase-fd", OPTIONS_TEXT, offsetof(struct daemon_line, passphrase_fd), "N",        \
     "read the passphrase from an open descriptor"},                                         \
        {"check", OPTIONS_FLAG, offsetof(struct daemon_line, wants_check), NULL,             \
         "check the settings and stop"},                                                     \
        {"help", OPTIONS_FLAG, offsetof(struct daemon_line, wants_help), NULL, "this text"}, \
        {"version", OPTIONS_FLAG, offsetof(struct daemon_line, wants_version), NULL,         \
         "the version"},                                                                     \
    {                                                                                        \
        NULL, OPTIONS_FLAG, 0, NULL, NULL                                                    \
    }

struct daemon_program {
    const char *name, *purpose, *ending; /* ending: the help's last lines */
    const struct options_row *options;
    const struct settings_row *settings;
    struct daemon_line *line; /* filled in */
    void *out_settings;       /* filled in; their texts live as long as the program */
    int (*run)(void *context, int signals);
    void *context;
};

/** Runs a daemon to its end; the process's exit code. `run` is given process_signals' file. */
int daemon_main(int argc, char **argv, const struct daemon_program *program);

/** Says on stderr what was refused, by which rule, and what to do. Returns the exit code. */
int daemon_say(const char *program, int error);

#endif
