/*
 * Keys are made anew for each test.
 */
#include "countries.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct country countries[COUNTRIES];
struct ln_id federation;
struct ln_trust *trust;
struct ln_buffer roster_1, manifest_1; /* signed: the anchor, and KH's first manifest */

static int sign_with(void *context, struct ln_bytes message,
                     uint8_t out[static LN_SIGNATURE_BYTES])
{
    sign_make(context, message, out);
    return 0;
}

struct ln_signer signer_of(enum ln_key_use use, const struct ln_public_key *key,
                           uint8_t *secret)
{
    struct ln_signer signer = {.sign = sign_with, .context = secret};
    ln_key_id_of(use, key, &signer.key_id);
    return signer;
}

/* Rosters ---------------------------------------------------------------------------------- */

struct ln_member members[COUNTRIES];

struct ln_roster first_roster(void)
{
    for (size_t i = 0; i < COUNTRIES; i++)
        members[i] = (struct ln_member){.id = countries[i].name,
                                        .threshold = 2,
                                        .roots = countries[i].roots,
                                        .roots_count = ROOTS};
    return (struct ln_roster){.federation = federation,
                              .version = 1,
                              .created_ms = NOW_MS,
                              .expires_ms = NOW_MS + LN_DAY_MS,
                              .threshold = 2,
                              .members = members,
                              .members_count = COUNTRIES,
                              .code_lists = 1};
}

void sign_body(enum ln_type type, struct ln_bytes body, size_t signers, size_t roots,
               struct ln_buffer *out)
{
    struct ln_signature signatures[COUNTRIES * ROOTS];
    size_t count = 0;
    for (size_t i = 0; i < signers; i++) {
        for (size_t k = 0; k < roots; k++) {
            const struct ln_signer root =
                signer_of(LN_USE_ROOT, &countries[i].roots[k], countries[i].root_secrets[k]);
            assert_int_equal(
                ln_sign_shape(type, &federation, body, &root, &signatures[count++]), 0);
        }
    }
    const struct ln_signed shape = {type, body, signatures, count};
    ln_buffer_clear(out);
    assert_int_equal(ln_signed_build(&shape, out), 0);
}

void sign_roster(const struct ln_roster *roster, size_t signers, size_t roots,
                 struct ln_buffer *out)
{
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(LN_BODY_MAX);
    assert_int_equal(ln_roster_build(roster, &body), 0);
    sign_body(LN_TYPE_ROSTER, ln_buffer_view(&body), signers, roots, out);
}

struct ln_digest digest_of(const struct ln_buffer *statement)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(4 * 1024 * 1024);
    struct ln_signed shape;
    struct ln_digest digest;
    assert_int_equal(ln_signed_open(ln_buffer_view(statement), &arena, &shape), 0);
    ln_signed_digest(&shape, &digest);
    return digest;
}

struct ln_roster next_roster(void)
{
    struct ln_roster roster = first_roster();
    roster.version = 2;
    roster.previous = digest_of(&roster_1);
    return roster;
}

int take(const struct ln_buffer *statement)
{
    return ln_trust_take(trust, ln_buffer_view(statement));
}

int take_roster(const struct ln_roster *roster, size_t signers, size_t roots)
{
    AUTO(ln_buffer_wipe) struct ln_buffer statement = LN_BUFFER(STATEMENT_MAX);
    sign_roster(roster, signers, roots, &statement);
    return take(&statement);
}

/* Manifests -------------------------------------------------------------------------------- */

static const uint32_t police[] = {LN_ROLE_POLICE};

