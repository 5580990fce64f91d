/*
 * A forwarder's officer signs in the linked case what the originator said since: one event a
 * request, until nothing is left.
 */
#include "copying.h"
#include "draft.h"
#include "duty.h"

static int load(struct request *request, struct duties *out)
{
    AUTO(store_end) struct store_txn *txn = NULL;
    struct ln_id case_id;
    int error = store_read(request->local->store, &txn);
    if (error == 0)
        error = casefile_find(txn, request->body->pass_on->case_prefix, &case_id);
    if (error != 0)
        return error;
    auditing_case(request, &case_id);
    return duty_load(txn, request->local, &case_id, CASEFILE_SECTIONS, request->arena, out);
}

/** The correction's text and head, and where it comes from. */
static int copy_correction(struct request *request, const struct duties *duties,
                           const struct duty *duty, struct draft *draft)
{
    struct ln_door_section *section = ln_arena_take(request->arena, sizeof *section);
    struct ln_origin *origin = ln_arena_take(request->arena, sizeof *origin);
    uint32_t *compartment = ln_arena_take(request->arena, sizeof *compartment);
    if (section == NULL || origin == NULL || compartment == NULL)
        return LN_E_OUT_OF_MEMORY;
    const struct copying copying = {request, &duties->origin, duty->because, draft->parties,
                                    draft->parties_count};
    const struct case_fact *fact = &duties->origin.facts[duty->because->fact];
    *compartment = duty->compartment;
    *origin = (struct ln_origin){duties->origin.case_id, fact->digest,
                                 fact->event->author.member, compartment, 1};
    draft->event.origin = origin;
    draft->sections = section;
    draft->sections_count = 1;
    return copying_section(&copying, duty->compartment, section);
}

static int pass_on(struct request *request, const struct duties *duties,
                   const struct duty *duty)
{
    const struct case_state *state = &duties->linked.state;
    struct draft draft = {
        .event =
            {
                .case_id = duties->linked.case_id,
                .case_kind = state->kind,
                .action = duty->action,
                .urgency = state->urgency,
                .target = duty->linked->digest,
                .target_compartment = duty->compartment,
            },
        .state = state,
        .parties = state->first->parties,
        .parties_count = state->first->parties_count,
    };
    auditing_case(request, &duties->origin.case_id); /* whose sections are opened */
    draft_terms(&draft, request->body->pass_on->terms);
    int error =
        duty->action == LN_ACTION_CORRECT ? copy_correction(request, duties, duty, &draft) : 0;
    if (error == 0)
        error = draft_prepare(request, &draft);
    return error == 0 ? draft_send(request, &draft) : error;
}

int request_pass_on(struct request *request)
{
    struct duties *duties = ln_arena_take(request->arena, sizeof *duties);
    int error = duties == NULL ? LN_E_OUT_OF_MEMORY : load(request, duties);
    if (error != 0)
        return error;
    if (duties->count == 0)
        return request_say(request, LN_E_STATE, "nothing waits to be passed on");
    error = pass_on(request, duties, &duties->list[0]);
    if (error == 0)
        request->reply->count = duties->count - 1;
    return error;
}
