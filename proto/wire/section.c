/*
 * Sections: the parts of an event that only some offices may read (docs/protocol.md, Sections).
 *
 * A section is sealed once under a fresh key; that key is wrapped to each role key that may
 * read it. The author signs a commitment to the plaintext, so that all readers are proved to
 * see one text, and the digest of the ciphertext, so that a node can check what it cannot read.
 */
#include <liaison/event.h>

#include "crypto.h"

#include <assert.h>
#include <string.h>

_Static_assert((int)LN_SECTION_EXTRA_BYTES == (int)CRYPTO_AEAD_EXTRA_BYTES, "one layout");
_Static_assert((int)LN_SEALED_KEY_BYTES == LN_SECTION_KEY_BYTES + (int)CRYPTO_SEAL_TAG_BYTES,
               "one layout");

#define WRAP_INFO LN_LITERAL("liaison/1 wrap")

enum { AAD_MAX = 128 };

struct section_aad {
    uint8_t bytes[AAD_MAX];
    size_t size;
};

static void aad_add(struct section_aad *aad, const void *data, size_t size)
{
    assert(aad->size + size <= sizeof aad->bytes);
    memcpy(aad->bytes + aad->size, data, size);
    aad->size += size;
}

/** "liaison/1 section" 0x00 federation case compartment(u32be) number(u64be) author-member 0x00
 */
static struct section_aad section_aad_of(const struct ln_event *event, uint32_t compartment)
{
    static const char purpose[] = "liaison/1 section";
    struct section_aad aad = {.size = 0};
    uint8_t number[12];
    ln_put_u32(number, compartment);
    ln_put_u64(number + 4, event->number);
    aad_add(&aad, purpose, sizeof purpose);
    aad_add(&aad, event->federation.b, sizeof event->federation.b);
    aad_add(&aad, event->case_id.b, sizeof event->case_id.b);
    aad_add(&aad, number, sizeof number);
    aad_add(&aad, event->author.member.text, strlen(event->author.member.text) + 1);
    return aad;
}

static void commit_to(const uint8_t key[static LN_SECTION_KEY_BYTES], struct ln_bytes aad,
                      struct ln_bytes plaintext, struct ln_digest *out)
{
    const struct ln_bytes parts[] = {aad, plaintext};
    digest_keyed(key, "liaison/1 commitment", parts, LN_COUNT(parts), out);
}

static void ciphertext_digest(struct ln_bytes ciphertext, struct ln_digest *out)
{
    digest_parts("liaison/1 ciphertext", &ciphertext, 1, out);
}

static int wrap_key(const uint8_t *key, struct ln_bytes aad,
                    const struct ln_public_key *role_key, struct ln_wrap *out)
{
    ln_key_id_of(LN_USE_ROLE, role_key, &out->role_key_id);
    return seal_to(role_key, WRAP_INFO, aad, ln_view(key, LN_SECTION_KEY_BYTES),
                   &out->encapsulated, out->sealed_key.b);
}

static int wrap_to_all(const uint8_t *key, struct ln_bytes aad,
                       const struct ln_public_key *role_keys, size_t role_keys_count,
                       struct ln_wrap *wraps)
{
    for (size_t i = 0; i < role_keys_count; i++) {
        const int error = wrap_key(key, aad, &role_keys[i], &wraps[i]);
        if (error != 0)
            return error;
    }
    return 0;
}

struct section_key {
    uint8_t
        *secret; /* LN_SECTION_KEY_BYTES of the section's key, then as many of its cipher key */
};

static void section_key_wipe(struct section_key *key)
{
    secret_release(key->secret);
}

static const uint8_t *cipher_key(const struct section_key *key)
{
    uint8_t *derived = key->secret + LN_SECTION_KEY_BYTES;
    derive_key(key->secret, "section key", derived);
    return derived;
}

