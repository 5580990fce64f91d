/*
 * Opening, answering, closing, asking, correcting, revoking: one more event in a case.
 */
#include "draft.h"

static int load(struct request *request, struct casefile *out)
{
    AUTO(store_end) struct store_txn *txn = NULL;
    struct ln_id case_id;
    int error = store_read(request->local->store, &txn);
    if (error == 0)
        error = casefile_find(txn, request->body->act->case_prefix, &case_id);
    if (error != 0)
        return error;
    auditing_case(request, &case_id);
    return casefile_load(txn, request->local, &case_id, CASEFILE_HEADERS, request->arena, out);
}

/** The digest of the event by which the case began. */
static struct ln_digest refer_of(const struct casefile *file)
{
    size_t i = 0;
    while (i < file->count && file->facts[i].event != file->state.first)
        i++;
    return i < file->count ? file->facts[i].digest : (struct ln_digest){{0}};
}

/** From the name that people use to the digest that is signed. */
static int name_target(const struct ln_door_target *target, const struct casefile *file,
                       struct ln_event *out)
{
    if (target == NULL)
        return 0;
    const struct case_entry *entry = casefile_event(file, &target->member, target->number);
    if (entry == NULL)
        return LN_E_NO_EVENT;
    out->target = file->facts[entry->fact].digest;
    out->target_compartment = target->compartment;
    out->asked_uses = target->uses;
    out->asked_uses_count = target->uses_count;
    out->asked_countries = target->countries;
    out->asked_countries_count = target->countries_count;
    return 0;
}

int request_act(struct request *request)
{
    const struct ln_door_act *act = request->body->act;
    struct casefile file;
    int error = load(request, &file);
    if (error != 0)
        return error;
    if (!file.state.has_begun)
        return LN_E_STATE;
    struct draft draft = {
        .event =
            {
                .case_id = file.case_id,
                .case_kind = file.state.kind,
                .action = act->action,
                .urgency = file.state.urgency,
                .outcome = act->outcome,
            },
        .sections = act->sections,
        .sections_count = act->sections_count,
        .state = &file.state,
        .parties = file.state.first->parties,
        .parties_count = file.state.first->parties_count,
    };
    draft_terms(&draft, act->terms);
    draft.refer = refer_of(&file);
    error = name_target(act->target, &file, &draft.event);
    if (error == 0)
        error = draft_prepare(request, &draft);
    return error == 0 ? draft_send(request, &draft) : error;
}
