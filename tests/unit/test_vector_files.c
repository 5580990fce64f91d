/*
 * The files of tests/vectors/, which the second implementation wrote, against the code: what it
 * made opens here, what it refuses is refused here, and what can be made without chance is made
 * here byte by byte the same.
 */
#include "vectorfile.h"

#include "crypto.h"

#include <liaison/courier.h>
#include <liaison/evidence.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { BYTES_MAX = 512 * 1024 };

/* Signed bodies ---------------------------------------------------------------------------- */

static int sign_with(void *context, struct ln_bytes message,
                     uint8_t out[static LN_SIGNATURE_BYTES])
{
    sign_make(context, message, out);
    return 0;
}

static void signs_the_same(const json_t *row, const json_t *by)
{
    uint8_t seed[CRYPTO_SEED_BYTES], secret[CRYPTO_SIGN_SECRET_BYTES];
    uint8_t signature_bytes[LN_SIGNATURE_BYTES];
    struct ln_public_key key;
    struct ln_id federation;
    struct ln_signature signature;
    struct ln_signer signer = {.sign = sign_with, .context = secret};
    VECTOR_FIXED(by, "seed", seed);
    VECTOR_FIXED(row, "federation", federation);
    sign_keys_from_seed(seed, &key, secret);
    VECTOR_SAME(key, by, "public");
    ln_key_id_of(vector_use(by), &key, &signer.key_id);
    VECTOR_SAME(signer.key_id, by, "key_id");
    assert_int_equal(ln_sign_shape((enum ln_type)vector_number(row, "type"), &federation,
                                   vector_bytes(row, "body"), &signer, &signature),
                     0);
    VECTOR_SAME(signature.signature, by, "signature");
    sign_make(secret, vector_bytes(row, "preimage"), signature_bytes);
    VECTOR_SAME(signature_bytes, by, "signature");
}

/** What verifies it as a reader does, by the keys that may have signed. */
static void holds(const json_t *row, const struct ln_signed *shape, const json_t *by)
{
    struct ln_id federation;
    struct ln_public_key key;
    struct ln_key_id key_id;
    VECTOR_FIXED(row, "federation", federation);
    VECTOR_FIXED(by, "public", key);
    VECTOR_FIXED(by, "key_id", key_id);
    assert_int_equal(ln_signed_verify(shape, (enum ln_type)vector_number(row, "type"),
                                      &federation, &key_id, &key),
                     0);
}

static void opens_and_builds(const json_t *row)
{
    const struct ln_wire *wire = vector_wire(vector_text(row, "message"));
    void *shape;
    assert_int_equal(vector_open(wire, vector_bytes(row, "body"), &shape), 0);
    vector_has_fields(wire, shape, json_object_get(row, "fields"));
    vector_builds(wire, shape, row, "body");
}

static enum ln_type check_signed(const json_t *row)
{
    struct ln_signed shape;
    struct ln_digest digest;
    const json_t *by;
    size_t i;
    assert_int_equal(ln_signed_open(vector_bytes(row, "signed"), vectors_arena(), &shape), 0);
    assert_int_equal(shape.type, vector_number(row, "type"));
    assert_string_equal(ln_type_word(shape.type), vector_text(row, "message"));
    assert_int_equal(shape.signatures_count, json_array_size(json_object_get(row, "signers")));
    vector_same(shape.body, row, "body");
    ln_signed_digest(&shape, &digest);
    VECTOR_SAME(digest, row, "digest");
    json_array_foreach(json_object_get(row, "signers"), i, by)
    {
        signs_the_same(row, by);
        VECTOR_SAME(shape.signatures[i].key_id, by, "key_id");
        VECTOR_SAME(shape.signatures[i].signature, by, "signature");
        holds(row, &shape, by);
    }
    assert_true(i > 0);
    vector_builds(&ln_wire_signed, &shape, row, "signed");
    return shape.type;
}

static void bodies_are_signed_digested_and_packed_as_in_the_file(void **state)
{
    (void)state;
    const json_t *row;
    bool is_there[LN_TYPE_LAST + 1] = {false};
    VECTOR_EACH(vectors_cases(vectors_load("signed"), NULL), row)
    {
        is_there[check_signed(row)] = true;
        opens_and_builds(row);
    }
    for (unsigned type = LN_TYPE_ROSTER; type <= LN_TYPE_LAST; type++)
        assert_true(is_there[type]);
}

