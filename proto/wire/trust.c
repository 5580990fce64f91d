/*
 * What rosters, manifests and epoch statements prove together. Update rules as TUF's: version + 1, the
 * digest of the version before, every version walked through, a lower one refused, a fork refused.
 *
 * All statements are held, oldest first: events name the manifest that they were signed under, and a new
 * node or hub walks the same way through all versions. Only superseded epochs are dropped.
 */
#include <liaison/event.h>
#include <liaison/roster.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { STATEMENT_ARENA = 4 * 1024 * 1024, HELD_MAX = 4096 };

#define EPOCH_LENGTH_MAX_MS (14 * LN_DAY_MS)

struct held {
    struct held *next; /* in the order of taking */
    uint32_t type;
    struct ln_name member; /* empty: the roster */
    uint64_t version;
    struct ln_digest digest;
    struct ln_bytes literal;
    struct ln_signed statement;
    struct ln_roster roster; /* one of the three, by type */
    struct ln_manifest manifest;
    struct ln_epoch epoch;
    struct ln_arena arena;
};

struct ln_trust {
    struct held *first, *last;
    size_t count;
    const struct held *roster; /* newest */
};

struct ln_trust *ln_trust_new(void)
{
    struct ln_trust *trust = ln_allocate(sizeof *trust);
    *trust = (struct ln_trust){.count = 0};
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
    trust->count++;
    if (held->type == LN_TYPE_ROSTER)
        trust->roster = held;
}

static const struct held *newest(const struct ln_trust *trust, uint32_t type, const struct ln_name *member)
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
        if (held->type == type && held->version == version && ln_name_equal(&held->member, member))
            return held;
    }
    return NULL;
}

/** An epoch that a newer one has replaced proves nothing any more. */
static void drop_older_epoch(struct ln_trust *trust, const struct held *newer)
{
    struct held *before = NULL;
    for (struct held *held = trust->first; held != NULL; before = held, held = held->next) {
        if (held == newer || held->type != LN_TYPE_EPOCH || !ln_name_equal(&held->member, &newer->member))
            continue;
        if (before == NULL)
            trust->first = held->next;
        else
            before->next = held->next;
        if (trust->last == held)
            trust->last = before;
        trust->count--;
        release(held);
        return;
    }
}

/* Opening -------------------------------------------------------------------------------------- */

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

/* Signatures ----------------------------------------------------------------------------------- */

/** How many different roots of the member signed; a signature by a root that does not hold is an error. */
static int count_roots(const struct held *held, const struct ln_id *federation,
                       const struct ln_member *member, size_t *out_count)
{
    size_t count = 0;
    for (size_t i = 0; i < member->roots_count; i++) {
        struct ln_key_id key_id;
        ln_key_id_of(LN_USE_ROOT, &member->roots[i], &key_id);
        const int error = ln_signed_verify(&held->statement, held->type, federation, &key_id,
                                           &member->roots[i]);
        if (error == LN_E_SIGNATURE)
            return error;
        count += error == 0;
    }
    *out_count = count;
    return 0;
}

static int has_signed(const struct held *held, const struct ln_id *federation,
                      const struct ln_member *member, bool *out_has_signed)
{
    size_t count = 0;
    const int error = count_roots(held, federation, member, &count);
    *out_has_signed = count >= member->threshold;
    return error;
}

/** So many members of `by`, each with its own threshold of roots. */
static int check_members_signed(const struct held *held, const struct ln_roster *by, size_t threshold)
{
    size_t count = 0;
    for (size_t i = 0; i < by->members_count; i++) {
        bool signs;
        const int error = has_signed(held, &by->federation, &by->members[i], &signs);
        if (error != 0)
            return error;
        count += signs;
    }
    return count >= threshold ? 0 : LN_E_TOO_FEW_SIGNATURES;
}

/* Rosters -------------------------------------------------------------------------------------- */

static const struct ln_member *find_member(const struct ln_roster *roster, const struct ln_name *id)
{
    for (size_t i = 0; i < roster->members_count; i++) {
        if (ln_name_equal(&roster->members[i].id, id))
            return &roster->members[i];
    }
    return NULL;
}

static int check_member(const struct ln_roster *roster, size_t index)
{
    const struct ln_member *member = &roster->members[index];
    if (member->threshold > member->roots_count || find_member(roster, &member->id) != member)
        return LN_E_INCONSISTENT;
    for (size_t i = 0; i < member->roots_count; i++) {
        const int error = ln_signing_key_check(&member->roots[i]);
        if (error != 0)
            return error;
        for (size_t k = 0; k < i; k++) {
            if (memcmp(&member->roots[i], &member->roots[k], sizeof member->roots[i]) == 0)
                return LN_E_INCONSISTENT;
        }
    }
    return 0;
}

