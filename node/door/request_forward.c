/*
 * Sections of one case go on to other countries as a new case, which says where they come from.
 * Their heads go with them as the originator signed them.
 */
#include "draft.h"
#include "handling.h"
#include "opening.h"
#include "standing.h"

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
    if (error == 0)
        error = casefile_load(txn, request->local, &case_id, CASEFILE_SECTIONS, request->arena,
                              &forwarding->file);
    if (error == 0)
        forwarding->entry = casefile_event(&forwarding->file, &forwarding->body->member,
                                           forwarding->body->number);
    return error == 0 && forwarding->entry == NULL ? LN_E_NO_EVENT : error;
}

static const struct case_fact *fact_of(const struct forwarding *forwarding)
{
    return &forwarding->file.facts[forwarding->entry->fact];
}

/** For every addressee; the country that it comes from has it already. */
static int check_countries(const struct forwarding *forwarding, size_t index,
                           bool *out_is_granted)
{
    const struct ln_door_refer *refer = forwarding->body->refer;
    const struct case_fact *fact = fact_of(forwarding);
    *out_is_granted = false;
    for (size_t i = 0; i < refer->addressees_count; i++) {
        const struct ln_name *to = &refer->addressees[i].member;
        if (ln_name_equal(to, &fact->event->author.member))
            continue;
        const struct opening opening = {forwarding->request, &forwarding->file,
                                        forwarding->entry,   index,
                                        LN_USE_FOR_FORWARD,  to};
        const int error = opening_allows(&opening);
        if (error != 0)
            return request_say(
                forwarding->request, error, "section %s to %s",
                ln_code_name(LN_LIST_COMPARTMENTS, fact->event->sections[index].compartment),
                to->text);
        *out_is_granted |= standing_is_granted(
            &forwarding->file.state, fact, fact->event->sections[index].compartment,
            &forwarding->request->local->member, LN_USE_FOR_FORWARD, to);
    }
    return 0;
}

/** What was granted stands in the head as if it had been said from the beginning. */
static int add_granted(const struct forwarding *forwarding, struct ln_door_handling *handling)
{
    const struct ln_door_refer *refer = forwarding->body->refer;
    struct ln_country *onward =
        ln_arena_array(forwarding->request->arena,
                       handling->onward_count + refer->addressees_count, sizeof *onward);
    if (onward == NULL)
        return LN_E_OUT_OF_MEMORY;
    for (size_t i = 0; i < handling->onward_count; i++)
        onward[i] = handling->onward[i];
    for (size_t i = 0; i < refer->addressees_count; i++)
        onward[handling->onward_count++].member = refer->addressees[i].member;
    handling->onward = onward;
    return handling->onward_count > LN_ONWARD_COUNTRIES_MAX ? LN_E_TOO_MANY : 0;
}

static int copy_handling(const struct forwarding *forwarding, size_t index, bool is_granted,
                         const struct ln_door_handling **out)
{
    const struct ln_section_head *head = &fact_of(forwarding)->event->sections[index];
    struct ln_door_handling *handling =
        ln_arena_take(forwarding->request->arena, sizeof *handling);
    *out = handling;
    if (handling == NULL)
        return LN_E_OUT_OF_MEMORY;
    *handling = (struct ln_door_handling){
        .handling = handling_code(head),
        .source_grade = head->source_grade,
        .information_grade = head->information_grade,
        .uses = head->uses,
        .uses_count = head->uses_count,
        .onward = head->onward,
        .onward_count = head->onward_count,
        .expires_ms = head->expires_ms,
    };
    return is_granted ? add_granted(forwarding, handling) : 0;
}

static int copy_section(const struct forwarding *forwarding, uint32_t compartment,
                        struct ln_door_section *out)
{
    const struct ln_event *event = fact_of(forwarding)->event;
    struct ln_section_body body;
    bool is_granted = false;
    size_t index = 0;
    while (index < event->sections_count && event->sections[index].compartment != compartment)
        index++;
    if (index == event->sections_count)
        return LN_E_NO_EVENT;
    const struct opening reading = {
        forwarding->request, &forwarding->file, forwarding->entry, index, HANDLING_READ, NULL};
    int error = check_countries(forwarding, index, &is_granted);
    if (error == 0)
        error = opening_read(&reading, &body);
    if (error == 0)
        error = copy_handling(forwarding, index, is_granted, &out->handling);
    if (error != 0)
        return error;
    out->compartment = compartment;
    out->entries = body.entries;
    out->entries_count = body.entries_count;
    return 0;
}

/** The forwarded ones, then the forwarder's own. */
static int copy_sections(const struct forwarding *forwarding, struct ln_door_refer *refer)
{
    const struct ln_door_forward *body = forwarding->body;
    const size_t count = body->compartments_count + refer->sections_count;
    struct ln_door_section *sections =
        ln_arena_array(forwarding->request->arena, count, sizeof *sections);
    if (sections == NULL)
        return LN_E_OUT_OF_MEMORY;
    if (count > LN_SECTIONS_MAX)
        return LN_E_DUPLICATE_FIELD; /* a compartment stands at most once */
    for (size_t i = 0; i < body->compartments_count; i++) {
        const int error = copy_section(forwarding, body->compartments[i], &sections[i]);
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
