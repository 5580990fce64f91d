/*
 * Who must have signed a roster, and what it must not contradict. Source: docs/protocol.md,
 * Roster.
 */
#include "trust.h"

#include <string.h>

/* Signatures ------------------------------------------------------------------------------- */

/**
 * How many different roots of the member signed; a signature by a root that does not hold is an
 * error.
 */
static int count_roots(const struct ln_signed *statement, const struct ln_id *federation,
                       const struct ln_member *member, size_t *out_count)
{
    size_t count = 0;
    for (size_t i = 0; i < member->roots_count; i++) {
        struct ln_key_id key_id;
        ln_key_id_of(LN_USE_ROOT, &member->roots[i], &key_id);
        const int error = ln_signed_verify(statement, statement->type, federation, &key_id,
                                           &member->roots[i]);
        if (error == LN_E_SIGNATURE)
            return error;
        count += error == 0;
    }
    *out_count = count;
    return 0;
}

int trust_has_signed(const struct held *held, const struct ln_id *federation,
                     const struct ln_member *member, bool *out_has_signed)
{
    size_t count = 0;
    const int error = count_roots(&held->statement, federation, member, &count);
    *out_has_signed = count >= member->threshold;
    return error;
}

int ln_trust_signed_by_roots(const struct ln_trust *trust, const struct ln_name *member,
                             const struct ln_signed *signed_body, bool *out_has_signed)
{
    const struct ln_member *found = ln_trust_member(trust, member);
    size_t count = 0;
    if (found == NULL)
        return LN_E_NOT_A_MEMBER;
    const int error =
        count_roots(signed_body, &ln_trust_roster(trust)->federation, found, &count);
    *out_has_signed = count >= found->threshold;
    return error;
}

/** So many members of `by`, each with its own threshold of roots. */
int trust_members_signed(const struct held *held, const struct ln_roster *by, size_t threshold)
{
    size_t count = 0;
    for (size_t i = 0; i < by->members_count; i++) {
        bool signs;
        const int error = trust_has_signed(held, &by->federation, &by->members[i], &signs);
        if (error != 0)
            return error;
        count += signs;
    }
    return count >= threshold ? 0 : LN_E_TOO_FEW_SIGNATURES;
}

int trust_must_have_signed(const struct held *held, const struct ln_id *federation,
                           const struct ln_member *member)
{
    bool signs = false;
    const int error = trust_has_signed(held, federation, member, &signs);
    return error == 0 && !signs ? LN_E_TOO_FEW_SIGNATURES : error;
}

/* Rosters ---------------------------------------------------------------------------------- */

const struct ln_member *trust_find_member(const struct ln_roster *roster,
                                          const struct ln_name *id)
{
    for (size_t i = 0; i < roster->members_count; i++) {
        if (ln_name_equal(&roster->members[i].id, id))
            return &roster->members[i];
    }
    return NULL;
}

/** Of this member or of one before it: a root that two members share would sign for both. */
static bool root_stands_before(const struct ln_roster *roster, size_t index, size_t root)
{
    const struct ln_public_key *key = &roster->members[index].roots[root];
    for (size_t i = 0; i <= index; i++) {
        const struct ln_member *member = &roster->members[i];
        const size_t count = i < index ? member->roots_count : root;
        for (size_t k = 0; k < count; k++) {
            if (memcmp(&member->roots[k], key, sizeof *key) == 0)
                return true;
        }
    }
    return false;
}

static int check_member(const struct ln_roster *roster, size_t index)
{
    const struct ln_member *member = &roster->members[index];
    if (member->threshold > member->roots_count ||
        trust_find_member(roster, &member->id) != member)
        return LN_E_INCONSISTENT;
    for (size_t i = 0; i < member->roots_count; i++) {
        const int error = ln_signing_key_check(&member->roots[i]);
        if (error != 0)
            return error;
        if (root_stands_before(roster, index, i))
            return LN_E_INCONSISTENT;
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
        const int error =
            trust_has_signed(held, &roster->federation, &roster->members[i], &signs);
        return error == 0 && !signs ? LN_E_TOO_FEW_SIGNATURES : error;
    }
    return LN_E_FINGERPRINT;
}

int trust_check_first_roster(const struct held *held, const char *fingerprint)
{
    int error = check_anchor(held, fingerprint);
    if (error == 0)
        error = check_roster(&held->roster);
    if (error == 0)
        error = trust_members_signed(held, &held->roster,
                                     held->roster.version == 1 ? held->roster.members_count
                                                               : held->roster.threshold);
    return error;
}

static bool has_same_roots(const struct ln_member *a, const struct ln_member *b)
{
    return a->threshold == b->threshold && a->roots_count == b->roots_count &&
           memcmp(a->roots, b->roots, a->roots_count * sizeof *a->roots) == 0;
}

const struct ln_member *trust_last_seen(const struct ln_trust *trust, const struct ln_name *id)
{
    const struct ln_member *seen = NULL;
    for (const struct held *held = trust->first; held != NULL; held = held->next) {
        const struct ln_member *member =
            held->type == LN_TYPE_ROSTER ? trust_find_member(&held->roster, id) : NULL;
        seen = member == NULL ? seen : member;
    }
    return seen;
}

/**
 * A member's roots change only with its own old threshold and its new one, also when it has
 * left in between: two rosters shall not do what one cannot. A new member signs itself.
 */
static int check_root_changes(const struct ln_trust *trust, const struct held *held)
{
    const struct ln_roster *before = &trust->roster->roster;
    int error = 0;
    for (size_t i = 0; i < held->roster.members_count && error == 0; i++) {
        const struct ln_member *now = &held->roster.members[i];
        const struct ln_member *old = trust_last_seen(trust, &now->id);
        const bool is_changed = old != NULL && !has_same_roots(old, now);
        if (!is_changed && trust_find_member(before, &now->id) != NULL)
            continue;
        error = trust_must_have_signed(held, &before->federation, now);
        if (error == 0 && is_changed)
            error = trust_must_have_signed(held, &before->federation, old);
    }
    return error;
}

int trust_check_roster(const struct ln_trust *trust, const struct held *held)
{
    const struct ln_roster *before = &trust->roster->roster;
    int error = check_roster(&held->roster);
    if (error == 0 && !ln_digest_equal(&held->roster.previous, &trust->roster->digest))
        error = LN_E_FORK;
    if (error == 0)
        error = trust_members_signed(held, before, before->threshold);
    return error == 0 ? check_root_changes(trust, held) : error;
}