static int check_hub(const struct ln_roster *roster, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (ln_name_equal(&roster->hubs[i].id, &roster->hubs[index].id) ||
            memcmp(&roster->hubs[i].transport_key, &roster->hubs[index].transport_key,
                   sizeof roster->hubs[i].transport_key) == 0)
            return LN_E_INCONSISTENT;
    }
    return ln_box_key_check(&roster->hubs[index].transport_key);
}

static int check_roster(const struct ln_roster *roster)
{
    if (roster->threshold > roster->members_count || roster->created_ms >= roster->expires_ms ||
        (roster->version == 1) != ln_digest_is_zero(&roster->previous))
        return LN_E_INCONSISTENT;
    int error = 0;
    for (size_t i = 0; i < roster->members_count && error == 0; i++)
        error = check_member(roster, i);
    for (size_t i = 0; i < roster->hubs_count && error == 0; i++)
        error = check_hub(roster, i);
    return error;
}

static bool has_roots(const struct ln_member *member, const char *fingerprint)
{
    struct ln_digest digest;
    ln_roots_fingerprint(member->roots, member->roots_count, &digest);
    return ln_fingerprint_matches(fingerprint, &digest) == 0;
}

static int check_anchor(const struct held *held, const char *fingerprint)
{
    const struct ln_roster *roster = &held->roster;
    if (held->type != LN_TYPE_ROSTER)
        return LN_E_WRONG_TYPE;
    for (size_t i = 0; i < roster->members_count; i++) {
        if (!has_roots(&roster->members[i], fingerprint))
            continue;
        /* the anchored member itself must be among the signers */
        bool signs;
        const int error = has_signed(held, &roster->federation, &roster->members[i], &signs);
        return error == 0 && !signs ? LN_E_TOO_FEW_SIGNATURES : error;
    }
    return LN_E_FINGERPRINT;
}

int ln_trust_anchor(struct ln_trust *trust, struct ln_bytes signed_roster, const char *fingerprint)
{
    assert(trust->roster == NULL);
    AUTO(release_held) struct held *held = NULL;
    int error = open_held(signed_roster, &held);
    if (error == 0)
        error = check_anchor(held, fingerprint);
    if (error == 0)
        error = check_roster(&held->roster);
    if (error == 0)
        error = check_members_signed(held, &held->roster,
                                     held->roster.version == 1 ? held->roster.members_count
                                                               : held->roster.threshold);
    if (error != 0)
        return error;
    hold(trust, held);
    held = NULL;
    return 0;
}

static bool has_same_roots(const struct ln_member *a, const struct ln_member *b)
{
    return a->threshold == b->threshold && a->roots_count == b->roots_count &&
           memcmp(a->roots, b->roots, a->roots_count * sizeof *a->roots) == 0;
}

static int must_have_signed(const struct held *held, const struct ln_id *federation,
                            const struct ln_member *member)
{
    bool signs = false;
    const int error = has_signed(held, federation, member, &signs);
    return error == 0 && !signs ? LN_E_TOO_FEW_SIGNATURES : error;
}

/** A member's roots change only with its own old threshold and its new one; a new member signs itself. */
static int check_root_changes(const struct held *held, const struct ln_roster *before)
{
    int error = 0;
    for (size_t i = 0; i < held->roster.members_count && error == 0; i++) {
        const struct ln_member *now = &held->roster.members[i];
        const struct ln_member *old = find_member(before, &now->id);
        if (old != NULL && has_same_roots(old, now))
            continue;
        error = must_have_signed(held, &before->federation, now);
        if (error == 0 && old != NULL)
            error = must_have_signed(held, &before->federation, old);
    }
    return error;
}

static int check_next_roster(const struct ln_trust *trust, const struct held *held)
{
    const struct ln_roster *before = &trust->roster->roster;
    int error = check_roster(&held->roster);
    if (error == 0 && !ln_digest_equal(&held->roster.previous, &trust->roster->digest))
        error = LN_E_FORK;
    if (error == 0)
        error = check_members_signed(held, before, before->threshold);
    return error == 0 ? check_root_changes(held, before) : error;
}

/* Manifests ------------------------------------------------------------------------------------ */

static int compare_keys(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct ln_public_key));
}

