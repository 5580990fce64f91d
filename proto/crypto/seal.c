/*
 * HPKE (RFC 9180), base mode, one message a context: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256,
 * ChaCha20-Poly1305. Written out over libsodium's own calls and held against RFC 9180 A.2.1.
 */
#include "crypto.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

enum {
    KEM_ID = 0x0020,
    KDF_ID = 0x0001,
    AEAD_ID = 0x0003,
    MODE_BASE = 0x00,
    HASH_BYTES = 32,
    KEY_BYTES = crypto_aead_chacha20poly1305_ietf_KEYBYTES,
    NONCE_BYTES = crypto_aead_chacha20poly1305_ietf_NPUBBYTES,
    LABELLED_MAX = 2048,
};

_Static_assert(CRYPTO_SEAL_TAG_BYTES == crypto_aead_chacha20poly1305_ietf_ABYTES, "one layout");

static const uint8_t kem_suite[] = {'K', 'E', 'M', KEM_ID >> 8, KEM_ID & 0xff};
static const uint8_t hpke_suite[] = {'H',          'P',           'K',         'E',
                                     KEM_ID >> 8,  KEM_ID & 0xff, KDF_ID >> 8, KDF_ID & 0xff,
                                     AEAD_ID >> 8, AEAD_ID & 0xff};
#define KEM_SUITE ln_view(kem_suite, sizeof kem_suite)
#define HPKE_SUITE ln_view(hpke_suite, sizeof hpke_suite)

/** Every label, key and info of ours fits: LABELLED_MAX is above them all. */
static void append(struct ln_buffer *buffer, struct ln_bytes bytes)
{
    const int error = ln_buffer_add_bytes(buffer, bytes);
    assert(error == 0);
}

/** RFC 9180, section 4: LabeledExtract */
static void labelled_extract(struct ln_bytes suite, const char *label, struct ln_bytes input,
                             uint8_t out[static HASH_BYTES])
{
    AUTO(ln_buffer_wipe) struct ln_buffer labelled = LN_BUFFER(LABELLED_MAX);
    append(&labelled, LN_LITERAL("HPKE-v1"));
    append(&labelled, suite);
    append(&labelled, ln_view(label, strlen(label)));
    append(&labelled, input);
    hkdf_extract(ln_view(NULL, 0), ln_buffer_view(&labelled), out);
}

/** The same with a salt: only the key schedule's secret needs one. */
static void labelled_extract_salted(const uint8_t salt[static HASH_BYTES], const char *label,
                                    uint8_t out[static HASH_BYTES])
{
    AUTO(ln_buffer_wipe) struct ln_buffer labelled = LN_BUFFER(LABELLED_MAX);
    append(&labelled, LN_LITERAL("HPKE-v1"));
    append(&labelled, HPKE_SUITE);
    append(&labelled, ln_view(label, strlen(label)));
    hkdf_extract(ln_view(salt, HASH_BYTES), ln_buffer_view(&labelled), out);
}

/** RFC 9180, section 4: LabeledExpand */
static void labelled_expand(struct ln_bytes suite, const uint8_t prk[static HASH_BYTES],
                            const char *label, struct ln_bytes info, uint8_t *out, size_t size)
{
    AUTO(ln_buffer_wipe) struct ln_buffer labelled = LN_BUFFER(LABELLED_MAX);
    const uint8_t length[2] = {(uint8_t)(size >> 8), (uint8_t)size};
    append(&labelled, ln_view(length, sizeof length));
    append(&labelled, LN_LITERAL("HPKE-v1"));
    append(&labelled, suite);
    append(&labelled, ln_view(label, strlen(label)));
    append(&labelled, info);
    hkdf_expand(prk, ln_buffer_view(&labelled), out, size);
}

/** ExtractAndExpand(dh, enc || pkR) */
static void shared_secret(const uint8_t dh[static 32], const struct ln_public_key *encapsulated,
                          const struct ln_public_key *recipient, uint8_t out[static HASH_BYTES])
{
    uint8_t prk[HASH_BYTES], context[2 * LN_PUBLIC_KEY_BYTES];
    memcpy(context, encapsulated->b, LN_PUBLIC_KEY_BYTES);
    memcpy(context + LN_PUBLIC_KEY_BYTES, recipient->b, LN_PUBLIC_KEY_BYTES);
    labelled_extract(KEM_SUITE, "eae_prk", ln_view(dh, 32), prk);
    labelled_expand(KEM_SUITE, prk, "shared_secret", ln_view(context, sizeof context), out,
                    HASH_BYTES);
    sodium_memzero(prk, sizeof prk);
}

struct message_key {
    uint8_t key[KEY_BYTES], nonce[NONCE_BYTES];
};

static void message_key_wipe(struct message_key *key)
{
    sodium_memzero(key, sizeof *key);
}

/** KeySchedule for base mode; sequence number 0 leaves the nonce as it is. */
static void key_schedule(const uint8_t secret[static HASH_BYTES], struct ln_bytes info,
                         struct message_key *out)
{
    uint8_t context[1 + 2 * HASH_BYTES] = {MODE_BASE}, prk[HASH_BYTES];
    labelled_extract(HPKE_SUITE, "psk_id_hash", ln_view(NULL, 0), context + 1);
    labelled_extract(HPKE_SUITE, "info_hash", info, context + 1 + HASH_BYTES);
    labelled_extract_salted(secret, "secret", prk);
    const struct ln_bytes context_view = ln_view(context, sizeof context);
    labelled_expand(HPKE_SUITE, prk, "key", context_view, out->key, sizeof out->key);
    labelled_expand(HPKE_SUITE, prk, "base_nonce", context_view, out->nonce, sizeof out->nonce);
    sodium_memzero(prk, sizeof prk);
}

