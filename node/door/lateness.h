/*
 * A referral that nobody has opened in time, and the offices to which the agreement's ladder
 * has brought it since. Private to the door. Source: docs/cases.md, Urgency.
 */
#ifndef LATENESS_H
#define LATENESS_H

#include "casefile.h"
#include "request.h"

struct lateness {
    bool is_late;
    const struct ln_door_party *offices; /* in the order of the ladder */
    size_t count;
};

/** In the request's arena. LN_E_OUT_OF_MEMORY. */
LN_CHECKED int lateness_find(struct request *request, const struct casefile *file,
                             struct lateness *out);

#endif
