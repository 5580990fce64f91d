/*
 * Who is who: federation roster, country manifests, epoch statements, and what they prove
 * together.
 *
 * Source: docs/protocol.md, Who is who. A roster is signed by the countries, a manifest by its
 * country's root, an epoch statement by its node: so the federation cannot swap a country's
 * node key, and no country can touch another's.
 */
#ifndef LIAISON_ROSTER_H
#define LIAISON_ROSTER_H

#include <liaison/signed.h>

enum {
    LN_MEMBERS_MAX = 64,
    LN_ROOTS_MAX = 16,
    LN_HUBS_MAX = 16,
    LN_ENDPOINTS_MAX = 4,
    LN_OFFICES_MAX = 64,
    LN_OFFICERS_MAX = 512,
    LN_ROLES_MAX = 16, /* a officer */
    LN_ROLE_KEYS_MAX = 512,
    LN_NODE_KEYS_MAX = 16,
};

enum ln_key_status { LN_KEY_ACTIVE = 1, LN_KEY_RETIRED = 2, LN_KEY_REVOKED = 3 };
enum ln_node_key_use { LN_NODE_SIGNING = 1, LN_NODE_TRANSPORT = 2 };

struct ln_member {
    struct ln_name id;
    struct ln_bytes title;
    uint32_t threshold;
    const struct ln_public_key *roots;
    size_t roots_count;
};

struct ln_hub {
    struct ln_name id;
    const struct ln_bytes *endpoints; /* text */
    size_t endpoints_count;
    struct ln_public_key transport_key;
};

struct ln_roster {
    struct ln_id federation;
    uint64_t version;
    struct ln_digest previous; /* zero in version 1 */
    uint64_t created_ms, expires_ms;
    struct ln_bytes title;
    uint32_t threshold;
    const struct ln_member *members;
    size_t members_count;
    const struct ln_hub *hubs;
    size_t hubs_count;
    uint32_t code_lists;
};
LN_WIRE(roster)

struct ln_office {
    struct ln_name id;
    struct ln_bytes title;
    uint32_t kind;
};

struct ln_officer {
    struct ln_name id;
    struct ln_name office;
    const uint32_t *roles;
    size_t roles_count;
    struct ln_public_key signing_key;
    struct ln_public_key box_key;
    uint64_t valid_from_ms, valid_until_ms;
    uint32_t status;
};

struct ln_node_key {
    uint32_t use;
    struct ln_public_key key;
    uint64_t valid_from_ms, valid_until_ms;
    uint32_t status;
};

struct ln_role_key {
    struct ln_name office;
    uint32_t compartment;
    struct ln_public_key key;
    uint64_t valid_from_ms, valid_until_ms;
    uint32_t status;
};

struct ln_collection {
    struct ln_name hub;
    uint32_t priority;
};

struct ln_manifest {
    struct ln_id federation;
    struct ln_name member;
    uint64_t version;
    struct ln_digest previous;
    uint64_t created_ms, expires_ms;
    const struct ln_node_key *node_keys;
    size_t node_keys_count;
    const struct ln_collection *collections;
    size_t collections_count;
    const struct ln_office *offices;
    size_t offices_count;
    const struct ln_officer *officers;
    size_t officers_count;
    const struct ln_role_key *role_keys;
    size_t role_keys_count;
};
LN_WIRE(manifest)

struct ln_epoch {
    struct ln_id federation;
    struct ln_name member;
    uint64_t number;
    struct ln_public_key key;
    uint64_t starts_ms, ends_ms;
    uint64_t oldest_openable;
};
LN_WIRE(epoch)

/**
 * What a manifest says must not contradict itself (docs/protocol.md, Manifest):
 * LN_E_INCONSISTENT, LN_E_WEAK_KEY. Part of ln_trust_take; for whoever makes one, before it is
 * signed.
 */
LN_CHECKED int ln_manifest_check(const struct ln_manifest *manifest);

/* What they prove together ----------------------------------------------------------------- */

/**
 * All statements a program holds and has verified: the newest roster, the newest manifest and
 * epoch of each member, and every older version's digest. In memory; the program stores the
 * literal bytes itself and hands them in again, in order, at start.
 */
struct ln_trust;

struct ln_trust *ln_trust_new(void);
void ln_trust_destroy(struct ln_trust **trust_p);

/**
 * The first roster, anchored by the fingerprint of one member's roots, compared in person.
 * Version 1 must be signed by the threshold of every member; a later version, as a first one,
 * by its own threshold of members. Also the anchor of offline verification. LN_E_FINGERPRINT
 * (no member has these roots), LN_E_TOO_FEW_SIGNATURES, LN_E_SIGNATURE, LN_E_INCONSISTENT, or
 * what opening returns.
 */
LN_CHECKED int ln_trust_anchor(struct ln_trust *trust, struct ln_bytes signed_roster,
                               const char *fingerprint);

/** What became of a statement. */
enum ln_trust_result {
    LN_TRUST_NEW = 0,   /* newer than what was held: store it, hand it on */
    LN_TRUST_KNOWN = 1, /* held already */
};
/**
 * Takes a roster, manifest or epoch statement by the update rules (version + 1, previous
 * digest, signed by who must). >= 0: a ln_trust_result. LN_E_ROLLBACK, LN_E_FORK (keep it as
 * evidence), LN_E_VERSION_GAP, LN_E_UNKNOWN_KEY, LN_E_SIGNATURE, LN_E_TOO_FEW_SIGNATURES,
 * LN_E_NOT_A_MEMBER, LN_E_WRONG_FEDERATION, LN_E_INCONSISTENT, LN_E_WEAK_KEY, LN_E_WRONG_TYPE.
 * Expired ones are taken: expiry is the asker's business.
 */