int ln_section_seal(const struct ln_event *event, uint32_t compartment,
                    struct ln_bytes plaintext, const struct ln_public_key *role_keys,
                    size_t role_keys_count, struct ln_arena *arena,
                    struct ln_section_head *out_head, struct ln_section *out_section)
{
    if (role_keys_count == 0)
        return LN_E_NO_RECIPIENT;
    if (role_keys_count > LN_WRAPS_MAX || plaintext.size > LN_SECTION_MAX)
        return role_keys_count > LN_WRAPS_MAX ? LN_E_TOO_MANY : LN_E_TOO_LARGE;
    const struct section_aad aad = section_aad_of(event, compartment);
    const struct ln_bytes aad_view = ln_view(aad.bytes, aad.size);
    const size_t ciphertext_size = plaintext.size + LN_SECTION_EXTRA_BYTES;
    uint8_t *ciphertext = ln_arena_take(arena, ciphertext_size);
    struct ln_wrap *wraps = ln_arena_array(arena, role_keys_count, sizeof *wraps);
    if (ciphertext == NULL || wraps == NULL)
        return LN_E_OUT_OF_MEMORY;

    AUTO(section_key_wipe) struct section_key key = {secret_take(2 * LN_SECTION_KEY_BYTES)};
    crypto_random(key.secret, LN_SECTION_KEY_BYTES);
    aead_seal(cipher_key(&key), aad_view, plaintext, ciphertext);
    const int error = wrap_to_all(key.secret, aad_view, role_keys, role_keys_count, wraps);
    if (error != 0)
        return error;
    out_head->compartment = compartment;
    commit_to(key.secret, aad_view, plaintext, &out_head->commitment);
    ciphertext_digest(ln_view(ciphertext, ciphertext_size), &out_head->ciphertext_digest);
    *out_section =
        (struct ln_section){ln_view(ciphertext, ciphertext_size), wraps, role_keys_count};
    return 0;
}

/** The first wrap that the unsealer can open. */
static int unwrap_key(const struct ln_section *section, struct ln_bytes aad,
                      const struct ln_unsealer *unsealer, uint8_t *out_key)
{
    for (size_t i = 0; i < section->wraps_count; i++) {
        const struct ln_wrap *wrap = &section->wraps[i];
        const int error = unsealer->unseal(
            unsealer->context, &wrap->role_key_id, &wrap->encapsulated, WRAP_INFO, aad,
            ln_view(wrap->sealed_key.b, sizeof wrap->sealed_key.b), out_key);
        if (error != LN_E_ROLE_KEY)
            return error;
    }
    return LN_E_ROLE_KEY;
}

int ln_section_open(const struct ln_event *event, const struct ln_event_item *item,
                    size_t index, const struct ln_unsealer *unsealer,
                    struct ln_buffer *out_plaintext)
{
    assert(index < event->sections_count && event->sections_count == item->sections_count);
    const struct ln_section_head *head = &event->sections[index];
    const struct ln_section *section = &item->sections[index];
    const struct section_aad aad = section_aad_of(event, head->compartment);
    const struct ln_bytes aad_view = ln_view(aad.bytes, aad.size);
    AUTO(section_key_wipe) struct section_key key = {secret_take(2 * LN_SECTION_KEY_BYTES)};
    int error = unwrap_key(section, aad_view, unsealer, key.secret);
    if (error != 0)
        return error;

    const size_t size = section->ciphertext.size - LN_SECTION_EXTRA_BYTES;
    AUTO(ln_buffer_wipe) struct ln_buffer plaintext = LN_BUFFER(LN_SECTION_MAX + 1);
    uint8_t *place;
    error = ln_buffer_extend(&plaintext, size, &place);
    if (error == 0)
        error = aead_open(cipher_key(&key), aad_view, section->ciphertext, place);
    if (error != 0)
        return error;
    struct ln_digest commitment;
    commit_to(key.secret, aad_view, ln_buffer_view(&plaintext), &commitment);
    if (!ln_digest_equal(&commitment, &head->commitment))
        return LN_E_COMMITMENT;
    return ln_buffer_add_bytes(out_plaintext, ln_buffer_view(&plaintext));
}

int ln_event_item_check(const struct ln_event *event, const struct ln_event_item *item)
{
    if (event->sections_count != item->sections_count)
        return LN_E_COMMITMENT;
    for (size_t i = 0; i < event->sections_count; i++) {
        struct ln_digest digest;
        ciphertext_digest(item->sections[i].ciphertext, &digest);
        if (!ln_digest_equal(&digest, &event->sections[i].ciphertext_digest))
            return LN_E_COMMITMENT;
    }
    return 0;
}
