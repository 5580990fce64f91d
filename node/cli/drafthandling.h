/*
 * How a draft says what may be done with its sections: a map beside them, or options. One table
 * of words for both.
 */
#ifndef DRAFTHANDLING_H
#define DRAFTHANDLING_H

#include <liaison/door.h>

#include "form.h"

/** Where it puts things: sections that are there already get their handling. */
struct drafthandling {
    struct ln_arena *arena;
    struct form_error *error;
    struct ln_door_section *sections;
    size_t count;
};

/** COMPARTMENT: {code: H1, grade: B2, ...}; `map` may be NULL. LN_E_DRAFT, error filled. */
LN_CHECKED int drafthandling_read(const struct drafthandling *draft,
                                  const struct form_node *map);
/** "COMPARTMENT.WORD=TEXT"; uses and onward may stand several times. */
LN_CHECKED int drafthandling_option(const struct drafthandling *draft, const char *text);

#endif
