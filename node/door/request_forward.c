/*
 * Sections of one case go on to other countries as a new case, which says where they come from.
 * Their heads go with them as the originator signed them.
 */
#include "copying.h"
#include "draft.h"

struct forwarding {
    struct request *request;
    const struct ln_door_forward *body;
    struct casefile file;
    const struct case_entry *entry; /* of the event whose sections go on */
};

static int load(struct forwarding *forwarding)
{
    AUTO(store_end) struct store_txn *txn = NULL;
    struct request *request = forwarding->request;
    struct ln_id case_id;
    int error = store_read(request->local->store, &txn);
    if (error == 0)
        error = casefile_find(txn, forwarding->body->case_prefix, &case_id);
    if (error == 0) {
        auditing_case(request, &case_id);
        error = casefile_load(txn, request->local, &case_id, CASEFILE_SECTIONS, request->arena,
                              &forwarding->file);
    }
    if (error == 0)
        forwarding->entry = casefile_event(&forwarding->file, &forwarding->body->member,
                                           forwarding->body->number);
    return error == 0 && forwarding->entry == NULL ? LN_E_NO_EVENT : error;
}

static const struct case_fact *fact_of(const struct forwarding *forwarding)
{
    return &forwarding->file.facts[forwarding->entry->fact];
}

/** The forwarded ones, then the forwarder's own. */
static int copy_sections(const struct forwarding *forwarding, struct ln_door_refer *refer)
{
    const struct ln_door_forward *body = forwarding->body;
    const size_t count = body->compartments_count + refer->sections_count;
    struct ln_door_section *sections =
        ln_arena_array(forwarding->request->arena, count, sizeof *sections);
    const struct copying copying = {forwarding->request, &forwarding->file, forwarding->entry,
                                    refer->addressees, refer->addressees_count};
    if (sections == NULL)
        return LN_E_OUT_OF_MEMORY;
    if (count > LN_SECTIONS_MAX)
        return LN_E_DUPLICATE_FIELD; /* a compartment stands at most once */
    for (size_t i = 0; i < body->compartments_count; i++) {
        const int error = copying_section(&copying, body->compartments[i], &sections[i]);
        if (error != 0)
            return error;
    }
    for (size_t i = 0; i < refer->sections_count; i++)
        sections[body->compartments_count + i] = refer->sections[i];
    refer->sections = sections;
    refer->sections_count = count;
    return 0;
}

int request_forward(struct request *request)
{
    struct forwarding *forwarding = ln_arena_take(request->arena, sizeof *forwarding);
    struct ln_origin *origin = ln_arena_take(request->arena, sizeof *origin);
    struct ln_door_refer *refer = ln_arena_take(request->arena, sizeof *refer);
    if (forwarding == NULL || origin == NULL || refer == NULL)
        return LN_E_OUT_OF_MEMORY;
    *forwarding = (struct forwarding){.request = request, .body = request->body->forward};
    if (forwarding->body->refer == NULL)
        return LN_E_MISSING_FIELD;
    int error = load(forwarding);
    if (error != 0)
        return error;
    const struct case_fact *fact = fact_of(forwarding);
    if (ln_name_equal(&fact->event->author.member, &request->local->member))
        return request_say(request, LN_E_ORIGIN, "it is this country's own: refer it");
    *origin = (struct ln_origin){forwarding->file.case_id, fact->digest,
                                 fact->event->author.member, forwarding->body->compartments,
                                 forwarding->body->compartments_count};
    *refer = *forwarding->body->refer;
    error = copy_sections(forwarding, refer);
    return error == 0 ? draft_refer(request, refer, origin) : error;
}
