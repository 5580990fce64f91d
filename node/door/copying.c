/*
 * The originator's word goes with the section: what was granted stands in the copy's head.
 */
#include "copying.h"

#include "handling.h"
#include "opening.h"
#include "standing.h"

static const struct case_fact *fact_of(const struct copying *copying)
{
    return &copying->file->facts[copying->entry->fact];
}

/** For every addressee; the country that it comes from has it already. */
static int check_countries(const struct copying *copying, size_t index, bool *out_is_granted)
{
    const struct case_fact *fact = fact_of(copying);
    *out_is_granted = false;
    for (size_t i = 0; i < copying->to_count; i++) {
        const struct ln_name *to = &copying->to[i].member;
        if (ln_name_equal(to, &fact->event->author.member) ||
            ln_name_equal(to, &copying->request->local->member))
            continue;
        const struct opening opening = {
            copying->request, copying->file, copying->entry, index, LN_USE_FOR_FORWARD, to};
        const int error = opening_allows(&opening);
        if (error != 0)
            return request_say(
                copying->request, error, "section %s to %s",
                ln_code_name(LN_LIST_COMPARTMENTS, fact->event->sections[index].compartment),
                to->text);
        *out_is_granted |= standing_is_granted(
            &copying->file->state, fact, fact->event->sections[index].compartment,
            &copying->request->local->member, LN_USE_FOR_FORWARD, to);
    }
    return 0;
}

/** What was granted stands in the head as if it had been said from the beginning. */
static int add_granted(const struct copying *copying, struct ln_door_handling *handling)
{
    struct ln_country *onward = ln_arena_array(
        copying->request->arena, handling->onward_count + copying->to_count, sizeof *onward);
    if (onward == NULL)
        return LN_E_OUT_OF_MEMORY;
    for (size_t i = 0; i < handling->onward_count; i++)
        onward[i] = handling->onward[i];
    for (size_t i = 0; i < copying->to_count; i++)
        onward[handling->onward_count++].member = copying->to[i].member;
    handling->onward = onward;
    return handling->onward_count > LN_ONWARD_COUNTRIES_MAX ? LN_E_TOO_MANY : 0;
}

/** The copy is locked when the original is. */
static int copy_handling(const struct copying *copying, const struct opening *opening,
                         bool is_granted, const struct ln_door_handling **out)
{
    const struct ln_section_head *head = &fact_of(copying)->event->sections[opening->index];
    struct ln_door_handling *handling =
        ln_arena_take(copying->request->arena, sizeof *handling);
    *out = handling;
    if (handling == NULL)
        return LN_E_OUT_OF_MEMORY;
    *handling = opening_handling(head);
    handling->expires_ms = opening_expires_ms(opening);
    return is_granted ? add_granted(copying, handling) : 0;
}

int copying_section(const struct copying *copying, uint32_t compartment,
                    struct ln_door_section *out)
{
    const struct ln_event *event = fact_of(copying)->event;
    struct ln_section_body body;
    bool is_granted = false;
    size_t index = 0;
    while (index < event->sections_count && event->sections[index].compartment != compartment)
        index++;
    if (index == event->sections_count)
        return LN_E_NO_EVENT;
    const struct opening reading = {copying->request, copying->file, copying->entry, index,
                                    HANDLING_READ,    NULL};
    int error = check_countries(copying, index, &is_granted);
    if (error == 0)
        error = opening_read(&reading, &body);
    if (error == 0)
        error = copy_handling(copying, &reading, is_granted, &out->handling);
    if (error != 0)
        return error;
    out->compartment = compartment;
    out->entries = body.entries;
    out->entries_count = body.entries_count;
    return 0;
}
