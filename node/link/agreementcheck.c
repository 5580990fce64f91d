/*
 * Each kind of body against the roster, the manifests, and what it is about.
 */
#include "agreementcheck.h"

static int count_signers(struct agreementbody *body, const struct ln_trust *trust)
{
    for (size_t i = 0; i < body->agreement.parties_count; i++) {
        const struct ln_name *party = &body->agreement.parties[i].member;
        bool signs = false;
        const int error = ln_trust_signed_by_roots(trust, party, &body->statement, &signs);
        if (error != 0)
            return error;
        if (signs)
            agreementbody_note_signer(body, party);
    }
    return body->held.signed_by_count == 0 ? LN_E_TOO_FEW_SIGNATURES : 0;
}

static int check_articles(const struct ln_agreement *agreement)
{
    for (size_t i = 0; i < agreement->articles_count; i++) {
        if (!policy_can_be_used(&agreement->articles[i]))
            return LN_E_AGREEMENT_SOURCE;
    }
    return 0;
}

static int check_members(const struct agreementcheck *check,
                         const struct ln_agreement *agreement)
{
    for (size_t i = 0; i < agreement->parties_count; i++) {
        if (ln_trust_member(check->trust, &agreement->parties[i].member) == NULL)
            return LN_E_NOT_A_MEMBER;
    }
    return ln_agreement_has_party(agreement, check->member) ? 0 : LN_E_NOT_A_PARTY;
}

/** The version below, where it is held and counts, must be the one that it names. */
static int check_previous(const struct agreementcheck *check,
                          const struct ln_agreement *agreement)
{
    for (const struct agreementbody *body = check->first; body != NULL; body = body->next) {
        if (agreementbody_is_agreement(body) && agreementbody_is_complete(body) &&
            ln_name_equal(&body->agreement.id, &agreement->id) &&
            body->agreement.version + 1 == agreement->version &&
            !ln_digest_equal(&body->held.digest, &agreement->previous))
            return LN_E_FORK;
    }
    return 0;
}

static int check_agreement(const struct agreementcheck *check, struct agreementbody *body)
{
    int error = check_members(check, &body->agreement);
    if (error == 0)
        error = ln_agreement_check(&body->agreement, NULL);
    if (error == 0)
        error = check_articles(&body->agreement);
    if (error == 0)
        error = count_signers(body, check->trust);
    return error == 0 ? check_previous(check, &body->agreement) : error;
}

/** The version that a rejection or an ending is about. */
static int find_subject(const struct agreementcheck *check, const struct ln_digest *digest,
                        const struct ln_name *party, const struct agreementbody **out)
{
    *out = agreementbody_find(check->first, digest);
    if (*out == NULL || !agreementbody_is_agreement(*out))
        return LN_E_NOT_FOUND;
    return ln_agreement_has_party(&(*out)->agreement, party) ? 0 : LN_E_NOT_A_PARTY;
}

static bool is_supervisor(const struct ln_officer *officer)
{
    for (size_t i = 0; i < officer->roles_count; i++) {
        if (officer->roles[i] == LN_ROLE_SUPERVISOR)
            return true;
    }
    return false;
}

static int check_rejection(const struct agreementcheck *check, struct agreementbody *body)
{
    const struct ln_rejection *rejection = &body->rejection;
    const struct agreementbody *subject;
    const struct ln_officer *officer;
    int error = find_subject(check, &rejection->digest, &rejection->author.member, &subject);
    if (error == 0)
        error = ln_trust_verify_author(check->trust, &body->statement, LN_TYPE_REJECTION,
                                       &rejection->author, rejection->manifest_version,
                                       &rejection->manifest_digest, &officer);
    if (error == 0 && ln_trust_is_revoked(check->trust, &rejection->author.member,
                                          &rejection->author.officer))
        error = LN_E_KEY_REVOKED;
    return error == 0 && !is_supervisor(officer) ? LN_E_ROLE : error;
}

static int check_ending(const struct agreementcheck *check, struct agreementbody *body)
{
    const struct ln_ending *ending = &body->ending;
    const struct agreementbody *subject;
    bool signs = false;
    int error = find_subject(check, &ending->digest, &ending->member, &subject);
    if (error == 0)
        error =
            ln_trust_signed_by_roots(check->trust, &ending->member, &body->statement, &signs);
    if (error == 0 && !signs)
        error = LN_E_TOO_FEW_SIGNATURES;
    if (error != 0)
        return error;
    return ending->ends_ms < ending->created_ms + subject->agreement.notice_days * LN_DAY_MS
               ? LN_E_AGREEMENT_NOTICE
               : 0;
}

static const struct ln_id *federation_of(const struct agreementbody *body)
{
    return agreementbody_is_agreement(body)            ? &body->agreement.federation
           : body->statement.type == LN_TYPE_REJECTION ? &body->rejection.federation
                                                       : &body->ending.federation;
}

int agreementcheck_body(const struct agreementcheck *check, struct agreementbody *body)
{
    if (!ln_id_equal(federation_of(body), &ln_trust_roster(check->trust)->federation))
        return LN_E_WRONG_FEDERATION;
    switch (body->statement.type) {
    case LN_TYPE_AGREEMENT:
        return check_agreement(check, body);
    case LN_TYPE_REJECTION:
        return check_rejection(check, body);
    default:
        return check_ending(check, body);
    }
}

/* Quota ------------------------------------------------------------------------------------ */

/** The country whose signature it came with first. The store keeps the order of signers. */
static const struct ln_name *brought_by(const struct agreementbody *body)
{
    return agreementbody_is_agreement(body)            ? &body->held.signed_by[0].member
           : body->statement.type == LN_TYPE_REJECTION ? &body->rejection.author.member
                                                       : &body->ending.member;
}

/** What all parties have signed is nobody's flood. */
static bool counts(const struct agreementbody *body)
{
    return !agreementbody_is_agreement(body) || !agreementbody_is_complete(body);
}

int agreementcheck_quota(const struct agreementcheck *check, const struct agreementbody *body)
{
    size_t count = 0;
    if (check->count == AGREEMENTS_BODIES_MAX)
        return LN_E_TOO_MANY;
    for (const struct agreementbody *held = check->first; held != NULL; held = held->next) {
        if (counts(held) && ln_name_equal(brought_by(held), brought_by(body)))
            count++;
    }
    return counts(body) && count >= AGREEMENTS_OF_ONE_MAX ? LN_E_AGREEMENT_QUOTA : 0;
}
