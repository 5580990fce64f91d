/*
 * A country's manifest from its YAML source, read beside the version before it.
 *
 * The source names what is in use now; what it leaves out is carried over (carryover.h). A key
 * that the version before has REVOKED stays so: a source that says otherwise is refused.
 */
#ifndef MANIFESTSOURCE_H
#define MANIFESTSOURCE_H

#include "form.h"

#include <liaison/roster.h>

struct manifestsource {
    struct ln_arena *arena; /* everything that is read lives in it */
    struct form_error *error;
    const struct ln_manifest *previous; /* NULL: this is the first version */
    struct ln_manifest *manifest;       /* filled, but for `previous`, the digest */
    uint64_t now_ms;                    /* when it is made */
};

/** LN_E_DRAFT with the error filled, LN_E_OUT_OF_MEMORY. */
LN_CHECKED int manifestsource_read(const struct manifestsource *source,
                                   const struct form_node *root);

#endif
