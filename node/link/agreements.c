/*
 * Bodies are held in a list, merged by digest; every answer is worked out from the whole list,
 * so that the order of arrival never matters.
 */
#include "agreements.h"

#include "agreementbody.h"
#include "agreementcheck.h"

#include <stdlib.h>
#include <string.h>

struct agreements {
    struct agreementbody *first;
    size_t count;
    struct policy_agreement *complete;
    struct policy_agreements policies;
};

struct agreements *agreements_new(void)
{
    struct agreements *agreements = ln_allocate(sizeof *agreements);
    *agreements = (struct agreements){
        .complete = ln_allocate(AGREEMENTS_BODIES_MAX * sizeof *agreements->complete)};
    agreements->policies.list = agreements->complete;
    return agreements;
}

void agreements_destroy(struct agreements **agreements_p)
{
    struct agreements *agreements = *agreements_p;
    if (agreements == NULL)
        return;
    while (agreements->first != NULL) {
        struct agreementbody *body = agreements->first;
        agreements->first = body->next;
        agreementbody_destroy(&body);
    }
    ln_release(agreements->complete, AGREEMENTS_BODIES_MAX * sizeof *agreements->complete);
    ln_release(agreements, sizeof *agreements);
    *agreements_p = NULL;
}

/* Forks ------------------------------------------------------------------------------------ */

/** Another body of the same version, a complete one before others; NULL: there is none. */
static const struct agreementbody *rival_of(const struct agreements *agreements,
                                            const struct agreementbody *body)
{
    const struct agreementbody *rival = NULL;
    for (const struct agreementbody *other = agreements->first; other != NULL;
         other = other->next) {
        if (other != body && agreementbody_is_agreement(other) &&
            other->agreement.version == body->agreement.version &&
            ln_name_equal(&other->agreement.id, &body->agreement.id) &&
            !ln_digest_equal(&other->held.digest, &body->held.digest) &&
            (rival == NULL || agreementbody_is_complete(other)))
            rival = other;
    }
    return rival;
}

/** Of two bodies with one version only a complete one counts, and two complete ones do not. */
static bool is_forked(const struct agreements *agreements, const struct agreementbody *body)
{
    const struct agreementbody *rival = rival_of(agreements, body);
    return rival != NULL &&
           (!agreementbody_is_complete(body) || agreementbody_is_complete(rival));
}

/* Rejections and endings ------------------------------------------------------------------- */

static const struct ln_rejection *rejection_of(const struct agreements *agreements,
                                               const struct ln_digest *digest)
{
    for (const struct agreementbody *body = agreements->first; body != NULL;
         body = body->next) {
        if (body->statement.type == LN_TYPE_REJECTION &&
            ln_digest_equal(&body->rejection.digest, digest))
            return &body->rejection;
    }
    return NULL;
}

static const struct ln_ending *ending_of(const struct agreements *agreements,
                                         const struct ln_digest *digest)
{
    const struct ln_ending *found = NULL;
    for (const struct agreementbody *body = agreements->first; body != NULL;
         body = body->next) {
        if (body->statement.type == LN_TYPE_ENDING &&
            ln_digest_equal(&body->ending.digest, digest) &&
            (found == NULL || body->ending.ends_ms < found->ends_ms))
            found = &body->ending;
    }
    return found;
}

static uint64_t ends_ms(const struct agreements *agreements, const struct agreementbody *body)
{
    const struct ln_ending *ending = ending_of(agreements, &body->held.digest);
    return ending != NULL && ending->ends_ms < body->agreement.until_ms
               ? ending->ends_ms
               : body->agreement.until_ms;
}

static void work_out(struct agreements *agreements)
{
    size_t count = 0;
    for (const struct agreementbody *body = agreements->first; body != NULL;
         body = body->next) {
        if (agreementbody_is_agreement(body) && agreementbody_is_complete(body) &&
            !is_forked(agreements, body))
            agreements->complete[count++] = (struct policy_agreement){
                &body->agreement, body->held.digest, ends_ms(agreements, body)};
    }
    agreements->policies.count = count;
}

const struct policy_agreements *agreements_policies(const struct agreements *agreements)
{
    return &agreements->policies;
}

/* Taking ----------------------------------------------------------------------------------- */

/** Signatures of both copies, each key once; those held come first. */
static size_t merge(const struct ln_signed *held, const struct ln_signed *more,
                    struct ln_signature out[static LN_SIGNATURES_MAX])
{
    size_t count = held->signatures_count;
    if (count > 0)
        memcpy(out, held->signatures, count * sizeof *out);
    for (size_t i = 0; i < more->signatures_count && count < LN_SIGNATURES_MAX; i++) {
        size_t k = 0;
        while (k < count && !ln_key_id_equal(&out[k].key_id, &more->signatures[i].key_id))
            k++;
        if (k == count)
            out[count++] = more->signatures[i];
    }
    return count;
}