LN_CHECKED int ln_trust_take(struct ln_trust *trust, struct ln_bytes signed_statement);

/** Borrowed until the next ln_trust_take; NULL when there is none. */
const struct ln_roster *ln_trust_roster(const struct ln_trust *trust);
const struct ln_manifest *ln_trust_manifest(const struct ln_trust *trust,
                                            const struct ln_name *member);
/**
 * An older manifest, as an event names it; NULL if that version was never taken or has another
 * digest.
 */
const struct ln_manifest *ln_trust_manifest_version(const struct ln_trust *trust,
                                                    const struct ln_name *member,
                                                    uint64_t version,
                                                    const struct ln_digest *digest);
const struct ln_epoch *ln_trust_epoch(const struct ln_trust *trust,
                                      const struct ln_name *member);
const struct ln_member *ln_trust_member(const struct ln_trust *trust,
                                        const struct ln_name *member);
const struct ln_hub *ln_trust_hub(const struct ln_trust *trust, const struct ln_name *hub);
/** Digest of the newest roster (member NULL) or manifest. false if there is none. */
bool ln_trust_version(const struct ln_trust *trust, const struct ln_name *member,
                      uint64_t *out_version, struct ln_digest *out_digest);

/**
 * The member whose active transport key this is, NULL if none: the hub's admission, asked per
 * message. Revoked, retired and not yet valid keys admit nobody; a key past its validity still
 * admits (flagged by status): receiving never stops by a date alone.
 */
const struct ln_member *ln_trust_admits(const struct ln_trust *trust,
                                        const struct ln_public_key *transport_key);

/**
 * From now on a member that was not in the first roster held is distrusted until its roots are
 * accepted. For a node, whose officers can compare; `own` is the node's country. Hubs, the
 * ceremony and the verifying of evidence demand nothing: whom a fingerprint anchors is their
 * user's business.
 */
void ln_trust_demand_acceptance(struct ln_trust *trust, const struct ln_name *own);
/**
 * May something be taken from this member, or sent to it? 0; LN_E_NOT_A_MEMBER: it is not, or
 * no longer; LN_E_ROOT_NOT_ACCEPTED. Cost: the statements held.
 */
LN_CHECKED int ln_trust_standing(const struct ln_trust *trust, const struct ln_name *member);
/**
 * The roots that this version of the roster gives the member were compared, and accepted. Good
 * until the member leaves; roots that these hand over to are accepted with them.
 * LN_E_NOT_A_MEMBER: that version is not held or does not name it; LN_E_FINGERPRINT: it gives
 * it other roots.
 */
LN_CHECKED int ln_trust_accept(struct ln_trust *trust, const struct ln_name *member,
                               uint64_t version, const struct ln_digest *fingerprint);

/**
 * Verifies a body signed by a member's node. LN_E_UNKNOWN_KEY, KEY_REVOKED, SIGNATURE,
 * WRONG_TYPE; and if it is signed, of ln_trust_standing: so that only what is authentic is kept
 * for later.
 */
LN_CHECKED int ln_trust_verify_node(const struct ln_trust *trust, const struct ln_name *member,
                                    const struct ln_signed *signed_body, enum ln_type type);

/**
 * Verifies an event's signature by the officer it names, in the manifest version it names.
 * LN_E_VERSION_GAP if that manifest is not held yet; and if it is signed, of
 * ln_trust_standing. *out_officer is borrowed as above.
 */
struct ln_event;
LN_CHECKED int ln_trust_verify_officer(const struct ln_trust *trust,
                                       const struct ln_signed *signed_body,
                                       const struct ln_event *event,
                                       const struct ln_officer **out_officer);
/** The same of any body that names its author and the author's manifest. */
struct ln_author;
LN_CHECKED int ln_trust_verify_author(const struct ln_trust *trust,
                                      const struct ln_signed *signed_body, enum ln_type type,
                                      const struct ln_author *author, uint64_t manifest_version,
                                      const struct ln_digest *manifest_digest,
                                      const struct ln_officer **out_officer);

/**
 * Have the member's roots, those of the roster in force, signed this body by their threshold?
 * LN_E_NOT_A_MEMBER; LN_E_SIGNATURE: one that names a root does not hold.
 */
LN_CHECKED int ln_trust_signed_by_roots(const struct ln_trust *trust,
                                        const struct ln_name *member,
                                        const struct ln_signed *signed_body,
                                        bool *out_has_signed);

/**
 * What a counterpart sees of the roster (member NULL or empty) or of a manifest, held against
 * ours.
 */
enum ln_trust_view {
    LN_TRUST_SAME = 0,  /* or nothing to compare with */
    LN_TRUST_BEHIND = 1 /* they hold a newer version than we do: fetch it */
};
/** LN_E_FORK: the same version with another digest. >= 0: a ln_trust_view. */
LN_CHECKED int ln_trust_compare(const struct ln_trust *trust, const struct ln_name *member,
                                uint64_t version, const struct ln_digest *digest);

/**
 * Does any manifest held say that this officer is revoked? For events that arrive now: a later
 * manifest that leaves the officer out, or names it anew, takes nothing back.
 */
bool ln_trust_is_revoked(const struct ln_trust *trust, const struct ln_name *member,
                         const struct ln_name *officer);

/** Every statement held, oldest first, in an order in which ln_trust_take accepts them again.
 */
typedef int ln_trust_each(uint32_t type, const struct ln_name *member, uint64_t version,
                          struct ln_bytes signed_statement, void *context);
LN_CHECKED int ln_trust_walk(const struct ln_trust *trust, ln_trust_each *each, void *context);

#endif
