/*
 * Accepting the root of a country that joined: two officers, each with the digits that came to
 * them over another way than the roster did. Kept in the store; told to the trust.
 * Source: docs/protocol.md, Roster; docs/cases.md, Two officers.
 */
#ifndef ACCEPTANCE_H
#define ACCEPTANCE_H

#include "local.h"

/** What one officer typed. */
struct acceptance_vote {
    struct ln_name member, officer;
    const char *digits;
};

struct acceptance {
    uint64_t roster_version, when_ms; /* of the last vote */
    struct ln_digest fingerprint;     /* of the roots that were compared */
    struct ln_name first, second;     /* second empty: another officer must do the same */
};

/** Tells the trust what the store has of the members of the newest roster. */
LN_CHECKED int acceptance_load(const struct local *local);
/** Who voted last for this member's root. LN_E_NOT_FOUND: nobody yet. */
LN_CHECKED int acceptance_get(struct store_txn *txn, const struct ln_name *member,
                              struct acceptance *out);

/**
 * Keeps a vote. *out is complete with the second of two officers, the second within a day of
 * the first and for the same roots; then acceptance_tell, once it is committed. Nothing is
 * written for a root that is accepted already (*out is complete). LN_E_NOT_A_MEMBER,
 * LN_E_FINGERPRINT: the roster has other roots; LN_E_SAME_OFFICER.
 */
LN_CHECKED int acceptance_vote(struct store_txn *txn, const struct local *local,
                               const struct acceptance_vote *vote, struct acceptance *out);
bool acceptance_is_complete(const struct acceptance *acceptance);
/** As ln_trust_accept. */
LN_CHECKED int acceptance_tell(const struct local *local, const struct ln_name *member,
                               const struct acceptance *acceptance);

#endif
