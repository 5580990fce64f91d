/*
 * One fact a member: who voted, when, and for which roots in which roster. A vote for roots
 * that were changed since, or that is a day old, counts for nothing.
 */
#include "acceptance.h"

#include <stdio.h>
#include <string.h>

enum {
    FACT_SIZE = 64,
    NUMBERS_BYTES = 16,
    ACCEPTANCE_BYTES = NUMBERS_BYTES + sizeof(struct ln_digest) + 2 * sizeof(struct ln_name),
};

#define VOTE_FOR_MS LN_DAY_MS

bool acceptance_is_complete(const struct acceptance *acceptance)
{
    return acceptance->second.text[0] != '\0';
}

/* Kept ------------------------------------------------------------------------------------- */

static void fact_name(const struct ln_name *member, char out[static FACT_SIZE])
{
    snprintf(out, FACT_SIZE, "root/%s", member->text);
}

int acceptance_get(struct store_txn *txn, const struct ln_name *member, struct acceptance *out)
{
    AUTO(ln_buffer_wipe) struct ln_buffer value = LN_BUFFER(ACCEPTANCE_BYTES);
    char name[FACT_SIZE];
    fact_name(member, name);
    const int error = store_fact_get(txn, name, &value);
    if (error != 0)
        return error;
    if (value.size != ACCEPTANCE_BYTES)
        return LN_E_STORE_DAMAGED;
    const uint8_t *at = value.data + NUMBERS_BYTES;
    out->roster_version = ln_get_u64(value.data);
    out->when_ms = ln_get_u64(value.data + NUMBERS_BYTES / 2);
    memcpy(&out->fingerprint, at, sizeof out->fingerprint);
    memcpy(&out->first, at + sizeof out->fingerprint, sizeof out->first);
    memcpy(&out->second, at + sizeof out->fingerprint + sizeof out->first, sizeof out->second);
    return 0;
}

static int put(struct store_txn *txn, const struct ln_name *member,
               const struct acceptance *acceptance)
{
    AUTO(ln_buffer_wipe) struct ln_buffer value = LN_BUFFER(ACCEPTANCE_BYTES);
    char name[FACT_SIZE];
    fact_name(member, name);
    int error = ln_buffer_add_u64(&value, acceptance->roster_version);
    if (error == 0)
        error = ln_buffer_add_u64(&value, acceptance->when_ms);
    if (error == 0)
        error = ln_buffer_add(&value, &acceptance->fingerprint, sizeof acceptance->fingerprint);
    if (error == 0)
        error = ln_buffer_add(&value, &acceptance->first, sizeof acceptance->first);
    if (error == 0)
        error = ln_buffer_add(&value, &acceptance->second, sizeof acceptance->second);
    return error == 0 ? store_fact_put(txn, name, ln_buffer_view(&value)) : error;
}

/* Told ------------------------------------------------------------------------------------- */

int acceptance_tell(const struct local *local, const struct ln_name *member,
                    const struct acceptance *acceptance)
{
    return ln_trust_accept(local->trust, member, acceptance->roster_version,
                           &acceptance->fingerprint);
}

static int load_one(struct store_txn *txn, const struct local *local,
                    const struct ln_name *member)
{
    struct acceptance acceptance;
    const int error = acceptance_get(txn, member, &acceptance);
    if (error != 0)
        return error == LN_E_NOT_FOUND ? 0 : error;
    if (acceptance_is_complete(&acceptance)) {
        const int told = acceptance_tell(local, member, &acceptance);
        (void)told; /* without that roster, as after a full disk, it is not accepted yet */
    }
    return 0;
}

int acceptance_load(const struct local *local)
{
    const struct ln_roster *roster = ln_trust_roster(local->trust);
    AUTO(store_end) struct store_txn *txn = NULL;
    int error = store_read(local->store, &txn);
    for (size_t i = 0; i < roster->members_count && error == 0; i++)
        error = load_one(txn, local, &roster->members[i].id);
    return error;
}

/* Voting ----------------------------------------------------------------------------------- */

/** Who voted before for the same roots, not too long ago, and is not revoked; empty: nobody. */
static int first_voter(struct store_txn *txn, const struct local *local,
                       const struct acceptance_vote *vote, const struct acceptance *now,
                       struct ln_name *out)
{
    struct acceptance before;
    *out = (struct ln_name){{0}};
    const int error = acceptance_get(txn, &vote->member, &before);
    if (error != 0)
        return error == LN_E_NOT_FOUND ? 0 : error;
    if (!acceptance_is_complete(&before) && now->when_ms < before.when_ms + VOTE_FOR_MS &&
        ln_digest_equal(&before.fingerprint, &now->fingerprint) &&
        !ln_trust_is_revoked(local->trust, &local->member, &before.first))
        *out = before.first;
    return 0;
}

static int count_vote(struct store_txn *txn, const struct local *local,
                      const struct acceptance_vote *vote, struct acceptance *now)
{
    struct ln_name first;
    const int error = first_voter(txn, local, vote, now, &first);
    if (error != 0)
        return error;
    if (ln_name_equal(&first, &vote->officer))
        return LN_E_SAME_OFFICER;
    const bool is_second = first.text[0] != '\0';
    now->first = is_second ? first : vote->officer;
    if (is_second)
        now->second = vote->officer;
    return put(txn, &vote->member, now);
}

int acceptance_vote(struct store_txn *txn, const struct local *local,
                    const struct acceptance_vote *vote, struct acceptance *out)
{
    const struct ln_member *member = ln_trust_member(local->trust, &vote->member);
    if (member == NULL)
        return LN_E_NOT_A_MEMBER;
    *out = (struct acceptance){.roster_version = ln_trust_roster(local->trust)->version,
                               .when_ms = ln_now_ms(&local->clock)};
    ln_roots_fingerprint(member->roots, member->roots_count, &out->fingerprint);
    const int error = ln_fingerprint_matches(vote->digits, &out->fingerprint);
    if (error != 0)
        return error;
    if (ln_trust_standing(local->trust, &vote->member) != 0)
        return count_vote(txn, local, vote, out);
    out->first = out->second = vote->officer; /* nothing is left to do */
    return 0;
}
