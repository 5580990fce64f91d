/*
 * What rosters, manifests and epoch statements prove together: holding them, taking the next
 * one, and being asked. The checks of each kind stand in trust_roster.c and trust_manifest.c.
 *
 * Update rules as TUF's: version + 1, the digest of the version before, every version walked
 * through, a lower one refused, a fork refused. All statements are held, oldest first: events
 * name the manifest that they were signed under, and a new node or hub walks the same way
 * through all versions. Only superseded epochs go.
 */
#include "trust.h"

#include <assert.h>
#include <string.h>

enum { STATEMENT_ARENA = 4 * 1024 * 1024 };

/** Of one member's statements of a kind, so that no member takes the room of another: over a
 * thousand versions of the usual size. */
#define HELD_SIZE_MAX ((size_t)16 << 20)

struct ln_trust *ln_trust_new(void)
{
    struct ln_trust *trust = ln_allocate(sizeof *trust);
    *trust = (struct ln_trust){.first = NULL};
    return trust;
}

static void release(struct held *held)
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
        release(held);
    }
    ln_release(trust, sizeof *trust);
    *trust_p = NULL;
}

static void release_held(struct held **held)
{
    if (*held != NULL)
        release(*held);
}

static void hold(struct ln_trust *trust, struct held *held)
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

static const struct held *of_version(const struct ln_trust *trust, uint32_t type,
                                     const struct ln_name *member, uint64_t version)
{
    for (const struct held *held = trust->first; held != NULL; held = held->next) {
        if (held->type == type && held->version == version &&
            ln_name_equal(&held->member, member))
            return held;
    }
    return NULL;
}

