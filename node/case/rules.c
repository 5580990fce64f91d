/*
 * Which event is allowed where, and what it changes: constant tables. Source: docs/cases.md,
 * Referral.
 */
#include "access.h"
#include "case.h"
#include "standing.h"
#include "target.h"

#include <assert.h>
#include <string.h>

const char *case_status_name(enum case_status status)
{
    static const char *const names[] = {[CASE_SENT] = "SENT",
                                        [CASE_OPENED] = "OPENED",
                                        [CASE_ANSWERED] = "ANSWERED",
                                        [CASE_CLOSED] = "CLOSED"};
    return (size_t)status < LN_COUNT(names) && names[status] != NULL ? names[status]
                                                                     : "UNKNOWN";
}

enum side { SIDE_REFERRER, SIDE_ADDRESSEE };

#define FROM(status) (1u << CASE_##status)
#define FROM_ANY (FROM(SENT) | FROM(OPENED) | FROM(ANSWERED) | FROM(CLOSED))

/** An addressee acts for itself; what the referrer does stands against each addressee. */
static const struct transition {
    uint32_t action;
    enum side side;
    unsigned from;            /* statuses in which it is allowed */
    enum case_status becomes; /* 0: the status stays */
} transitions[] = {
    {LN_ACTION_OPEN, SIDE_ADDRESSEE, FROM(SENT), CASE_OPENED},
    {LN_ACTION_ANSWER, SIDE_ADDRESSEE, FROM(OPENED) | FROM(ANSWERED), CASE_ANSWERED},
    {LN_ACTION_ANSWER, SIDE_REFERRER, FROM(SENT) | FROM(OPENED) | FROM(ANSWERED), 0},
    {LN_ACTION_CLOSE, SIDE_ADDRESSEE, FROM(ANSWERED), CASE_CLOSED},
    {LN_ACTION_CLOSE, SIDE_REFERRER, FROM(SENT) | FROM(OPENED) | FROM(ANSWERED), CASE_CLOSED},
    {LN_ACTION_ASK, SIDE_ADDRESSEE, FROM(OPENED) | FROM(ANSWERED) | FROM(CLOSED), 0},
    {LN_ACTION_ASK, SIDE_REFERRER, FROM_ANY, 0},
    {LN_ACTION_GRANT, SIDE_ADDRESSEE, FROM_ANY, 0},
    {LN_ACTION_GRANT, SIDE_REFERRER, FROM_ANY, 0},
    {LN_ACTION_DENY, SIDE_ADDRESSEE, FROM_ANY, 0},
    {LN_ACTION_DENY, SIDE_REFERRER, FROM_ANY, 0},
    {LN_ACTION_CORRECT, SIDE_ADDRESSEE, FROM_ANY, 0},
    {LN_ACTION_CORRECT, SIDE_REFERRER, FROM_ANY, 0},
    {LN_ACTION_REVOKE, SIDE_ADDRESSEE, FROM_ANY, 0},
    {LN_ACTION_REVOKE, SIDE_REFERRER, FROM_ANY, 0},
};

static const struct {
    uint32_t action;
    enum access_action access;
} accesses[] = {
    {LN_ACTION_REFER, ACCESS_REFER},    {LN_ACTION_OPEN, ACCESS_OPEN},
    {LN_ACTION_ANSWER, ACCESS_ANSWER},  {LN_ACTION_CLOSE, ACCESS_CLOSE},
    {LN_ACTION_APPROVE, ACCESS_REFER},  {LN_ACTION_ASK, ACCESS_ANSWER},
    {LN_ACTION_GRANT, ACCESS_ANSWER},   {LN_ACTION_DENY, ACCESS_ANSWER},
    {LN_ACTION_CORRECT, ACCESS_ANSWER}, {LN_ACTION_REVOKE, ACCESS_ANSWER},
};

const struct case_party *case_party_of(const struct case_state *state,
                                       const struct ln_name *member)
{
    for (size_t i = 0; i < state->parties_count; i++) {
        if (ln_name_equal(&state->parties[i].member, member))
            return &state->parties[i];
    }
    return NULL;
}

const struct case_tip *case_tip_of(const struct case_state *state, const struct ln_name *member)
{
    for (size_t i = 0; i < state->tips_count; i++) {
        if (ln_name_equal(&state->tips[i].member, member))
            return &state->tips[i];
    }
    return NULL;
}

