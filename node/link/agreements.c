/*
 * Bodies are held in a list, merged by digest; every answer is worked out from the whole list,
 * so that the order of arrival never matters.
 */
#include "agreements.h"

#include <stdlib.h>
#include <string.h>

enum { BODY_ARENA = 1024 * 1024 };

struct body {
    struct body *next;
    struct ln_arena arena;
    struct agreements_held held;
    struct ln_signed statement;
    struct ln_agreement agreement; /* one of the three, by type */
    struct ln_rejection rejection;
    struct ln_ending ending;
};

struct agreements {
    struct body *first;
    size_t count;
    struct policy_agreement *complete;
    struct policy_agreements policies;
};

static void release(struct body *body)
{
    ln_arena_wipe(&body->arena);
    ln_release(body, sizeof *body);
}

static void release_body(struct body **body_p)
{
    if (*body_p != NULL)
        release(*body_p);
}

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
        struct body *body = agreements->first;
        agreements->first = body->next;
        release(body);
    }
    ln_release(agreements->complete, AGREEMENTS_BODIES_MAX * sizeof *agreements->complete);
    ln_release(agreements, sizeof *agreements);
    *agreements_p = NULL;
}

static struct body *find_body(const struct agreements *agreements,
                              const struct ln_digest *digest)
{
    for (struct body *body = agreements->first; body != NULL; body = body->next) {
        if (ln_digest_equal(&body->held.digest, digest))
            return body;
    }
    return NULL;
}

static bool is_agreement(const struct body *body)
{
    return body->statement.type == LN_TYPE_AGREEMENT;
}

/* Opening ---------------------------------------------------------------------------------- */

static int open_shape(struct body *body)
{
    const struct ln_bytes bytes = body->statement.body;
    switch (body->statement.type) {
    case LN_TYPE_AGREEMENT:
        return ln_agreement_open(bytes, &body->arena, &body->agreement);
    case LN_TYPE_REJECTION:
        return ln_rejection_open(bytes, &body->arena, &body->rejection);
    case LN_TYPE_ENDING:
        return ln_ending_open(bytes, &body->arena, &body->ending);
    default:
        return LN_E_WRONG_TYPE;
    }
}

static int open_body(struct ln_bytes literal, struct body **out)
{
    AUTO(release_body) struct body *body = ln_allocate(sizeof *body);
    memset(body, 0, sizeof *body);
    body->arena = LN_ARENA(BODY_ARENA);
    const uint8_t *copy = ln_arena_copy(&body->arena, literal);
    if (copy == NULL)
        return LN_E_OUT_OF_MEMORY;
    body->held.literal = ln_view(copy, literal.size);
    int error = ln_signed_open(body->held.literal, &body->arena, &body->statement);
    if (error == 0)
        error = open_shape(body);
    if (error != 0)
        return error;
    ln_signed_digest(&body->statement, &body->held.digest);
    *out = body;
    body = NULL;
    return 0;
}

/* Who has signed --------------------------------------------------------------------------- */

static bool has_signed(const struct body *body, const struct ln_name *member)
{
    for (size_t i = 0; i < body->held.signed_by_count; i++) {
        if (ln_name_equal(&body->held.signed_by[i].member, member))
            return true;
    }
    return false;
}

static void note_signer(struct body *body, const struct ln_name *member)
{
    if (!has_signed(body, member) && body->held.signed_by_count < LN_PARTIES_MAX)
        body->held.signed_by[body->held.signed_by_count++].member = *member;
}

static int count_signers(struct body *body, const struct ln_trust *trust)
{
    for (size_t i = 0; i < body->agreement.parties_count; i++) {
        const struct ln_name *party = &body->agreement.parties[i].member;
        bool signs = false;
        const int error = ln_trust_signed_by_roots(trust, party, &body->statement, &signs);
        if (error != 0)
            return error;
        if (signs)
            note_signer(body, party);
    }
    return body->held.signed_by_count == 0 ? LN_E_TOO_FEW_SIGNATURES : 0;
}

static bool is_complete(const struct body *body)
{
    return body->held.signed_by_count == body->agreement.parties_count;
}

/** The other body of the same version, if there is one that counts. */
static const struct body *rival_of(const struct agreements *agreements, const struct body *body)
{
    for (const struct body *other = agreements->first; other != NULL; other = other->next) {
        if (other != body && is_agreement(other) &&
            other->agreement.version == body->agreement.version &&
            ln_name_equal(&other->agreement.id, &body->agreement.id) &&
            !ln_digest_equal(&other->held.digest, &body->held.digest))
            return other;
    }
    return NULL;
}