void make_manifest(struct manifest_parts *parts, const struct country *country)
{
    const uint64_t until = NOW_MS + LN_DAY_MS;
    *parts = (struct manifest_parts){
        .node_keys = {{LN_NODE_SIGNING, country->node_key, NOW_MS, until, LN_KEY_ACTIVE},
                      {LN_NODE_TRANSPORT, country->transport_key, NOW_MS, until,
                       LN_KEY_ACTIVE}},
        .collection = {.hub = {"hub-1"}},
        .office = {.id = {"office"}, .kind = LN_AUTHORITY_TASK_FORCE},
        .officer = {.id = {"officer"},
                    .office = {"office"},
                    .roles = police,
                    .roles_count = 1,
                    .signing_key = country->officer_key,
                    .box_key = country->box_key,
                    .valid_from_ms = NOW_MS,
                    .valid_until_ms = until,
                    .status = LN_KEY_ACTIVE}};
    parts->manifest = (struct ln_manifest){.federation = federation,
                                           .member = country->name,
                                           .version = 1,
                                           .created_ms = NOW_MS,
                                           .expires_ms = until,
                                           .node_keys = parts->node_keys,
                                           .node_keys_count = 2,
                                           .collections = &parts->collection,
                                           .collections_count = 1,
                                           .offices = &parts->office,
                                           .offices_count = 1,
                                           .officers = &parts->officer,
                                           .officers_count = 1};
}

void sign_manifest(const struct ln_manifest *manifest, size_t signers, size_t roots,
                   struct ln_buffer *out)
{
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(LN_BODY_MAX);
    assert_int_equal(ln_manifest_build(manifest, &body), 0);
    sign_body(LN_TYPE_MANIFEST, ln_buffer_view(&body), signers, roots, out);
}

int take_manifest(const struct ln_manifest *manifest, size_t signers, size_t roots)
{
    AUTO(ln_buffer_wipe) struct ln_buffer statement = LN_BUFFER(STATEMENT_MAX);
    sign_manifest(manifest, signers, roots, &statement);
    return take(&statement);
}

struct ln_manifest *second_manifest(struct manifest_parts *parts)
{
    make_manifest(parts, &countries[0]);
    parts->manifest.version = 2;
    parts->manifest.previous = digest_of(&manifest_1);
    return &parts->manifest;
}

/* Every test begins with an anchored roster and KH's first manifest ---------------------------
 */

void fingerprint_of(size_t country, char out[static LN_FINGERPRINT_SIZE])
{
    struct ln_digest digest;
    ln_roots_fingerprint(countries[country].roots, ROOTS, &digest);
    ln_fingerprint_text(&digest, out);
}

int countries_start(void **state)
{
    (void)state;
    static const char *const names[COUNTRIES] = {"KH", "TH", "MM"};
    uint8_t unused[CRYPTO_BOX_SECRET_BYTES];
    crypto_random(federation.b, sizeof federation.b);
    for (size_t i = 0; i < COUNTRIES; i++) {
        struct country *country = &countries[i];
        assert_int_equal(ln_name_from(names[i], &country->name), 0);
        for (size_t k = 0; k < ROOTS; k++)
            sign_keys_make(&country->roots[k], country->root_secrets[k]);
        sign_keys_make(&country->node_key, country->node_secret);
        sign_keys_make(&country->officer_key, country->officer_secret);
        seal_keys_make(&country->box_key, unused);
        seal_keys_make(&country->transport_key, unused);
    }
    roster_1 = manifest_1 = LN_BUFFER(STATEMENT_MAX);
    const struct ln_roster roster = first_roster();
    struct manifest_parts parts;
    char fingerprint[LN_FINGERPRINT_SIZE];
    sign_roster(&roster, COUNTRIES, 2, &roster_1);
    make_manifest(&parts, &countries[0]);
    sign_manifest(&parts.manifest, 1, 2, &manifest_1);
    fingerprint_of(1, fingerprint);
    trust = ln_trust_new();
    assert_int_equal(ln_trust_anchor(trust, ln_buffer_view(&roster_1), fingerprint), 0);
    assert_int_equal(take(&manifest_1), LN_TRUST_NEW);
    return 0;
}

int countries_stop(void **state)
{
    (void)state;
    ln_trust_destroy(&trust);
    ln_buffer_wipe(&roster_1);
    ln_buffer_wipe(&manifest_1);
    return 0;
}

int anchor_anew(const struct ln_buffer *roster, const char *fingerprint)
{
    struct ln_trust *other = ln_trust_new();
    const int error = ln_trust_anchor(other, ln_buffer_view(roster), fingerprint);
    ln_trust_destroy(&other);
    return error;
}
