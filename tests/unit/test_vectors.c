/*
 * The worked values of docs/protocol.md, section 29, against the code.
 */
#include "crypto.h"

#include <liaison/letter.h>
#include <liaison/roster.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static uint8_t signing_secret[CRYPTO_SIGN_SECRET_BYTES];
static struct ln_public_key signing_key, all_42;
static struct ln_id federation;

static int sign_with(void *context, struct ln_bytes message,
                     uint8_t out[static LN_SIGNATURE_BYTES])
{
    sign_make(context, message, out);
    return 0;
}

static void expect_hex(const void *bytes, size_t size, const char *expected)
{
    char text[512];
    assert_true(2 * size < sizeof text);
    ln_hex(ln_view(bytes, size), text);
    assert_string_equal(text, expected);
}

static struct ln_signed letter_of_three_bytes(void)
{
    static const uint8_t body[] = {0x0a, 0x01, 0x01};
    return (struct ln_signed){.type = LN_TYPE_LETTER, .body = ln_view(body, sizeof body)};
}

static void key_ids_name_algorithm_and_use(void **state)
{
    (void)state;
    struct ln_key_id id;
    expect_hex(signing_key.b, sizeof signing_key.b,
               "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8");
    ln_key_id_of(LN_USE_NODE, &signing_key, &id);
    expect_hex(id.b, sizeof id.b, "5596b62a7be3c30df10f41440123e342");
    ln_key_id_of(LN_USE_ROOT, &signing_key, &id);
    expect_hex(id.b, sizeof id.b, "7cebe28c364cf4ff09c2c8ba585e9c08");
    ln_key_id_of(LN_USE_EPOCH, &all_42, &id);
    expect_hex(id.b, sizeof id.b, "e81518f18b2de387adcd79809a72eaa8");
}

static void fingerprint_is_of_the_sorted_roots(void **state)
{
    (void)state;
    const struct ln_public_key roots[] = {all_42, signing_key};
    struct ln_digest digest;
    char text[LN_FINGERPRINT_SIZE];
    ln_roots_fingerprint(roots, 2, &digest);
    ln_fingerprint_text(&digest, text);
    expect_hex(digest.b, sizeof digest.b,
               "b005f4801a528e002698d6637ec568f075714c29928d4dc0012b0134e5bd265a");
    assert_string_equal(text, "45061 62592 06738 36352 09880 54883 32453 26864");
}

static void signature_is_over_the_preimage(void **state)
{
    (void)state;
    struct ln_signer signer = {.sign = sign_with, .context = signing_secret};
    struct ln_signature signature;
    ln_key_id_of(LN_USE_NODE, &signing_key, &signer.key_id);
    assert_int_equal(ln_sign_shape(LN_TYPE_LETTER, &federation, letter_of_three_bytes().body,
                                   &signer, &signature),
                     0);
    expect_hex(signature.signature.b, sizeof signature.signature.b,
               "3b759c26209b08149eac6df732a6d64551a55fe22ff11ddd69435e2ac128b0060489c8a579da58f"
               "9333f6bcf12f19b"
               "ab4c2f20cc95a51f547a63edca5545c60f");
}

static void chain_grows_by_letters_digests(void **state)
{
    (void)state;
    const struct ln_signed letter = letter_of_three_bytes();
    struct ln_digest digest, head = {{0}};
    ln_signed_digest(&letter, &digest);
    expect_hex(digest.b, sizeof digest.b,
               "f02279c9999d634851429a3d3b07bfea8e9f781a696041159683b19b1fa95aac");
    ln_chain_head(&head, &digest, &head);
    expect_hex(head.b, sizeof head.b,
               "2abeb3306534b3171c46a31f152a1b3423cd75c6970e3a4a71ed7b6c28a11b39");
    ln_chain_head(&head, &digest, &head);
    expect_hex(head.b, sizeof head.b,
               "8d8a018c74030efa5cfc672b9e8274a60c2e8c48ef34aca29f4387fa65212a45");
}

static void case_number_reads_as_base_32(void **state)
{
    (void)state;
    struct ln_id id, back;
    char text[LN_ID_TEXT_SIZE];
    assert_int_equal(ln_hex_read("0148a0b1c2d300010203040506070809", id.b, sizeof id.b), 0);
    ln_id_text(&id, text);
    assert_string_equal(text, "0192GB3GPK000G40R40M30E209");
    assert_int_equal(ln_id_read("0192gb3gpk000g40r40m30e209", &back), 0);
    assert_true(ln_id_equal(&id, &back));
}

static int unwrap_known_key(void *context, const struct ln_key_id *key_id,
                            const struct ln_public_key *encapsulated, struct ln_bytes info,
                            struct ln_bytes aad, struct ln_bytes ciphertext, uint8_t *out)
{
    (void)key_id;
    (void)encapsulated;
    (void)ciphertext;
    assert_true(ln_bytes_equal(info, LN_LITERAL("liaison/1 wrap")));
    expect_hex(aad.data, aad.size,
               "6c696169736f6e2f312073656374696f6e00101112131415161718191a1b1c1d1e1f0148a0b1c2d"
               "30001020304050607"
               "08090000000200000000000000014b4800");
    memcpy(out, context, LN_SECTION_KEY_BYTES);
    return 0;
}

/*
 * The section is sealed here by the page's values; the code must open it and find the
 * commitment.
 */
