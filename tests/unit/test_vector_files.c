/*
 * The files of tests/vectors/, which the second implementation wrote, against the code: what it
 * made opens here, what it refuses is refused here, and what can be made without chance is made
 * here byte by byte the same.
 */
#include "crypto.h"

#include <liaison/courier.h>
#include <liaison/evidence.h>

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ARENA = 16 * 1024 * 1024, BYTES_MAX = 512 * 1024 };

static const char *directory;

/* Reading a file --------------------------------------------------------------------------- */

static struct ln_arena arena; /* of a test: what rows hold lives in it */

static json_t *load(const char *name)
{
    char path[1024];
    json_error_t error;
    snprintf(path, sizeof path, "%s/%s.json", directory, name);
    json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (file == NULL)
        fail_msg("%s: %s", path, error.text);
    assert_true(json_is_object(file) || json_array_size(file) > 0);
    return file;
}

static const char *text(const json_t *row, const char *key)
{
    const char *value = json_string_value(json_object_get(row, key));
    if (value == NULL)
        fail_msg("no text \"%s\"", key);
    return value;
}

static uint64_t number(const json_t *row, const char *key)
{
    const json_t *value = json_object_get(row, key);
    assert_true(json_is_integer(value));
    return (uint64_t)json_integer_value(value);
}

static struct ln_bytes from_hex(const char *digits)
{
    const size_t size = strlen(digits) / 2;
    uint8_t *bytes = ln_arena_take(&arena, size + 1);
    assert_non_null(bytes);
    assert_int_equal(ln_hex_read(digits, bytes, size), 0);
    return ln_view(bytes, size);
}

static struct ln_bytes bytes(const json_t *row, const char *key)
{
    return from_hex(text(row, key));
}

static void fixed(const json_t *row, const char *key, void *out, size_t size)
{
    const struct ln_bytes value = bytes(row, key);
    assert_int_equal(value.size, size);
    memcpy(out, value.data, size);
}
#define FIXED(row, key, out) fixed(row, key, &(out), sizeof(out))

static void same(struct ln_bytes found, const json_t *row, const char *key)
{
    const struct ln_bytes expected = bytes(row, key);
    if (!ln_bytes_equal(found, expected))
        fail_msg("\"%s\" is another one in %s", key, json_dumps(row, JSON_COMPACT));
}
#define SAME(object, row, key) same(ln_view(&(object), sizeof(object)), row, key)

/** The code that a row expects; "" is none. */
static void answers(int error, const json_t *row)
{
    const char *expected = text(row, "code"),
               *found = error == 0 ? "" : ln_code_of(error)->name;
    if (strcmp(found, expected) != 0)
        fail_msg("%s: expected %s, found %s", text(row, "name"), expected, found);
}

static enum ln_key_use use_of(const json_t *row)
{
    static const char *const uses[] = {
        [LN_USE_ROOT] = "root",           [LN_USE_NODE] = "node",
        [LN_USE_OFFICER] = "officer",     [LN_USE_OFFICER_BOX] = "officer-box",
        [LN_USE_EPOCH] = "epoch",         [LN_USE_ROLE] = "role",
        [LN_USE_TRANSPORT] = "transport", [LN_USE_HUB] = "hub"};
    for (unsigned use = 0; use < LN_COUNT(uses); use++) {
        if (strcmp(uses[use], text(row, "use")) == 0)
            return (enum ln_key_use)use;
    }
    fail_msg("use %s", text(row, "use"));
    return LN_USE_ROOT;
}

/* Signed bodies ---------------------------------------------------------------------------- */

static const struct ln_wire *wire_of(const char *message)
{
    for (const struct ln_wire *const *wire = ln_wire_all(); *wire != NULL; wire++) {
        if (strcmp(ln_wire_name(*wire), message) == 0)
            return *wire;
    }
    fail_msg("no message %s", message);
    return NULL;
}

/** Opened and built again, it is the same bytes. */
static void builds_again(const json_t *row, const char *message, const char *key)
{
    AUTO(ln_buffer_wipe) struct ln_buffer built = LN_BUFFER(BYTES_MAX);
    const struct ln_wire *wire = wire_of(message);
    void *shape = ln_arena_take(&arena, ln_wire_shape_size(wire));
    assert_non_null(shape);
    assert_int_equal(ln_wire_open(wire, bytes(row, key), &arena, shape), 0);
    assert_int_equal(ln_wire_build(wire, shape, &built), 0);
    same(ln_buffer_view(&built), row, key);
}

