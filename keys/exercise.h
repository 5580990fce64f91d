/*
 * What making a federation for exercises has in hand, and what all its parts need: passphrases,
 * what a command prints, sources that people can read. Private to the federation command.
 */
#ifndef EXERCISE_H
#define EXERCISE_H

#include "ceremony.h"
#include "files.h"

enum { EXERCISE_SOURCE_MAX = FORM_SIZE_MAX };

struct exercise {
    const char *out;
    const char *source_path;
    struct form_error *error;
    const struct form_node *hubs, *members, *agreements; /* the last may be NULL */
    struct ln_buffer roster;
    char federation[LN_ID_TEXT_SIZE];
};

/** OUT/passphrases/NAME, which is new: its path, and a random passphrase in it. */
LN_CHECKED int exercise_passphrase(const struct exercise *making, const char *name,
                                   char out[static FILES_PATH_SIZE]);
/** Runs a command, and appends what it prints. A zero stands behind that, not counted. */
LN_CHECKED int exercise_run(int (*command)(const struct ceremony *ceremony),
                            const struct ceremony *ceremony, struct ln_buffer *out);
/** "name: value" lines under an indentation, as an entry of a list. */
LN_CHECKED int exercise_add_lines(struct ln_buffer *out, const char *indent,
                                  const struct ln_buffer *lines);
LN_CHECKED int exercise_write_source(const char *path, const struct ln_buffer *text);

#endif