static void put_first(struct agreements *agreements, struct agreementbody *body)
{
    body->next = agreements->first;
    agreements->first = body;
    agreements->count++;
    work_out(agreements);
}

static void take_out(struct agreements *agreements, struct agreementbody *body)
{
    struct agreementbody **at = &agreements->first;
    while (*at != body)
        at = &(*at)->next;
    *at = body->next;
    agreements->count--;
    agreementbody_destroy(&body);
}

/** What came, with the signatures that are held already. */
static int open_merged(const struct ln_signed *came, const struct agreementbody *known,
                       struct agreementbody **out)
{
    AUTO(ln_buffer_wipe) struct ln_buffer literal = LN_BUFFER(AGREEMENTS_SIGNED_MAX);
    struct ln_signature signatures[LN_SIGNATURES_MAX];
    struct ln_signed merged = *came;
    if (known != NULL) {
        merged.signatures_count = merge(&known->statement, came, signatures);
        merged.signatures = signatures;
    }
    const int error = ln_signed_build(&merged, &literal);
    return error == 0 ? agreementbody_open(ln_buffer_view(&literal), out) : error;
}

static int take_new(struct agreements *agreements, const struct agreementcheck *check,
                    struct agreementbody **body_p, struct agreementbody *known)
{
    struct agreementbody *body = *body_p;
    for (size_t i = 0; known != NULL && i < known->held.signed_by_count; i++)
        agreementbody_note_signer(body, &known->held.signed_by[i].member);
    int error = agreementcheck_body(check, body);
    if (error != 0)
        return error;
    if (agreementbody_is_agreement(body) && !agreementbody_is_complete(body) &&
        rejection_of(agreements, &body->held.digest) != NULL)
        return LN_E_AGREEMENT_REJECTED; /* only all parties' roots outrank an officer's word */
    /* a copy with more signatures takes the place of the one that is held */
    error = known == NULL ? agreementcheck_quota(check, body) : 0;
    if (error != 0)
        return error;
    if (known != NULL)
        take_out(agreements, known);
    put_first(agreements, body);
    *body_p = NULL;
    return agreementbody_is_agreement(body) && is_forked(agreements, body) ? LN_E_FORK
                                                                           : AGREEMENTS_NEW;
}

int agreements_take(struct agreements *agreements, const struct ln_trust *trust,
                    const struct ln_name *member, const struct ln_signed *signed_body,
                    struct agreements_held *out_held)
{
    const struct agreementcheck check = {agreements->first, agreements->count, trust, member};
    struct ln_digest digest;
    if (signed_body->type < LN_TYPE_AGREEMENT || signed_body->type > LN_TYPE_ENDING)
        return LN_E_WRONG_TYPE;
    ln_signed_digest(signed_body, &digest);
    struct agreementbody *known = agreementbody_find(agreements->first, &digest);
    AUTO(agreementbody_destroy) struct agreementbody *body = NULL;
    int result = open_merged(signed_body, known, &body);
    if (result != 0)
        return result;
    if (known != NULL &&
        body->statement.signatures_count <= known->statement.signatures_count) {
        *out_held = known->held;
        return AGREEMENTS_KNOWN;
    }
    result = take_new(agreements, &check, &body, known);
    if (result >= 0 || result == LN_E_FORK) {
        const struct agreementbody *held = agreementbody_find(agreements->first, &digest);
        if (held != NULL)
            *out_held = held->held;
    }
    return result;
}

int agreements_restore(struct agreements *agreements, const struct agreements_held *held)
{
    AUTO(agreementbody_destroy) struct agreementbody *body = NULL;
    const int error = agreementbody_open(held->literal, &body);
    if (error != 0)
        return error == LN_E_OUT_OF_MEMORY ? error : LN_E_STORE_DAMAGED;
    if (agreements->count == AGREEMENTS_BODIES_MAX ||
        agreementbody_find(agreements->first, &body->held.digest) != NULL)
        return LN_E_STORE_DAMAGED;
    for (size_t i = 0; i < held->signed_by_count; i++)
        agreementbody_note_signer(body, &held->signed_by[i].member);
    put_first(agreements, body);
    body = NULL;
    return 0;
}

/* Showing ---------------------------------------------------------------------------------- */