static const struct ln_office *find_office(const struct ln_manifest *manifest, const struct ln_name *id)
{
    for (size_t i = 0; i < manifest->offices_count; i++) {
        if (ln_name_equal(&manifest->offices[i].id, id))
            return &manifest->offices[i];
    }
    return NULL;
}

static const struct ln_officer *find_officer(const struct ln_manifest *manifest, const struct ln_name *id)
{
    for (size_t i = 0; i < manifest->officers_count; i++) {
        if (ln_name_equal(&manifest->officers[i].id, id))
            return &manifest->officers[i];
    }
    return NULL;
}

static int check_officer(const struct ln_manifest *manifest, size_t index)
{
    const struct ln_officer *officer = &manifest->officers[index];
    if (find_officer(manifest, &officer->id) != officer ||
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
    const size_t count = manifest->node_keys_count + 2 * manifest->officers_count + manifest->role_keys_count;
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
        if (find_office(manifest, &key->office) == NULL || key->valid_from_ms >= key->valid_until_ms)
            return LN_E_INCONSISTENT;
        const int error = ln_box_key_check(&key->key);
        if (error != 0)
            return error;
    }
    return 0;
}

static int check_manifest(const struct ln_manifest *manifest)
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
static int check_transport_keys(const struct ln_trust *trust, const struct ln_manifest *manifest)
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

static int check_next_manifest(const struct ln_trust *trust, const struct held *held)
{
    const struct ln_roster *roster = &trust->roster->roster;
    const struct ln_member *member = find_member(roster, &held->member);
    if (member == NULL)
        return LN_E_NOT_A_MEMBER;
    const struct held *before = newest(trust, LN_TYPE_MANIFEST, &held->member);
    bool signs;
    int error = check_manifest(&held->manifest);
    if (error == 0 && before != NULL && !ln_digest_equal(&held->manifest.previous, &before->digest))
        error = LN_E_FORK;
    if (error == 0)
        error = has_signed(held, &roster->federation, member, &signs);
    if (error == 0 && !signs)
        error = LN_E_TOO_FEW_SIGNATURES;
    return error == 0 ? check_transport_keys(trust, &held->manifest) : error;
}

/* Epochs --------------------------------------------------------------------------------------- */

static int check_next_epoch(const struct ln_trust *trust, const struct held *held)
{
    const struct ln_epoch *epoch = &held->epoch;
    if (epoch->starts_ms >= epoch->ends_ms || epoch->ends_ms - epoch->starts_ms > EPOCH_LENGTH_MAX_MS ||
        epoch->oldest_openable > epoch->number)
        return LN_E_INCONSISTENT;
    const int error = ln_box_key_check(&epoch->key);
    return error == 0
               ? ln_trust_verify_node(trust, &epoch->member, &held->statement, LN_TYPE_EPOCH)
               : error;
}

/* Taking --------------------------------------------------------------------------------------- */

/** By version alone: > 0 known, 0 the next, or why not. Epochs may leap; the others are walked in order. */
static int check_order(const struct ln_trust *trust, const struct held *held)
{
    const struct held *same = of_version(trust, held->type, &held->member, held->version);
    if (same != NULL)
        return ln_digest_equal(&same->digest, &held->digest) ? LN_TRUST_KNOWN : LN_E_FORK;
    const struct held *before = newest(trust, held->type, &held->member);
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
    const struct ln_id *federation = held->type == LN_TYPE_ROSTER     ? &held->roster.federation
                                     : held->type == LN_TYPE_MANIFEST ? &held->manifest.federation
                                                                      : &held->epoch.federation;
    return ln_id_equal(federation, &trust->roster->roster.federation) ? 0 : LN_E_WRONG_FEDERATION;
}

static int check_next(const struct ln_trust *trust, const struct held *held)
{
    switch (held->type) {
    case LN_TYPE_ROSTER:
        return check_next_roster(trust, held);
    case LN_TYPE_MANIFEST:
        return check_next_manifest(trust, held);
    default:
        return check_next_epoch(trust, held);
    }
}

