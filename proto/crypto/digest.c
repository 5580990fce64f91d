/*
 * BLAKE2b-256 with a purpose in front, ended by a NUL: no digest made for one thing passes for
 * another.
 */
#include "crypto.h"

#include <sodium.h>
#include <string.h>

static void digest_all(const uint8_t *key, size_t key_size, const char *purpose,
                       const struct ln_bytes *parts, size_t parts_count, struct ln_digest *out)
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, key, key_size, sizeof out->b);
    crypto_generichash_update(&state, (const uint8_t *)purpose, strlen(purpose) + 1);
    for (size_t i = 0; i < parts_count; i++) {
        if (parts[i].size > 0)
            crypto_generichash_update(&state, parts[i].data, parts[i].size);
    }
    crypto_generichash_final(&state, out->b, sizeof out->b);
    sodium_memzero(&state, sizeof state);
}

void digest_parts(const char *purpose, const struct ln_bytes *parts, size_t parts_count,
                  struct ln_digest *out)
{
    digest_all(NULL, 0, purpose, parts, parts_count, out);
}

void digest_keyed(const uint8_t key[static CRYPTO_SYMMETRIC_BYTES], const char *purpose,
                  const struct ln_bytes *parts, size_t parts_count, struct ln_digest *out)
{
    digest_all(key, CRYPTO_SYMMETRIC_BYTES, purpose, parts, parts_count, out);
}

void digest_key_id(const char *algorithm, const char *use, const struct ln_public_key *key,
                   struct ln_key_id *out)
{
    struct ln_digest digest;
    const struct ln_bytes parts[] = {ln_view(algorithm, strlen(algorithm) + 1),
                                     ln_view(use, strlen(use) + 1),
                                     ln_view(key->b, sizeof key->b)};
    digest_parts("liaison/1 key-id", parts, LN_COUNT(parts), &digest);
    memcpy(out->b, digest.b, sizeof out->b);
}