const struct case_fact *case_placed(const struct case_state *state,
                                    const struct ln_digest *digest)
{
    for (size_t i = 0; i < state->entries_count; i++) {
        const struct case_fact *fact = &state->facts[state->entries[i].fact];
        if (state->entries[i].effect == CASE_PLACED && ln_digest_equal(&fact->digest, digest))
            return fact;
    }
    return NULL;
}

/* Checks ----------------------------------------------------------------------------------- */

/** An action without a row is nobody's. */
static int check_role(const struct case_fact *fact)
{
    size_t row = 0;
    while (row < LN_COUNT(accesses) && accesses[row].action != fact->event->action)
        row++;
    if (row == LN_COUNT(accesses) ||
        !access_any(fact->roles, fact->roles_count, accesses[row].access))
        return LN_E_ROLE;
    for (size_t i = 0; i < fact->event->sections_count; i++) {
        if (!access_any_section(fact->roles, fact->roles_count, accesses[row].access,
                                fact->event->sections[i].compartment))
            return LN_E_ROLE;
    }
    return fact->event->target_compartment == 0 ||
                   access_any_section(fact->roles, fact->roles_count, accesses[row].access,
                                      fact->event->target_compartment)
               ? 0
               : LN_E_ROLE;
}

/** It follows the author country's last event; two with one number are both kept, and disputed.
 */
static int check_order(const struct case_state *state, const struct ln_event *event)
{
    const struct case_tip *tip = case_tip_of(state, &event->author.member);
    const uint64_t number = tip == NULL ? 0 : tip->number;
    if (event->number <= number)
        return LN_E_DISPUTED;
    if (event->number != number + 1)
        return LN_E_EVENT_ORDER;
    static const struct ln_digest none;
    return ln_digest_equal(&event->previous, tip == NULL ? &none : &tip->digest)
               ? 0
               : LN_E_EVENT_ORDER;
}

/** A case number carries its maker's name, so that nobody can begin another country's case. */
static bool is_made_by(const struct ln_id *case_id, const struct ln_name *member)
{
    return memcmp(case_id->b + CASE_ID_MEMBER_OFFSET, member->text, CASE_ID_MEMBER_BYTES) == 0;
}

static int check_parties(const struct ln_event *event)
{
    if (!is_made_by(&event->case_id, &event->author.member))
        return LN_E_PARTIES;
    if (event->parties_count < 2 || event->parties_count > LN_PARTIES_MAX ||
        !ln_name_equal(&event->parties[0].member, &event->author.member) ||
        !ln_name_equal(&event->parties[0].office, &event->author.office))
        return LN_E_PARTIES;
    for (size_t i = 0; i < event->parties_count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (ln_name_equal(&event->parties[i].member, &event->parties[k].member))
                return LN_E_PARTIES;
        }
    }
    return 0;
}

bool case_begins(const struct ln_event *event)
{
    return event->action == LN_ACTION_REFER && event->number == 1 && check_parties(event) == 0;
}

bool case_takes_two(const struct ln_event *event)
{
    return event->action == LN_ACTION_REFER &&
           (event->emergency != 0 || event->consent == LN_CONSENT_OVERRIDDEN);
}

static int check_refer(const struct case_state *state, const struct ln_event *event)
{
    if (state->has_begun)
        return LN_E_STATE;
    const int error = check_parties(event);
    if (error != 0)
        return error;
    if (event->urgency <= LN_URGENCY_URGENT && event->urgency_reason.size == 0)
        return LN_E_NO_REASON;
    return event->request == 0 || event->contents_count == 0 ? LN_E_DRAFT : 0;
}

static const struct transition *find_transition(uint32_t action, enum side side)
{
    for (size_t i = 0; i < LN_COUNT(transitions); i++) {
        if (transitions[i].action == action && transitions[i].side == side)
            return &transitions[i];
    }
    return NULL;
}

static enum side side_of(const struct case_state *state, const struct ln_name *member)
{
    return ln_name_equal(&state->parties[0].member, member) ? SIDE_REFERRER : SIDE_ADDRESSEE;
}

/** Does the transition concern this addressee, in the status that it has? */
static bool concerns(const struct transition *transition, const struct case_party *party,
                     const struct ln_name *actor)
{
    if (transition->side == SIDE_ADDRESSEE && !ln_name_equal(&party->member, actor))
        return false;
    return (transition->from & (1u << party->status)) != 0;
}

