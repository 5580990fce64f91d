/*
 * A case as one officer may see it: the timeline for all, sections for whose keys open them.
 */
#include "showing.h"

#include "casefile.h"
#include "delivered.h"
#include "duty.h"
#include "handling.h"
#include "lateness.h"
#include "opening.h"
#include "permit.h"
#include "standing.h"

#include <string.h>

enum { ORIGIN_ARENA = 96 * 1024 * 1024 };

struct showing {
    struct request *request;
    struct store_txn *txn;
    const struct casefile *file;
    const struct showing_wish *wish;
};

/** What holds here, the default filled in. */
static int show_handling(const struct showing *showing, const struct ln_section_head *head,
                         const struct ln_door_handling **out)
{
    struct ln_door_handling *handling =
        ln_arena_take(showing->request->arena, sizeof *handling);
    *out = handling;
    if (handling == NULL)
        return LN_E_OUT_OF_MEMORY;
    *handling = opening_handling(head);
    return 0;
}

static int show_section(const struct showing *showing, const struct case_entry *entry,
                        size_t index, struct ln_door_section_view *out)
{
    const struct case_fact *fact = &showing->file->facts[entry->fact];
    const struct ln_section_head *head = &fact->event->sections[index];
    const struct showing_wish *wish = showing->wish;
    const struct opening opening = {showing->request, showing->file, entry, index,
                                    wish->use,        NULL};
    struct ln_section_body body = {.entries_count = 0};
    const bool is_left_out =
        wish->compartments_count > 0 &&
        !ln_has_code(wish->compartments, wish->compartments_count, head->compartment);
    const int error = is_left_out ? LN_E_LEFT_OUT : opening_read(&opening, &body);
    if (error == LN_E_OUT_OF_MEMORY)
        return error;
    *out = (struct ln_door_section_view){
        .compartment = head->compartment,
        .code = (uint32_t)-error,
        .entries = body.entries,
        .entries_count = body.entries_count,
        .standing = (uint32_t)-standing_of(&showing->file->state, fact, head->compartment).code,
    };
    return show_handling(showing, head, &out->handling);
}

static int show_sections(const struct showing *showing, const struct casefile_event *event,
                         const struct case_entry *entry, struct ln_door_event *out)
{
    struct ln_door_section_view *views =
        ln_arena_array(showing->request->arena, event->event.sections_count + 1, sizeof *views);
    if (views == NULL)
        return LN_E_OUT_OF_MEMORY;
    int error = 0;
    for (size_t i = 0; i < event->event.sections_count && error == 0; i++)
        error = show_section(showing, entry, i, &views[i]);
    out->sections = views;
    out->sections_count = event->event.sections_count;
    return error;
}

/** Only our own events are on their way from here. */
static int show_deliveries(const struct showing *showing, const struct case_fact *fact,
                           struct ln_door_event *out)
{
    const struct local *local = showing->request->local;
    const struct case_state *state = &showing->file->state;
    if (!ln_name_equal(&fact->event->author.member, &local->member))
        return 0;
    struct ln_door_delivery *list =
        ln_arena_array(showing->request->arena, LN_PARTIES_MAX, sizeof *list);
    if (list == NULL)
        return LN_E_OUT_OF_MEMORY;
    const uint64_t acknowledge_ms =
        permit_clocks(permit_of(local, fact->event).article, fact->event->urgency)
            .acknowledge_ms;
    for (size_t i = 0; i < state->parties_count; i++) {
        struct delivered delivered;
        const struct ln_name *member = &state->parties[i].member;
        if (ln_name_equal(member, &local->member))
            continue;
        const int error =
            delivered_to(showing->txn, showing->request, &fact->digest, member, &delivered);
        if (error != 0)
            return error;
        const bool is_waited_for =
            fact->event->action == LN_ACTION_REFER && state->parties[i].status == CASE_SENT;
        list[out->deliveries_count++] = (struct ln_door_delivery){
            .member = *member,
            .status = delivered.delivery.status,
            .code = delivered.delivery.code,
            .when_ms = delivered.delivery.when_ms,
            .generation = delivered.number.generation,
            .sequence = delivered.number.sequence,
            .letter = delivered.letter,
            .is_late =
                is_waited_for && delivery_is_late(acknowledge_ms, fact->event->created_ms,
                                                  ln_now_ms(&local->clock)),
        };
    }
    out->deliveries = list;
    return 0;
}

/** The event that it is about, by the name that people use. */
static void show_target(const struct showing *showing, const struct ln_event *event,
                        struct ln_door_event *out)
{
    const struct case_fact *target = case_placed(&showing->file->state, &event->target);
    if (target != NULL) {
        out->target_member = target->event->author.member;
        out->target_number = target->event->number;
    }
    out->target_compartment = event->target_compartment;
    out->asked_uses = event->asked_uses;
    out->asked_uses_count = event->asked_uses_count;
    out->asked_countries = event->asked_countries;
    out->asked_countries_count = event->asked_countries_count;
    if (event->origin != NULL) {
        out->origin_case = event->origin->case_id;
        out->origin_member = event->origin->member;
    }
}

static int show_event(const struct showing *showing, const struct case_entry *entry,
                      struct ln_door_event *out)
{
    const struct casefile_event *event = &showing->file->events[entry->fact];
    const struct case_fact *fact = &showing->file->facts[entry->fact];
    *out = (struct ln_door_event){
        .digest = fact->digest,
        .author = event->event.author,
        .action = event->event.action,
        .number = event->event.number,
        .created_ms = event->event.created_ms,
        .received_ms = event->received_ms,
        .effect = entry->effect,
        .code = (uint32_t)-entry->code,
        .outcome = event->event.outcome,
    };
    show_target(showing, &event->event, out);
    const int error = show_sections(showing, event, entry, out);
    return error == 0 ? show_deliveries(showing, fact, out) : error;
}

