/*
 * The primitives against the published vectors of their standards, and what they must refuse.
 */
#include "crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { BYTES_MAX = 2048 };

struct hex {
    uint8_t b[BYTES_MAX];
    size_t size;
};

static struct hex from_hex(const char *text)
{
    struct hex out = {.size = strlen(text) / 2};
    assert_true(out.size <= sizeof out.b);
    assert_int_equal(ln_hex_read(text, out.b, out.size), 0);
    return out;
}

static struct ln_bytes view(const struct hex *hex)
{
    return ln_view(hex->b, hex->size);
}

/* RFC 8032, section 7.1 -------------------------------------------------------------------- */

static const struct {
    const char *seed, *public, *message, *signature;
} ed25519[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701"
     "cf9b46b"
     "d25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d"
     "0f11d8c"
     "387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f7609"
     "84dc659"
     "4a7c15e9716ed28dc027beceea1ec40a"},
};

static void signs_as_rfc_8032(void **state)
{
    (void)state;
    for (size_t i = 0; i < LN_COUNT(ed25519); i++) {
        const struct hex seed = from_hex(ed25519[i].seed), public = from_hex(ed25519[i].public);
        const struct hex message = from_hex(ed25519[i].message);
        const struct hex signature = from_hex(ed25519[i].signature);
        struct ln_public_key key;
        uint8_t secret[CRYPTO_SIGN_SECRET_BYTES], made[LN_SIGNATURE_BYTES];
        sign_keys_from_seed(seed.b, &key, secret);
        assert_memory_equal(key.b, public.b, sizeof key.b);
        sign_make(secret, view(&message), made);
        assert_memory_equal(made, signature.b, sizeof made);
        assert_int_equal(sign_verify(&key, view(&message), made), 0);
    }
}