static void signatures_hold_or_not_as_in_the_file(void **state)
{
    (void)state;
    const json_t *row;
    VECTOR_EACH(vectors_cases(vectors_load("verify"), NULL), row)
    {
        struct ln_signed shape;
        struct ln_id federation;
        struct ln_public_key key;
        struct ln_key_id key_id;
        VECTOR_FIXED(row, "federation", federation);
        VECTOR_FIXED(row, "public", key);
        ln_key_id_of(vector_use(row), &key, &key_id);
        assert_int_equal(ln_signed_open(vector_bytes(row, "signed"), vectors_arena(), &shape),
                         0);
        vector_answers(ln_signed_verify(&shape, (enum ln_type)vector_number(row, "type"),
                                        &federation, &key_id, &key),
                       row);
    }
}

/* Chain, padding, identifiers -------------------------------------------------------------- */

static void chain_grows_as_in_the_file(void **state)
{
    (void)state;
    const json_t *row;
    VECTOR_EACH(vectors_cases(vectors_load("chain"), NULL), row)
    {
        struct ln_digest head, letter;
        VECTOR_FIXED(row, "previous_head", head);
        VECTOR_FIXED(row, "letter", letter);
        ln_chain_head(&head, &letter, &head);
        VECTOR_SAME(head, row, "head");
    }
}

static void packets_are_padded_as_in_the_file(void **state)
{
    (void)state;
    const json_t *row;
    VECTOR_EACH(vectors_cases(vectors_load("padding"), NULL), row)
    assert_int_equal(ln_padded_size(vector_number(row, "size")), vector_number(row, "padded"));
}

static void keys_are_named_as_in_the_file(void **state)
{
    (void)state;
    const json_t *row;
    bool is_there[LN_USE_HUB + 1] = {false};
    VECTOR_EACH(vectors_cases(vectors_load("identifiers"), "keys"), row)
    {
        struct ln_public_key key;
        struct ln_key_id key_id;
        VECTOR_FIXED(row, "public", key);
        ln_key_id_of(vector_use(row), &key, &key_id);
        VECTOR_SAME(key_id, row, "key_id");
        digest_key_id(vector_text(row, "algorithm"), vector_text(row, "use"), &key, &key_id);
        VECTOR_SAME(key_id, row, "key_id");
        is_there[vector_use(row)] = true;
    }
    for (unsigned use = 0; use < LN_COUNT(is_there); use++)
        assert_true(is_there[use]);
}

static void ids_are_written_and_read_as_in_the_file(void **state)
{
    (void)state;
    json_t *file = vectors_load("identifiers");
    const json_t *row;
    struct ln_id id, back;
    VECTOR_EACH(vectors_cases(file, "ids"), row)
    {
        char said[LN_ID_TEXT_SIZE];
        VECTOR_FIXED(row, "id", id);
        ln_id_text(&id, said);
        assert_string_equal(said, vector_text(row, "text"));
        assert_int_equal(ln_id_read(said, &back), 0);
        assert_true(ln_id_equal(&id, &back));
    }
    VECTOR_EACH(vectors_cases(file, "ids_read"), row)
    vector_answers(ln_id_read(vector_text(row, "text"), &back), row);
}

static void roots_digest(const json_t *row, struct ln_digest *out)
{
    struct ln_public_key roots[LN_ROOTS_MAX];
    const json_t *root;
    size_t i;
    json_array_foreach(json_object_get(row, "roots"), i, root)
    {
        const struct ln_bytes key = vector_digits(json_string_value(root));
        assert_true(i < LN_COUNT(roots) && key.size == sizeof roots[i]);
        memcpy(&roots[i], key.data, sizeof roots[i]);
    }
    ln_roots_fingerprint(roots, i, out);
}

static void fingerprints_are_written_and_read_as_in_the_file(void **state)
{
    (void)state;
    json_t *file = vectors_load("identifiers");
    const json_t *row;
    struct ln_digest digest;
    VECTOR_EACH(vectors_cases(file, "fingerprints"), row)
    {
        char said[LN_FINGERPRINT_SIZE];
        roots_digest(row, &digest);
        VECTOR_SAME(digest, row, "digest");
        ln_fingerprint_text(&digest, said);
        assert_string_equal(said, vector_text(row, "text"));
    }
    VECTOR_EACH(vectors_cases(file, "fingerprints_read"), row)
    {
        VECTOR_FIXED(row, "digest", digest);
        vector_answers(ln_fingerprint_matches(vector_text(row, "text"), &digest), row);
    }
}

/* Envelopes and sections ------------------------------------------------------------------- */