static int show_parties(const struct showing *showing, struct ln_door_case *out)
{
    const struct case_state *state = &showing->file->state;
    struct ln_door_party *parties =
        ln_arena_array(showing->request->arena, LN_PARTIES_MAX, sizeof *parties);
    if (parties == NULL)
        return LN_E_OUT_OF_MEMORY;
    for (size_t i = 0; i < state->parties_count; i++)
        parties[i] = (struct ln_door_party){state->parties[i].member, state->parties[i].office,
                                            i == 0 ? 0 : (uint32_t)state->parties[i].status};
    out->parties = parties;
    out->parties_count = state->parties_count;
    return 0;
}

static int show_events(const struct showing *showing, struct ln_door_case *out)
{
    const struct case_state *state = &showing->file->state;
    struct ln_door_event *events =
        ln_arena_array(showing->request->arena, state->entries_count, sizeof *events);
    if (events == NULL)
        return LN_E_OUT_OF_MEMORY;
    int error = 0;
    for (size_t i = 0; i < state->entries_count && error == 0; i++)
        error = show_event(showing, &state->entries[i], &events[i]);
    out->events = events;
    out->events_count = state->entries_count;
    return error;
}

/** The last of its sections. */
static uint64_t kept_until_ms(const struct showing *showing)
{
    uint64_t last_ms = 0;
    for (size_t i = 0; i < showing->file->count; i++) {
        const struct ln_event *event = &showing->file->events[i].event;
        const uint64_t until_ms = handling_kept_until_ms(
            permit_of(showing->request->local, event).article, event->created_ms);
        if (event->sections_count > 0 && until_ms > last_ms)
            last_ms = until_ms;
    }
    return last_ms;
}

/** By which article, for which purpose, and what that means for the case. */
static int show_terms(const struct showing *showing, struct ln_door_case *out)
{
    const struct ln_event *first = showing->file->state.first;
    if (first == NULL)
        return 0;
    const struct policy_answer answer = permit_of(showing->request->local, first);
    out->purpose = first->purpose;
    out->child = first->child;
    out->emergency = first->emergency;
    out->consent = first->consent;
    out->consent_ground = first->consent_ground;
    out->needs_second = showing->file->state.needs_second;
    out->keep_until_ms = kept_until_ms(showing);
    return permit_show(showing->request, &answer, first->urgency, &out->permit);
}

static int show_duties(const struct showing *showing, struct ln_door_case *out)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(ORIGIN_ARENA);
    struct duties *duties = ln_arena_take(&arena, sizeof *duties);
    if (duties == NULL)
        return LN_E_OUT_OF_MEMORY;
    const int error = duty_load_origin(showing->txn, showing->request->local, showing->file,
                                       CASEFILE_HEADERS, &arena, duties);
    out->duties = (uint32_t)duties->count;
    return error;
}

static int show_row(const struct showing *showing, struct ln_door_case *out)
{
    struct ln_case_record row;
    const int error = store_case_get(showing->txn, &showing->file->case_id, &row);
    if (error != 0)
        return error;
    out->erased_ms = row.erased_ms;
    out->held_ms = row.held_ms;
    out->held_by = row.held_by;
    return 0;
}

static int show_lateness(const struct showing *showing, struct ln_door_case *out)
{
    struct lateness lateness;
    const int error = lateness_find(showing->request, showing->file, &lateness);
    out->is_late = lateness.is_late;
    out->escalated = lateness.offices;
    out->escalated_count = lateness.count;
    return error;
}

static int show_case(const struct showing *showing, struct ln_door_case *out)
{
    const struct case_state *state = &showing->file->state;
    *out = (struct ln_door_case){.case_id = showing->file->case_id,
                                 .kind = state->kind,
                                 .urgency = state->urgency,
                                 .request = state->request,
                                 .is_disputed = state->is_disputed};
    if (state->first != NULL) {
        out->contents = state->first->contents;
        out->contents_count = state->first->contents_count;
        out->legal_basis = state->first->legal_basis;
        out->urgency_reason = state->first->urgency_reason;
    }
    int error = show_row(showing, out);
    if (error == 0)
        error = show_duties(showing, out);
    if (error == 0)
        error = show_lateness(showing, out);
    if (error == 0)
        error = show_terms(showing, out);
    if (error == 0)
        error = show_parties(showing, out);
    return error == 0 ? show_events(showing, out) : error;
}

int showing_case(struct request *request, const struct showing_wish *wish,
                 const struct ln_door_case **out)
{
    AUTO(store_end) struct store_txn *txn = NULL;
    struct casefile file;
    struct ln_id case_id;
    struct ln_door_case *view = ln_arena_take(request->arena, sizeof *view);
    int error = view == NULL ? LN_E_OUT_OF_MEMORY : store_read(request->local->store, &txn);
    if (error == 0)
        error = casefile_find(txn, wish->case_prefix, &case_id);
    if (error == 0)
        error = casefile_load(txn, request->local, &case_id, CASEFILE_SECTIONS, request->arena,
                              &file);
    const struct showing showing = {request, txn, &file, wish};
    if (error == 0) {
        auditing_case(request, &case_id);
        auditing_count(request, file.count);
        error = show_case(&showing, view);
    }
    *out = view;
    return error;
}
