/*
 * The agreements that a node holds, with their rejections and endings: who has signed, which
 * version is in force, what stands against it. A function of what was taken, whatever the
 * order.
 *
 * In memory; the store keeps the literal bodies and hands them in again at start. Only bodies
 * that were verified once are kept there, so they are believed then: roots may have been
 * exchanged since. Source: docs/protocol.md, Agreements. One thread.
 */
#ifndef AGREEMENTS_H
#define AGREEMENTS_H

#include "policy.h"

struct agreements;

struct agreements *agreements_new(void);
void agreements_destroy(struct agreements **agreements_p);

enum {
    AGREEMENTS_BODIES_MAX = 1024,
    AGREEMENTS_OF_ONE_MAX = 128, /* not agreed by all, of one country: no one fills the place */
    AGREEMENTS_SIGNED_MAX = LN_AGREEMENT_SIZE_MAX + 8192
};

/** A body as it is held: merged signatures, and the parties that were seen to have signed. */
struct agreements_held {
    struct ln_digest digest;
    struct ln_bytes literal; /* Signed */
    struct ln_country signed_by[LN_PARTIES_MAX];
    size_t signed_by_count;
};

enum agreements_result {
    AGREEMENTS_NEW = 0,  /* a new body, or a copy with signatures that were lacking */
    AGREEMENTS_KNOWN = 1 /* nothing that was not here */
};

/**
 * Takes a Signed of type agreement, rejection or ending that concerns `member`. >= 0: a
 * result, with what is held now. LN_E_WRONG_TYPE, WRONG_FEDERATION, NOT_A_MEMBER, NOT_A_PARTY,
 * AGREEMENT_SOURCE, TOO_FEW_SIGNATURES, SIGNATURE, UNKNOWN_KEY, KEY_REVOKED, VERSION_GAP, ROLE,
 * FORK (keep it as evidence), NOT_FOUND (a rejection or ending of what is not held),
 * AGREEMENT_NOTICE, AGREEMENT_REJECTED, AGREEMENT_QUOTA (of the country that brought it),
 * TOO_MANY (of all together), or of opening. `out_held` is borrowed until the next take.
 */
LN_CHECKED int agreements_take(struct agreements *agreements, const struct ln_trust *trust,
                               const struct ln_name *member,
                               const struct ln_signed *signed_body,
                               struct agreements_held *out_held);
/** What the store kept. LN_E_STORE_DAMAGED; OUT_OF_MEMORY. */
LN_CHECKED int agreements_restore(struct agreements *agreements,
                                  const struct agreements_held *held);

/** The complete ones, for the policy. Borrowed until the next take. */
const struct policy_agreements *agreements_policies(const struct agreements *agreements);

enum agreements_status {
    AGREEMENTS_PROPOSED = 1, /* signatures are missing */
    AGREEMENTS_REJECTED,
    AGREEMENTS_FORKED, /* two bodies under one version */
    AGREEMENTS_AGREED, /* complete, not in force yet */
    AGREEMENTS_IN_FORCE,
    AGREEMENTS_REPLACED, /* by a newer version */
    AGREEMENTS_ENDED,
};
const char *agreements_status_name(enum agreements_status status);

/** One version of one agreement. */
struct agreements_row {
    const struct ln_agreement *agreement;
    struct ln_digest digest;
    struct ln_bytes literal;
    const struct ln_country *signed_by;
    size_t signed_by_count;
    enum agreements_status status;
    uint64_t ends_ms;
    const struct ln_rejection *rejection; /* NULL: none */
    const struct ln_ending *ending;       /* the earliest; NULL: none */
};
typedef int agreements_each(const struct agreements_row *row, void *context);
/** Every version, by name and version. `at_ms` decides the status. */
LN_CHECKED int agreements_walk(const struct agreements *agreements, uint64_t at_ms,
                               agreements_each *each, void *context);
/** The body of that digest; NULL: it is not held. Borrowed until the next take. */
const struct ln_agreement *agreements_body(const struct agreements *agreements,
                                           const struct ln_digest *digest);
/** One version, of two the complete one; 0: the newest. false: none. */
bool agreements_find(const struct agreements *agreements, const struct ln_name *id,
                     uint64_t version, uint64_t at_ms, struct agreements_row *out);

#endif
