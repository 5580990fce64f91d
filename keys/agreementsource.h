/*
 * An agreement from its YAML source: one file that a legal officer writes and reads, numbered
 * articles, comments, the human texts named by their files. docs/agreements has three.
 */
#ifndef AGREEMENTSOURCE_H
#define AGREEMENTSOURCE_H

#include "form.h"

#include <liaison/agreement.h>

struct agreementsource {
    struct ln_arena *arena; /* everything that is read lives in it */
    struct form_error *error;
    const char *path;               /* of the source: texts are looked for beside it */
    struct ln_agreement *agreement; /* filled, but for federation, previous and time */
};

/** LN_E_DRAFT with the error filled, LN_E_OUT_OF_MEMORY, or of reading a text's file. */
LN_CHECKED int agreementsource_read(const struct agreementsource *source,
                                    const struct form_node *root);

#endif
