/*
 * Ed25519 signatures.
 *
 * libsodium's verification accepts keys of mixed order: they are screened once, at enrolment.
 */
#include "crypto.h"

#include <sodium.h>

_Static_assert(CRYPTO_SIGN_SECRET_BYTES == crypto_sign_SECRETKEYBYTES, "libsodium's form");
_Static_assert(CRYPTO_SEED_BYTES == crypto_sign_SEEDBYTES, "libsodium's form");
_Static_assert(LN_SIGNATURE_BYTES == crypto_sign_BYTES, "libsodium's form");

void sign_keys_make(struct ln_public_key *out_public,
                    uint8_t out_secret[static CRYPTO_SIGN_SECRET_BYTES])
{
    crypto_sign_keypair(out_public->b, out_secret);
}

void sign_keys_from_seed(const uint8_t seed[static CRYPTO_SEED_BYTES],
                         struct ln_public_key *out_public,
                         uint8_t out_secret[static CRYPTO_SIGN_SECRET_BYTES])
{
    crypto_sign_seed_keypair(out_public->b, out_secret, seed);
}

void sign_make(const uint8_t secret[static CRYPTO_SIGN_SECRET_BYTES], struct ln_bytes message,
               uint8_t out_signature[static LN_SIGNATURE_BYTES])
{
    crypto_sign_detached(out_signature, NULL, message.data, message.size, secret);
}

int sign_verify(const struct ln_public_key *key, struct ln_bytes message,
                const uint8_t signature[static LN_SIGNATURE_BYTES])
{
    return crypto_sign_verify_detached(signature, message.data, message.size, key->b) == 0
               ? 0
               : LN_E_SIGNATURE;
}

int sign_key_check(const struct ln_public_key *key)
{
    return crypto_core_ed25519_is_valid_point(key->b) == 1 ? 0 : LN_E_WEAK_KEY;
}
