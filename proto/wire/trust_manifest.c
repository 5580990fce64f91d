/*
 * What a manifest and an epoch statement must not contradict, and who must have signed them.
 * Source: docs/protocol.md, Manifest, Epochs.
 */
#include "trust.h"

#include <stdlib.h>
#include <string.h>

#define EPOCH_LENGTH_MAX_MS (14 * LN_DAY_MS)

/* Manifests -------------------------------------------------------------------------------- */

static int compare_keys(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct ln_public_key));
}

static const struct ln_office *find_office(const struct ln_manifest *manifest,
                                           const struct ln_name *id)
{
    for (size_t i = 0; i < manifest->offices_count; i++) {
        if (ln_name_equal(&manifest->offices[i].id, id))
            return &manifest->offices[i];
    }
    return NULL;
}

static int check_officer(const struct ln_manifest *manifest, size_t index)
{
    const struct ln_officer *officer = &manifest->officers[index];
    if (trust_find_officer(manifest, &officer->id) != officer ||
        find_office(manifest, &officer->office) == NULL ||
        officer->valid_from_ms >= officer->valid_until_ms)
        return LN_E_INCONSISTENT;
    const int error = ln_signing_key_check(&officer->signing_key);
    return error == 0 ? ln_box_key_check(&officer->box_key) : error;
}

static int check_node_keys(const struct ln_manifest *manifest)
{
    bool has_active[LN_NODE_TRANSPORT + 1] = {false};
    for (size_t i = 0; i < manifest->node_keys_count; i++) {
        const struct ln_node_key *key = &manifest->node_keys[i];
        if (key->valid_from_ms >= key->valid_until_ms)
            return LN_E_INCONSISTENT;
        const int error = key->use == LN_NODE_SIGNING ? ln_signing_key_check(&key->key)
                                                      : ln_box_key_check(&key->key);
        if (error != 0)
            return error;
        has_active[key->use] |= key->status == LN_KEY_ACTIVE;
    }
    return has_active[LN_NODE_SIGNING] && has_active[LN_NODE_TRANSPORT] ? 0 : LN_E_INCONSISTENT;
}

/** All keys of a manifest in one row: none may stand twice, whatever its use. */
static int check_no_key_twice(const struct ln_manifest *manifest)
{
    const size_t count =
        manifest->node_keys_count + 2 * manifest->officers_count + manifest->role_keys_count;
    struct ln_public_key *keys = ln_allocate(count * sizeof *keys);
    size_t at = 0;
    for (size_t i = 0; i < manifest->node_keys_count; i++)
        keys[at++] = manifest->node_keys[i].key;
    for (size_t i = 0; i < manifest->officers_count; i++) {
        keys[at++] = manifest->officers[i].signing_key;
        keys[at++] = manifest->officers[i].box_key;
    }
    for (size_t i = 0; i < manifest->role_keys_count; i++)
        keys[at++] = manifest->role_keys[i].key;
    qsort(keys, count, sizeof *keys, compare_keys);
    bool is_twice = false;
    for (size_t i = 1; i < count; i++)
        is_twice |= memcmp(&keys[i - 1], &keys[i], sizeof *keys) == 0;
    ln_release(keys, count * sizeof *keys);
    return is_twice ? LN_E_INCONSISTENT : 0;
}

static int check_collections(const struct ln_manifest *manifest)
{
    for (size_t i = 0; i < manifest->collections_count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (ln_name_equal(&manifest->collections[i].hub, &manifest->collections[k].hub))
                return LN_E_INCONSISTENT;
        }
    }
    return 0;
}

static int check_role_keys(const struct ln_manifest *manifest)
{
    for (size_t i = 0; i < manifest->role_keys_count; i++) {
        const struct ln_role_key *key = &manifest->role_keys[i];
        if (find_office(manifest, &key->office) == NULL ||
            key->valid_from_ms >= key->valid_until_ms)
            return LN_E_INCONSISTENT;
        const int error = ln_box_key_check(&key->key);
        if (error != 0)
            return error;
    }
    return 0;
}

int ln_manifest_check(const struct ln_manifest *manifest)
{
    if (manifest->created_ms >= manifest->expires_ms ||
        (manifest->version == 1) != ln_digest_is_zero(&manifest->previous))
        return LN_E_INCONSISTENT;
    for (size_t i = 0; i < manifest->offices_count; i++) {
        if (find_office(manifest, &manifest->offices[i].id) != &manifest->offices[i])
            return LN_E_INCONSISTENT;
    }
    int error = check_node_keys(manifest);
    if (error == 0)
        error = check_no_key_twice(manifest);
    if (error == 0)
        error = check_collections(manifest);
    for (size_t i = 0; i < manifest->officers_count && error == 0; i++)
        error = check_officer(manifest, i);
    return error == 0 ? check_role_keys(manifest) : error;
}

/** No two members with one transport key: admission would not know who knocks. */
static int check_transport_keys(const struct ln_trust *trust,
                                const struct ln_manifest *manifest)
{
    for (size_t i = 0; i < manifest->node_keys_count; i++) {
        if (manifest->node_keys[i].use != LN_NODE_TRANSPORT)
            continue;
        const struct ln_member *owner = ln_trust_admits(trust, &manifest->node_keys[i].key);
        if (owner != NULL && !ln_name_equal(&owner->id, &manifest->member))
            return LN_E_INCONSISTENT;
    }
    return 0;
}

int trust_check_manifest(const struct ln_trust *trust, const struct held *held)
{
    const struct ln_roster *roster = &trust->roster->roster;
    const struct ln_member *member = trust_find_member(roster, &held->member);
    if (member == NULL)
        return LN_E_NOT_A_MEMBER;
    const struct held *before = trust_newest(trust, LN_TYPE_MANIFEST, &held->member);
    bool signs;
    int error = ln_manifest_check(&held->manifest);
    if (error == 0 && before != NULL &&
        !ln_digest_equal(&held->manifest.previous, &before->digest))
        error = LN_E_FORK;
    if (error == 0)
        error = trust_has_signed(held, &roster->federation, member, &signs);
    if (error == 0 && !signs)
        error = LN_E_TOO_FEW_SIGNATURES;
    return error == 0 ? check_transport_keys(trust, &held->manifest) : error;
}

/* Epochs ----------------------------------------------------------------------------------- */

int trust_check_epoch(const struct ln_trust *trust, const struct held *held)
{
    const struct ln_epoch *epoch = &held->epoch;
    if (epoch->starts_ms >= epoch->ends_ms ||
        epoch->ends_ms - epoch->starts_ms > EPOCH_LENGTH_MAX_MS ||
        epoch->oldest_openable > epoch->number)
        return LN_E_INCONSISTENT;
    int error = ln_box_key_check(&epoch->key);
    if (error == 0)
        error = trust_verify_node(trust, &epoch->member, &held->statement, LN_TYPE_EPOCH);
    return error == 0 && ln_trust_member(trust, &epoch->member) == NULL ? LN_E_NOT_A_MEMBER
                                                                        : error;
}
