/*
 * A case as one officer may see it, or take it out of the node. Private to the door. Source:
 * docs/cases.md, Need to know, Handling.
 */
#ifndef SHOWING_H
#define SHOWING_H

#include "request.h"

struct showing_wish {
    struct ln_bytes case_prefix;
    uint32_t use;                 /* HANDLING_READ, or for which use it leaves the node */
    const uint32_t *compartments; /* others stay shut (LEFT_OUT); none: all of them */
    size_t compartments_count;
};

/** In the request's arena, and in its audit entry. Of casefile_find and casefile_load;
 * LN_E_OUT_OF_MEMORY. */
LN_CHECKED int showing_case(struct request *request, const struct showing_wish *wish,
                            const struct ln_door_case **out);

#endif
