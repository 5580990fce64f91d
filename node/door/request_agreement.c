/*
 * Agreements at the node: listed and shown to everybody with a case to handle; proposed and
 * rejected by supervisors. Amending and ending are proposals too: of a next version, of an
 * ending; roots have signed all of them, offline.
 */
#include "agreementkeeper.h"
#include "agreements.h"
#include "draft.h"
#include "officer.h"

#include <string.h>

enum { REJECTION_MAX = 8192 };

#define MADE_WITHIN_MS (35 * LN_DAY_MS)

/* Listing and showing ---------------------------------------------------------------------- */

static struct ln_bytes word(const char *text)
{
    return ln_view(text, strlen(text));
}

static struct ln_door_agreement_row row_of(const struct agreements_row *row)
{
    struct ln_door_agreement_row out = {
        .id = row->agreement->id,
        .version = row->agreement->version,
        .digest = row->digest,
        .title = row->agreement->title,
        .status = word(agreements_status_name(row->status)),
        .from_ms = row->agreement->from_ms,
        .ends_ms = row->ends_ms,
        .parties = row->agreement->parties,
        .parties_count = row->agreement->parties_count,
        .signed_by = row->signed_by,
        .signed_by_count = row->signed_by_count,
    };
    if (row->rejection != NULL) {
        out.rejected_by = row->rejection->author.member;
        out.reason = row->rejection->reason;
    }
    if (row->ending != NULL) {
        out.ended_by = row->ending->member;
        out.reason = row->ending->reason;
    }
    return out;
}

struct listing {
    struct ln_door_agreement_row *rows;
    size_t count;
};

static int add_row(const struct agreements_row *row, void *context)
{
    struct listing *listing = context;
    if (listing->count == LN_DOOR_AGREEMENTS_MAX)
        return LN_E_TOO_MANY;
    listing->rows[listing->count++] = row_of(row);
    return 0;
}

static int list(struct request *request)
{
    struct listing listing = {
        ln_arena_array(request->arena, LN_DOOR_AGREEMENTS_MAX, sizeof *listing.rows), 0};
    if (listing.rows == NULL)
        return LN_E_OUT_OF_MEMORY;
    const struct local *local = request->local;
    const int error =
        agreements_walk(local->agreements, ln_now_ms(&local->clock), add_row, &listing);
    request->reply->agreements = listing.rows;
    request->reply->agreements_count = listing.count;
    return error;
}

static bool find(const struct request *request, struct agreements_row *out)
{
    const struct ln_door_agreement *asked = request->body->agreement;
    return agreements_find(request->local->agreements, &asked->id, asked->version,
                           ln_now_ms(&request->local->clock), out);
}

static int say_missing(struct request *request)
{
    return request_say(request, LN_E_NOT_FOUND, "agreement %s",
                       request->body->agreement->id.text);
}

/** The literal goes along: what is read is what was signed. */
static int show(struct request *request)
{
    struct agreements_row row;
    struct ln_door_agreement_row *out = ln_arena_take(request->arena, sizeof *out);
    if (out == NULL)
        return LN_E_OUT_OF_MEMORY;
    if (!find(request, &row))
        return say_missing(request);
    *out = row_of(&row);
    request->reply->agreements = out;
    request->reply->agreements_count = 1;
    request->reply->file = row.literal;
    return 0;
}

/* Proposing and rejecting ------------------------------------------------------------------ */

/** Its notice counts from when it was made: a dead clock there would end it at once. */
static int check_clock(struct request *request, const struct ln_signed *signed_body)
{
    const uint64_t now_ms = ln_now_ms(&request->local->clock);
    struct ln_ending ending;
    if (signed_body->type != LN_TYPE_ENDING)
        return 0;
    const int error = ln_ending_open(signed_body->body, request->arena, &ending);
    if (error != 0)
        return error;
    return ending.created_ms + MADE_WITHIN_MS < now_ms
               ? request_say(request, LN_E_AGREEMENT_NOTICE,
                             "it says that it was made more than 35 days ago; make it anew")
               : 0;
}