struct box {
    struct ln_key_id key_id;
    uint8_t secret[CRYPTO_BOX_SECRET_BYTES];
};

/** Holds one key. */
static int unseal(void *context, const struct ln_key_id *key_id,
                  const struct ln_public_key *encapsulated, struct ln_bytes info,
                  struct ln_bytes aad, struct ln_bytes ciphertext, uint8_t *out)
{
    const struct box *box = context;
    if (!ln_key_id_equal(&box->key_id, key_id))
        return LN_E_ROLE_KEY;
    return seal_open(box->secret, encapsulated, info, aad, ciphertext, out);
}

/** With the file's ephemeral secret our sealing gives the file's bytes. */
static void seals_the_same(const json_t *row)
{
    uint8_t ephemeral[CRYPTO_BOX_SECRET_BYTES], *place;
    struct ln_public_key epoch_key, encapsulated;
    AUTO(ln_buffer_wipe) struct ln_buffer plaintext = LN_BUFFER(BYTES_MAX);
    AUTO(ln_buffer_wipe) struct ln_buffer sealed = LN_BUFFER(BYTES_MAX);
    const struct ln_bytes packet = vector_bytes(row, "packet");
    const size_t padded = ln_padded_size(packet.size);
    VECTOR_FIXED(row, "ephemeral", ephemeral);
    VECTOR_FIXED(row, "epoch_key", epoch_key);
    assert_int_equal(ln_buffer_add_u32(&plaintext, (uint32_t)packet.size), 0);
    assert_int_equal(ln_buffer_add_bytes(&plaintext, packet), 0);
    assert_int_equal(ln_buffer_add_zeros(&plaintext, padded - plaintext.size), 0);
    assert_int_equal(ln_buffer_extend(&sealed, padded + CRYPTO_SEAL_TAG_BYTES, &place), 0);
    assert_int_equal(seal_to_with(ephemeral, &epoch_key, vector_bytes(row, "info"),
                                  vector_bytes(row, "header"), ln_buffer_view(&plaintext),
                                  &encapsulated, place),
                     0);
    const struct ln_envelope envelope = {vector_bytes(row, "header"), ln_buffer_view(&sealed)};
    vector_builds(&ln_wire_envelope, &envelope, row, "envelope");
}

/** Its header says what the row says, and is packed as we pack it. */
static void has_header(const json_t *row)
{
    struct ln_envelope_header header;
    struct ln_key_id key_id;
    struct ln_public_key epoch_key;
    VECTOR_FIXED(row, "epoch_key", epoch_key);
    ln_key_id_of(LN_USE_EPOCH, &epoch_key, &key_id);
    assert_int_equal(ln_envelope_peek(vector_bytes(row, "envelope"), &header), 0);
    assert_int_equal(header.suite, LN_SUITE);
    VECTOR_SAME(header.federation, row, "federation");
    assert_string_equal(header.to.text, vector_text(row, "to"));
    assert_int_equal(header.epoch, vector_number(row, "epoch"));
    assert_true(ln_key_id_equal(&header.epoch_key_id, &key_id));
    assert_int_equal(header.urgency, vector_number(row, "urgency"));
    vector_builds(&ln_wire_envelope_header, &header, row, "header");
}

static void check_envelope(const json_t *row)
{
    AUTO(ln_buffer_wipe) struct ln_buffer packet = LN_BUFFER(BYTES_MAX);
    struct box box;
    const struct ln_unsealer unsealer = {unseal, &box};
    struct ln_public_key epoch_key;
    struct ln_id federation;
    struct ln_name to;
    VECTOR_FIXED(row, "epoch_secret", box.secret);
    VECTOR_FIXED(row, "epoch_key", epoch_key);
    VECTOR_FIXED(row, "federation", federation);
    ln_key_id_of(LN_USE_EPOCH, &epoch_key, &box.key_id);
    assert_int_equal(ln_name_from(vector_text(row, "to"), &to), 0);
    const int error =
        ln_envelope_open(vector_bytes(row, "envelope"), &federation, &to, &unsealer, &packet);
    vector_answers(error, row);
    if (error != 0)
        return;
    vector_same(ln_buffer_view(&packet), row, "packet");
    has_header(row);
    seals_the_same(row);
}

static void envelopes_open_or_not_as_in_the_file(void **state)
{
    (void)state;
    const json_t *row;
    VECTOR_EACH(vectors_cases(vectors_load("envelope"), NULL), row)
    check_envelope(row);
}