static void refuses_signature_with_any_bit_flipped(void **state)
{
    (void)state;
    struct ln_public_key key;
    uint8_t secret[CRYPTO_SIGN_SECRET_BYTES], signature[LN_SIGNATURE_BYTES];
    sign_keys_make(&key, secret);
    sign_make(secret, LN_LITERAL("a message"), signature);
    for (unsigned bit = 0; bit < 8 * sizeof signature; bit++) {
        signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(sign_verify(&key, LN_LITERAL("a message"), signature), LN_E_SIGNATURE);
        signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void refuses_signing_keys_that_are_no_valid_point(void **state)
{
    (void)state;
    /* the neutral element, a point of order two, and one that is not on the curve */
    static const char *const weak[] = {
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0200000000000000000000000000000000000000000000000000000000000000",
    };
    for (size_t i = 0; i < LN_COUNT(weak); i++) {
        const struct hex bytes = from_hex(weak[i]);
        struct ln_public_key key;
        memcpy(key.b, bytes.b, sizeof key.b);
        assert_int_equal(sign_key_check(&key), LN_E_WEAK_KEY);
    }
}

/* RFC 9180, A.2.1 -------------------------------------------------------------------------- */

#define HPKE_INFO "4f6465206f6e2061204772656369616e2055726e"
#define HPKE_EPHEMERAL "f4ec9b33b792c372c1d2c2063507b684ef925b8c75a42dbcbf57d63ccd381600"
#define HPKE_RECIPIENT "4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a"
#define HPKE_SECRET "8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb"
#define HPKE_ENCAPSULATED "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a"
#define HPKE_PLAINTEXT "4265617574792069732074727574682c20747275746820626561757479"
#define HPKE_AAD "436f756e742d30"
#define HPKE_CIPHERTEXT                                                                        \
    "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a" \
    "28"

static void seals_as_rfc_9180_a_2_1(void **state)
{
    (void)state;
    const struct hex info = from_hex(HPKE_INFO), ephemeral = from_hex(HPKE_EPHEMERAL);
    const struct hex recipient = from_hex(HPKE_RECIPIENT),
                     expected = from_hex(HPKE_ENCAPSULATED);
    const struct hex plaintext = from_hex(HPKE_PLAINTEXT), aad = from_hex(HPKE_AAD);
    const struct hex ciphertext = from_hex(HPKE_CIPHERTEXT);
    struct ln_public_key key, encapsulated;
    uint8_t out[BYTES_MAX];
    memcpy(key.b, recipient.b, sizeof key.b);
    assert_int_equal(seal_to_with(ephemeral.b, &key, view(&info), view(&aad), view(&plaintext),
                                  &encapsulated, out),
                     0);
    assert_memory_equal(encapsulated.b, expected.b, sizeof encapsulated.b);
    assert_memory_equal(out, ciphertext.b, ciphertext.size);
}

static void opens_as_rfc_9180_a_2_1(void **state)
{
    (void)state;
    const struct hex info = from_hex(HPKE_INFO), secret = from_hex(HPKE_SECRET);
    const struct hex encapsulated = from_hex(HPKE_ENCAPSULATED), aad = from_hex(HPKE_AAD);
    const struct hex plaintext = from_hex(HPKE_PLAINTEXT),
                     ciphertext = from_hex(HPKE_CIPHERTEXT);
    struct ln_public_key key;
    uint8_t out[BYTES_MAX];
    memcpy(key.b, encapsulated.b, sizeof key.b);
    assert_int_equal(seal_open(secret.b, &key, view(&info), view(&aad), view(&ciphertext), out),
                     0);
    assert_memory_equal(out, plaintext.b, plaintext.size);
}

static void refuses_sealed_message_with_any_bit_flipped(void **state)
{
    (void)state;
    struct ln_public_key key, encapsulated;
    uint8_t secret[CRYPTO_BOX_SECRET_BYTES], sealed[5 + CRYPTO_SEAL_TAG_BYTES], out[5];
    seal_keys_make(&key, secret);
    const struct ln_bytes info = LN_LITERAL("info"), aad = LN_LITERAL("aad");
    assert_int_equal(seal_to(&key, info, aad, LN_LITERAL("hello"), &encapsulated, sealed), 0);
    for (unsigned bit = 0; bit < 8 * sizeof sealed; bit++) {
        sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(
            seal_open(secret, &encapsulated, info, aad, ln_view(sealed, sizeof sealed), out),
            LN_E_UNSEALABLE);
        sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_int_equal(
        seal_open(secret, &encapsulated, info, aad, ln_view(sealed, sizeof sealed), out), 0);
    assert_int_equal(seal_open(secret, &encapsulated, info, LN_LITERAL("aae"),
                               ln_view(sealed, sizeof sealed), out),
                     LN_E_UNSEALABLE);
}

static void refuses_box_keys_of_small_order(void **state)
{
    (void)state;
    static const char *const weak[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    };
    for (size_t i = 0; i < LN_COUNT(weak); i++) {
        const struct hex bytes = from_hex(weak[i]);
        struct ln_public_key key, encapsulated;
        uint8_t out[32];
        memcpy(key.b, bytes.b, sizeof key.b);
        assert_int_equal(seal_key_check(&key), LN_E_WEAK_KEY);
        assert_int_equal(
            seal_to(&key, LN_LITERAL(""), LN_LITERAL(""), LN_LITERAL("x"), &encapsulated, out),
            LN_E_WEAK_KEY);
    }
}

/* RFC 5869, appendix A --------------------------------------------------------------------- */

static const struct {
    const char *input, *salt, *info, *prk, *okm;
} hkdf[] = {
    {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "000102030405060708090a0b0c",
     "f0f1f2f3f4f5f6f7f8f9", "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
     "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"},
    {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "", "",
     "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
     "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"},
};

static void derives_as_rfc_5869(void **state)
{
    (void)state;
    for (size_t i = 0; i < LN_COUNT(hkdf); i++) {
        const struct hex input = from_hex(hkdf[i].input), salt = from_hex(hkdf[i].salt);
        const struct hex info = from_hex(hkdf[i].info), prk = from_hex(hkdf[i].prk);
        const struct hex okm = from_hex(hkdf[i].okm);
        uint8_t made_prk[32], made[BYTES_MAX];
        hkdf_extract(view(&salt), view(&input), made_prk);
        assert_memory_equal(made_prk, prk.b, sizeof made_prk);
        hkdf_expand(made_prk, view(&info), made, okm.size);
        assert_memory_equal(made, okm.b, okm.size);
    }
}

/* draft-irtf-cfrg-xchacha-03, A.3.1 -------------------------------------------------------- */

static void opens_as_the_xchacha_draft(void **state)
{
    (void)state;
    const struct hex key =
        from_hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
    const struct hex aad = from_hex("50515253c0c1c2c3c4c5c6c7");
    const struct hex sealed = from_hex("404142434445464748494a4b4c4d4e4f5051525354555657"
                                       "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902"
                                       "c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39"
                                       "ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b"
                                       "982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
                                       "21f9664c97637da9768812f615c68b13b52e"
                                       "c0875924c1c7987947deafd8780acf49");
    static const char expected[] =
        "Ladies and Gentlemen of the class of '99: If I could offer you only "
        "one tip for the future, sunscreen would be it.";
    uint8_t out[BYTES_MAX];
    assert_int_equal(aead_open(key.b, view(&aad), view(&sealed), out), 0);
    assert_memory_equal(out, expected, sizeof expected - 1);
}

static void refuses_kept_value_with_any_bit_flipped(void **state)
{
    (void)state;
    static const uint8_t key[CRYPTO_SYMMETRIC_BYTES] = {7};
    uint8_t sealed[3 + CRYPTO_AEAD_EXTRA_BYTES], out[3];
    aead_seal(key, LN_LITERAL("place"), LN_LITERAL("abc"), sealed);
    for (unsigned bit = 0; bit < 8 * sizeof sealed; bit++) {
        sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(
            aead_open(key, LN_LITERAL("place"), ln_view(sealed, sizeof sealed), out),
            LN_E_UNSEALABLE);
        sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_int_equal(aead_open(key, LN_LITERAL("place"), ln_view(sealed, sizeof sealed), out),
                     0);
}

static void refuses_kept_value_shorter_than_its_tag(void **state)
{
    (void)state;
    static const uint8_t key[CRYPTO_SYMMETRIC_BYTES], sealed[CRYPTO_AEAD_EXTRA_BYTES - 1];
    uint8_t out[1];
    assert_int_equal(aead_open(key, LN_LITERAL(""), ln_view(sealed, sizeof sealed), out),
                     LN_E_UNSEALABLE);
}

static void refuses_passphrase_costs_above_the_limit(void **state)
{
    (void)state;
    static const uint8_t salt[CRYPTO_SALT_BYTES];
    const struct crypto_cost many = {.operations = 17, .memory_kib = 64};
    const struct crypto_cost large = {.operations = 1, .memory_kib = 1024 * 1024 + 1};
    uint8_t out[CRYPTO_SYMMETRIC_BYTES];
    assert_int_equal(derive_from_passphrase(LN_LITERAL("x"), salt, &many, out), LN_E_TOO_LARGE);
    assert_int_equal(derive_from_passphrase(LN_LITERAL("x"), salt, &large, out),
                     LN_E_TOO_LARGE);
}

static void secrets_are_wiped_when_given_back(void **state)
{
    (void)state;
    uint8_t *secret = secret_take(100);
    memset(secret, 0xaa, 100);
    secret_release(secret);
    uint8_t *again = secret_take(100); /* the first free run: the same place */
    assert_ptr_equal(secret, again);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(again[i], 0);
    secret_release(again);
}

static void says_when_secret_memory_runs_short(void **state)
{
    (void)state;
    void *secrets[8192];
    size_t count = 0;
    while (!secret_is_short())
        secrets[count++] = secret_take(32);
    assert_true(count > 4096);
    secret_release(secrets[--count]); /* at the limit: one less is enough */
    assert_false(secret_is_short());
    while (count > 0)
        secret_release(secrets[--count]);
}

/* In GF(2^8) with AES's polynomial: 0x53 + 0xca x at 1 and 2, and 0x53 * 0xca = 1. */
static void joins_shares_as_counted_by_hand(void **state)
{
    (void)state;
    static const uint8_t numbers[] = {1, 2}, others[] = {2, 0xca};
    uint8_t shares[2][CRYPTO_SHARE_BYTES], secret[CRYPTO_SHARE_BYTES];
    memset(shares[0], 0x99, sizeof shares[0]);
    memset(shares[1], 0xdc, sizeof shares[1]);
    share_join(numbers, shares[0], 2, secret);
    assert_int_equal(secret[0], 0x53);
    assert_int_equal(secret[CRYPTO_SHARE_BYTES - 1], 0x53);
    memset(shares[0], 0x53 ^ 0x8f, sizeof shares[0]); /* 0xca * 2 is 0x8f */
    memset(shares[1], 0x53 ^ 0x75, sizeof shares[1]); /* 0xca * 0xca is 0x75 */
    share_join(others, shares[0], 2, secret);
    assert_int_equal(secret[0], 0x53);
}

static void any_enough_shares_join_to_what_was_split(void **state)
{
    (void)state;
    enum { COUNT = 5, NEEDED = 3 };
    uint8_t secret[CRYPTO_SHARE_BYTES], joined[CRYPTO_SHARE_BYTES];
    uint8_t shares[COUNT][CRYPTO_SHARE_BYTES];
    crypto_random(secret, sizeof secret);
    share_split(secret, NEEDED, COUNT, shares[0]);
    for (unsigned who = 0; who < 1U << COUNT; who++) {
        uint8_t numbers[COUNT], chosen[COUNT][CRYPTO_SHARE_BYTES];
        size_t count = 0;
        for (unsigned i = 0; i < COUNT; i++) {
            if ((who >> i & 1) == 0)
                continue;
            numbers[count] = (uint8_t)(i + 1);
            memcpy(chosen[count++], shares[i], CRYPTO_SHARE_BYTES);
        }
        share_join(numbers, chosen[0], count, joined);
        assert_int_equal(memcmp(joined, secret, sizeof secret) == 0, count >= NEEDED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_as_rfc_8032),
        cmocka_unit_test(refuses_signature_with_any_bit_flipped),
        cmocka_unit_test(refuses_signing_keys_that_are_no_valid_point),
        cmocka_unit_test(seals_as_rfc_9180_a_2_1),
        cmocka_unit_test(opens_as_rfc_9180_a_2_1),
        cmocka_unit_test(refuses_sealed_message_with_any_bit_flipped),
        cmocka_unit_test(refuses_box_keys_of_small_order),
        cmocka_unit_test(derives_as_rfc_5869),
        cmocka_unit_test(opens_as_the_xchacha_draft),
        cmocka_unit_test(joins_shares_as_counted_by_hand),
        cmocka_unit_test(any_enough_shares_join_to_what_was_split),
        cmocka_unit_test(refuses_kept_value_with_any_bit_flipped),
        cmocka_unit_test(refuses_kept_value_shorter_than_its_tag),
        cmocka_unit_test(refuses_passphrase_costs_above_the_limit),
        cmocka_unit_test(secrets_are_wiped_when_given_back),
        cmocka_unit_test(says_when_secret_memory_runs_short),
    };
    if (crypto_start() != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
