/*
 * What is held of rosters, manifests and epochs, and the questions that everybody asks of it.
 * All statements are held, oldest first: events name the manifest that they were signed under,
 * and a new node or hub walks the same way through all versions. Only superseded epochs go.
 */
#include "trust.h"

#include <string.h>

enum { STATEMENT_ARENA = 4 * 1024 * 1024 };

struct ln_trust *ln_trust_new(void)
{
    struct ln_trust *trust = ln_allocate(sizeof *trust);
    *trust = (struct ln_trust){.first = NULL};
    return trust;
}

void trust_release(struct held *held)
{
    ln_arena_wipe(&held->arena);
    ln_release(held, sizeof *held);
}

void ln_trust_destroy(struct ln_trust **trust_p)
{
    struct ln_trust *trust = *trust_p;
    if (trust == NULL)
        return;
    while (trust->first != NULL) {
        struct held *held = trust->first;
        trust->first = held->next;
        trust_release(held);
    }
    ln_release(trust, sizeof *trust);
    *trust_p = NULL;
}

void trust_release_held(struct held **held)
{
    if (*held != NULL)
        trust_release(*held);
}

void trust_hold(struct ln_trust *trust, struct held *held)
{
    if (trust->last == NULL)
        trust->first = held;
    else
        trust->last->next = held;
    trust->last = held;
    if (held->type == LN_TYPE_ROSTER)
        trust->roster = held;
}

const struct held *trust_newest(const struct ln_trust *trust, uint32_t type,
                                const struct ln_name *member)
{
    const struct held *found = NULL;
    for (const struct held *held = trust->first; held != NULL; held = held->next) {
        if (held->type == type && ln_name_equal(&held->member, member))
            found = held;
    }
    return found;
}

const struct held *trust_of_version(const struct ln_trust *trust, uint32_t type,
                                    const struct ln_name *member, uint64_t version)
{
    for (const struct held *held = trust->first; held != NULL; held = held->next) {
        if (held->type == type && held->version == version &&
            ln_name_equal(&held->member, member))
            return held;
    }
    return NULL;
}

/** `before` stands right in front of `held`; NULL: it is the first. */
static void drop(struct ln_trust *trust, struct held *before, struct held *held)
{
    if (before == NULL)
        trust->first = held->next;
    else
        before->next = held->next;
    if (trust->last == held)
        trust->last = before;
    trust_release(held);
}

static void drop_epoch_of(struct ln_trust *trust, const struct ln_name *member,
                          const struct held *except)
{
    struct held *before = NULL;
    for (struct held *held = trust->first; held != NULL; before = held, held = held->next) {
        if (held == except || held->type != LN_TYPE_EPOCH ||
            !ln_name_equal(&held->member, member))
            continue;
        drop(trust, before, held);
        return;
    }
}

void trust_drop_older_epoch(struct ln_trust *trust, const struct held *newer)
{
    drop_epoch_of(trust, &newer->member, newer);
}

void trust_drop_distrusted_epoch(struct ln_trust *trust, const struct ln_name *member)
{
    const struct held *epoch = trust_newest(trust, LN_TYPE_EPOCH, member);
    if (epoch != NULL &&
        trust_verify_node(trust, member, &epoch->statement, LN_TYPE_EPOCH) != 0)
        drop_epoch_of(trust, member, NULL);
}

/* Opening ---------------------------------------------------------------------------------- */

static int open_body(struct held *held)
{
    const struct ln_bytes body = held->statement.body;
    int error = LN_E_WRONG_TYPE;
    switch (held->type) {
    case LN_TYPE_ROSTER:
        error = ln_roster_open(body, &held->arena, &held->roster);
        held->version = held->roster.version;
        break;
    case LN_TYPE_MANIFEST:
        error = ln_manifest_open(body, &held->arena, &held->manifest);
        held->version = held->manifest.version;
        held->member = held->manifest.member;
        break;
    case LN_TYPE_EPOCH:
        error = ln_epoch_open(body, &held->arena, &held->epoch);
        held->version = held->epoch.number;
        held->member = held->epoch.member;
        break;
    default:
        break;
    }
    return error;
}