/** Of the item's first section; the item's digests are looked at first, as a node does. */
static int open_section(const json_t *row, struct box *box, struct ln_buffer *out_plaintext)
{
    const struct ln_unsealer unsealer = {unseal, box};
    struct ln_event event;
    struct ln_event_item item;
    assert_int_equal(ln_event_item_open(vector_bytes(row, "item"), vectors_arena(), &item), 0);
    assert_int_equal(ln_event_open(item.event.body, vectors_arena(), &event), 0);
    const int error = ln_event_item_check(&event, &item);
    return error == 0 ? ln_section_open(&event, &item, 0, &unsealer, out_plaintext) : error;
}

/** The key sealed to a reader with the file's ephemeral secret is the wrap in the file. */
static void wraps_the_same(const json_t *row, const json_t *reader,
                           const struct ln_section *section)
{
    uint8_t ephemeral[CRYPTO_BOX_SECRET_BYTES];
    struct ln_public_key role_key, encapsulated;
    struct ln_key_id key_id;
    struct ln_sealed_key sealed;
    size_t matching = 0;
    VECTOR_FIXED(reader, "ephemeral", ephemeral);
    VECTOR_FIXED(reader, "role_key", role_key);
    VECTOR_FIXED(reader, "role_key_id", key_id);
    assert_int_equal(seal_to_with(ephemeral, &role_key, LN_LITERAL("liaison/1 wrap"),
                                  vector_bytes(row, "aad"), vector_bytes(row, "section_key"),
                                  &encapsulated, sealed.b),
                     0);
    for (size_t i = 0; i < section->wraps_count; i++) {
        if (!ln_key_id_equal(&section->wraps[i].role_key_id, &key_id))
            continue;
        matching++;
        assert_memory_equal(&section->wraps[i].encapsulated, &encapsulated,
                            sizeof encapsulated);
        assert_memory_equal(&section->wraps[i].sealed_key, &sealed, sizeof sealed);
    }
    assert_int_equal(matching, 1);
}

/** Each value from the one before it, by our primitives. */
static void derives_the_same(const json_t *row)
{
    uint8_t key[CRYPTO_SYMMETRIC_BYTES], cipher_key[CRYPTO_SYMMETRIC_BYTES];
    const struct ln_bytes ciphertext = vector_bytes(row, "ciphertext");
    const struct ln_bytes parts[] = {vector_bytes(row, "aad"), vector_bytes(row, "plaintext")};
    struct ln_digest digest;
    uint8_t *plaintext = ln_arena_take(vectors_arena(), ciphertext.size);
    assert_non_null(plaintext);
    VECTOR_FIXED(row, "section_key", key);
    derive_key(key, "section key", cipher_key);
    VECTOR_SAME(cipher_key, row, "cipher_key");
    assert_int_equal(aead_open(cipher_key, parts[0], ciphertext, plaintext), 0);
    vector_same(ln_view(plaintext, ciphertext.size - CRYPTO_AEAD_EXTRA_BYTES), row,
                "plaintext");
    vector_same(ln_view(ciphertext.data, CRYPTO_AEAD_NONCE_BYTES), row, "nonce");
    digest_keyed(key, "liaison/1 commitment", parts, LN_COUNT(parts), &digest);
    VECTOR_SAME(digest, row, "commitment");
    digest_parts("liaison/1 ciphertext", &ciphertext, 1, &digest);
    VECTOR_SAME(digest, row, "ciphertext_digest");
}

static void check_readers(const json_t *row)
{
    struct ln_event_item item;
    const json_t *reader;
    size_t i;
    assert_int_equal(ln_event_item_open(vector_bytes(row, "item"), vectors_arena(), &item), 0);
    vector_same(item.sections[0].ciphertext, row, "ciphertext");
    json_array_foreach(json_object_get(row, "readers"), i, reader)
    {
        AUTO(ln_buffer_wipe) struct ln_buffer plaintext = LN_BUFFER(BYTES_MAX);
        struct box box;
        VECTOR_FIXED(reader, "role_secret", box.secret);
        VECTOR_FIXED(reader, "role_key_id", box.key_id);
        assert_int_equal(open_section(row, &box, &plaintext), 0);
        vector_same(ln_buffer_view(&plaintext), row, "plaintext");
        wraps_the_same(row, reader, &item.sections[0]);
    }
    assert_int_equal(i, item.sections[0].wraps_count);
}