/** LN_E_WEAK_KEY when the peer's point gives the all-zero secret. */
static int agree(const uint8_t secret[static CRYPTO_BOX_SECRET_BYTES],
                 const struct ln_public_key *peer, const struct ln_public_key *encapsulated,
                 const struct ln_public_key *recipient, struct ln_bytes info,
                 struct message_key *out)
{
    uint8_t dh[32], shared[HASH_BYTES];
    const int failed = crypto_scalarmult(dh, secret, peer->b);
    if (!failed) {
        shared_secret(dh, encapsulated, recipient, shared);
        key_schedule(shared, info, out);
    }
    sodium_memzero(dh, sizeof dh);
    sodium_memzero(shared, sizeof shared);
    return failed ? LN_E_WEAK_KEY : 0;
}

void seal_keys_make(struct ln_public_key *out_public,
                    uint8_t out_secret[static CRYPTO_BOX_SECRET_BYTES])
{
    randombytes_buf(out_secret, CRYPTO_BOX_SECRET_BYTES);
    crypto_scalarmult_base(out_public->b, out_secret);
}

void seal_keys_from_secret(const uint8_t secret[static CRYPTO_BOX_SECRET_BYTES],
                           struct ln_public_key *out_public)
{
    crypto_scalarmult_base(out_public->b, secret);
}

int seal_key_check(const struct ln_public_key *key)
{
    /* Any secret gives zero with a point of small order: libsodium says so. */
    static const uint8_t probe[CRYPTO_BOX_SECRET_BYTES] = {1};
    uint8_t shared[32];
    return crypto_scalarmult(shared, probe, key->b) == 0 ? 0 : LN_E_WEAK_KEY;
}

/** How the associated data is come by: given, or made once the encapsulated key is known. */
struct binding {
    int (*bind)(void *context, const struct ln_public_key *encapsulated,
                struct ln_bytes *out_aad);
    void *context;
};

static int seal_with(const uint8_t ephemeral[static CRYPTO_BOX_SECRET_BYTES],
                     const struct ln_public_key *recipient, struct ln_bytes info,
                     const struct binding *binding, struct ln_bytes plaintext, uint8_t *out)
{
    struct ln_public_key encapsulated;
    AUTO(message_key_wipe) struct message_key key = {0};
    crypto_scalarmult_base(encapsulated.b, ephemeral);
    int error = agree(ephemeral, recipient, &encapsulated, recipient, info, &key);
    struct ln_bytes aad;
    if (error == 0)
        error = binding->bind(binding->context, &encapsulated, &aad);
    if (error == 0)
        crypto_aead_chacha20poly1305_ietf_encrypt(out, NULL, plaintext.data, plaintext.size,
                                                  aad.data, aad.size, NULL, key.nonce, key.key);
    return error;
}

struct given {
    struct ln_bytes aad;
    struct ln_public_key *out_encapsulated;
};

static int bind_given(void *context, const struct ln_public_key *encapsulated,
                      struct ln_bytes *out_aad)
{
    const struct given *given = context;
    *given->out_encapsulated = *encapsulated;
    *out_aad = given->aad;
    return 0;
}

int seal_to_with(const uint8_t ephemeral[static CRYPTO_BOX_SECRET_BYTES],
                 const struct ln_public_key *recipient, struct ln_bytes info,
                 struct ln_bytes aad, struct ln_bytes plaintext,
                 struct ln_public_key *out_encapsulated, uint8_t *out)
{
    struct given given = {aad, out_encapsulated};
    const struct binding binding = {bind_given, &given};
    return seal_with(ephemeral, recipient, info, &binding, plaintext, out);
}

int seal_to(const struct ln_public_key *recipient, struct ln_bytes info, struct ln_bytes aad,
            struct ln_bytes plaintext, struct ln_public_key *out_encapsulated, uint8_t *out)
{
    struct given given = {aad, out_encapsulated};
    return seal_to_bound(recipient, info, bind_given, &given, plaintext, out);
}

int seal_to_bound(const struct ln_public_key *recipient, struct ln_bytes info,
                  int (*bind)(void *context, const struct ln_public_key *encapsulated,
                              struct ln_bytes *out_aad),
                  void *context, struct ln_bytes plaintext, uint8_t *out)
{
    uint8_t ephemeral[CRYPTO_BOX_SECRET_BYTES];
    randombytes_buf(ephemeral, sizeof ephemeral);
    const struct binding binding = {bind, context};
    const int error = seal_with(ephemeral, recipient, info, &binding, plaintext, out);
    sodium_memzero(ephemeral, sizeof ephemeral);
    return error;
}

int seal_open(const uint8_t secret[static CRYPTO_BOX_SECRET_BYTES],
              const struct ln_public_key *encapsulated, struct ln_bytes info,
              struct ln_bytes aad, struct ln_bytes ciphertext, uint8_t *out)
{
    if (ciphertext.size < CRYPTO_SEAL_TAG_BYTES)
        return LN_E_UNSEALABLE;
    struct ln_public_key recipient;
    AUTO(message_key_wipe) struct message_key key = {0};
    crypto_scalarmult_base(recipient.b, secret);
    if (agree(secret, encapsulated, encapsulated, &recipient, info, &key) != 0)
        return LN_E_UNSEALABLE;
    const int failed = crypto_aead_chacha20poly1305_ietf_decrypt(
        out, NULL, NULL, ciphertext.data, ciphertext.size, aad.data, aad.size, key.nonce,
        key.key);
    return failed ? LN_E_UNSEALABLE : 0;
}
