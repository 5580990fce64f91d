/*
 * Signed bodies: the one shape of everything that matters. Source: docs/protocol.md, Signed
 * bodies.
 *
 * The received bytes are what is verified, digested, stored and forwarded; nothing is
 * serialised again. Keys stay where they are kept: signing goes through a ln_signer, which
 * never shows its key.
 */
#ifndef LIAISON_SIGNED_H
#define LIAISON_SIGNED_H

#include <liaison/wire.h>

enum ln_type {
    LN_TYPE_ROSTER = 1,
    LN_TYPE_MANIFEST = 2,
    LN_TYPE_EPOCH = 3,
    LN_TYPE_EVENT = 4,
    LN_TYPE_LETTER = 5,
    LN_TYPE_NOTE = 6,
    LN_TYPE_RECEIPT = 7,
    LN_TYPE_AGREEMENT = 8,
    LN_TYPE_REJECTION = 9,
    LN_TYPE_ENDING = 10,
    LN_TYPE_LAST = LN_TYPE_ENDING,
};

enum {
    LN_BODY_MAX = 192 * 1024, /* bytes of a body; a letter's envelope bounds it further */
    LN_SIGNATURES_MAX = 64,
};

struct ln_signature_bytes {
    uint8_t b[LN_SIGNATURE_BYTES];
};

struct ln_signature {
    struct ln_key_id key_id;
    struct ln_signature_bytes signature;
};

struct ln_signed {
    uint32_t type; /* enum ln_type */
    struct ln_bytes body;
    const struct ln_signature *signatures;
    size_t signatures_count;
};
LN_WIRE(signed)

/**
 * "roster", "letter", ...: the word that goes into signatures and digests. Never NULL for a
 * known type.
 */
const char *ln_type_word(enum ln_type type);

/** Something that signs with one key and keeps it to itself. */
struct ln_signer {
    struct ln_key_id key_id;
    /** 0 or a code (a locked session: LN_E_NO_SESSION). */
    int (*sign)(void *context, struct ln_bytes message,
                uint8_t out_signature[static LN_SIGNATURE_BYTES]);
    void *context;
};

/**
 * Signs `body` and appends the packed Signed. Whatever the signer returns is returned.
 */
LN_CHECKED int ln_sign(enum ln_type type, const struct ln_id *federation, struct ln_bytes body,
                       const struct ln_signer *signer, struct ln_buffer *out);

/**
 * The shape of what ln_sign would pack; `out_signature` is filled and must live as long as the
 * shape. For bodies that collect several signatures, or that go into a larger message.
 */
LN_CHECKED int ln_sign_shape(enum ln_type type, const struct ln_id *federation,
                             struct ln_bytes body, const struct ln_signer *signer,
                             struct ln_signature *out_signature);

/**
 * BLAKE2b-256("liaison/1 digest" 0x00 type-word 0x00 body): what receipts, chains and cites
 * refer to.
 */
void ln_signed_digest(const struct ln_signed *signed_body, struct ln_digest *out);

/**
 * Does `key`, known under `key_id`, stand among the signatures, and does its signature hold?
 * LN_E_WRONG_TYPE, LN_E_UNKNOWN_KEY (none of the signatures names it), LN_E_SIGNATURE.
 */
LN_CHECKED int ln_signed_verify(const struct ln_signed *signed_body, enum ln_type type,
                                const struct ln_id *federation, const struct ln_key_id *key_id,
                                const struct ln_public_key *key);

/** Key ids by use: see docs/protocol.md, Keys. */
enum ln_key_use {
    LN_USE_ROOT,
    LN_USE_NODE,
    LN_USE_OFFICER,
    LN_USE_OFFICER_BOX,
    LN_USE_EPOCH,
    LN_USE_ROLE,
    LN_USE_TRANSPORT,
    LN_USE_HUB,
};
void ln_key_id_of(enum ln_key_use use, const struct ln_public_key *key, struct ln_key_id *out);
/**
 * BLAKE2b-256("liaison/1 fingerprint" 0x00 root...), roots in ascending order: what people
 * compare.
 */
void ln_roots_fingerprint(const struct ln_public_key *roots, size_t roots_count,
                          struct ln_digest *out);
/** Enrolment check of a signing key or of a box key: LN_E_WEAK_KEY. */
LN_CHECKED int ln_signing_key_check(const struct ln_public_key *key);
LN_CHECKED int ln_box_key_check(const struct ln_public_key *key);

#endif
