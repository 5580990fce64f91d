/*
 * Rules from the widest to the narrowest: the event, the officer, the originator, the key.
 */
#include "opening.h"

#include "handling.h"
#include "permit.h"
#include "standing.h"

/** Until an addressee's officer has opened the case, its node shows headers only. */
static bool is_preview(const struct opening *opening)
{
    const struct case_state *state = &opening->file->state;
    const struct case_party *party = case_party_of(state, &opening->request->local->member);
    return party == NULL || (party != &state->parties[0] && party->status < CASE_OPENED);
}

static bool is_ours(const struct opening *opening, const struct ln_event *event)
{
    return ln_name_equal(&event->author.member, &opening->request->local->member);
}

/** Why this officer's country may not read the event's sections; 0: it may. */
static int why_shut(const struct opening *opening, const struct casefile_event *event)
{
    if (event->refused != 0)
        return -(int)event->refused;
    if (is_ours(opening, &event->event))
        return 0;
    if (opening->entry->effect == CASE_WITHOUT_EFFECT)
        return opening->entry->code;
    if (opening->file->state.needs_second)
        return LN_E_NEEDS_SECOND;
    return is_preview(opening) ? LN_E_STATE : 0;
}

static const struct ln_event *event_of(const struct opening *opening)
{
    return &opening->file->events[opening->entry->fact].event;
}

bool opening_is_bound(const struct opening *opening)
{
    const struct ln_event *event = event_of(opening);
    const struct ln_origin *origin = event->origin;
    if (!is_ours(opening, event))
        return true;
    for (size_t i = 0; origin != NULL && i < origin->compartments_count; i++) {
        if (origin->compartments[i] == event->sections[opening->index].compartment)
            return true;
    }
    return false;
}

static int check_role(const struct opening *opening)
{
    static const enum access_action needed[] = {[HANDLING_READ] = ACCESS_LIST,
                                                [LN_USE_FOR_COURT] = ACCESS_EXPORT,
                                                [LN_USE_FOR_FORWARD] = ACCESS_REFER,
                                                [LN_USE_FOR_EXPORT] = ACCESS_EXPORT};
    const struct ln_officer *person = opening->request->person;
    return opening->use < LN_COUNT(needed) &&
                   access_any_section(person->roles, person->roles_count, needed[opening->use],
                                      event_of(opening)->sections[opening->index].compartment)
               ? 0
               : LN_E_ROLE_KEY;
}

static int check_onward(const struct opening *opening)
{
    const struct local *local = opening->request->local;
    const struct ln_event *event = event_of(opening);
    const struct ln_section_head *head = &event->sections[opening->index];
    const bool is_granted =
        standing_is_granted(&opening->file->state, &opening->file->facts[opening->entry->fact],
                            head->compartment, &local->member, LN_USE_FOR_FORWARD, opening->to);
    return handling_onward(permit_of(local, event).article, head, is_granted, opening->to);
}

static uint64_t kept_until_ms(const struct opening *opening)
{
    const struct ln_event *event = event_of(opening);
    return handling_kept_until_ms(permit_of(opening->request->local, event).article,
                                  event->created_ms);
}

uint64_t opening_expires_ms(const struct opening *opening)
{
    const uint64_t by_head = event_of(opening)->sections[opening->index].expires_ms,
                   by_article = kept_until_ms(opening);
    if (by_head == 0 || by_article == 0)
        return by_head + by_article;
    return by_head < by_article ? by_head : by_article;
}

/** What another country gave is kept no longer than the agreement says. */
static int check_kept(const struct opening *opening)
{
    const uint64_t until_ms = kept_until_ms(opening);
    return until_ms != 0 && ln_now_ms(&opening->request->local->clock) >= until_ms
               ? LN_E_KEPT_LONG_ENOUGH
               : 0;
}

int opening_allows(const struct opening *opening)
{
    const struct local *local = opening->request->local;
    int error = why_shut(opening, &opening->file->events[opening->entry->fact]);
    if (error == 0)
        error = check_role(opening);
    if (error != 0 || !opening_is_bound(opening))
        return error;
    error = check_kept(opening);
    if (error != 0)
        return error;
    error = standing_allows(&opening->file->state, &opening->file->facts[opening->entry->fact],
                            opening->index, &local->member, opening->use, opening->to,
                            ln_now_ms(&local->clock));
    return error == 0 && opening->use == LN_USE_FOR_FORWARD ? check_onward(opening) : error;
}

int opening_read(const struct opening *opening, struct ln_section_body *out)
{
    AUTO(ln_buffer_wipe) struct ln_buffer plaintext = LN_BUFFER(LN_SECTION_MAX);
    const struct casefile_event *event = &opening->file->events[opening->entry->fact];
    struct request *request = opening->request;
    int error = opening_allows(opening);
    if (error == 0)
        error = ln_section_open(&event->event, &event->item, opening->index,
                                officer_unsealer(request->session->officer), &plaintext);
    if (error == 0)
        error = ln_section_body_open(ln_buffer_view(&plaintext), request->arena, out);
    auditing_section(request, event->event.sections[opening->index].compartment, error == 0);
    return error;
}

struct ln_door_handling opening_handling(const struct ln_section_head *head)
{
    return (struct ln_door_handling){
        .handling = handling_code(head),
        .source_grade = head->source_grade,
        .information_grade = head->information_grade,
        .uses = head->uses,
        .uses_count = head->uses_count,
        .onward = head->onward,
        .onward_count = head->onward_count,
        .expires_ms = head->expires_ms,
    };
}