int trust_open_held(struct ln_bytes literal, struct held **out)
{
    AUTO(trust_release_held) struct held *held = ln_allocate(sizeof *held);
    memset(held, 0, sizeof *held);
    held->arena = LN_ARENA(STATEMENT_ARENA);
    const uint8_t *copy = ln_arena_copy(&held->arena, literal);
    if (copy == NULL)
        return LN_E_OUT_OF_MEMORY;
    held->literal = ln_view(copy, literal.size);
    int error = ln_signed_open(held->literal, &held->arena, &held->statement);
    if (error != 0)
        return error;
    held->type = held->statement.type;
    error = open_body(held);
    if (error != 0)
        return error;
    ln_signed_digest(&held->statement, &held->digest);
    *out = held;
    held = NULL;
    return 0;
}

const struct ln_officer *trust_find_officer(const struct ln_manifest *manifest,
                                            const struct ln_name *id)
{
    for (size_t i = 0; i < manifest->officers_count; i++) {
        if (ln_name_equal(&manifest->officers[i].id, id))
            return &manifest->officers[i];
    }
    return NULL;
}

/* Asking ----------------------------------------------------------------------------------- */

const struct ln_roster *ln_trust_roster(const struct ln_trust *trust)
{
    return trust->roster == NULL ? NULL : &trust->roster->roster;
}

const struct ln_member *ln_trust_member(const struct ln_trust *trust,
                                        const struct ln_name *member)
{
    return trust->roster == NULL ? NULL : trust_find_member(&trust->roster->roster, member);
}

const struct ln_manifest *ln_trust_manifest(const struct ln_trust *trust,
                                            const struct ln_name *member)
{
    const struct held *held = trust_newest(trust, LN_TYPE_MANIFEST, member);
    return held == NULL ? NULL : &held->manifest;
}

const struct ln_manifest *ln_trust_manifest_version(const struct ln_trust *trust,
                                                    const struct ln_name *member,
                                                    uint64_t version,
                                                    const struct ln_digest *digest)
{
    const struct held *held = trust_of_version(trust, LN_TYPE_MANIFEST, member, version);
    return held != NULL && ln_digest_equal(&held->digest, digest) ? &held->manifest : NULL;
}

const struct ln_epoch *ln_trust_epoch(const struct ln_trust *trust,
                                      const struct ln_name *member)
{
    const struct held *held = trust_newest(trust, LN_TYPE_EPOCH, member);
    return held == NULL ? NULL : &held->epoch;
}

const struct ln_hub *ln_trust_hub(const struct ln_trust *trust, const struct ln_name *hub)
{
    const struct ln_roster *roster = ln_trust_roster(trust);
    for (size_t i = 0; roster != NULL && i < roster->hubs_count; i++) {
        if (ln_name_equal(&roster->hubs[i].id, hub))
            return &roster->hubs[i];
    }
    return NULL;
}

bool ln_trust_version(const struct ln_trust *trust, const struct ln_name *member,
                      uint64_t *out_version, struct ln_digest *out_digest)
{
    const struct held *held =
        member == NULL ? trust->roster : trust_newest(trust, LN_TYPE_MANIFEST, member);
    if (held == NULL)
        return false;
    *out_version = held->version;
    *out_digest = held->digest;
    return true;
}

static bool has_transport_key(const struct ln_manifest *manifest,
                              const struct ln_public_key *key)
{
    for (size_t i = 0; i < manifest->node_keys_count; i++) {
        const struct ln_node_key *held = &manifest->node_keys[i];
        if (held->use == LN_NODE_TRANSPORT && held->status == LN_KEY_ACTIVE &&
            memcmp(&held->key, key, sizeof *key) == 0)
            return true;
    }
    return false;
}

const struct ln_member *ln_trust_admits(const struct ln_trust *trust,
                                        const struct ln_public_key *transport_key)
{
    const struct ln_roster *roster = ln_trust_roster(trust);
    for (size_t i = 0; roster != NULL && i < roster->members_count; i++) {
        const struct ln_manifest *manifest = ln_trust_manifest(trust, &roster->members[i].id);
        if (manifest != NULL && has_transport_key(manifest, transport_key))
            return &roster->members[i];
    }
    return NULL;
}

int trust_verify_node(const struct ln_trust *trust, const struct ln_name *member,
                      const struct ln_signed *signed_body, enum ln_type type)
{
    const struct ln_roster *roster = ln_trust_roster(trust);
    const struct ln_manifest *manifest = ln_trust_manifest(trust, member);
    if (manifest == NULL)
        return LN_E_UNKNOWN_KEY;
    for (size_t i = 0; i < manifest->node_keys_count; i++) {
        const struct ln_node_key *key = &manifest->node_keys[i];
        struct ln_key_id key_id;
        if (key->use != LN_NODE_SIGNING)
            continue;
        ln_key_id_of(LN_USE_NODE, &key->key, &key_id);
        const int error =
            ln_signed_verify(signed_body, type, &roster->federation, &key_id, &key->key);
        if (error == LN_E_UNKNOWN_KEY)
            continue;
        return error == 0 && key->status == LN_KEY_REVOKED ? LN_E_KEY_REVOKED : error;
    }
    return signed_body->type == type ? LN_E_UNKNOWN_KEY : LN_E_WRONG_TYPE;
}

