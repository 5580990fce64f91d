/*
 * What a country that forwarded something still has to say in the case that it began: the
 * originator has corrected or revoked it since. Private to the door. Source: docs/cases.md,
 * Handling; docs/decisions/0014-passing-on.md.
 */
#ifndef DUTY_H
#define DUTY_H

#include "casefile.h"
#include "request.h"

enum { DUTY_MAX = 64 };

struct duty {
    uint32_t action;                /* CORRECT or REVOKE, to be signed in the linked case */
    const struct case_fact *linked; /* the event of ours that it is about */
    uint32_t compartment;
    const struct case_entry *because; /* CORRECT: the originator's, in the case of origin */
};

struct duties {
    struct casefile linked, origin;
    struct duty list[DUTY_MAX];
    size_t count;
};

/**
 * Fills in what waits in this case; nothing in a case that we did not forward. The casefiles
 * are loaded to that depth, in the arena. Errors of casefile_load.
 */
LN_CHECKED int duty_load(struct store_txn *txn, const struct local *local,
                         const struct ln_id *case_id, enum casefile_depth depth,
                         struct ln_arena *arena, struct duties *out);
/** In a case that is loaded already; `out->linked` is set to it. */
LN_CHECKED int duty_load_origin(struct store_txn *txn, const struct local *local,
                                const struct casefile *linked, enum casefile_depth depth,
                                struct ln_arena *arena, struct duties *out);
/** How many cases have such duties. */
LN_CHECKED int duty_count(struct store_txn *txn, const struct local *local,
                          uint32_t *out_count);

#endif
