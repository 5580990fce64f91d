/*
 * Command lines by table: what a program takes, and its --help, from the same rows.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <liaison/base.h>
#include <liaison/error.h>

#include <stdio.h>

enum { OPTIONS_LIST_MAX = 32 };

/** An option that may stand several times. */
struct options_list {
    const char *texts[OPTIONS_LIST_MAX];
    size_t count;
};

enum options_kind { OPTIONS_FLAG, OPTIONS_TEXT, OPTIONS_LIST };

struct options_row {
    const char *name; /* without the dashes */
    enum options_kind kind;
    size_t offset;        /* of a bool, a const char *, or a struct options_list */
    const char *argument; /* its name in the help; NULL for a flag */
    const char *help;
};

/**
 * Reads argv[1..] by the table (ended by a NULL name) into `out`; what is no option is left in
 * `out_rest` (argv's own pointers). LN_E_USAGE: the option is not known or lacks its argument,
 * and a line saying so went to stderr.
 */
LN_CHECKED int options_read(int argc, char **argv, const struct options_row *rows, void *out,
                            const char **out_rest, size_t rest_max, size_t *out_rest_count);
/** Did the line say this row's option? Asked of the struct that options_read filled, zeroed
 * before. */
bool options_is_given(const struct options_row *row, const void *out);
void options_help(const struct options_row *rows, FILE *out);

#endif
