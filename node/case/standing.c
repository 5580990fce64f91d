/*
 * Answers are read off the events that took effect. Corrections and revocations are marked
 * while they are folded: a hostile chain of four thousand corrections must not cost four
 * thousand walks for each of its links.
 */
#include "standing.h"

#include "handling.h"

/** The next event that took effect, is of that action and about that event; from *at on. */
static const struct case_fact *next_about(const struct case_state *state, uint32_t action,
                                          const struct ln_digest *target, size_t *at)
{
    for (; *at < state->entries_count; ++*at) {
        const struct case_entry *entry = &state->entries[*at];
        const struct case_fact *fact = &state->facts[entry->fact];
        if (entry->effect == CASE_PLACED && fact->event->action == action &&
            ln_digest_equal(&fact->event->target, target)) {
            ++*at;
            return fact;
        }
    }
    return NULL;
}

static struct case_mark *mark_of(const struct case_state *state, const struct case_fact *fact)
{
    return &state->marks[fact - state->facts];
}

void standing_mark(struct case_state *state, const struct case_fact *fact)
{
    const struct ln_event *event = fact->event;
    const bool is_correct = event->action == LN_ACTION_CORRECT;
    if (!is_correct && event->action != LN_ACTION_REVOKE)
        return;
    const struct case_fact *target = case_placed(state, &event->target);
    struct case_mark *mark = mark_of(state, target);
    (is_correct ? mark->corrected : mark->revoked)[event->target_compartment] = fact;
    if (is_correct)
        mark_of(state, fact)->corrects = target;
}

struct standing standing_of(const struct case_state *state, const struct case_fact *fact,
                            uint32_t compartment)
{
    for (const struct case_fact *at = fact; at != NULL; at = mark_of(state, at)->corrects) {
        const struct case_mark *mark = mark_of(state, at);
        const struct case_fact *by =
            mark->revoked[0] != NULL ? mark->revoked[0] : mark->revoked[compartment];
        if (by != NULL)
            return (struct standing){LN_E_SECTION_REVOKED, by};
    }
    const struct case_fact *by = mark_of(state, fact)->corrected[compartment];
    return (struct standing){by == NULL ? 0 : LN_E_SECTION_CORRECTED, by};
}

const struct case_fact *standing_answer(const struct case_state *state,
                                        const struct case_fact *ask)
{
    size_t at = 0;
    const struct case_fact *granted = next_about(state, LN_ACTION_GRANT, &ask->digest, &at);
    at = 0;
    return granted != NULL ? granted : next_about(state, LN_ACTION_DENY, &ask->digest, &at);
}

static bool asks_for(const struct ln_event *ask, uint32_t use, const struct ln_name *to)
{
    bool has_use = false, has_country = use != LN_USE_FOR_FORWARD;
    for (size_t i = 0; i < ask->asked_uses_count; i++)
        has_use |= ask->asked_uses[i] == use;
    for (size_t i = 0; i < ask->asked_countries_count && to != NULL; i++)
        has_country |= ln_name_equal(&ask->asked_countries[i].member, to);
    return has_use && has_country;
}

bool standing_is_granted(const struct case_state *state, const struct case_fact *fact,
                         uint32_t compartment, const struct ln_name *asker, uint32_t use,
                         const struct ln_name *to)
{
    const struct case_fact *ask;
    size_t at = 0;
    while ((ask = next_about(state, LN_ACTION_ASK, &fact->digest, &at)) != NULL) {
        if (ask->event->target_compartment != compartment ||
            !ln_name_equal(&ask->event->author.member, asker) || !asks_for(ask->event, use, to))
            continue;
        const struct case_fact *answer = standing_answer(state, ask);
        if (answer != NULL && answer->event->action == LN_ACTION_GRANT)
            return true;
    }
    return false;
}

int standing_allows(const struct case_state *state, const struct case_fact *fact, size_t index,
                    const struct ln_name *reader, uint32_t use, const struct ln_name *to,
                    uint64_t now_ms)
{
    const struct ln_section_head *head = &fact->event->sections[index];
    const struct standing standing = standing_of(state, fact, head->compartment);
    if (standing.code == LN_E_SECTION_REVOKED ||
        (standing.code == LN_E_SECTION_CORRECTED && use != HANDLING_READ))
        return standing.code;
    const int error = handling_allows(head, use, to, now_ms);
    if (error == 0 || error == LN_E_SECTION_EXPIRED)
        return error;
    return standing_is_granted(state, fact, head->compartment, reader, use, to) ? 0 : error;
}
