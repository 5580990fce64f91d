/*
 * Keys from keys (HKDF-SHA256, RFC 5869: libsodium 1.0.18 has no call for it) and from
 * passphrases.
 */
#include "crypto.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

enum { HASH_BYTES = 32 };

static void hmac(struct ln_bytes key, const struct ln_bytes *parts, size_t parts_count,
                 uint8_t out[static HASH_BYTES])
{
    crypto_auth_hmacsha256_state state;
    static const uint8_t nothing[1]; /* libsodium wants an address even for no bytes */
    crypto_auth_hmacsha256_init(&state, key.size == 0 ? nothing : key.data, key.size);
    for (size_t i = 0; i < parts_count; i++) {
        if (parts[i].size > 0)
            crypto_auth_hmacsha256_update(&state, parts[i].data, parts[i].size);
    }
    crypto_auth_hmacsha256_final(&state, out);
    sodium_memzero(&state, sizeof state);
}

void hkdf_extract(struct ln_bytes salt, struct ln_bytes input, uint8_t out[static 32])
{
    hmac(salt, &input, 1, out);
}

void hkdf_expand(const uint8_t prk[static 32], struct ln_bytes info, uint8_t *out, size_t size)
{
    assert(size <= 255 * HASH_BYTES);
    uint8_t block[HASH_BYTES];
    size_t block_size = 0;
    for (uint8_t counter = 1; size > 0; counter++) {
        const struct ln_bytes parts[] = {ln_view(block, block_size), info,
                                         ln_view(&counter, 1)};
        hmac(ln_view(prk, HASH_BYTES), parts, LN_COUNT(parts), block);
        block_size = HASH_BYTES;
        const size_t taken = size < HASH_BYTES ? size : HASH_BYTES;
        memcpy(out, block, taken);
        out += taken;
        size -= taken;
    }
    sodium_memzero(block, sizeof block);
}

void derive_key(const uint8_t key[static CRYPTO_SYMMETRIC_BYTES], const char *purpose,
                uint8_t out[static CRYPTO_SYMMETRIC_BYTES])
{
    AUTO(ln_buffer_wipe) struct ln_buffer info = LN_BUFFER(128);
    const int error = ln_buffer_format(&info, "liaison/1 %s", purpose);
    assert(error == 0);
    uint8_t prk[HASH_BYTES];
    hkdf_extract(ln_view(NULL, 0), ln_view(key, CRYPTO_SYMMETRIC_BYTES), prk);
    hkdf_expand(prk, ln_buffer_view(&info), out, CRYPTO_SYMMETRIC_BYTES);
    sodium_memzero(prk, sizeof prk);
}

const struct crypto_cost CRYPTO_COST_MODERATE = {.operations = 3, .memory_kib = 256 * 1024};

enum { OPERATIONS_MAX = 16, MEMORY_KIB_MAX = 1024 * 1024 };

int derive_from_passphrase(struct ln_bytes passphrase,
                           const uint8_t salt[static CRYPTO_SALT_BYTES],
                           const struct crypto_cost *cost,
                           uint8_t out[static CRYPTO_SYMMETRIC_BYTES])
{
    if (cost->operations > OPERATIONS_MAX || cost->memory_kib > MEMORY_KIB_MAX)
        return LN_E_TOO_LARGE;
    const int failed = crypto_pwhash(
        out, CRYPTO_SYMMETRIC_BYTES, (const char *)passphrase.data, passphrase.size, salt,
        cost->operations, (size_t)cost->memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13);
    return failed ? LN_E_OUT_OF_MEMORY : 0;
}
