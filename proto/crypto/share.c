/*
 * Sharing a secret among several, after Shamir: each byte is the value at 0 of a polynomial
 * over GF(2^8) whose other coefficients are random; a share is its value at the share's number.
 *
 * Ours and not a library's, for the reasons in docs/decisions/0010-shares.md: all that is
 * secret stays in locked memory, and no branch or address depends on it.
 */
#include "crypto.h"

#include <assert.h>
#include <string.h>

/** x^8 + x^4 + x^3 + x + 1 without its highest term. */
enum { REDUCTION = 0x1b };

static uint8_t multiply(uint8_t a, uint8_t b)
{
    uint8_t product = 0;
    for (int bit = 0; bit < 8; bit++) {
        product ^= (uint8_t)(a & (uint8_t)(0U - (b & 1U)));
        const uint8_t carry = (uint8_t)(0U - (a >> 7U));
        a = (uint8_t)((uint8_t)(a << 1U) ^ (carry & REDUCTION));
        b = (uint8_t)(b >> 1U);
    }
    return product;
}

/** a^254: every element but 0 has order 255. */
static uint8_t invert(uint8_t a)
{
    uint8_t power = a, product = 1;
    for (int bit = 1; bit < 8; bit++) {
        power = multiply(power, power);
        product = multiply(product, power);
    }
    return product;
}

/** Horner's rule, from the highest coefficient down. */
static void value_at(uint8_t number, const uint8_t *secret, const uint8_t *coefficients,
                     size_t coefficients_count, uint8_t *out)
{
    memset(out, 0, CRYPTO_SHARE_BYTES);
    for (size_t i = coefficients_count; i > 0; i--) {
        const uint8_t *row = coefficients + (i - 1) * CRYPTO_SHARE_BYTES;
        for (size_t k = 0; k < CRYPTO_SHARE_BYTES; k++)
            out[k] = multiply((uint8_t)(out[k] ^ row[k]), number);
    }
    for (size_t k = 0; k < CRYPTO_SHARE_BYTES; k++)
        out[k] ^= secret[k];
}

void share_split(const uint8_t secret[static CRYPTO_SHARE_BYTES], size_t needed, size_t count,
                 uint8_t *out_shares)
{
    assert(needed >= 1 && needed <= count && count <= CRYPTO_SHARES_MAX);
    uint8_t *coefficients = secret_take(needed * CRYPTO_SHARE_BYTES);
    crypto_random(coefficients, needed * CRYPTO_SHARE_BYTES);
    for (size_t i = 0; i < count; i++)
        value_at((uint8_t)(i + 1), secret, coefficients, needed - 1,
                 out_shares + i * CRYPTO_SHARE_BYTES);
    secret_release(coefficients);
}

/** What the share of numbers[index] weighs at 0 (Lagrange). */
static uint8_t weight_of(const uint8_t *numbers, size_t count, size_t index)
{
    uint8_t weight = 1;
    for (size_t i = 0; i < count; i++) {
        if (i == index)
            continue;
        assert(numbers[i] != numbers[index] && numbers[i] != 0);
        weight = multiply(weight, multiply(numbers[i], invert(numbers[i] ^ numbers[index])));
    }
    return weight;
}

void share_join(const uint8_t *numbers, const uint8_t *shares, size_t count,
                uint8_t out_secret[static CRYPTO_SHARE_BYTES])
{
    memset(out_secret, 0, CRYPTO_SHARE_BYTES);
    for (size_t i = 0; i < count; i++) {
        const uint8_t weight = weight_of(numbers, count, i);
        for (size_t k = 0; k < CRYPTO_SHARE_BYTES; k++)
            out_secret[k] ^= multiply(shares[i * CRYPTO_SHARE_BYTES + k], weight);
    }
}
