/*
 * How a section stands in its case now: revoked or corrected by its originator, and what was
 * granted to whoever asked. Pure, over the folded case. Source: docs/cases.md, Handling.
 *
 * Threads: any. Cost: standing_of as many steps as a chain of corrections has; the others walk
 * the case's events a few times.
 */
#ifndef STANDING_H
#define STANDING_H

#include "case.h"

/** What later events of its case made of a section. */
struct standing {
    int code;                   /* 0, SECTION_REVOKED or SECTION_CORRECTED */
    const struct case_fact *by; /* the event that says so; NULL where code is 0 */
};

/** Notes what a CORRECT or REVOKE that takes effect says of its target. For the fold. */
void standing_mark(struct case_state *state, const struct case_fact *fact);

/** `fact` took effect and has a section of that compartment. A correction that is revoked with
 * what it corrects is revoked. */
struct standing standing_of(const struct case_state *state, const struct case_fact *fact,
                            uint32_t compartment);

/** The GRANT or DENY of an ASK; NULL: none yet. */
const struct case_fact *standing_answer(const struct case_state *state,
                                        const struct case_fact *ask);

/** Did the originator grant this to `asker`? `to` as in handling_allows. */
bool standing_is_granted(const struct case_state *state, const struct case_fact *fact,
                         uint32_t compartment, const struct ln_name *asker, uint32_t use,
                         const struct ln_name *to);

/**
 * May `reader` use section `index` so? As handling_allows, or SECTION_REVOKED for everything,
 * or SECTION_CORRECTED for all but reading; what was granted to the reader is allowed in spite
 * of the head, until the section expires.
 */
LN_CHECKED int standing_allows(const struct case_state *state, const struct case_fact *fact,
                               size_t index, const struct ln_name *reader, uint32_t use,
                               const struct ln_name *to, uint64_t now_ms);

#endif
