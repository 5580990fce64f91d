/*
 * The primitives of docs/protocol.md, thin over libsodium: one key, one use, each use with its
 * purpose.
 *
 * Functions that take what a stranger sent return LN_E_...; lengths and keys of our own making
 * are asserted. No function keeps state; all are safe from any thread once crypto_start has
 * returned 0.
 */
#ifndef CRYPTO_H
#define CRYPTO_H

#include <liaison/base.h>
#include <liaison/error.h>

enum {
    CRYPTO_SIGN_SECRET_BYTES = 64, /* libsodium's form: seed, public key */
    CRYPTO_SEED_BYTES = 32,
    CRYPTO_BOX_SECRET_BYTES = 32,
    CRYPTO_SYMMETRIC_BYTES = 32,
    CRYPTO_AEAD_NONCE_BYTES = 24,
    CRYPTO_AEAD_EXTRA_BYTES = 24 + 16, /* nonce and tag, added to the plaintext's size */
    CRYPTO_SEAL_TAG_BYTES = 16,
    CRYPTO_SALT_BYTES = 16,
    CRYPTO_SHARE_BYTES = 32,
    CRYPTO_SHARES_MAX = 255,
};

/**
 * Once a process, before anything else: starts libsodium, and checks that secret memory can be
 * locked. LN_E_LOCKED_MEMORY if RLIMIT_MEMLOCK is too small; LN_E_SYSTEM if libsodium does not
 * start.
 */
LN_CHECKED int crypto_start(void);
void crypto_random(void *out, size_t size);
void crypto_wipe(void *memory, size_t size);
/** Constant in time over `size`. */
bool crypto_equal(const void *a, const void *b, size_t size);

/* Secret memory: one locked arena for all keys of the process ------------------------------ */

/**
 * Locked, wiped on release; never NULL: running out of the arena (256 KiB) is a mistake of
 * ours.
 */
void *secret_take(size_t size);
/** Is only what the node's own work needs left? Then nobody else may log in. */
bool secret_is_short(void);
/** Wipes and gives back; safe on NULL. */
void secret_release(void *secret);

/* Digests (BLAKE2b-256) -------------------------------------------------------------------- */

/** BLAKE2b-256(purpose 0x00 parts...): every use has its own purpose, "liaison/1 ...". */
void digest_parts(const char *purpose, const struct ln_bytes *parts, size_t parts_count,
                  struct ln_digest *out);
/** The same keyed with 32 bytes: commitments and blind index keys. */
void digest_keyed(const uint8_t key[static CRYPTO_SYMMETRIC_BYTES], const char *purpose,
                  const struct ln_bytes *parts, size_t parts_count, struct ln_digest *out);
/**
 * First 16 bytes of BLAKE2b-256("liaison/1 key-id" 0x00 algorithm 0x00 use 0x00 public_key);
 * algorithm is "ed25519" or "x25519", use a word like "root" (docs/protocol.md, Keys).
 */
void digest_key_id(const char *algorithm, const char *use, const struct ln_public_key *key,
                   struct ln_key_id *out);

/* Signatures (Ed25519) --------------------------------------------------------------------- */

void sign_keys_make(struct ln_public_key *out_public,
                    uint8_t out_secret[static CRYPTO_SIGN_SECRET_BYTES]);
void sign_keys_from_seed(const uint8_t seed[static CRYPTO_SEED_BYTES],
                         struct ln_public_key *out_public,
                         uint8_t out_secret[static CRYPTO_SIGN_SECRET_BYTES]);
void sign_make(const uint8_t secret[static CRYPTO_SIGN_SECRET_BYTES], struct ln_bytes message,
               uint8_t out_signature[static LN_SIGNATURE_BYTES]);
/** 0 or LN_E_SIGNATURE. */
LN_CHECKED int sign_verify(const struct ln_public_key *key, struct ln_bytes message,
                           const uint8_t signature[static LN_SIGNATURE_BYTES]);
/** At enrolment: LN_E_WEAK_KEY unless it is a canonical point of the prime-order subgroup. */
LN_CHECKED int sign_key_check(const struct ln_public_key *key);

/*
 * Sealing to a key: HPKE (RFC 9180) base mode, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256,
 * ChaCha20-Poly1305, one message a context
 * -----------------------------------------------------
 */

void seal_keys_make(struct ln_public_key *out_public,
                    uint8_t out_secret[static CRYPTO_BOX_SECRET_BYTES]);
/** The public half of a secret. */
void seal_keys_from_secret(const uint8_t secret[static CRYPTO_BOX_SECRET_BYTES],
                           struct ln_public_key *out_public);
