/*
 * Taking the next roster, manifest or epoch. The checks of each kind stand in trust_roster.c
 * and trust_manifest.c; what is held, and what it answers, in trust_held.c.
 *
 * Update rules as TUF's: version + 1, the digest of the version before, every version walked
 * through, a lower one refused, a fork refused.
 */
#include "trust.h"

#include <assert.h>

/** Of one member's statements of a kind, so that no member takes the room of another: over a
 * thousand versions of the usual size. */
#define HELD_SIZE_MAX ((size_t)16 << 20)

int ln_trust_anchor(struct ln_trust *trust, struct ln_bytes signed_roster,
                    const char *fingerprint)
{
    assert(trust->roster == NULL);
    AUTO(trust_release_held) struct held *held = NULL;
    int error = trust_open_held(signed_roster, &held);
    if (error == 0)
        error = trust_check_first_roster(held, fingerprint);
    if (error != 0)
        return error;
    trust_hold(trust, held);
    held = NULL;
    return 0;
}

/**
 * By version alone: > 0 known, 0 the next, or why not. Epochs may leap; the others are walked
 * in order.
 */
static int check_order(const struct ln_trust *trust, const struct held *held)
{
    const struct held *same = trust_of_version(trust, held->type, &held->member, held->version);
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
        return trust_verify_node(trust, &held->member, &held->statement, LN_TYPE_EPOCH);
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
    AUTO(trust_release_held) struct held *held = NULL;
    if (trust->roster == NULL)
        return LN_E_NOT_ANCHORED;
    int error = trust_open_held(signed_statement, &held);
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
    trust_hold(trust, held);
    if (held->type == LN_TYPE_EPOCH)
        trust_drop_older_epoch(trust, held);
    if (held->type == LN_TYPE_MANIFEST)
        trust_drop_distrusted_epoch(trust, &held->member);
    held = NULL;
    return LN_TRUST_NEW;
}