/** What takes two waits for another officer of the same country. */
static int check_approve(const struct case_state *state, const struct ln_event *event)
{
    const struct ln_author *first = &state->first->author;
    if (!state->needs_second || !ln_name_equal(&event->author.member, &first->member))
        return LN_E_STATE;
    return ln_name_equal(&event->author.officer, &first->officer) ? LN_E_SAME_OFFICER : 0;
}

static int check_transition(const struct case_state *state, const struct ln_event *event)
{
    if (!state->has_begun)
        return LN_E_STATE;
    const struct ln_name *actor = &event->author.member;
    if (case_party_of(state, actor) == NULL)
        return LN_E_NOT_A_PARTY;
    if (event->action == LN_ACTION_APPROVE)
        return check_approve(state, event);
    if (state->needs_second)
        return LN_E_NEEDS_SECOND;
    const struct transition *transition = find_transition(event->action, side_of(state, actor));
    if (transition == NULL)
        return LN_E_STATE;
    for (size_t i = 1; i < state->parties_count; i++) {
        if (concerns(transition, &state->parties[i], actor))
            return 0;
    }
    return LN_E_STATE;
}

struct policy_answer case_policy(const struct policy_agreements *agreements,
                                 const struct ln_event *event, const struct ln_event *refer)
{
    static const struct policy_agreements none;
    const struct policy_draft draft = policy_draft_of(event, refer);
    return policy_check(agreements == NULL ? &none : agreements, &event->agreement,
                        event->article, &draft, event->created_ms);
}

int case_allows_action(const struct case_state *state, const struct case_fact *fact)
{
    const struct ln_event *event = fact->event;
    int error = check_role(fact);
    if (error == 0)
        error = check_order(state, event);
    if (error == 0)
        error = event->action == LN_ACTION_REFER ? check_refer(state, event)
                                                 : check_transition(state, event);
    if (error == 0 && event->action != LN_ACTION_REFER)
        error = target_check(state, fact);
    if (error == 0)
        error = case_origin(event, state->has_begun ? state->first : event);
    return error;
}

struct policy_answer case_policy_as_signed(const struct policy_agreements *agreements,
                                           const struct ln_event *event,
                                           const struct ln_event *refer)
{
    const struct policy_agreement *named =
        agreements == NULL ? NULL : policy_find(agreements, &event->agreement);
    if (named == NULL)
        return case_policy(NULL, event, refer);
    const struct policy_agreement as_signed = {named->agreement, named->digest,
                                               named->agreement->until_ms};
    const struct policy_agreements only = {&as_signed, 1};
    struct policy_answer answer = case_policy(&only, event, refer);
    answer.agreement = answer.agreement == NULL ? NULL : named; /* what lives on */
    return answer;
}

static int check_permit(const struct case_state *state, const struct case_fact *fact)
{
    const struct ln_event *refer = state->has_begun ? state->first : fact->event;
    return fact->refused != 0
               ? fact->refused
               : case_policy_as_signed(state->agreements, fact->event, refer).code;
}

int case_allows(const struct case_state *state, const struct case_fact *fact)
{
    const int error = case_allows_action(state, fact);
    return error == 0 ? check_permit(state, fact) : error;
}

/* Effects ---------------------------------------------------------------------------------- */

static void begin(struct case_state *state, const struct ln_event *event)
{
    state->has_begun = true;
    state->case_id = event->case_id;
    state->kind = event->case_kind;
    state->urgency = event->urgency;
    state->request = event->request;
    state->first = event;
    state->needs_second = case_takes_two(event);
    state->parties_count = event->parties_count;
    for (size_t i = 0; i < event->parties_count; i++)
        state->parties[i] =
            (struct case_party){event->parties[i].member, event->parties[i].office, CASE_SENT};
}

void case_apply(struct case_state *state, const struct case_fact *fact)
{
    const struct ln_event *event = fact->event;
    if (event->action == LN_ACTION_REFER) {
        begin(state, event);
        return;
    }
    if (event->action == LN_ACTION_APPROVE) {
        state->needs_second = false;
        return;
    }
    standing_mark(state, fact);
    const struct ln_name *actor = &event->author.member;
    const struct transition *transition = find_transition(event->action, side_of(state, actor));
    assert(transition != NULL); /* it was allowed */
    for (size_t i = 1; i < state->parties_count; i++) {
        if (transition->becomes != 0 && concerns(transition, &state->parties[i], actor))
            state->parties[i].status = transition->becomes;
    }
}
