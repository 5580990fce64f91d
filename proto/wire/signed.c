/*
 * Signed bodies: what is signed, digested and named, byte for byte (docs/protocol.md, Signed
 * bodies).
 */
#include <liaison/signed.h>

#include "crypto.h"
#include "wire.h"

#include "signed.pb-c.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const struct wire_field signature_fields[] = {
    WIRE_FIXED(1, REQUIRED, ln_signature, key_id),
    WIRE_FIXED(2, REQUIRED, ln_signature, signature),
};
static WIRE_MESSAGE(signature, signature, WIRE_NO_LIMIT, false);

static const struct wire_field signed_fields[] = {
    WIRE_CODE(1, REQUIRED, ln_signed, type, LN_TYPE_LAST),
    WIRE_BYTES(2, REQUIRED, ln_signed, body, 1, LN_BODY_MAX),
    WIRE_LIST_PART(3, ln_signed, signatures, 0, LN_SIGNATURES_MAX, ln_wire_signature),
};
WIRE_MESSAGE(signed, signed, LN_BODY_MAX + 8192, false);

static const char *const type_words[] = {
    [LN_TYPE_ROSTER] = "roster",       [LN_TYPE_MANIFEST] = "manifest",
    [LN_TYPE_EPOCH] = "epoch",         [LN_TYPE_EVENT] = "event",
    [LN_TYPE_LETTER] = "letter",       [LN_TYPE_NOTE] = "note",
    [LN_TYPE_RECEIPT] = "receipt",     [LN_TYPE_AGREEMENT] = "agreement",
    [LN_TYPE_REJECTION] = "rejection", [LN_TYPE_ENDING] = "ending",
};

const char *ln_type_word(enum ln_type type)
{
    assert(type >= 1 && type <= LN_TYPE_LAST);
    return type_words[type];
}

/** "liaison/1" 0x00 type-word 0x00 federation(16) u64be(len(body)) body */
static int add_message(enum ln_type type, const struct ln_id *federation, struct ln_bytes body,
                       struct ln_buffer *out)
{
    static const char protocol[] = "liaison/1";
    const char *word = ln_type_word(type);
    int error = ln_buffer_add(out, protocol, sizeof protocol); /* with its NUL, as the word */
    if (error == 0)
        error = ln_buffer_add(out, word, strlen(word) + 1);
    if (error == 0)
        error = ln_buffer_add(out, federation->b, sizeof federation->b);
    if (error == 0)
        error = ln_buffer_add_u64(out, body.size);
    if (error == 0)
        error = ln_buffer_add_bytes(out, body);
    return error;
}

int ln_sign_shape(enum ln_type type, const struct ln_id *federation, struct ln_bytes body,
                  const struct ln_signer *signer, struct ln_signature *out_signature)
{
    AUTO(ln_buffer_wipe) struct ln_buffer message = LN_BUFFER(LN_BODY_MAX + 128);
    int error = add_message(type, federation, body, &message);
    if (error != 0)
        return error;
    struct ln_signature signature = {.key_id = signer->key_id};
    error = signer->sign(signer->context, ln_buffer_view(&message), signature.signature.b);
    if (error == 0)
        *out_signature = signature;
    return error;
}

int ln_sign(enum ln_type type, const struct ln_id *federation, struct ln_bytes body,
            const struct ln_signer *signer, struct ln_buffer *out)
{
    struct ln_signature signature;
    const int error = ln_sign_shape(type, federation, body, signer, &signature);
    if (error != 0)
        return error;
    const struct ln_signed shape = {
        .type = type, .body = body, .signatures = &signature, .signatures_count = 1};
    return ln_signed_build(&shape, out);
}

void ln_signed_digest(const struct ln_signed *signed_body, struct ln_digest *out)
{
    const char *word = ln_type_word(signed_body->type);
    const struct ln_bytes parts[] = {ln_view(word, strlen(word) + 1), signed_body->body};
    digest_parts("liaison/1 digest", parts, LN_COUNT(parts), out);
}

int ln_signed_verify(const struct ln_signed *signed_body, enum ln_type type,
                     const struct ln_id *federation, const struct ln_key_id *key_id,
                     const struct ln_public_key *key)
{
    if (signed_body->type != type)
        return LN_E_WRONG_TYPE;
    AUTO(ln_buffer_wipe) struct ln_buffer message = LN_BUFFER(LN_BODY_MAX + 128);
    int error = add_message(type, federation, signed_body->body, &message);
    if (error != 0)
        return error;
    for (size_t i = 0; i < signed_body->signatures_count; i++) {
        const struct ln_signature *signature = &signed_body->signatures[i];
        if (ln_key_id_equal(&signature->key_id, key_id))
            return sign_verify(key, ln_buffer_view(&message), signature->signature.b);
    }
    return LN_E_UNKNOWN_KEY;
}

static const struct {
    const char *algorithm, *word;
} key_uses[] = {
    [LN_USE_ROOT] = {"ed25519", "root"},
    [LN_USE_NODE] = {"ed25519", "node"},
    [LN_USE_OFFICER] = {"ed25519", "officer"},
    [LN_USE_OFFICER_BOX] = {"x25519", "officer-box"},
    [LN_USE_EPOCH] = {"x25519", "epoch"},
    [LN_USE_ROLE] = {"x25519", "role"},
    [LN_USE_TRANSPORT] = {"x25519", "transport"},
    [LN_USE_HUB] = {"x25519", "hub"},
};

void ln_key_id_of(enum ln_key_use use, const struct ln_public_key *key, struct ln_key_id *out)
{
    assert((size_t)use < LN_COUNT(key_uses));
    digest_key_id(key_uses[use].algorithm, key_uses[use].word, key, out);
}

static int compare_keys(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct ln_public_key));
}

void ln_roots_fingerprint(const struct ln_public_key *roots, size_t roots_count,
                          struct ln_digest *out)
{
    const size_t size = roots_count * sizeof *roots;
    struct ln_public_key *sorted = ln_allocate(size + 1);
    memcpy(sorted, roots, size);
    qsort(sorted, roots_count, sizeof *sorted, compare_keys);
    const struct ln_bytes part = ln_view(sorted, size);
    digest_parts("liaison/1 fingerprint", &part, 1, out);
    ln_release(sorted, size + 1);
}

int ln_signing_key_check(const struct ln_public_key *key)
{
    return sign_key_check(key);
}

int ln_box_key_check(const struct ln_public_key *key)
{
    return seal_key_check(key);
}