int ln_trust_verify_node(const struct ln_trust *trust, const struct ln_name *member,
                         const struct ln_signed *signed_body, enum ln_type type)
{
    const int error = trust_verify_node(trust, member, signed_body, type);
    return error == 0 ? ln_trust_standing(trust, member) : error;
}

int trust_verify_author(const struct ln_trust *trust, const struct ln_signed *signed_body,
                        enum ln_type type, const struct ln_author *author,
                        uint64_t manifest_version, const struct ln_digest *manifest_digest,
                        const struct ln_officer **out_officer)
{
    const struct ln_name *member = &author->member;
    if (trust_last_seen(trust, member) == NULL)
        return LN_E_NOT_A_MEMBER;
    const struct ln_manifest *manifest =
        ln_trust_manifest_version(trust, member, manifest_version, manifest_digest);
    if (manifest == NULL)
        return LN_E_VERSION_GAP;
    const struct ln_officer *officer = trust_find_officer(manifest, &author->officer);
    if (officer == NULL)
        return LN_E_UNKNOWN_KEY;
    if (!ln_name_equal(&officer->office, &author->office))
        return LN_E_NO_OFFICE;
    struct ln_key_id key_id;
    ln_key_id_of(LN_USE_OFFICER, &officer->signing_key, &key_id);
    const int error = ln_signed_verify(signed_body, type, &ln_trust_roster(trust)->federation,
                                       &key_id, &officer->signing_key);
    if (error == 0 && officer->status == LN_KEY_REVOKED)
        return LN_E_KEY_REVOKED;
    if (error == 0)
        *out_officer = officer;
    return error;
}

int ln_trust_verify_author(const struct ln_trust *trust, const struct ln_signed *signed_body,
                           enum ln_type type, const struct ln_author *author,
                           uint64_t manifest_version, const struct ln_digest *manifest_digest,
                           const struct ln_officer **out_officer)
{
    if (ln_trust_member(trust, &author->member) == NULL)
        return LN_E_NOT_A_MEMBER;
    const int error = trust_verify_author(trust, signed_body, type, author, manifest_version,
                                          manifest_digest, out_officer);
    return error == 0 ? ln_trust_standing(trust, &author->member) : error;
}

int ln_trust_verify_officer(const struct ln_trust *trust, const struct ln_signed *signed_body,
                            const struct ln_event *event, const struct ln_officer **out_officer)
{
    return ln_trust_verify_author(trust, signed_body, LN_TYPE_EVENT, &event->author,
                                  event->manifest_version, &event->manifest_digest,
                                  out_officer);
}

int ln_trust_compare(const struct ln_trust *trust, const struct ln_name *member,
                     uint64_t version, const struct ln_digest *digest)
{
    static const struct ln_name roster = {""};
    const struct ln_name *name = member == NULL ? &roster : member;
    const uint32_t type = name->text[0] == '\0' ? LN_TYPE_ROSTER : LN_TYPE_MANIFEST;
    const struct held *same = trust_of_version(trust, type, name, version);
    if (same != NULL)
        return ln_digest_equal(&same->digest, digest) ? LN_TRUST_SAME : LN_E_FORK;
    const struct held *last = trust_newest(trust, type, name);
    return last == NULL || last->version < version ? LN_TRUST_BEHIND : LN_TRUST_SAME;
}

bool ln_trust_is_revoked(const struct ln_trust *trust, const struct ln_name *member,
                         const struct ln_name *officer)
{
    for (const struct held *held = trust->first; held != NULL; held = held->next) {
        if (held->type != LN_TYPE_MANIFEST || !ln_name_equal(&held->member, member))
            continue;
        const struct ln_officer *found = trust_find_officer(&held->manifest, officer);
        if (found != NULL && found->status == LN_KEY_REVOKED)
            return true;
    }
    return false;
}

int ln_trust_walk(const struct ln_trust *trust, ln_trust_each *each, void *context)
{
    for (const struct held *held = trust->first; held != NULL; held = held->next) {
        const int error =
            each(held->type, &held->member, held->version, held->literal, context);
        if (error != 0)
            return error;
    }
    return 0;
}
