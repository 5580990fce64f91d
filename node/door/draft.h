/*
 * From what an officer wants to say to a signed event in the store: rules first, then seals,
 * then the officer's signature, then one transaction. Private to the door.
 */
#ifndef DRAFT_H
#define DRAFT_H

#include "casefile.h"
#include "request.h"

struct draft {
    struct ln_event event; /* all but author, numbers, times and section heads filled in */
    const struct ln_door_section *sections;
    size_t sections_count;
    const struct case_state *state; /* before this event */
    const struct ln_party *parties; /* of the case */
    size_t parties_count;
};

/** Fills in who, when, which number, what was seen; then asks the rules. */
LN_CHECKED int draft_prepare(struct request *request, struct draft *draft);
/** Seals and signs; what is left to be written is put into the request. */
LN_CHECKED int draft_send(struct request *request, struct draft *draft);

#endif