static void sections_are_sealed_as_in_the_file(void **state)
{
    (void)state;
    const json_t *row;
    VECTOR_EACH(vectors_cases(vectors_load("section"), "sealed"), row)
    {
        derives_the_same(row);
        check_readers(row);
    }
}

static void sections_open_or_not_as_in_the_file(void **state)
{
    (void)state;
    const json_t *row;
    VECTOR_EACH(vectors_cases(vectors_load("section"), "opened"), row)
    {
        AUTO(ln_buffer_wipe) struct ln_buffer plaintext = LN_BUFFER(BYTES_MAX);
        struct box box;
        VECTOR_FIXED(row, "role_secret", box.secret);
        VECTOR_FIXED(row, "role_key_id", box.key_id);
        const int error = open_section(row, &box, &plaintext);
        vector_answers(error, row);
        assert_true((error == 0) == (plaintext.size > 0)); /* nothing is shown of the others */
    }
}

/* Files ------------------------------------------------------------------------------------ */

static void is_proof(const json_t *row, const struct ln_finding *finding,
                     const struct ln_proof *proof)
{
    VECTOR_SAME(finding->digest, row, "event");
    assert_string_equal(proof->from.text, vector_text(row, "from"));
    assert_string_equal(proof->to.text, vector_text(row, "to"));
    assert_int_equal(proof->generation, vector_number(row, "generation"));
    assert_int_equal(proof->sequence, vector_number(row, "sequence"));
    assert_int_equal(proof->receipt, vector_number(row, "receipt"));
    assert_int_equal(proof->code, vector_number(row, "code"));
}

/** Just the proofs of the file, in the order of events, then of letters. */
static void proves(const struct ln_evidence_report *report, const json_t *proofs)
{
    size_t at = 0;
    for (size_t i = 0; i < report->findings_count; i++) {
        const struct ln_finding *finding = &report->findings[i];
        assert_int_equal(finding->problem, 0);
        for (size_t k = 0; k < finding->proofs_count; k++) {
            assert_true(at < json_array_size(proofs));
            is_proof(json_array_get(proofs, at++), finding, &finding->proofs[k]);
        }
    }
    assert_int_equal(at, json_array_size(proofs));
}

static void bundles_prove_or_not_as_in_the_file(void **state)
{
    (void)state;
    const json_t *row;
    VECTOR_EACH(vectors_cases(vectors_load("evidence"), NULL), row)
    {
        struct ln_evidence_report report;
        const struct ln_bytes bundle = vector_bytes(row, "bundle");
        assert_int_equal(ln_evidence_verify(bundle, NULL, vectors_arena(), &report),
                         LN_E_NOT_ANCHORED);
        const int error = ln_evidence_verify(bundle, vector_text(row, "fingerprint"),
                                             vectors_arena(), &report);
        vector_answers(error, row);
        if (error == 0)
            proves(&report, json_object_get(row, "proofs"));
    }
}

static void courier_files_open_or_not_as_in_the_file(void **state)
{
    (void)state;
    const json_t *row;
    VECTOR_EACH(vectors_cases(vectors_load("courier"), NULL), row)
    {
        struct ln_courier courier;
        const int error =
            ln_courier_open(vector_bytes(row, "bytes"), vectors_arena(), &courier);
        vector_answers(error, row);
        if (error != 0)
            continue;
        assert_int_equal(courier.statements_count, vector_number(row, "statements"));
        assert_int_equal(courier.envelopes_count, vector_number(row, "envelopes"));
        vector_builds(&ln_wire_courier, &courier, row, "bytes");
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        VECTOR_RULE(bodies_are_signed_digested_and_packed_as_in_the_file),
        VECTOR_RULE(signatures_hold_or_not_as_in_the_file),
        VECTOR_RULE(chain_grows_as_in_the_file),
        VECTOR_RULE(packets_are_padded_as_in_the_file),
        VECTOR_RULE(keys_are_named_as_in_the_file),
        VECTOR_RULE(ids_are_written_and_read_as_in_the_file),
        VECTOR_RULE(fingerprints_are_written_and_read_as_in_the_file),
        VECTOR_RULE(envelopes_open_or_not_as_in_the_file),
        VECTOR_RULE(sections_are_sealed_as_in_the_file),
        VECTOR_RULE(sections_open_or_not_as_in_the_file),
        VECTOR_RULE(bundles_prove_or_not_as_in_the_file),
        VECTOR_RULE(courier_files_open_or_not_as_in_the_file),
    };
    vectors_find(argc, argv);
    if (crypto_start() != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