/** Of two bodies with one version only a complete one counts, and two complete ones do not. */
static bool is_forked(const struct agreements *agreements, const struct body *body)
{
    const struct body *rival = rival_of(agreements, body);
    return rival != NULL && (!is_complete(body) || is_complete(rival));
}

/* Rejections and endings ------------------------------------------------------------------- */

static const struct ln_rejection *rejection_of(const struct agreements *agreements,
                                               const struct ln_digest *digest)
{
    for (const struct body *body = agreements->first; body != NULL; body = body->next) {
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
    for (const struct body *body = agreements->first; body != NULL; body = body->next) {
        if (body->statement.type == LN_TYPE_ENDING &&
            ln_digest_equal(&body->ending.digest, digest) &&
            (found == NULL || body->ending.ends_ms < found->ends_ms))
            found = &body->ending;
    }
    return found;
}

static uint64_t ends_ms(const struct agreements *agreements, const struct body *body)
{
    const struct ln_ending *ending = ending_of(agreements, &body->held.digest);
    return ending != NULL && ending->ends_ms < body->agreement.until_ms
               ? ending->ends_ms
               : body->agreement.until_ms;
}

static void work_out(struct agreements *agreements)
{
    size_t count = 0;
    for (const struct body *body = agreements->first; body != NULL; body = body->next) {
        if (is_agreement(body) && is_complete(body) && !is_forked(agreements, body))
            agreements->complete[count++] = (struct policy_agreement){
                &body->agreement, body->held.digest, ends_ms(agreements, body)};
    }
    agreements->policies.count = count;
}

const struct policy_agreements *agreements_policies(const struct agreements *agreements)
{
    return &agreements->policies;
}

/* Checks of what comes --------------------------------------------------------------------- */

struct taking {
    struct agreements *agreements;
    const struct ln_trust *trust;
    const struct ln_name *member;
};

static int check_articles(const struct ln_agreement *agreement)
{
    for (size_t i = 0; i < agreement->articles_count; i++) {
        if (!policy_can_be_used(&agreement->articles[i]))
            return LN_E_AGREEMENT_SOURCE;
    }
    return 0;
}

static int check_members(const struct taking *taking, const struct ln_agreement *agreement)
{
    for (size_t i = 0; i < agreement->parties_count; i++) {
        if (ln_trust_member(taking->trust, &agreement->parties[i].member) == NULL)
            return LN_E_NOT_A_MEMBER;
    }
    return ln_agreement_has_party(agreement, taking->member) ? 0 : LN_E_NOT_A_PARTY;
}

/** The version below, where it is held and counts, must be the one that it names. */
static int check_previous(const struct taking *taking, const struct ln_agreement *agreement)
{
    for (const struct body *body = taking->agreements->first; body != NULL; body = body->next) {
        if (is_agreement(body) && is_complete(body) &&
            ln_name_equal(&body->agreement.id, &agreement->id) &&
            body->agreement.version + 1 == agreement->version &&
            !ln_digest_equal(&body->held.digest, &agreement->previous))
            return LN_E_FORK;
    }
    return 0;
}

static int check_agreement(const struct taking *taking, struct body *body)
{
    int error = check_members(taking, &body->agreement);
    if (error == 0)
        error = ln_agreement_check(&body->agreement, NULL);
    if (error == 0)
        error = check_articles(&body->agreement);
    if (error == 0)
        error = count_signers(body, taking->trust);
    return error == 0 ? check_previous(taking, &body->agreement) : error;
}

/** The version that a rejection or an ending is about. */
static int find_subject(const struct taking *taking, const struct ln_digest *digest,
                        const struct ln_name *party, const struct body **out)
{
    *out = find_body(taking->agreements, digest);
    if (*out == NULL || !is_agreement(*out))
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

static int check_rejection(const struct taking *taking, struct body *body)
{
    const struct ln_rejection *rejection = &body->rejection;
    const struct body *subject;
    const struct ln_officer *officer;
    int error = find_subject(taking, &rejection->digest, &rejection->author.member, &subject);
    if (error == 0)
        error = ln_trust_verify_author(taking->trust, &body->statement, LN_TYPE_REJECTION,
                                       &rejection->author, rejection->manifest_version,
                                       &rejection->manifest_digest, &officer);
    if (error == 0 && ln_trust_is_revoked(taking->trust, &rejection->author.member,
                                          &rejection->author.officer))
        error = LN_E_KEY_REVOKED;
    return error == 0 && !is_supervisor(officer) ? LN_E_ROLE : error;
}

static int check_ending(const struct taking *taking, struct body *body)
{
    const struct ln_ending *ending = &body->ending;
    const struct body *subject;
    bool signs = false;
    int error = find_subject(taking, &ending->digest, &ending->member, &subject);
    if (error == 0)
        error =
            ln_trust_signed_by_roots(taking->trust, &ending->member, &body->statement, &signs);
    if (error == 0 && !signs)
        error = LN_E_TOO_FEW_SIGNATURES;
    if (error != 0)
        return error;
    return ending->ends_ms < ending->created_ms + subject->agreement.notice_days * LN_DAY_MS
               ? LN_E_AGREEMENT_NOTICE
               : 0;
}

static const struct ln_id *federation_of(const struct body *body)
{
    return is_agreement(body)                          ? &body->agreement.federation
           : body->statement.type == LN_TYPE_REJECTION ? &body->rejection.federation
                                                       : &body->ending.federation;
}

static int check(const struct taking *taking, struct body *body)
{
    if (!ln_id_equal(federation_of(body), &ln_trust_roster(taking->trust)->federation))
        return LN_E_WRONG_FEDERATION;
    switch (body->statement.type) {
    case LN_TYPE_AGREEMENT:
        return check_agreement(taking, body);
    case LN_TYPE_REJECTION:
        return check_rejection(taking, body);
    default:
        return check_ending(taking, body);
    }
}

/* Quota ------------------------------------------------------------------------------------ */

/** The country whose signature it came with first. The store keeps the order of signers. */
static const struct ln_name *brought_by(const struct body *body)
{
    return is_agreement(body)                          ? &body->held.signed_by[0].member
           : body->statement.type == LN_TYPE_REJECTION ? &body->rejection.author.member
                                                       : &body->ending.member;
}

/** What all parties have signed is nobody's flood. */
static bool counts(const struct body *body)
{
    return !is_agreement(body) || !is_complete(body);
}

static int check_quota(const struct agreements *agreements, const struct body *body)
{
    size_t count = 0;
    if (agreements->count == AGREEMENTS_BODIES_MAX)
        return LN_E_TOO_MANY;
    for (const struct body *held = agreements->first; held != NULL; held = held->next) {
        if (counts(held) && ln_name_equal(brought_by(held), brought_by(body)))
            count++;
    }
    return counts(body) && count >= AGREEMENTS_OF_ONE_MAX ? LN_E_AGREEMENT_QUOTA : 0;
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

static void put_first(struct agreements *agreements, struct body *body)
{
    body->next = agreements->first;
    agreements->first = body;
    agreements->count++;
    work_out(agreements);
}

static void take_out(struct agreements *agreements, struct body *body)
{
    struct body **at = &agreements->first;
    while (*at != body)
        at = &(*at)->next;
    *at = body->next;
    agreements->count--;
    release(body);
}

/** What came, with the signatures that are held already. */
static int open_merged(const struct ln_signed *came, const struct body *known,
                       struct body **out)
{
    AUTO(ln_buffer_wipe) struct ln_buffer literal = LN_BUFFER(AGREEMENTS_SIGNED_MAX);
    struct ln_signature signatures[LN_SIGNATURES_MAX];
    struct ln_signed merged = *came;
    if (known != NULL) {
        merged.signatures_count = merge(&known->statement, came, signatures);
        merged.signatures = signatures;
    }
    const int error = ln_signed_build(&merged, &literal);
    return error == 0 ? open_body(ln_buffer_view(&literal), out) : error;
}

static int take_new(const struct taking *taking, struct body **body_p, struct body *known)
{
    struct body *body = *body_p;
    struct agreements *agreements = taking->agreements;
    for (size_t i = 0; known != NULL && i < known->held.signed_by_count; i++)
        note_signer(body, &known->held.signed_by[i].member);
    int error = check(taking, body);
    if (error != 0)
        return error;
    if (is_agreement(body) && !is_complete(body) &&
        rejection_of(agreements, &body->held.digest) != NULL)
        return LN_E_AGREEMENT_REJECTED; /* only all parties' roots outrank an officer's word */
    /* a copy with more signatures takes the place of the one that is held */
    error = known == NULL ? check_quota(agreements, body) : 0;
    if (error != 0)
        return error;
    if (known != NULL)
        take_out(agreements, known);
    put_first(agreements, body);
    *body_p = NULL;
    return is_agreement(body) && is_forked(agreements, body) ? LN_E_FORK : AGREEMENTS_NEW;
}

int agreements_take(struct agreements *agreements, const struct ln_trust *trust,
                    const struct ln_name *member, const struct ln_signed *signed_body,
                    struct agreements_held *out_held)
{
    const struct taking taking = {agreements, trust, member};
    struct ln_digest digest;
    if (signed_body->type < LN_TYPE_AGREEMENT || signed_body->type > LN_TYPE_ENDING)
        return LN_E_WRONG_TYPE;
    ln_signed_digest(signed_body, &digest);
    struct body *known = find_body(agreements, &digest);
    AUTO(release_body) struct body *body = NULL;
    int result = open_merged(signed_body, known, &body);
    if (result != 0)
        return result;
    if (known != NULL &&
        body->statement.signatures_count <= known->statement.signatures_count) {
        *out_held = known->held;
        return AGREEMENTS_KNOWN;
    }
    result = take_new(&taking, &body, known);
    if (result >= 0 || result == LN_E_FORK) {
        const struct body *held = find_body(agreements, &digest);
        if (held != NULL)
            *out_held = held->held;
    }
    return result;
}

int agreements_restore(struct agreements *agreements, const struct agreements_held *held)
{
    AUTO(release_body) struct body *body = NULL;
    const int error = open_body(held->literal, &body);
    if (error != 0)
        return error == LN_E_OUT_OF_MEMORY ? error : LN_E_STORE_DAMAGED;
    if (agreements->count == AGREEMENTS_BODIES_MAX ||
        find_body(agreements, &body->held.digest) != NULL)
        return LN_E_STORE_DAMAGED;
    for (size_t i = 0; i < held->signed_by_count; i++)
        note_signer(body, &held->signed_by[i].member);
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
                                        const struct body *body, uint64_t at_ms)
{
    if (is_forked(agreements, body))
        return AGREEMENTS_FORKED;
    if (!is_complete(body))
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
                                    const struct body *body, uint64_t at_ms)
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
    const struct body *body = find_body(agreements, digest);
    return body != NULL && is_agreement(body) ? &body->agreement : NULL;
}

/** Of two bodies with one version the complete one stands first. */
static int compare_bodies(const void *a, const void *b)
{
    const struct body *x = *(const struct body *const *)a, *y = *(const struct body *const *)b;
    const int by_name = strcmp(x->agreement.id.text, y->agreement.id.text);
    if (by_name != 0)
        return by_name;
    if (x->agreement.version != y->agreement.version)
        return x->agreement.version < y->agreement.version ? -1 : 1;
    if (is_complete(x) != is_complete(y))
        return is_complete(x) ? -1 : 1;
    return memcmp(x->held.digest.b, y->held.digest.b, sizeof x->held.digest.b);
}

int agreements_walk(const struct agreements *agreements, uint64_t at_ms, agreements_each *each,
                    void *context)
{
    const struct body **sorted = ln_allocate((agreements->count + 1) * sizeof(struct body *));
    size_t count = 0;
    int error = 0;
    for (const struct body *body = agreements->first; body != NULL; body = body->next) {
        if (is_agreement(body))
            sorted[count++] = body;
    }
    qsort(sorted, count, sizeof(struct body *), compare_bodies);
    for (size_t i = 0; i < count && error == 0; i++) {
        const struct agreements_row row = row_of(agreements, sorted[i], at_ms);
        error = each(&row, context);
    }
    ln_release(sorted, (agreements->count + 1) * sizeof(struct body *));
    return error;
}

bool agreements_find(const struct agreements *agreements, const struct ln_name *id,
                     uint64_t version, uint64_t at_ms, struct agreements_row *out)
{
    const struct body *found = NULL;
    for (const struct body *body = agreements->first; body != NULL; body = body->next) {
        if (!is_agreement(body) || !ln_name_equal(&body->agreement.id, id) ||
            (version != 0 && body->agreement.version != version))
            continue;
        if (found == NULL || body->agreement.version > found->agreement.version ||
            (body->agreement.version == found->agreement.version && is_complete(body)))
            found = body;
    }
    if (found != NULL)
        *out = row_of(agreements, found, at_ms);
    return found != NULL;
}
