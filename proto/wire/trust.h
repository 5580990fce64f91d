/*
 * Inside of the trust: what is held, and the checks that each kind of statement must pass.
 * Private to trust*.c.
 */
#ifndef TRUST_H
#define TRUST_H

#include <liaison/event.h>
#include <liaison/roster.h>

struct held {
    struct held *next; /* in the order of taking */
    uint32_t type;
    struct ln_name member; /* empty: the roster */
    uint64_t version;
    struct ln_digest digest;
    struct ln_bytes literal;
    struct ln_signed statement;
    struct ln_roster roster; /* one of the three, by type */
    struct ln_manifest manifest;
    struct ln_epoch epoch;
    struct ln_arena arena;
};

struct ln_trust {
    struct held *first, *last;
    const struct held *roster; /* newest */
};

/** The newest statement of a kind; NULL: none. */
const struct held *trust_newest(const struct ln_trust *trust, uint32_t type,
                                const struct ln_name *member);

/**
 * Has the member signed, by its own threshold of different roots? LN_E_SIGNATURE: one does not
 * hold.
 */
LN_CHECKED int trust_has_signed(const struct held *held, const struct ln_id *federation,
                                const struct ln_member *member, bool *out_has_signed);
/** LN_E_TOO_FEW_SIGNATURES unless it has. */
LN_CHECKED int trust_must_have_signed(const struct held *held, const struct ln_id *federation,
                                      const struct ln_member *member);
/** LN_E_TOO_FEW_SIGNATURES unless so many members of `by` have. */
LN_CHECKED int trust_members_signed(const struct held *held, const struct ln_roster *by,
                                    size_t threshold);

const struct ln_member *trust_find_member(const struct ln_roster *roster,
                                          const struct ln_name *id);
const struct ln_officer *trust_find_officer(const struct ln_manifest *manifest,
                                            const struct ln_name *id);

/** The first roster: anchored by a fingerprint, whole, and signed by whom it needs. */
LN_CHECKED int trust_check_first_roster(const struct held *held, const char *fingerprint);
/** The next statement of each kind, whose version fits. */
LN_CHECKED int trust_check_roster(const struct ln_trust *trust, const struct held *held);
LN_CHECKED int trust_check_manifest(const struct ln_trust *trust, const struct held *held);
LN_CHECKED int trust_check_epoch(const struct ln_trust *trust, const struct held *held);

#endif