static void section_opens_by_the_pages_key_and_commitment(void **state)
{
    (void)state;
    static const uint8_t plaintext[] = {0x0a, 0x08, 0x0a, 0x04, 'n', 'a', 'm', 'e', 0x12, 0x00};
    uint8_t section_key[32], cipher_key[32], aad[128], ciphertext[sizeof plaintext + 40];
    struct ln_event event = {.federation = federation,
                             .author = {.member = {"KH"}},
                             .number = 1,
                             .sections_count = 1};
    struct ln_section_head head = {.compartment = LN_COMPARTMENT_IDENTITY};
    const struct ln_wrap wrap = {.role_key_id = {{0}}};
    const struct ln_section section = {ln_view(ciphertext, sizeof ciphertext), &wrap, 1};
    const struct ln_event_item item = {.sections = &section, .sections_count = 1};
    const struct ln_unsealer unsealer = {unwrap_known_key, section_key};
    AUTO(ln_buffer_wipe) struct ln_buffer opened = LN_BUFFER(1024);
    for (unsigned i = 0; i < sizeof section_key; i++)
        section_key[i] = (uint8_t)(0x80 + i);
    assert_int_equal(ln_hex_read("0148a0b1c2d300010203040506070809", event.case_id.b, 16), 0);
    assert_int_equal(
        ln_hex_read("2f39a3992bd4e56d7fee54bacff001ecafe87a3fbdad0331418da0f682dc4852",
                    cipher_key, 32),
        0);
    assert_int_equal(
        ln_hex_read("b5d63425944fd287815a98df1185dc32ff2e992634c3ce8ba75a25c25bd345b5",
                    head.commitment.b, 32),
        0);
    assert_int_equal(
        ln_hex_read(
            "6c696169736f6e2f312073656374696f6e00101112131415161718191a1b1c1d1e1f0148a0b1"
            "c2d3000102030405060708090000000200000000000000014b4800",
            aad, 65),
        0);
    aead_seal(cipher_key, ln_view(aad, 65), ln_view(plaintext, sizeof plaintext), ciphertext);
    event.sections = &head;
    assert_int_equal(ln_section_open(&event, &item, 0, &unsealer, &opened), 0);
    assert_memory_equal(opened.data, plaintext, sizeof plaintext);
    head.commitment.b[0] ^= 1;
    assert_int_equal(ln_section_open(&event, &item, 0, &unsealer, &opened), LN_E_COMMITMENT);
}

static void ciphertext_digest_is_the_pages(void **state)
{
    (void)state;
    static const uint8_t zeros[40];
    struct ln_section_head head = {.compartment = 1};
    const struct ln_section section = {.ciphertext = ln_view(zeros, sizeof zeros)};
    const struct ln_event event = {.sections = &head, .sections_count = 1};
    const struct ln_event_item item = {.sections = &section, .sections_count = 1};
    assert_int_equal(
        ln_hex_read("a44fe2a649d36ad6338400b3391c04fcf76c64c618235552fbfee7c3d1f60ca1",
                    head.ciphertext_digest.b, 32),
        0);
    assert_int_equal(ln_event_item_check(&event, &item), 0);
    head.ciphertext_digest.b[31] ^= 1;
    assert_int_equal(ln_event_item_check(&event, &item), LN_E_COMMITMENT);
}

static int check_info(void *context, const struct ln_key_id *key_id,
                      const struct ln_public_key *encapsulated, struct ln_bytes info,
                      struct ln_bytes aad, struct ln_bytes ciphertext, uint8_t *out)
{
    (void)context;
    (void)key_id;
    (void)encapsulated;
    (void)aad;
    (void)ciphertext;
    (void)out;
    expect_hex(info.data, info.size,
               "6c696169736f6e2f31207365616c00101112131415161718191a1b1c1d1e1f54480000000000000"
               "00007e81518f18b2d"
               "e387adcd79809a72eaa8");
    return LN_E_UNSEALABLE;
}

static void envelope_info_is_the_pages(void **state)
{
    (void)state;
    static const struct ln_name to = {"TH"};
    static const struct ln_unsealer unsealer = {check_info, NULL};
    AUTO(ln_buffer_wipe)
    struct ln_buffer envelope = LN_BUFFER(LN_ENVELOPE_MAX), packet = LN_BUFFER(1024);
    assert_int_equal(ln_envelope_seal(&federation, &to, 7, &all_42, LN_URGENCY_ROUTINE,
                                      LN_LITERAL("x"), &envelope),
                     0);
    assert_int_equal(
        ln_envelope_open(ln_buffer_view(&envelope), &federation, &to, &unsealer, &packet),
        LN_E_UNSEALABLE);
}

static void padding_is_the_pages(void **state)
{
    (void)state;
    static const size_t rows[][2] = {{0, 4096},       {4092, 4096},   {4093, 4352},
                                     {5000, 5120},    {65536, 67584}, {100000, 100352},
                                     {258044, 258048}};
    for (size_t i = 0; i < LN_COUNT(rows); i++)
        assert_int_equal(ln_padded_size(rows[i][0]), rows[i][1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_ids_name_algorithm_and_use),
        cmocka_unit_test(fingerprint_is_of_the_sorted_roots),
        cmocka_unit_test(signature_is_over_the_preimage),
        cmocka_unit_test(chain_grows_by_letters_digests),
        cmocka_unit_test(case_number_reads_as_base_32),
        cmocka_unit_test(section_opens_by_the_pages_key_and_commitment),
        cmocka_unit_test(ciphertext_digest_is_the_pages),
        cmocka_unit_test(envelope_info_is_the_pages),
        cmocka_unit_test(padding_is_the_pages),
    };
    uint8_t seed[CRYPTO_SEED_BYTES];
    if (crypto_start() != 0)
        return 1;
    for (unsigned i = 0; i < sizeof seed; i++)
        seed[i] = (uint8_t)i;
    for (unsigned i = 0; i < sizeof federation.b; i++)
        federation.b[i] = (uint8_t)(0x10 + i);
    memset(all_42.b, 0x42, sizeof all_42.b);
    sign_keys_from_seed(seed, &signing_key, signing_secret);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
