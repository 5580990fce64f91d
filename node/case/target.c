/*
 * One row an action: what it may be about, and who may say it.
 */
#include "target.h"

#include "access.h"
#include "handling.h"
#include "standing.h"

static const struct row {
    uint32_t action;
    bool is_answer;      /* it is about an ASK, which is about a section */
    bool is_originators; /* by the country that wrote the section; otherwise by another */
    bool may_be_whole;   /* about all of the event's sections */
    size_t sections;     /* that it has itself */
} rows[] = {
    {LN_ACTION_ASK, false, false, false, 0},  {LN_ACTION_GRANT, true, true, true, 0},
    {LN_ACTION_DENY, true, true, true, 0},    {LN_ACTION_CORRECT, false, true, false, 1},
    {LN_ACTION_REVOKE, false, true, true, 0},
};

static const struct row *find_row(uint32_t action)
{
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        if (rows[i].action == action)
            return &rows[i];
    }
    return NULL;
}

static bool has_section(const struct ln_event *event, uint32_t compartment)
{
    for (size_t i = 0; i < event->sections_count; i++) {
        if (event->sections[i].compartment == compartment)
            return true;
    }
    return false;
}

/** Is it about a section of that event? */
static bool fits(const struct row *row, const struct ln_event *event,
                 const struct ln_event *subject)
{
    if (subject->sections_count == 0)
        return false;
    return event->target_compartment == 0 ? row->may_be_whole
                                          : has_section(subject, event->target_compartment);
}

/** Countries are named exactly if it is to be forwarded. */
static int check_ask(const struct ln_event *ask)
{
    bool is_forward = false;
    for (size_t i = 0; i < ask->asked_uses_count; i++)
        is_forward |= ask->asked_uses[i] == LN_USE_FOR_FORWARD;
    return ask->asked_uses_count == 0 || is_forward != (ask->asked_countries_count > 0)
               ? LN_E_DRAFT
               : 0;
}

static bool is_forwarded(const struct ln_event *event, uint32_t compartment)
{
    for (size_t i = 0; event->origin != NULL && i < event->origin->compartments_count; i++) {
        if (event->origin->compartments[i] == compartment)
            return true;
    }
    return false;
}

/** An ASK is answered once, by an officer who may read what was asked for. */
static int check_answer(const struct case_state *state, const struct case_fact *fact,
                        const struct case_fact *ask)
{
    if (fact->event->target_compartment != 0)
        return LN_E_NO_EVENT;
    if (standing_answer(state, ask) != NULL)
        return LN_E_STATE;
    const struct case_fact *subject = case_placed(state, &ask->event->target);
    if (fact->event->action == LN_ACTION_GRANT &&
        is_forwarded(subject->event, ask->event->target_compartment))
        return LN_E_NOT_ORIGINATOR; /* a forwarder has it from another itself */
    return access_any_section(fact->roles, fact->roles_count, ACCESS_ANSWER,
                              ask->event->target_compartment)
               ? 0
               : LN_E_ROLE;
}

/** A section is corrected once; then its correction is. */
static int check_correct(const struct case_state *state, const struct ln_event *event,
                         const struct case_fact *subject)
{
    if (!has_section(event, event->target_compartment))
        return LN_E_DRAFT;
    if (is_forwarded(subject->event, event->target_compartment) &&
        !is_forwarded(event, event->target_compartment))
        return LN_E_NOT_ORIGINATOR; /* a forwarder passes its originator's correction on */
    return standing_of(state, subject, event->target_compartment).code == 0 ? 0 : LN_E_STATE;
}

int target_check(const struct case_state *state, const struct case_fact *fact)
{
    const struct ln_event *event = fact->event;
    const struct row *row = find_row(event->action);
    if (row == NULL)
        return 0;
    const struct case_fact *target = case_placed(state, &event->target);
    if (target == NULL || (row->is_answer && target->event->action != LN_ACTION_ASK))
        return LN_E_NO_EVENT;
    const struct case_fact *subject =
        row->is_answer ? case_placed(state, &target->event->target) : target;
    if (subject == NULL || !fits(row, event, subject->event))
        return LN_E_NO_EVENT;
    if (ln_name_equal(&event->author.member, &subject->event->author.member) !=
        row->is_originators)
        return LN_E_NOT_ORIGINATOR;
    if (event->sections_count != row->sections)
        return LN_E_DRAFT;
    if (row->is_answer)
        return check_answer(state, fact, target);
    return event->action == LN_ACTION_ASK       ? check_ask(event)
           : event->action == LN_ACTION_CORRECT ? check_correct(state, event, subject)
                                                : 0;
}

/* What comes from another case --------------------------------------------------------------
 */

static const struct ln_section_head *head_of(const struct ln_event *event, uint32_t compartment)
{
    for (size_t i = 0; i < event->sections_count; i++) {
        if (event->sections[i].compartment == compartment)
            return &event->sections[i];
    }
    return NULL;
}

/** The country that it comes from has it already. */
static int check_parties(const struct ln_event *event, const struct ln_event *refer,
                         const struct ln_section_head *head)
{
    for (size_t i = 0; i < refer->parties_count; i++) {
        const struct ln_name *member = &refer->parties[i].member;
        if (ln_name_equal(member, &event->author.member) ||
            ln_name_equal(member, &event->origin->member))
            continue;
        const int error = handling_allows(head, LN_USE_FOR_FORWARD, member, event->created_ms);
        if (error != 0)
            return error;
    }
    return 0;
}

int case_origin(const struct ln_event *event, const struct ln_event *refer)
{
    const struct ln_origin *origin = event->origin;
    if (origin == NULL)
        return 0;
    if ((event->action != LN_ACTION_REFER && event->action != LN_ACTION_CORRECT) ||
        ln_name_equal(&origin->member, &event->author.member) ||
        ln_id_equal(&origin->case_id, &event->case_id))
        return LN_E_ORIGIN;
    for (size_t i = 0; i < origin->compartments_count; i++) {
        const struct ln_section_head *head = head_of(event, origin->compartments[i]);
        const int error = head == NULL ? LN_E_ORIGIN : check_parties(event, refer, head);
        if (error != 0)
            return error;
    }
    return 0;
}