const char *agreements_status_name(enum agreements_status status)
{
    static const char *const names[] = {
        [AGREEMENTS_PROPOSED] = "PROPOSED", [AGREEMENTS_REJECTED] = "REJECTED",
        [AGREEMENTS_FORKED] = "FORKED",     [AGREEMENTS_AGREED] = "AGREED",
        [AGREEMENTS_IN_FORCE] = "IN_FORCE", [AGREEMENTS_REPLACED] = "REPLACED",
        [AGREEMENTS_ENDED] = "ENDED"};
    return (size_t)status < LN_COUNT(names) && names[status] != NULL ? names[status]
                                                                     : "UNKNOWN";
}

static enum agreements_status status_of(const struct agreements *agreements,
                                        const struct agreementbody *body, uint64_t at_ms)
{
    if (is_forked(agreements, body))
        return AGREEMENTS_FORKED;
    if (!agreementbody_is_complete(body))
        return rejection_of(agreements, &body->held.digest) != NULL ? AGREEMENTS_REJECTED
                                                                    : AGREEMENTS_PROPOSED;
    const struct policy_agreement *policy =
        policy_find(&agreements->policies, &body->held.digest);
    if (at_ms < body->agreement.from_ms)
        return AGREEMENTS_AGREED;
    if (at_ms >= policy->ends_ms)
        return AGREEMENTS_ENDED;
    return policy_is_in_force(&agreements->policies, policy, at_ms) ? AGREEMENTS_IN_FORCE
                                                                    : AGREEMENTS_REPLACED;
}

static struct agreements_row row_of(const struct agreements *agreements,
                                    const struct agreementbody *body, uint64_t at_ms)
{
    return (struct agreements_row){
        .agreement = &body->agreement,
        .digest = body->held.digest,
        .literal = body->held.literal,
        .signed_by = body->held.signed_by,
        .signed_by_count = body->held.signed_by_count,
        .status = status_of(agreements, body, at_ms),
        .ends_ms = ends_ms(agreements, body),
        .rejection = rejection_of(agreements, &body->held.digest),
        .ending = ending_of(agreements, &body->held.digest),
    };
}

const struct ln_agreement *agreements_body(const struct agreements *agreements,
                                           const struct ln_digest *digest)
{
    const struct agreementbody *body = agreementbody_find(agreements->first, digest);
    return body != NULL && agreementbody_is_agreement(body) ? &body->agreement : NULL;
}

/** Of two bodies with one version the complete one stands first. */
static int compare_bodies(const void *a, const void *b)
{
    const struct agreementbody *x = *(const struct agreementbody *const *)a,
                               *y = *(const struct agreementbody *const *)b;
    const int by_name = strcmp(x->agreement.id.text, y->agreement.id.text);
    if (by_name != 0)
        return by_name;
    if (x->agreement.version != y->agreement.version)
        return x->agreement.version < y->agreement.version ? -1 : 1;
    if (agreementbody_is_complete(x) != agreementbody_is_complete(y))
        return agreementbody_is_complete(x) ? -1 : 1;
    return memcmp(x->held.digest.b, y->held.digest.b, sizeof x->held.digest.b);
}

int agreements_walk(const struct agreements *agreements, uint64_t at_ms, agreements_each *each,
                    void *context)
{
    const struct agreementbody **sorted =
        ln_allocate((agreements->count + 1) * sizeof(struct agreementbody *));
    size_t count = 0;
    int error = 0;
    for (const struct agreementbody *body = agreements->first; body != NULL;
         body = body->next) {
        if (agreementbody_is_agreement(body))
            sorted[count++] = body;
    }
    qsort(sorted, count, sizeof(struct agreementbody *), compare_bodies);
    for (size_t i = 0; i < count && error == 0; i++) {
        const struct agreements_row row = row_of(agreements, sorted[i], at_ms);
        error = each(&row, context);
    }
    ln_release(sorted, (agreements->count + 1) * sizeof(struct agreementbody *));
    return error;
}

bool agreements_find(const struct agreements *agreements, const struct ln_name *id,
                     uint64_t version, uint64_t at_ms, struct agreements_row *out)
{
    const struct agreementbody *found = NULL;
    for (const struct agreementbody *body = agreements->first; body != NULL;
         body = body->next) {
        if (!agreementbody_is_agreement(body) || !ln_name_equal(&body->agreement.id, id) ||
            (version != 0 && body->agreement.version != version))
            continue;
        if (found == NULL || body->agreement.version > found->agreement.version ||
            (body->agreement.version == found->agreement.version &&
             agreementbody_is_complete(body)))
            found = body;
    }
    if (found != NULL)
        *out = row_of(agreements, found, at_ms);
    return found != NULL;
}
