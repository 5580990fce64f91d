/*
 * XChaCha20-Poly1305 with a random nonce in front: for what is kept and for sections.
 */
#include "crypto.h"

#include <sodium.h>
#include <string.h>

enum { TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES };

_Static_assert(CRYPTO_AEAD_NONCE_BYTES == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
               "one layout");
_Static_assert(CRYPTO_AEAD_EXTRA_BYTES == (int)CRYPTO_AEAD_NONCE_BYTES + (int)TAG_BYTES,
               "one layout");

void aead_seal(const uint8_t key[static CRYPTO_SYMMETRIC_BYTES], struct ln_bytes aad,
               struct ln_bytes plaintext, uint8_t *out)
{
    randombytes_buf(out, CRYPTO_AEAD_NONCE_BYTES);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + CRYPTO_AEAD_NONCE_BYTES, NULL,
                                               plaintext.data, plaintext.size, aad.data,
                                               aad.size, NULL, out, key);
}

int aead_open(const uint8_t key[static CRYPTO_SYMMETRIC_BYTES], struct ln_bytes aad,
              struct ln_bytes sealed, uint8_t *out)
{
    if (sealed.size < CRYPTO_AEAD_EXTRA_BYTES)
        return LN_E_UNSEALABLE;
    const int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(
        out, NULL, NULL, sealed.data + CRYPTO_AEAD_NONCE_BYTES,
        sealed.size - CRYPTO_AEAD_NONCE_BYTES, aad.data, aad.size, sealed.data, key);
    return failed ? LN_E_UNSEALABLE : 0;
}
