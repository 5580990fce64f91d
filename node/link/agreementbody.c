/*
 * Everything that a body points to lives in its own arena, so that one is released as a whole.
 */
#include "agreementbody.h"

#include <string.h>

enum { BODY_ARENA = 1024 * 1024 };

void agreementbody_destroy(struct agreementbody **body_p)
{
    struct agreementbody *body = *body_p;
    if (body == NULL)
        return;
    ln_arena_wipe(&body->arena);
    ln_release(body, sizeof *body);
    *body_p = NULL;
}

struct agreementbody *agreementbody_find(struct agreementbody *first,
                                         const struct ln_digest *digest)
{
    for (struct agreementbody *body = first; body != NULL; body = body->next) {
        if (ln_digest_equal(&body->held.digest, digest))
            return body;
    }
    return NULL;
}

bool agreementbody_is_agreement(const struct agreementbody *body)
{
    return body->statement.type == LN_TYPE_AGREEMENT;
}

/* Opening ---------------------------------------------------------------------------------- */

static int open_shape(struct agreementbody *body)
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

int agreementbody_open(struct ln_bytes literal, struct agreementbody **out)
{
    AUTO(agreementbody_destroy) struct agreementbody *body = ln_allocate(sizeof *body);
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

static bool has_signed(const struct agreementbody *body, const struct ln_name *member)
{
    for (size_t i = 0; i < body->held.signed_by_count; i++) {
        if (ln_name_equal(&body->held.signed_by[i].member, member))
            return true;
    }
    return false;
}

void agreementbody_note_signer(struct agreementbody *body, const struct ln_name *member)
{
    if (!has_signed(body, member) && body->held.signed_by_count < LN_PARTIES_MAX)
        body->held.signed_by[body->held.signed_by_count++].member = *member;
}

bool agreementbody_is_complete(const struct agreementbody *body)
{
    return body->held.signed_by_count == body->agreement.parties_count;
}
