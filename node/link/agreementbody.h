/*
 * One body of an agreement's life as it is held: the agreement itself, a rejection or an
 * ending; and who was seen to have signed it. Private to agreements.
 */
#ifndef AGREEMENTBODY_H
#define AGREEMENTBODY_H

#include "agreements.h"

struct agreementbody {
    struct agreementbody *next;
    struct ln_arena arena;
    struct agreements_held held;
    struct ln_signed statement;
    struct ln_agreement agreement; /* one of the three, by type */
    struct ln_rejection rejection;
    struct ln_ending ending;
};

/** A copy of its own. LN_E_WRONG_TYPE, OUT_OF_MEMORY, or of opening. No signature is verified.
 */
LN_CHECKED int agreementbody_open(struct ln_bytes literal, struct agreementbody **out);
void agreementbody_destroy(struct agreementbody **body_p);

/** In a list; NULL: it is not there. */
struct agreementbody *agreementbody_find(struct agreementbody *first,
                                         const struct ln_digest *digest);
bool agreementbody_is_agreement(const struct agreementbody *body);
/** Once each, in the order in which they were seen. */
void agreementbody_note_signer(struct agreementbody *body, const struct ln_name *member);
/** Have all parties signed? */
bool agreementbody_is_complete(const struct agreementbody *body);

#endif
