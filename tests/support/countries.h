/*
 * Three countries that sign rosters and manifests as the tests want them: right, or wrong in
 * one thing. Each test begins (countries_start) with an anchored roster and KH's first
 * manifest.
 */
#ifndef COUNTRIES_H
#define COUNTRIES_H

#include "crypto.h"

#include <liaison/roster.h>
#include <liaison/vocabulary.h>

enum { COUNTRIES = 3, ROOTS = 3, STATEMENT_MAX = LN_BODY_MAX + 8192 };

#define NOW_MS UINT64_C(1764000000000)

struct country {
    struct ln_name name;
    struct ln_public_key roots[ROOTS], node_key, officer_key, box_key, transport_key;
    uint8_t root_secrets[ROOTS][CRYPTO_SIGN_SECRET_BYTES];
    uint8_t node_secret[CRYPTO_SIGN_SECRET_BYTES], officer_secret[CRYPTO_SIGN_SECRET_BYTES];
};

extern struct country countries[COUNTRIES];
extern struct ln_member members[COUNTRIES]; /* of the roster that first_roster made last */
extern struct ln_id federation;
extern struct ln_trust *trust;
extern struct ln_buffer roster_1, manifest_1; /* signed: the anchor, and KH's first manifest */

int countries_start(void **state);
int countries_stop(void **state);

struct ln_signer signer_of(enum ln_key_use use, const struct ln_public_key *key,
                           uint8_t *secret);
struct ln_digest digest_of(const struct ln_buffer *statement);
void fingerprint_of(size_t country, char out[static LN_FINGERPRINT_SIZE]);
int take(const struct ln_buffer *statement);
int anchor_anew(const struct ln_buffer *roster, const char *fingerprint);

/** Signs with the first `roots` roots of each of the first `signers` countries. */
void sign_body(enum ln_type type, struct ln_bytes body, size_t signers, size_t roots,
               struct ln_buffer *out);

/** The roster as it is at first: two of each country's three roots, two of three countries. */
struct ln_roster first_roster(void);
/** The same as version 2. */
struct ln_roster next_roster(void);
void sign_roster(const struct ln_roster *roster, size_t signers, size_t roots,
                 struct ln_buffer *out);
int take_roster(const struct ln_roster *roster, size_t signers, size_t roots);

struct manifest_parts {
    struct ln_node_key node_keys[2];
    struct ln_collection collection;
    struct ln_office office;
    struct ln_officer officer;
    struct ln_manifest manifest;
};

void make_manifest(struct manifest_parts *parts, const struct country *country);
/** KH's second, as the first was. */
struct ln_manifest *second_manifest(struct manifest_parts *parts);
void sign_manifest(const struct ln_manifest *manifest, size_t signers, size_t roots,
                   struct ln_buffer *out);
int take_manifest(const struct ln_manifest *manifest, size_t signers, size_t roots);

#endif
