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
    struct ln_digest refer;      /* APPROVE: the event that waits for it */
    struct policy_answer permit; /* which article permits it, once prepared */
};

/** What the officer said of purpose, consent and children; `terms` may be NULL. */
void draft_terms(struct draft *draft, const struct ln_door_terms *terms);
/** Fills in who, when, which number, what was seen; then asks the rules. */
LN_CHECKED int draft_prepare(struct request *request, struct draft *draft);
/** Says which rule came nearest; returns the answer's code. */
int draft_refuse(struct request *request, const struct policy_answer *answer);
/** Seals and signs; what is left to be written is put into the request. */
LN_CHECKED int draft_send(struct request *request, struct draft *draft);

/** A new referral, from rules to signature; `origin`: NULL, or from where its sections come. */
LN_CHECKED int draft_refer(struct request *request, const struct ln_door_refer *refer,
                           const struct ln_origin *origin);

#endif