/** An epoch that a newer one has replaced proves nothing any more. */
static void drop_older_epoch(struct ln_trust *trust, const struct held *newer)
{
    struct held *before = NULL;
    for (struct held *held = trust->first; held != NULL; before = held, held = held->next) {
        if (held == newer || held->type != LN_TYPE_EPOCH ||
            !ln_name_equal(&held->member, &newer->member))
            continue;
        if (before == NULL)
            trust->first = held->next;
        else
            before->next = held->next;
        if (trust->last == held)
            trust->last = before;
        release(held);
        return;
    }
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

static int open_held(struct ln_bytes literal, struct held **out)
{
    AUTO(release_held) struct held *held = ln_allocate(sizeof *held);
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

/* Taking ----------------------------------------------------------------------------------- */

int ln_trust_anchor(struct ln_trust *trust, struct ln_bytes signed_roster,
                    const char *fingerprint)
{
    assert(trust->roster == NULL);
    AUTO(release_held) struct held *held = NULL;
    int error = open_held(signed_roster, &held);
    if (error == 0)
        error = trust_check_first_roster(held, fingerprint);
    if (error != 0)
        return error;
    hold(trust, held);
    held = NULL;
    return 0;
}

/**
 * By version alone: > 0 known, 0 the next, or why not. Epochs may leap; the others are walked
 * in order.
 */
static int check_order(const struct ln_trust *trust, const struct held *held)
{
    const struct held *same = of_version(trust, held->type, &held->member, held->version);
    if (same != NULL)
        return ln_digest_equal(&same->digest, &held->digest) ? LN_TRUST_KNOWN : LN_E_FORK;
    const struct held *before = trust_newest(trust, held->type, &held->member);
    const uint64_t version = before == NULL ? 0 : before->version;
    if (held->version <= version)
        return LN_E_ROLLBACK;
    const bool is_first_manifest = held->type == LN_TYPE_MANIFEST && before == NULL;
    if (held->type == LN_TYPE_EPOCH || is_first_manifest)
        return 0;
    return held->version == version + 1 ? 0 : LN_E_VERSION_GAP;
}

static int check_federation(const struct ln_trust *trust, const struct held *held)
{
    const struct ln_id *federation = held->type == LN_TYPE_ROSTER ? &held->roster.federation
                                     : held->type == LN_TYPE_MANIFEST
                                         ? &held->manifest.federation
                                         : &held->epoch.federation;
    return ln_id_equal(federation, &trust->roster->roster.federation) ? 0
                                                                      : LN_E_WRONG_FEDERATION;
}

static int check_next(const struct ln_trust *trust, const struct held *held)
{
    switch (held->type) {
    case LN_TYPE_ROSTER:
        return trust_check_roster(trust, held);
    case LN_TYPE_MANIFEST:
        return trust_check_manifest(trust, held);
    default:
        return trust_check_epoch(trust, held);
    }
}

/** Epochs replace each other, so only the others add up. */
static bool has_room(const struct ln_trust *trust, const struct held *next)
{
    size_t size = next->literal.size;
    for (const struct held *held = trust->first; held != NULL; held = held->next) {
        if (held->type == next->type && held->type != LN_TYPE_EPOCH &&
            ln_name_equal(&held->member, &next->member))
            size += held->literal.size;
    }
    return size <= HELD_SIZE_MAX;
}

/** A fork counts only if it is signed by who must: anybody could write an unsigned one. */
static int check_fork(const struct ln_trust *trust, const struct held *held)
{
    const struct ln_roster *roster = &trust->roster->roster;
    if (held->type == LN_TYPE_EPOCH)
        return ln_trust_verify_node(trust, &held->member, &held->statement, LN_TYPE_EPOCH);
    if (held->type == LN_TYPE_ROSTER)
        return trust_members_signed(held, roster, roster->threshold);
    const struct ln_member *member = trust_find_member(roster, &held->member);
    bool signs = false;
    const int error = member == NULL
                          ? LN_E_NOT_A_MEMBER
                          : trust_has_signed(held, &roster->federation, member, &signs);
    return error == 0 && !signs ? LN_E_TOO_FEW_SIGNATURES : error;
}

int ln_trust_take(struct ln_trust *trust, struct ln_bytes signed_statement)
{
    AUTO(release_held) struct held *held = NULL;
    if (trust->roster == NULL)
        return LN_E_NOT_ANCHORED;
    int error = open_held(signed_statement, &held);
    if (error == 0)
        error = check_federation(trust, held);
    if (error == 0)
        error = check_order(trust, held);
    if (error == 0)
        error = has_room(trust, held) ? check_next(trust, held) : LN_E_TOO_MANY;
    if (error == LN_E_FORK) {
        const int unsigned_fork = check_fork(trust, held);
        return unsigned_fork != 0 ? unsigned_fork : LN_E_FORK;
    }
    if (error != 0)
        return error;
    hold(trust, held);
    if (held->type == LN_TYPE_EPOCH)
        drop_older_epoch(trust, held);
    held = NULL;
    return LN_TRUST_NEW;
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
    const struct held *held = of_version(trust, LN_TYPE_MANIFEST, member, version);
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

int ln_trust_verify_node(const struct ln_trust *trust, const struct ln_name *member,
                         const struct ln_signed *signed_body, enum ln_type type)
{
    const struct ln_roster *roster = ln_trust_roster(trust);
    const struct ln_manifest *manifest =
        ln_trust_member(trust, member) == NULL ? NULL : ln_trust_manifest(trust, member);
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

int ln_trust_verify_officer(const struct ln_trust *trust, const struct ln_signed *signed_body,
                            const struct ln_event *event, const struct ln_officer **out_officer)
{
    const struct ln_name *member = &event->author.member;
    if (ln_trust_member(trust, member) == NULL)
        return LN_E_NOT_A_MEMBER;
    const struct ln_manifest *manifest = ln_trust_manifest_version(
        trust, member, event->manifest_version, &event->manifest_digest);
    if (manifest == NULL)
        return LN_E_VERSION_GAP;
    const struct ln_officer *officer = trust_find_officer(manifest, &event->author.officer);
    if (officer == NULL)
        return LN_E_UNKNOWN_KEY;
    if (!ln_name_equal(&officer->office, &event->author.office))
        return LN_E_NO_OFFICE;
    struct ln_key_id key_id;
    ln_key_id_of(LN_USE_OFFICER, &officer->signing_key, &key_id);
    const int error =
        ln_signed_verify(signed_body, LN_TYPE_EVENT, &ln_trust_roster(trust)->federation,
                         &key_id, &officer->signing_key);
    if (error == 0 && officer->status != LN_KEY_ACTIVE)
        return LN_E_KEY_REVOKED;
    if (error == 0)
        *out_officer = officer;
    return error;
}

int ln_trust_compare(const struct ln_trust *trust, const struct ln_name *member,
                     uint64_t version, const struct ln_digest *digest)
{
    static const struct ln_name roster = {""};
    const struct ln_name *name = member == NULL ? &roster : member;
    const uint32_t type = name->text[0] == '\0' ? LN_TYPE_ROSTER : LN_TYPE_MANIFEST;
    const struct held *same = of_version(trust, type, name, version);
    if (same != NULL)
        return ln_digest_equal(&same->digest, digest) ? LN_TRUST_SAME : LN_E_FORK;
    const struct held *last = trust_newest(trust, type, name);
    return last == NULL || last->version < version ? LN_TRUST_BEHIND : LN_TRUST_SAME;
}

bool ln_trust_is_revoked(const struct ln_trust *trust, const struct ln_name *member,
                         const struct ln_name *officer)
{
    const struct ln_manifest *manifest = ln_trust_manifest(trust, member);
    const struct ln_officer *found =
        manifest == NULL ? NULL : trust_find_officer(manifest, officer);
    return found != NULL && found->status == LN_KEY_REVOKED;
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
