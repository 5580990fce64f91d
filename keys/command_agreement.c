/*
 * Agreements and their endings: made from a source, to be signed by each party's roots.
 */
#include "agreementsource.h"
#include "ceremony.h"

#include <stdio.h>
#include <string.h>

/** From the roster: an agreement's source can be written before there is one. */
static int read_federation(const struct ceremony *ceremony, struct ln_arena *arena,
                           struct ln_id *out)
{
    struct ln_signed file;
    struct ln_roster roster;
    int error = ceremony_need(ceremony->roster, "roster");
    if (error == 0)
        error = ceremony_read_signed(ceremony->roster, arena, &file);
    if (error == 0)
        error = file.type == LN_TYPE_ROSTER ? ln_roster_open(file.body, arena, &roster)
                                            : LN_E_WRONG_TYPE;
    if (error == 0)
        *out = roster.federation;
    return error;
}

static int read_previous(const struct ceremony *ceremony, struct ln_arena *arena,
                         struct ln_digest *out)
{
    struct ln_signed previous;
    if (ceremony->previous == NULL)
        return 0;
    int error = ceremony_read_signed(ceremony->previous, arena, &previous);
    if (error == 0 && previous.type != LN_TYPE_AGREEMENT)
        error = LN_E_WRONG_TYPE;
    if (error == 0)
        ln_signed_digest(&previous, out);
    return error;
}

static int check(const char *path, const struct ln_agreement *agreement)
{
    struct ln_agreement_fault fault;
    const int error = ln_agreement_check(agreement, &fault);
    if (error == 0)
        return 0;
    if (fault.article == 0)
        fprintf(stderr, "%s: %s\n", path, fault.text);
    else
        fprintf(stderr, "%s, article %u: %s\n", path, fault.article, fault.text);
    return error;
}

static int write_body(const struct ceremony *ceremony, uint32_t type,
                      const struct ln_buffer *body)
{
    const struct ln_signed unsigned_body = {.type = type, .body = ln_buffer_view(body)};
    return ceremony_write_signed(ceremony->out, &unsigned_body, true);
}

int command_agreement_make(const struct ceremony *ceremony)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CEREMONY_ARENA);
    AUTO(ln_buffer_wipe) struct ln_buffer text = LN_BUFFER(FORM_SIZE_MAX);
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(LN_BODY_MAX);
    struct form_error form_error = {0};
    struct ln_agreement agreement = {.created_ms = ln_now_ms(&LN_CLOCK_SYSTEM)};
    const struct agreementsource source = {&arena, &form_error, ceremony->source, &agreement};
    const struct form_node *root;
    int error = ceremony_need(ceremony->out, "out");
    if (error == 0)
        error = ceremony_read_source(ceremony->source, &text, &arena, &root);
    if (error == 0)
        error = agreementsource_read(&source, root);
    if (error == LN_E_DRAFT && form_error.line > 0)
        return ceremony_say(ceremony->source, &form_error);
    if (error == 0)
        error = read_federation(ceremony, &arena, &agreement.federation);
    if (error == 0)
        error = read_previous(ceremony, &arena, &agreement.previous);
    if (error == 0)
        error = check(ceremony->source, &agreement);
    if (error == 0)
        error = ln_agreement_build(&agreement, &body);
    return error == 0 ? write_body(ceremony, LN_TYPE_AGREEMENT, &body) : error;
}

/* Verifying -------------------------------------------------------------------------------- */

static int verify_agreement(const struct ln_trust *trust, const struct ln_signed *file,
                            struct ln_arena *arena)
{
    struct ln_agreement agreement;
    size_t missing = 0;
    int error = ln_agreement_open(file->body, arena, &agreement);
    if (error == 0)
        error = ln_agreement_check(&agreement, NULL);
    for (size_t i = 0; error == 0 && i < agreement.parties_count; i++) {
        const struct ln_name *party = &agreement.parties[i].member;
        bool signs = false;
        error = ln_trust_signed_by_roots(trust, party, file, &signs);
        missing += !signs;
        if (error == 0)
            printf("  %s: %s\n", party->text, signs ? "signed" : "not signed by its threshold");
    }
    return error == 0 && missing > 0 ? LN_E_TOO_FEW_SIGNATURES : error;
}

static int verify_ending(const struct ln_trust *trust, const struct ln_signed *file,
                         struct ln_arena *arena)
{
    struct ln_ending ending;
    bool signs = false;
    int error = ln_ending_open(file->body, arena, &ending);
    if (error == 0)
        error = ln_trust_signed_by_roots(trust, &ending.member, file, &signs);
    return error == 0 && !signs ? LN_E_TOO_FEW_SIGNATURES : error;
}

int agreement_verify(const struct ln_trust *trust, struct ln_bytes bytes)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CEREMONY_ARENA);
    struct ln_signed file;
    const int error = ln_signed_open(bytes, &arena, &file);
    if (error != 0)
        return error;
    if (file.type == LN_TYPE_AGREEMENT)
        return verify_agreement(trust, &file, &arena);
    return file.type == LN_TYPE_ENDING ? verify_ending(trust, &file, &arena) : LN_E_WRONG_TYPE;
}

/* Ending ----------------------------------------------------------------------------------- */

static int read_ending(const struct ceremony *ceremony, const struct ln_agreement *agreement,
                       struct ln_ending *out)
{
    int error = ceremony_need_name(ceremony->member, "member", &out->member);
    if (error == 0)
        error = ceremony_need(ceremony->reason, "reason");
    if (error == 0)
        error = ceremony_need(ceremony->day, "on");
    if (error != 0)
        return error;
    out->reason = ln_view(ceremony->reason, strlen(ceremony->reason));
    if (!ceremony_day(ceremony->day, &out->ends_ms)) {
        fputs("liaison-keys: --on must be a day, as 2027-03-31\n", stderr);
        return LN_E_USAGE;
    }
    if (!ln_agreement_has_party(agreement, &out->member))
        return LN_E_NOT_A_PARTY;
    return out->ends_ms < out->created_ms + agreement->notice_days * LN_DAY_MS
               ? LN_E_AGREEMENT_NOTICE
               : 0;
}

static int open_agreement(const struct ceremony *ceremony, struct ln_arena *arena,
                          struct ln_signed *out_file, struct ln_agreement *out)
{
    int error = ceremony->words_count == 1 ? 0 : LN_E_USAGE;
    if (error == 0)
        error = ceremony_read_signed(ceremony->words[0], arena, out_file);
    if (error == 0 && out_file->type != LN_TYPE_AGREEMENT)
        error = LN_E_WRONG_TYPE;
    return error == 0 ? ln_agreement_open(out_file->body, arena, out) : error;
}

int command_agreement_end(const struct ceremony *ceremony)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CEREMONY_ARENA);
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(LN_BODY_MAX);
    struct ln_signed file;
    struct ln_agreement agreement;
    int error = ceremony_need(ceremony->out, "out");
    if (error == 0)
        error = open_agreement(ceremony, &arena, &file, &agreement);
    if (error != 0)
        return error;
    struct ln_ending ending = {.federation = agreement.federation,
                               .agreement = agreement.id,
                               .version = agreement.version,
                               .created_ms = ln_now_ms(&LN_CLOCK_SYSTEM)};
    ln_signed_digest(&file, &ending.digest);
    error = read_ending(ceremony, &agreement, &ending);
    if (error == 0)
        error = ln_ending_build(&ending, &body);
    return error == 0 ? write_body(ceremony, LN_TYPE_ENDING, &body) : error;
}