static int sign_with(void *context, struct ln_bytes message,
                     uint8_t out[static LN_SIGNATURE_BYTES])
{
    sign_make(context, message, out);
    return 0;
}

static void signs_the_same(const json_t *row, const json_t *by)
{
    uint8_t seed[CRYPTO_SEED_BYTES], secret[CRYPTO_SIGN_SECRET_BYTES];
    struct ln_public_key key;
    struct ln_id federation;
    struct ln_signature signature;
    struct ln_signer signer = {.sign = sign_with, .context = secret};
    FIXED(by, "seed", seed);
    FIXED(row, "federation", federation);
    sign_keys_from_seed(seed, &key, secret);
    SAME(key, by, "public");
    ln_key_id_of(use_of(by), &key, &signer.key_id);
    SAME(signer.key_id, by, "key_id");
    assert_int_equal(ln_sign_shape((enum ln_type)number(row, "type"), &federation,
                                   bytes(row, "body"), &signer, &signature),
                     0);
    SAME(signature.signature, by, "signature");
}

static void bodies_are_signed_digested_and_packed_as_in_the_files(void **state)
{
    (void)state;
    json_t *rows = load("signed"), *row, *by;
    size_t i, k;
    bool is_there[LN_TYPE_LAST + 1] = {false};
    json_array_foreach(rows, i, row)
    {
        struct ln_signed shape;
        struct ln_digest digest;
        assert_int_equal(ln_signed_open(bytes(row, "signed"), &arena, &shape), 0);
        assert_int_equal(shape.type, number(row, "type"));
        assert_int_equal(shape.signatures_count,
                         json_array_size(json_object_get(row, "signers")));
        same(shape.body, row, "body");
        ln_signed_digest(&shape, &digest);
        SAME(digest, row, "digest");
        json_array_foreach(json_object_get(row, "signers"), k, by)
        {
            signs_the_same(row, by);
            SAME(shape.signatures[k].key_id, by, "key_id");
            SAME(shape.signatures[k].signature, by, "signature");
        }
        builds_again(row, text(row, "message"), "body");
        builds_again(row, "signed", "signed");
        is_there[shape.type] = true;
    }
    for (unsigned type = LN_TYPE_ROSTER; type <= LN_TYPE_LAST; type++)
        assert_true(is_there[type]);
    json_decref(rows);
}

static void signatures_hold_or_not_as_in_the_file(void **state)
{
    (void)state;
    json_t *rows = load("verify"), *row;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        struct ln_signed shape;
        struct ln_id federation;
        struct ln_public_key key;
        struct ln_key_id key_id;
        FIXED(row, "federation", federation);
        FIXED(row, "public", key);
        ln_key_id_of(use_of(row), &key, &key_id);
        assert_int_equal(ln_signed_open(bytes(row, "signed"), &arena, &shape), 0);
        answers(ln_signed_verify(&shape, (enum ln_type)number(row, "type"), &federation,
                                 &key_id, &key),
                row);
    }
    json_decref(rows);
}

static void messages_are_refused_with_the_files_codes(void **state)
{
    (void)state;
    json_t *rows = load("refused"), *row;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        const struct ln_wire *wire = wire_of(text(row, "message"));
        void *shape = ln_arena_take(&arena, ln_wire_shape_size(wire));
        assert_non_null(shape);
        answers(ln_wire_open(wire, bytes(row, "bytes"), &arena, shape), row);
    }
    json_decref(rows);
}

/* Chain, padding, identifiers -------------------------------------------------------------- */

static void chain_grows_as_in_the_file(void **state)
{
    (void)state;
    json_t *rows = load("chain"), *row;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        struct ln_digest head, letter;
        FIXED(row, "previous_head", head);
        FIXED(row, "letter", letter);
        ln_chain_head(&head, &letter, &head);
        SAME(head, row, "head");
    }
    json_decref(rows);
}

static void packets_are_padded_as_in_the_file(void **state)
{
    (void)state;
    json_t *rows = load("padding"), *row;
    size_t i;
    json_array_foreach(rows, i, row)
        assert_int_equal(ln_padded_size(number(row, "size")), number(row, "padded"));
    json_decref(rows);
}

