/*
 * A program's settings: a constant table, a plain struct, a YAML file. The reference is printed
 * from the table. Text members are `const char *`, numbers uint64_t.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "form.h"

#include <stdio.h>

enum settings_kind { SETTINGS_TEXT, SETTINGS_NUMBER, SETTINGS_LIST };

/** A list of texts. */
struct settings_list {
    const char *const *texts;
    size_t count;
};

struct settings_row {
    const char *name;
    enum settings_kind kind;
    size_t offset;
    bool is_needed;
    const char *fallback; /* texts and numbers as text; NULL: NULL or 0 */
    uint64_t least, most; /* numbers */
    const char *help;
};

/**
 * Reads `path` into `out` by the table, which ends with a row whose name is NULL. LN_E_SETTINGS
 * with `error` filled; LN_E_NOT_FOUND.
 */
LN_CHECKED int settings_read(const char *path, const struct settings_row *rows,
                             struct ln_arena *arena, void *out, struct form_error *error);
void settings_help(const struct settings_row *rows, FILE *out);

#endif