/** LN_E_WEAK_KEY if the key is of small order. */
LN_CHECKED int seal_key_check(const struct ln_public_key *key);
/**
 * `out` takes plaintext.size + CRYPTO_SEAL_TAG_BYTES. LN_E_WEAK_KEY if the shared secret is
 * zero.
 */
LN_CHECKED int seal_to(const struct ln_public_key *recipient, struct ln_bytes info,
                       struct ln_bytes aad, struct ln_bytes plaintext,
                       struct ln_public_key *out_encapsulated, uint8_t *out);
/**
 * `out` takes ciphertext.size - CRYPTO_SEAL_TAG_BYTES. LN_E_UNSEALABLE, and nothing is written.
 */
LN_CHECKED int seal_open(const uint8_t secret[static CRYPTO_BOX_SECRET_BYTES],
                         const struct ln_public_key *encapsulated, struct ln_bytes info,
                         struct ln_bytes aad, struct ln_bytes ciphertext, uint8_t *out);
/**
 * The same where the associated data has the encapsulated key in it: `bind` is told the key and
 * gives the associated data, or an error that is returned.
 */
LN_CHECKED int seal_to_bound(const struct ln_public_key *recipient, struct ln_bytes info,
                             int (*bind)(void *context,
                                         const struct ln_public_key *encapsulated,
                                         struct ln_bytes *out_aad),
                             void *context, struct ln_bytes plaintext, uint8_t *out);
/** For the known-answer test only: the sender's ephemeral secret is given. */
LN_CHECKED int seal_to_with(const uint8_t ephemeral[static CRYPTO_BOX_SECRET_BYTES],
                            const struct ln_public_key *recipient, struct ln_bytes info,
                            struct ln_bytes aad, struct ln_bytes plaintext,
                            struct ln_public_key *out_encapsulated, uint8_t *out);

/* Sharing a secret (Shamir over GF(2^8), docs/protocol.md, Key files) -----------------------
 */

/**
 * Cuts a secret into `count` shares of CRYPTO_SHARE_BYTES, numbered from 1, of which any
 * `needed` give it back and fewer tell nothing. Shares belong into secret memory. 1 <= needed
 * <= count <= CRYPTO_SHARES_MAX, asserted.
 */
void share_split(const uint8_t secret[static CRYPTO_SHARE_BYTES], size_t needed, size_t count,
                 uint8_t *out_shares);
/**
 * The secret, if there are enough shares and all are right: whoever asks holds it against
 * something. `numbers` differ and none is 0, asserted.
 */
void share_join(const uint8_t *numbers, const uint8_t *shares, size_t count,
                uint8_t out_secret[static CRYPTO_SHARE_BYTES]);

/* Bulk and at rest: XChaCha20-Poly1305-IETF, random nonce in front ------------------------- */

/** `out` takes plaintext.size + CRYPTO_AEAD_EXTRA_BYTES: nonce, ciphertext, tag. */
void aead_seal(const uint8_t key[static CRYPTO_SYMMETRIC_BYTES], struct ln_bytes aad,
               struct ln_bytes plaintext, uint8_t *out);
/** `out` takes sealed.size - CRYPTO_AEAD_EXTRA_BYTES. LN_E_UNSEALABLE, and nothing is written.
 */
LN_CHECKED int aead_open(const uint8_t key[static CRYPTO_SYMMETRIC_BYTES], struct ln_bytes aad,
                         struct ln_bytes sealed, uint8_t *out);

/* Derivation ------------------------------------------------------------------------------- */

void hkdf_extract(struct ln_bytes salt, struct ln_bytes input,
                  uint8_t out[static 32]); /* RFC 5869 */
/** `size` at most 255 * 32, asserted. */
void hkdf_expand(const uint8_t prk[static 32], struct ln_bytes info, uint8_t *out, size_t size);
/** HKDF-SHA256 with an empty salt and info "liaison/1 " purpose: one subkey a purpose. */
void derive_key(const uint8_t key[static CRYPTO_SYMMETRIC_BYTES], const char *purpose,
                uint8_t out[static CRYPTO_SYMMETRIC_BYTES]);

/** What Argon2id costs; stored beside what it protects, never lowered silently. */
struct crypto_cost {
    uint32_t operations;
    uint32_t memory_kib;
};
extern const struct crypto_cost CRYPTO_COST_MODERATE; /* 3 operations, 256 MiB */
/** LN_E_TOO_LARGE if the cost is above 16 operations or 1 GiB; LN_E_OUT_OF_MEMORY. */
LN_CHECKED int derive_from_passphrase(struct ln_bytes passphrase,
                                      const uint8_t salt[static CRYPTO_SALT_BYTES],
                                      const struct crypto_cost *cost,
                                      uint8_t out[static CRYPTO_SYMMETRIC_BYTES]);

#endif