static void keys_and_ids_are_named_as_in_the_file(void **state)
{
    (void)state;
    json_t *file = load("identifiers"), *row;
    size_t i;
    assert_int_equal(json_array_size(json_object_get(file, "keys")), LN_USE_HUB + 1);
    json_array_foreach(json_object_get(file, "keys"), i, row)
    {
        struct ln_public_key key;
        struct ln_key_id key_id;
        FIXED(row, "public", key);
        ln_key_id_of(use_of(row), &key, &key_id);
        SAME(key_id, row, "key_id");
    }
    json_array_foreach(json_object_get(file, "ids"), i, row)
    {
        struct ln_id id, back;
        char said[LN_ID_TEXT_SIZE];
        FIXED(row, "id", id);
        ln_id_text(&id, said);
        assert_string_equal(said, text(row, "text"));
        assert_int_equal(ln_id_read(said, &back), 0);
        assert_true(ln_id_equal(&id, &back));
    }
    assert_true(i > 0);
    json_decref(file);
}

static void fingerprints_are_as_in_the_file(void **state)
{
    (void)state;
    json_t *file = load("identifiers"), *row, *root;
    size_t i, k;
    json_array_foreach(json_object_get(file, "fingerprints"), i, row)
    {
        struct ln_public_key roots[LN_ROOTS_MAX];
        struct ln_digest digest;
        char said[LN_FINGERPRINT_SIZE];
        json_array_foreach(json_object_get(row, "roots"), k, root)
        {
            const struct ln_bytes key = from_hex(json_string_value(root));
            assert_int_equal(key.size, sizeof roots[k]);
            memcpy(&roots[k], key.data, sizeof roots[k]);
        }
        ln_roots_fingerprint(roots, k, &digest);
        SAME(digest, row, "digest");
        ln_fingerprint_text(&digest, said);
        assert_string_equal(said, text(row, "text"));
    }
    assert_true(i > 0);
    json_decref(file);
}

/* Envelopes and sections ------------------------------------------------------------------- */

static int unseal(void *context, const struct ln_key_id *key_id,
                  const struct ln_public_key *encapsulated, struct ln_bytes info,
                  struct ln_bytes aad, struct ln_bytes ciphertext, uint8_t *out)
{
    (void)key_id;
    return seal_open(context, encapsulated, info, aad, ciphertext, out);
}

/** With the file's ephemeral secret our sealing gives the file's ciphertext. */
static void seals_the_same(const json_t *row)
{
    uint8_t ephemeral[CRYPTO_BOX_SECRET_BYTES], head[4];
    struct ln_public_key epoch_key, encapsulated;
    AUTO(ln_buffer_wipe) struct ln_buffer plaintext = LN_BUFFER(BYTES_MAX);
    AUTO(ln_buffer_wipe) struct ln_buffer sealed = LN_BUFFER(BYTES_MAX);
    const struct ln_bytes packet = bytes(row, "packet"), envelope = bytes(row, "envelope");
    uint8_t *place;
    FIXED(row, "ephemeral", ephemeral);
    FIXED(row, "epoch_key", epoch_key);
    ln_put_u32(head, (uint32_t)packet.size);
    const size_t padded = ln_padded_size(packet.size);
    assert_int_equal(ln_buffer_add(&plaintext, head, sizeof head), 0);
    assert_int_equal(ln_buffer_add_bytes(&plaintext, packet), 0);
    assert_int_equal(ln_buffer_add_zeros(&plaintext, padded - plaintext.size), 0);
    assert_int_equal(ln_buffer_extend(&sealed, padded + CRYPTO_SEAL_TAG_BYTES, &place), 0);
    assert_int_equal(seal_to_with(ephemeral, &epoch_key, bytes(row, "info"),
                                  bytes(row, "header"), ln_buffer_view(&plaintext),
                                  &encapsulated, place),
                     0);
    assert_true(envelope.size > sealed.size);
    assert_memory_equal(envelope.data + envelope.size - sealed.size, sealed.data, sealed.size);
}

static void envelopes_open_or_not_as_in_the_file(void **state)
{
    (void)state;
    json_t *rows = load("envelope"), *row;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        AUTO(ln_buffer_wipe) struct ln_buffer packet = LN_BUFFER(BYTES_MAX);
        uint8_t secret[CRYPTO_BOX_SECRET_BYTES];
        const struct ln_unsealer unsealer = {unseal, secret};
        struct ln_id federation;
        struct ln_name to;
        FIXED(row, "epoch_secret", secret);
        FIXED(row, "federation", federation);
        assert_int_equal(ln_name_from(text(row, "to"), &to), 0);
        const int error =
            ln_envelope_open(bytes(row, "envelope"), &federation, &to, &unsealer, &packet);
        answers(error, row);
        if (error != 0)
            continue;
        same(ln_buffer_view(&packet), row, "packet");
        seals_the_same(row);
    }
    json_decref(rows);
}