/** A fork counts only if it is signed by who must: anybody could write an unsigned one. */
static int check_fork(const struct ln_trust *trust, const struct held *held)
{
    const struct ln_roster *roster = &trust->roster->roster;
    if (held->type == LN_TYPE_EPOCH)
        return ln_trust_verify_node(trust, &held->member, &held->statement, LN_TYPE_EPOCH);
    if (held->type == LN_TYPE_ROSTER)
        return check_members_signed(held, roster, roster->threshold);
    const struct ln_member *member = find_member(roster, &held->member);
    bool signs = false;
    const int error = member == NULL ? LN_E_NOT_A_MEMBER
                                     : has_signed(held, &roster->federation, member, &signs);
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
        error = trust->count < HELD_MAX ? check_next(trust, held) : LN_E_TOO_MANY;
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

/* Asking --------------------------------------------------------------------------------------- */

const struct ln_roster *ln_trust_roster(const struct ln_trust *trust)
{
    return trust->roster == NULL ? NULL : &trust->roster->roster;
}

const struct ln_member *ln_trust_member(const struct ln_trust *trust, const struct ln_name *member)
{
    return trust->roster == NULL ? NULL : find_member(&trust->roster->roster, member);
}

const struct ln_manifest *ln_trust_manifest(const struct ln_trust *trust, const struct ln_name *member)
{
    const struct held *held = newest(trust, LN_TYPE_MANIFEST, member);
    return held == NULL ? NULL : &held->manifest;
}

const struct ln_manifest *ln_trust_manifest_version(const struct ln_trust *trust,
                                                    const struct ln_name *member, uint64_t version,
                                                    const struct ln_digest *digest)
{
    const struct held *held = of_version(trust, LN_TYPE_MANIFEST, member, version);
    return held != NULL && ln_digest_equal(&held->digest, digest) ? &held->manifest : NULL;
}

const struct ln_epoch *ln_trust_epoch(const struct ln_trust *trust, const struct ln_name *member)
{
    const struct held *held = newest(trust, LN_TYPE_EPOCH, member);
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

bool ln_trust_version(const struct ln_trust *trust, const struct ln_name *member, uint64_t *out_version,
                      struct ln_digest *out_digest)
{
    const struct held *held = member == NULL ? trust->roster : newest(trust, LN_TYPE_MANIFEST, member);
    if (held == NULL)
        return false;
    *out_version = held->version;
    *out_digest = held->digest;
    return true;
}

static bool has_transport_key(const struct ln_manifest *manifest, const struct ln_public_key *key)
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
        const int error = ln_signed_verify(signed_body, type, &roster->federation, &key_id, &key->key);
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
    const struct ln_manifest *manifest =
        ln_trust_manifest_version(trust, member, event->manifest_version, &event->manifest_digest);
    if (manifest == NULL)
        return LN_E_VERSION_GAP;
    const struct ln_officer *officer = find_officer(manifest, &event->author.officer);
    if (officer == NULL)
        return LN_E_UNKNOWN_KEY;
    if (!ln_name_equal(&officer->office, &event->author.office))
        return LN_E_NO_OFFICE;
    struct ln_key_id key_id;
    ln_key_id_of(LN_USE_OFFICER, &officer->signing_key, &key_id);
    const int error = ln_signed_verify(signed_body, LN_TYPE_EVENT, &ln_trust_roster(trust)->federation,
                                       &key_id, &officer->signing_key);
    if (error == 0 && officer->status != LN_KEY_ACTIVE)
        return LN_E_KEY_REVOKED;
    if (error == 0)
        *out_officer = officer;
    return error;
}

int ln_trust_compare(const struct ln_trust *trust, const struct ln_name *member, uint64_t version,
                     const struct ln_digest *digest)
{
    static const struct ln_name roster = {""};
    const struct ln_name *name = member == NULL ? &roster : member;
    const uint32_t type = name->text[0] == '\0' ? LN_TYPE_ROSTER : LN_TYPE_MANIFEST;
    const struct held *same = of_version(trust, type, name, version);
    if (same != NULL)
        return ln_digest_equal(&same->digest, digest) ? LN_TRUST_SAME : LN_E_FORK;
    const struct held *last = newest(trust, type, name);
    return last == NULL || last->version < version ? LN_TRUST_BEHIND : LN_TRUST_SAME;
}

bool ln_trust_is_revoked(const struct ln_trust *trust, const struct ln_name *member,
                         const struct ln_name *officer)
{
    const struct ln_manifest *manifest = ln_trust_manifest(trust, member);
    const struct ln_officer *found = manifest == NULL ? NULL : find_officer(manifest, officer);
    return found != NULL && found->status == LN_KEY_REVOKED;
}

int ln_trust_walk(const struct ln_trust *trust, ln_trust_each *each, void *context)
{
    for (const struct held *held = trust->first; held != NULL; held = held->next) {
        const int error = each(held->type, &held->member, held->version, held->literal, context);
        if (error != 0)
            return error;
    }
    return 0;
}
