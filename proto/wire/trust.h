/*
 * Inside of the trust: what is held (trust_held.c), the checks that each kind of statement must
 * pass (trust_roster.c, trust_manifest.c), whose roots were accepted (trust_root.c), and
 * taking, which uses all (trust.c). Private to them, and to the verifying of evidence, which
 * looks back.
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
    uint64_t accepted; /* of a roster: one bit a member whose roots in it were accepted */
    struct ln_arena arena;
};

struct ln_trust {
    struct held *first, *last;
    const struct held *roster; /* newest */
    bool demands_acceptance;   /* of everybody's roots but those of `own` */
    struct ln_name own;
};

/** Opens a literal statement, whatever it proves; the owner releases it. Of opening. */
LN_CHECKED int trust_open_held(struct ln_bytes literal, struct held **out);
void trust_release(struct held *held);
void trust_release_held(struct held **held); /* of a local; safe on NULL */
/** Takes ownership; it is the newest now. */
void trust_hold(struct ln_trust *trust, struct held *held);
/** An epoch that a newer one has replaced proves nothing any more. */
void trust_drop_older_epoch(struct ln_trust *trust, const struct held *newer);
/**
 * An epoch whose signer the newest manifest revokes or leaves out: what is sealed to it, a
 * thief of the node's keys would open; and its number must not bar the true node's next one.
 */
void trust_drop_distrusted_epoch(struct ln_trust *trust, const struct ln_name *member);
/** That version; NULL: it is not held. */
const struct held *trust_of_version(const struct ln_trust *trust, uint32_t type,
                                    const struct ln_name *member, uint64_t version);
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
/** As the newest roster held that names it has it, in force or not; NULL: none does. */
const struct ln_member *trust_last_seen(const struct ln_trust *trust, const struct ln_name *id);
const struct ln_officer *trust_find_officer(const struct ln_manifest *manifest,
                                            const struct ln_name *id);

/**
 * As ln_trust_verify_node and ln_trust_verify_author, for whoever is or was a member: what was
 * signed once stays signed.
 */
LN_CHECKED int trust_verify_node(const struct ln_trust *trust, const struct ln_name *member,
                                 const struct ln_signed *signed_body, enum ln_type type);
LN_CHECKED int trust_verify_author(const struct ln_trust *trust,
                                   const struct ln_signed *signed_body, enum ln_type type,
                                   const struct ln_author *author, uint64_t manifest_version,
                                   const struct ln_digest *manifest_digest,
                                   const struct ln_officer **out_officer);

/** The first roster: anchored by a fingerprint, whole, and signed by whom it needs. */
LN_CHECKED int trust_check_first_roster(const struct held *held, const char *fingerprint);
/** The next statement of each kind, whose version fits. */
LN_CHECKED int trust_check_roster(const struct ln_trust *trust, const struct held *held);
LN_CHECKED int trust_check_manifest(const struct ln_trust *trust, const struct held *held);
LN_CHECKED int trust_check_epoch(const struct ln_trust *trust, const struct held *held);

#endif
