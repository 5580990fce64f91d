/*
 * A new referral.
 */
#include "agreements.h"
#include "crypto.h"
#include "draft.h"
#include "permit.h"

#include <string.h>

static struct ln_id new_case_id(const struct local *local)
{
    struct ln_id id;
    uint8_t time[8];
    crypto_random(id.b, sizeof id.b);
    ln_put_u64(time, ln_now_ms(&local->clock));
    memcpy(id.b, time + 2, CASE_ID_MEMBER_OFFSET);
    memcpy(id.b + CASE_ID_MEMBER_OFFSET, local->member.text, CASE_ID_MEMBER_BYTES);
    return id;
}

static bool has_office(const struct local *local, const struct ln_party *party)
{
    const struct ln_manifest *manifest = ln_trust_manifest(local->trust, &party->member);
    for (size_t i = 0; manifest != NULL && i < manifest->offices_count; i++) {
        if (ln_name_equal(&manifest->offices[i].id, &party->office))
            return true;
    }
    return false;
}

/** Our own office first, then the addressees. */
static int list_parties(struct request *request, const struct ln_door_refer *refer,
                        struct draft *draft)
{
    const size_t count = refer->addressees_count + 1;
    struct ln_party *parties = ln_arena_array(request->arena, count, sizeof *parties);
    if (parties == NULL)
        return LN_E_OUT_OF_MEMORY;
    parties[0] = (struct ln_party){request->local->member, request->person->office};
    for (size_t i = 1; i < count; i++) {
        parties[i] = refer->addressees[i - 1];
        const int standing = ln_trust_standing(request->local->trust, &parties[i].member);
        if (standing != 0)
            return request_say(request, standing, "%s", parties[i].member.text);
        if (!has_office(request->local, &parties[i]))
            return request_say(request, LN_E_NO_OFFICE, "%s/%s", parties[i].member.text,
                               parties[i].office.text);
    }
    draft->parties = draft->event.parties = parties;
    draft->parties_count = draft->event.parties_count = count;
    return 0;
}

int draft_refer(struct request *request, const struct ln_door_refer *refer,
                const struct ln_origin *origin)
{
    const struct case_state nothing = {.agreements =
                                           agreements_policies(request->local->agreements)};
    struct draft draft = {
        .event =
            {
                .case_id = new_case_id(request->local),
                .case_kind = LN_CASE_KIND_REFERRAL,
                .action = LN_ACTION_REFER,
                .urgency = refer->urgency,
                .urgency_reason = refer->urgency_reason,
                .request = refer->request,
                .contents = refer->contents,
                .contents_count = refer->contents_count,
                .legal_basis = refer->legal_basis,
                .origin = origin,
            },
        .sections = refer->sections,
        .sections_count = refer->sections_count,
        .state = &nothing,
    };
    draft_terms(&draft, refer->terms);
    int error = list_parties(request, refer, &draft);
    if (error == 0)
        error = draft_prepare(request, &draft);
    if (error == 0)
        error = permit_show(request, &draft.permit, refer->urgency, &request->reply->permit);
    if (error != 0 || refer->dry_run)
        return error;
    if (origin == NULL) /* else the case whose sections are opened */
        auditing_case(request, &draft.event.case_id);
    return draft_send(request, &draft);
}

int request_refer(struct request *request)
{
    return draft_refer(request, request->body->refer, NULL);
}
