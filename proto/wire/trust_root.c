/*
 * Whose roots were accepted. Who signed a roster vouches that a country asked to join; that the
 * keys are that country's is for people to compare. What is accepted is a root set in one
 * version of the roster; it passes on from version to version while the member stays, since
 * roots change only by their own signatures.
 * Source: docs/protocol.md, Roster.
 */
#include "trust.h"

_Static_assert(LN_MEMBERS_MAX <= 64, "one bit a member");

void ln_trust_demand_acceptance(struct ln_trust *trust, const struct ln_name *own)
{
    trust->demands_acceptance = true;
    trust->own = *own;
}

static bool is_accepted(const struct ln_trust *trust, const struct ln_name *member)
{
    bool accepted = false;
    for (const struct held *held = trust->first; held != NULL; held = held->next) {
        if (held->type != LN_TYPE_ROSTER)
            continue;
        const struct ln_member *found = trust_find_member(&held->roster, member);
        const bool is_first = held == trust->first;
        accepted = found != NULL && (accepted || is_first ||
                                     held->accepted >> (found - held->roster.members) & 1);
    }
    return accepted;
}

int ln_trust_standing(const struct ln_trust *trust, const struct ln_name *member)
{
    if (ln_trust_member(trust, member) == NULL)
        return LN_E_NOT_A_MEMBER;
    if (!trust->demands_acceptance || ln_name_equal(member, &trust->own))
        return 0;
    return is_accepted(trust, member) ? 0 : LN_E_ROOT_NOT_ACCEPTED;
}

int ln_trust_accept(struct ln_trust *trust, const struct ln_name *member, uint64_t version,
                    const struct ln_digest *fingerprint)
{
    for (struct held *held = trust->first; held != NULL; held = held->next) {
        const struct ln_member *found = held->type == LN_TYPE_ROSTER && held->version == version
                                            ? trust_find_member(&held->roster, member)
                                            : NULL;
        struct ln_digest digest;
        if (found == NULL)
            continue;
        ln_roots_fingerprint(found->roots, found->roots_count, &digest);
        if (!ln_digest_equal(&digest, fingerprint))
            return LN_E_FINGERPRINT;
        held->accepted |= UINT64_C(1) << (found - held->roster.members);
        return 0;
    }
    return LN_E_NOT_A_MEMBER;
}
