/*
 * Only the acknowledging clock: it never pauses.
 */
#include "lateness.h"

#include "delivery.h"
#include "permit.h"

static bool waits_for_somebody(const struct case_state *state)
{
    for (size_t i = 1; i < state->parties_count; i++) {
        if (state->parties[i].status == CASE_SENT)
            return true;
    }
    return false;
}

int lateness_find(struct request *request, const struct casefile *file, struct lateness *out)
{
    const struct ln_event *first = file->state.first;
    *out = (struct lateness){.count = 0};
    if (first == NULL || file->state.needs_second || !waits_for_somebody(&file->state))
        return 0;
    const struct policy_answer answer = permit_of(request->local, first);
    const uint64_t clock_ms = permit_clocks(answer.article, first->urgency).acknowledge_ms,
                   now_ms = ln_now_ms(&request->local->clock);
    out->is_late = delivery_is_late(clock_ms, first->created_ms, now_ms);
    if (!out->is_late || answer.article == NULL)
        return 0;
    const struct ln_agreement *agreement = answer.agreement->agreement;
    struct ln_door_party *offices =
        ln_arena_array(request->arena, LN_AGREEMENT_STEPS_MAX, sizeof *offices);
    if (offices == NULL)
        return LN_E_OUT_OF_MEMORY;
    out->offices = offices;
    for (size_t i = 0; i < agreement->ladder_count; i++) {
        const struct ln_step *step = &agreement->ladder[i];
        if (delivery_is_late(clock_ms + step->after_ms, first->created_ms, now_ms))
            offices[out->count++] = (struct ln_door_party){step->member, step->office, 0};
    }
    return 0;
}