struct role {
    struct ln_key_id key_id;
    uint8_t secret[CRYPTO_BOX_SECRET_BYTES];
};

static int unseal_with_role(void *context, const struct ln_key_id *key_id,
                            const struct ln_public_key *encapsulated, struct ln_bytes info,
                            struct ln_bytes aad, struct ln_bytes ciphertext, uint8_t *out)
{
    struct role *role = context;
    if (!ln_key_id_equal(&role->key_id, key_id))
        return LN_E_ROLE_KEY;
    return unseal(role->secret, key_id, encapsulated, info, aad, ciphertext, out);
}

static void opens_section(const json_t *row, const json_t *reader)
{
    AUTO(ln_buffer_wipe) struct ln_buffer plaintext = LN_BUFFER(BYTES_MAX);
    struct role role;
    const struct ln_unsealer unsealer = {unseal_with_role, &role};
    struct ln_event event;
    struct ln_event_item item;
    FIXED(reader, "role_secret", role.secret);
    FIXED(reader, "role_key_id", role.key_id);
    assert_int_equal(ln_event_item_open(bytes(row, "item"), &arena, &item), 0);
    assert_int_equal(ln_event_open(item.event.body, &arena, &event), 0);
    assert_int_equal(ln_event_item_check(&event, &item), 0);
    SAME(event.sections[0].commitment, row, "commitment");
    SAME(event.sections[0].ciphertext_digest, row, "ciphertext_digest");
    assert_int_equal(ln_section_open(&event, &item, 0, &unsealer, &plaintext), 0);
    same(ln_buffer_view(&plaintext), row, "plaintext");
}

static void sections_open_for_their_readers(void **state)
{
    (void)state;
    json_t *rows = load("section"), *row, *reader;
    size_t i, k;
    json_array_foreach(rows, i, row)
    {
        json_array_foreach(json_object_get(row, "readers"), k, reader)
            opens_section(row, reader);
        assert_int_equal(k, 2);
    }
    json_decref(rows);
}

/* Files ------------------------------------------------------------------------------------ */

static void bundles_prove_or_not_as_in_the_file(void **state)
{
    (void)state;
    json_t *rows = load("evidence"), *row;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        struct ln_evidence_report report;
        const struct ln_bytes bundle = bytes(row, "bundle");
        const int error = ln_evidence_verify(bundle, text(row, "fingerprint"), &arena, &report);
        answers(error, row);
        assert_int_equal(ln_evidence_verify(bundle, NULL, &arena, &report), LN_E_NOT_ANCHORED);
    }
    json_decref(rows);
}

static void courier_files_are_packed_as_in_the_file(void **state)
{
    (void)state;
    json_t *rows = load("courier"), *row;
    size_t i;
    json_array_foreach(rows, i, row)
    {
        struct ln_courier courier;
        assert_int_equal(ln_courier_open(bytes(row, "bytes"), &arena, &courier), 0);
        assert_int_equal(courier.statements_count, number(row, "statements"));
        assert_int_equal(courier.envelopes_count, number(row, "envelopes"));
        builds_again(row, text(row, "message"), "bytes");
    }
    json_decref(rows);
}

static int start(void **state)
{
    (void)state;
    arena = LN_ARENA(ARENA);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    ln_arena_wipe(&arena);
    return 0;
}

#define RULE(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        RULE(bodies_are_signed_digested_and_packed_as_in_the_files),
        RULE(signatures_hold_or_not_as_in_the_file),
        RULE(messages_are_refused_with_the_files_codes),
        RULE(chain_grows_as_in_the_file),
        RULE(packets_are_padded_as_in_the_file),
        RULE(keys_and_ids_are_named_as_in_the_file),
        RULE(fingerprints_are_as_in_the_file),
        RULE(envelopes_open_or_not_as_in_the_file),
        RULE(sections_open_for_their_readers),
        RULE(bundles_prove_or_not_as_in_the_file),
        RULE(courier_files_are_packed_as_in_the_file),
    };
    if (argc != 2 || crypto_start() != 0) {
        fputs("usage: test_vector_files DIRECTORY\n", stderr);
        return 1;
    }
    directory = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