static int take(struct request *request, struct ln_bytes literal)
{
    struct ln_signed signed_body;
    int error = ln_signed_open(literal, request->arena, &signed_body);
    if (error == 0 && !agreementkeeper_keeps(signed_body.type))
        error = LN_E_WRONG_TYPE;
    if (error == 0)
        error = check_clock(request, &signed_body);
    if (error != 0)
        return error;
    const int result =
        agreementkeeper_take(request->local, &signed_body, AGREEMENTKEEPER_OFFICER, NULL);
    if (result < 0)
        return result;
    request->reply->count = result == AGREEMENTS_NEW;
    link_kick(request->link);
    return 0;
}

/** What is wrong with the articles, in words. */
static int say_fault(struct request *request, struct ln_bytes literal, int error)
{
    struct ln_signed signed_body;
    struct ln_agreement agreement;
    struct ln_agreement_fault fault;
    if (error != LN_E_AGREEMENT_SOURCE ||
        ln_signed_open(literal, request->arena, &signed_body) != 0 ||
        ln_agreement_open(signed_body.body, request->arena, &agreement) != 0)
        return error;
    if (ln_agreement_check(&agreement, &fault) == 0)
        return request_say(request, error, "an article asks for what a principle forbids");
    return fault.article == 0
               ? request_say(request, error, "%s", fault.text)
               : request_say(request, error, "article %u: %s", fault.article, fault.text);
}

static int propose(struct request *request)
{
    const struct ln_bytes file = request->body->agreement->file;
    return say_fault(request, file, take(request, file));
}

static int sign_rejection(struct request *request, const struct agreements_row *row,
                          struct ln_buffer *out)
{
    const struct local *local = request->local;
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(REJECTION_MAX);
    struct ln_rejection rejection = {
        .federation = local->federation,
        .agreement = row->agreement->id,
        .version = row->agreement->version,
        .digest = row->digest,
        .author = {local->member, request->person->office, request->person->id},
        .reason = request->body->agreement->reason,
        .created_ms = ln_now_ms(&local->clock),
    };
    if (!ln_trust_version(local->trust, &local->member, &rejection.manifest_version,
                          &rejection.manifest_digest))
        return LN_E_UNKNOWN_KEY;
    const int error = ln_rejection_build(&rejection, &body);
    return error == 0 ? ln_sign(LN_TYPE_REJECTION, &local->federation, ln_buffer_view(&body),
                                officer_signer(request->session->officer), out)
                      : error;
}

static int reject(struct request *request)
{
    AUTO(ln_buffer_wipe) struct ln_buffer literal = LN_BUFFER(REJECTION_MAX);
    struct agreements_row row;
    if (!find(request, &row))
        return say_missing(request);
    if (row.status != AGREEMENTS_PROPOSED && row.status != AGREEMENTS_FORKED)
        return request_say(request, LN_E_STATE, "%s, version %llu, is %s",
                           row.agreement->id.text, (unsigned long long)row.agreement->version,
                           agreements_status_name(row.status));
    if (request->body->agreement->reason.size == 0)
        return LN_E_NO_REASON;
    const int error = sign_rejection(request, &row, &literal);
    return error == 0 ? take(request, ln_buffer_view(&literal)) : error;
}

static const struct {
    uint32_t verb;
    enum access_action access;
    int (*handle)(struct request *request);
} verbs[] = {
    {LN_DOOR_AGREEMENT_LIST, ACCESS_STATUS, list},
    {LN_DOOR_AGREEMENT_SHOW, ACCESS_STATUS, show},
    {LN_DOOR_AGREEMENT_PROPOSE, ACCESS_AGREEMENT, propose},
    {LN_DOOR_AGREEMENT_REJECT, ACCESS_AGREEMENT, reject},
};

int request_agreement(struct request *request)
{
    for (size_t i = 0; i < LN_COUNT(verbs); i++) {
        if (verbs[i].verb != request->body->agreement->verb)
            continue;
        return access_any(request->person->roles, request->person->roles_count, verbs[i].access)
                   ? verbs[i].handle(request)
                   : LN_E_ROLE;
    }
    return LN_E_UNKNOWN_CODE;
}
