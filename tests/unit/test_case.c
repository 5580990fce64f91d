/*
 * The fold, the rules and the table of access: pure functions, so everything is tried.
 */
#include "access.h"
#include "case.h"
#include "delivery.h"
#include "standing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { EVENTS_MAX = 64, ORDERS = 40, SEEDS = 60 };

static uint64_t chance_state;

static uint32_t chance(uint32_t below)
{
    chance_state = chance_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(chance_state >> 33) % below;
}

/* A history that is written event by event ----------------------------------------------------
 */

struct history {
    struct ln_event events[EVENTS_MAX];
    struct ln_cited seen[EVENTS_MAX][LN_SEEN_MAX];
    struct case_fact facts[EVENTS_MAX];
    size_t count;
};

static const struct ln_party parties[] = {
    {{"KH"}, {"office"}}, {{"TH"}, {"office"}}, {{"MM"}, {"office"}}};
static const struct ln_id case_id = {{0, 0, 0, 0, 0, 0, 'K', 'H', 0, 0, 1, 2, 3, 4, 5, 6}};
static const uint32_t contents[] = {LN_CONTENT_INFORMATION};
static const uint32_t any_request[] = {LN_REQUEST_INFORMATION_REQUEST},
                      any_purpose[] = {LN_PURPOSE_INVESTIGATION},
                      any_compartment[] = {LN_COMPARTMENT_PROCEDURE, LN_COMPARTMENT_IDENTITY};
static const struct ln_country all_countries[] = {{{"KH"}}, {{"TH"}}, {{"MM"}}};
static const struct ln_digest agreement_digest = {{1, 2, 3}};

/** Lets sections of two compartments pass between the three. */
static const struct ln_article article = {
    .number = 1,
    .requests = any_request,
    .requests_count = 1,
    .contents = contents,
    .contents_count = 1,
    .purposes = any_purpose,
    .purposes_count = 1,
    .compartments = any_compartment,
    .compartments_count = 2,
    .answers = any_compartment,
    .answers_count = 2,
    .onward = LN_ONWARD_WITH_PERMISSION,
    .children = LN_CHILDREN_ALLOWED,
};
static const struct ln_agreement agreement = {.parties = all_countries,
                                              .parties_count = 3,
                                              .until_ms = 1000,
                                              .articles = &article,
                                              .articles_count = 1};
static const struct policy_agreement in_force = {&agreement, {{1, 2, 3}}, 1000};
static const struct policy_agreements agreements = {&in_force, 1};
static const struct ln_section_head procedure = {.compartment = LN_COMPARTMENT_PROCEDURE},
                                    both[] = {{.compartment = LN_COMPARTMENT_PROCEDURE},
                                              {.compartment = LN_COMPARTMENT_IDENTITY}};
static const uint32_t for_court[] = {LN_USE_FOR_COURT}, to_forward[] = {LN_USE_FOR_FORWARD};
static const struct ln_country vietnam[] = {{{"VN"}}};

static const uint32_t police[] = {LN_ROLE_POLICE}, operator_role[] = {LN_ROLE_OPERATOR};

/** A digest of the test's own: what matters is that it differs and has no order that means
 * something. */
static struct ln_digest digest_of_number(uint64_t number)
{
    struct ln_digest digest;
    uint64_t mixed = (number + 1) * UINT64_C(0x9e3779b97f4a7c15);
    for (size_t i = 0; i < sizeof digest.b; i++) {
        mixed ^= mixed >> 29;
        mixed *= UINT64_C(0xbf58476d1ce4e5b9);
        digest.b[i] = (uint8_t)(mixed >> 56);
    }
    return digest;
}

static struct ln_event *add(struct history *history, const char *member, uint32_t action)
{
    assert_true(history->count < EVENTS_MAX);
    const size_t at = history->count++;
    struct ln_event *event = &history->events[at];
    *event = (struct ln_event){.case_id = case_id,
                               .case_kind = LN_CASE_KIND_REFERRAL,
                               .action = action,
                               .author = {.office = {"office"}, .officer = {"officer"}},
                               .number = 1,
                               .created_ms = 1,
                               .urgency = LN_URGENCY_ROUTINE};
    assert_int_equal(ln_name_from(member, &event->author.member), 0);
    for (size_t i = 0; i < at; i++) { /* behind the author's last one */
        if (ln_name_equal(&history->events[i].author.member, &event->author.member)) {
            event->number = history->events[i].number + 1;
            event->previous = history->facts[i].digest;
        }
    }
    history->facts[at] = (struct case_fact){digest_of_number(at), event, police, 1, 0};
    return event;
}

static void see(struct history *history, size_t event, size_t cited)
{
    struct ln_event *seeing = &history->events[event];
    history->seen[event][seeing->seen_count++] =
        (struct ln_cited){history->events[cited].author.member, history->facts[cited].digest};
    seeing->seen = history->seen[event];
}

static struct ln_event *refer(struct history *history)
{
    struct ln_event *event = add(history, "KH", LN_ACTION_REFER);
    event->parties = parties;
    event->parties_count = 3;
    event->request = LN_REQUEST_TEST_MESSAGE; /* needs no agreement */
    event->contents = contents;
    event->contents_count = 1;
    return event;
}

/** A referral with a section of each of the two compartments. */
static struct ln_event *refer_sections(struct history *history)
{
    struct ln_event *event = refer(history);
    event->request = LN_REQUEST_INFORMATION_REQUEST;
    event->purpose = LN_PURPOSE_INVESTIGATION;
    event->agreement = agreement_digest;
    event->article = 1;
    event->sections = both;
    event->sections_count = 2;
    return event;
}

/** An event about event `target`, by somebody who has seen all before. */
static struct ln_event *about(struct history *history, const char *member, uint32_t action,
                              size_t target, uint32_t compartment)
{
    struct ln_event *event = add(history, member, action);
    const size_t at = history->count - 1;
    event->target = history->facts[target].digest;
    event->target_compartment = compartment;
    event->agreement = agreement_digest;
    event->article = 1;
    event->sections = &procedure;
    event->sections_count = action == LN_ACTION_CORRECT;
    event->asked_uses = for_court;
    event->asked_uses_count = action == LN_ACTION_ASK;
    for (size_t i = at > LN_SEEN_MAX ? at - LN_SEEN_MAX : 0; i < at; i++)
        see(history, at, i);
    return event;
}

static void fold(const struct history *history, struct ln_arena *arena, struct case_state *out)
{
    assert_int_equal(case_fold(history->facts, history->count, &agreements, arena, out), 0);
}

/** Folds, and gives what became of the last event. */
static int code_of_last(const struct history *history)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(1024 * 1024);
    struct case_state state;
    fold(history, &arena, &state);
    for (size_t i = 0; i < state.entries_count; i++) {
        if (state.entries[i].fact == history->count - 1)
            return state.entries[i].code;
    }
    fail_msg("it is not in the fold");
    return 0;
}

static enum case_status status_of(const struct history *history, const char *member)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(1024 * 1024);
    struct case_state state;
    struct ln_name name;
    fold(history, &arena, &state);
    assert_int_equal(ln_name_from(member, &name), 0);
    return case_party_of(&state, &name)->status;
}

/* Transitions ---------------------------------------------------------------------------------
 */

static void walks_from_sent_to_closed(void **state)
{
    (void)state;
    struct history history = {.count = 0};
    refer(&history);
    assert_int_equal(status_of(&history, "TH"), CASE_SENT);
    add(&history, "TH", LN_ACTION_OPEN);
    see(&history, 1, 0);
    assert_int_equal(status_of(&history, "TH"), CASE_OPENED);
    assert_int_equal(status_of(&history, "MM"), CASE_SENT);
    add(&history, "TH", LN_ACTION_ANSWER);
    assert_int_equal(status_of(&history, "TH"), CASE_ANSWERED);
    add(&history, "TH", LN_ACTION_CLOSE);
    assert_int_equal(status_of(&history, "TH"), CASE_CLOSED);
    assert_int_equal(status_of(&history, "MM"), CASE_SENT);
}

/** Each action of each side against each status; what is not in the list has no effect. */
static void every_transition_has_the_effect_of_its_row(void **state)
{
    (void)state;
    static const struct {
        const char *member;
        uint32_t action;
        enum case_status from, to; /* to 0: not allowed */
    } rows[] = {
        {"TH", LN_ACTION_OPEN, CASE_SENT, CASE_OPENED},
        {"TH", LN_ACTION_OPEN, CASE_OPENED, 0},
        {"TH", LN_ACTION_OPEN, CASE_ANSWERED, 0},
        {"TH", LN_ACTION_OPEN, CASE_CLOSED, 0},
        {"TH", LN_ACTION_ANSWER, CASE_SENT, 0},
        {"TH", LN_ACTION_ANSWER, CASE_OPENED, CASE_ANSWERED},
        {"TH", LN_ACTION_ANSWER, CASE_ANSWERED, CASE_ANSWERED},
        {"TH", LN_ACTION_ANSWER, CASE_CLOSED, 0},
        {"TH", LN_ACTION_CLOSE, CASE_SENT, 0},
        {"TH", LN_ACTION_CLOSE, CASE_OPENED, 0},
        {"TH", LN_ACTION_CLOSE, CASE_ANSWERED, CASE_CLOSED},
        {"TH", LN_ACTION_CLOSE, CASE_CLOSED, 0},
        {"KH", LN_ACTION_OPEN, CASE_SENT, 0},
        {"KH", LN_ACTION_OPEN, CASE_OPENED, 0},
        {"KH", LN_ACTION_ANSWER, CASE_SENT, CASE_SENT},
        {"KH", LN_ACTION_ANSWER, CASE_OPENED, CASE_OPENED},
        {"KH", LN_ACTION_ANSWER, CASE_CLOSED, 0},
        {"KH", LN_ACTION_CLOSE, CASE_SENT, CASE_CLOSED},
        {"KH", LN_ACTION_CLOSE, CASE_ANSWERED, CASE_CLOSED},
        {"KH", LN_ACTION_CLOSE, CASE_CLOSED, 0},
    };
    static const uint32_t way[] = {LN_ACTION_OPEN, LN_ACTION_ANSWER, LN_ACTION_CLOSE};
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        struct history history = {.count = 0};
        refer(&history)->parties_count = 2;
        for (size_t k = 0; k + CASE_SENT < rows[i].from; k++) {
            add(&history, "TH", way[k]);
            see(&history, history.count - 1, 0);
        }
        assert_int_equal(status_of(&history, "TH"), rows[i].from);
        add(&history, rows[i].member, rows[i].action);
        see(&history, history.count - 1, 0);
        for (size_t k = 1; k + 1 < history.count; k++)
            see(&history, history.count - 1, k);
        const int code = code_of_last(&history);
        if ((code == 0) != (rows[i].to != 0))
            fail_msg("row %zu: %s", i, ln_code_of(code)->name);
        assert_int_equal(status_of(&history, "TH"),
                         rows[i].to == 0 ? rows[i].from : rows[i].to);
    }
}

/* Rules of the first event --------------------------------------------------------------------
 */

static int code_of_refer(void (*spoil)(struct ln_event *event, struct case_fact *fact))
{
    struct history history = {.count = 0};
    struct ln_event *event = refer(&history);
    spoil(event, &history.facts[0]);
    return code_of_last(&history);
}

static void one_party(struct ln_event *event, struct case_fact *fact)
{
    (void)fact;
    event->parties_count = 1;
}

static void not_the_first(struct ln_event *event, struct case_fact *fact)
{
    (void)fact;
    event->parties = parties + 1;
    event->parties_count = 2;
}

static void one_country_twice(struct ln_event *event, struct case_fact *fact)
{
    static const struct ln_party twice[] = {
        {{"KH"}, {"office"}}, {{"TH"}, {"a"}}, {{"TH"}, {"b"}}};
    (void)fact;
    event->parties = twice;
}

static void anothers_case_number(struct ln_event *event, struct case_fact *fact)
{
    (void)fact;
    event->case_id.b[CASE_ID_MEMBER_OFFSET] = 'T';
}

static void urgent_without_reason(struct ln_event *event, struct case_fact *fact)
{
    (void)fact;
    event->urgency = LN_URGENCY_URGENT;
}

static void no_contents(struct ln_event *event, struct case_fact *fact)
{
    (void)fact;
    event->contents_count = 0;
}

static void by_an_operator(struct ln_event *event, struct case_fact *fact)
{
    (void)event;
    fact->roles = operator_role;
}

static void by_nobody(struct ln_event *event, struct case_fact *fact)
{
    (void)event;
    fact->roles_count = 0;
}

static void with_a_medical_section(struct ln_event *event, struct case_fact *fact)
{
    static const struct ln_section_head head = {.compartment = LN_COMPARTMENT_MEDICAL};
    (void)fact;
    event->sections = &head;
    event->sections_count = 1;
}

static void second_number(struct ln_event *event, struct case_fact *fact)
{
    (void)fact;
    event->number = 2;
}

static void first_event_is_held_to_its_rules(void **state)
{
    (void)state;
    static const struct {
        void (*spoil)(struct ln_event *event, struct case_fact *fact);
        int code;
    } rows[] = {
        {one_party, LN_E_PARTIES},
        {not_the_first, LN_E_PARTIES},
        {one_country_twice, LN_E_PARTIES},
        {anothers_case_number, LN_E_PARTIES},
        {urgent_without_reason, LN_E_NO_REASON},
        {no_contents, LN_E_DRAFT},
        {by_an_operator, LN_E_ROLE},
        {by_nobody, LN_E_ROLE},
        {with_a_medical_section, LN_E_ROLE},
        {second_number, LN_E_EVENT_ORDER},
    };
    for (size_t i = 0; i < LN_COUNT(rows); i++)
        assert_int_equal(code_of_refer(rows[i].spoil), rows[i].code);
}

static void event_of_a_country_without_a_part_has_no_effect(void **state)
{
    (void)state;
    struct history history = {.count = 0};
    refer(&history)->parties_count = 2;
    add(&history, "MM", LN_ACTION_OPEN);
    see(&history, 1, 0);
    assert_int_equal(code_of_last(&history), LN_E_NOT_A_PARTY);
}

static void second_referral_in_a_case_has_no_effect(void **state)
{
    (void)state;
    struct history history = {.count = 0};
    refer(&history);
    refer(&history);
    assert_int_equal(code_of_last(&history), LN_E_STATE);
}

static void two_events_with_one_number_are_disputed_and_kept(void **state)
{
    (void)state;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(1024 * 1024);
    struct history history = {.count = 0};
    struct case_state folded;
    refer(&history);
    for (size_t i = 1; i <= 2; i++) {
        struct ln_event *event = add(&history, "TH", LN_ACTION_OPEN);
        event->number = 1;
        event->previous = (struct ln_digest){{0}};
        see(&history, i, 0);
    }
    fold(&history, &arena, &folded);
    assert_true(folded.is_disputed);
    assert_int_equal(folded.entries_count, 3);
    assert_int_equal(folded.parties[1].status, CASE_OPENED);
}

static void event_that_cites_a_missing_one_waits(void **state)
{
    (void)state;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(1024 * 1024);
    struct history history = {.count = 0};
    struct case_state folded;
    refer(&history);
    add(&history, "TH", LN_ACTION_OPEN);
    see(&history, 1, 0);
    const struct case_fact open_alone = history.facts[1];
    assert_int_equal(case_fold(&open_alone, 1, NULL, &arena, &folded), 0);
    assert_int_equal(folded.waiting_count, 1);
    assert_int_equal(folded.entries[0].effect, CASE_WAITING);
    assert_false(folded.has_begun);
}

static void more_events_than_allowed_are_refused(void **state)
{
    (void)state;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(1024 * 1024);
    struct case_state folded;
    assert_int_equal(case_fold(NULL, CASE_EVENTS_MAX + 1, NULL, &arena, &folded),
                     LN_E_TOO_MANY);
}

/* Two officers ----------------------------------------------------------------------------- */

static void check_last(struct history *history, int code)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(1024 * 1024);
    struct case_state folded;
    fold(history, &arena, &folded);
    assert_int_equal(folded.waiting_count, 0);
    assert_int_equal(folded.entries[folded.entries_count - 1].fact, history->count - 1);
    assert_int_equal(folded.entries[folded.entries_count - 1].code, code);
}

/** Behind all that was said before it. */
static struct ln_event *say(struct history *history, const char *member, uint32_t action)
{
    struct ln_event *event = add(history, member, action);
    for (size_t i = 0; i + 1 < history->count; i++)
        see(history, history->count - 1, i);
    return event;
}

static void check_takes_two(struct history *history)
{
    say(history, "TH", LN_ACTION_OPEN);
    check_last(history, LN_E_NEEDS_SECOND);
    say(history, "TH", LN_ACTION_APPROVE)->author.officer = (struct ln_name){"another"};
    check_last(history, LN_E_STATE);
    say(history, "KH", LN_ACTION_APPROVE);
    check_last(history, LN_E_SAME_OFFICER);
    say(history, "KH", LN_ACTION_APPROVE)->author.officer = (struct ln_name){"another"};
    check_last(history, 0);
    say(history, "TH", LN_ACTION_OPEN);
    check_last(history, 0);
    say(history, "KH", LN_ACTION_APPROVE)->author.officer = (struct ln_name){"third"};
    check_last(history, LN_E_STATE);
}

static void emergency_article_binds_with_the_second_officer(void **state)
{
    (void)state;
    struct history history = {.count = 0};
    refer(&history)->emergency = 1;
    check_takes_two(&history);
}

static void overridden_consent_binds_with_the_second_officer(void **state)
{
    (void)state;
    struct history history = {.count = 0};
    refer(&history)->consent = LN_CONSENT_OVERRIDDEN;
    check_takes_two(&history);
}

static void consent_that_was_given_waits_for_nobody(void **state)
{
    (void)state;
    struct history history = {.count = 0};
    refer(&history)->consent = LN_CONSENT_GIVEN;
    say(&history, "KH", LN_ACTION_APPROVE)->author.officer = (struct ln_name){"another"};
    check_last(&history, LN_E_STATE);
    say(&history, "TH", LN_ACTION_OPEN);
    check_last(&history, 0);
}

/* Properties ----------------------------------------------------------------------------------
 */

/** Now and then it makes sense: about the REFER, or for an answer about an ASK. */
static void random_target(struct history *history, struct ln_event *event, size_t at)
{
    const bool is_answer = event->action == LN_ACTION_GRANT || event->action == LN_ACTION_DENY;
    size_t target = chance(2) == 0 ? 0 : chance((uint32_t)at);
    for (size_t i = 0; i < at && is_answer; i++) {
        if (history->events[i].action == LN_ACTION_ASK)
            target = i;
    }
    if (chance(4) != 0)
        see(history, at, target);
    event->target = history->facts[target].digest;
    event->target_compartment = is_answer ? chance(8) == 0 : chance(3);
    event->agreement = agreement_digest;
    event->article = 1;
    event->sections = &both[event->target_compartment == LN_COMPARTMENT_IDENTITY];
    event->sections_count = (event->action == LN_ACTION_CORRECT) != (chance(8) == 0);
    event->asked_uses = for_court;
    event->asked_uses_count = chance(8) != 0;
}

/** Events by anybody about anything: allowed ones, forbidden ones, doubled numbers, broken
 * order. */
static void random_history(struct history *history)
{
    static const char *const names[] = {"KH", "TH", "MM", "VN"};
    refer_sections(history);
    const size_t count = 2 + chance(EVENTS_MAX / 2);
    for (size_t i = 1; i < count; i++) {
        const uint32_t action = 1 + chance(LN_ACTION_LAST);
        struct ln_event *event = add(history, names[chance(4)], action);
        random_target(history, event, i);
        if (chance(8) == 0)
            event->number = 1 + chance(4);
        if (chance(8) == 0)
            event->previous = digest_of_number(chance(2 * EVENTS_MAX));
        for (uint32_t k = chance(3); k > 0; k--)
            see(history, i, chance((uint32_t)i));
    }
}

static void shuffle(struct history *history)
{
    for (size_t i = history->count; i > 1; i--) {
        const size_t other = chance((uint32_t)i);
        const struct case_fact fact = history->facts[i - 1];
        history->facts[i - 1] = history->facts[other];
        history->facts[other] = fact;
    }
}

static void expect_same(uint64_t seed, const struct history *a_history,
                        const struct case_state *a, const struct history *b_history,
                        const struct case_state *b)
{
    bool is_same = a->entries_count == b->entries_count &&
                   a->waiting_count == b->waiting_count && a->is_disputed == b->is_disputed &&
                   a->parties_count == b->parties_count;
    for (size_t i = 0; is_same && i < a->parties_count; i++)
        is_same = a->parties[i].status == b->parties[i].status;
    for (size_t i = 0; is_same && i < a->entries_count; i++)
        is_same = a->entries[i].effect == b->entries[i].effect &&
                  a->entries[i].code == b->entries[i].code &&
                  ln_digest_equal(&a_history->facts[a->entries[i].fact].digest,
                                  &b_history->facts[b->entries[i].fact].digest);
    if (!is_same)
        fail_msg("seed %llu: the order of arrival changed the state", (unsigned long long)seed);
}

/** What took effect, by action: a property of what never happens proves nothing. */
static void count_placed(const struct case_state *state, unsigned out[LN_ACTION_LAST + 1])
{
    for (size_t i = 0; i < state->entries_count; i++)
        out[state->facts[state->entries[i].fact].event->action] +=
            state->entries[i].effect == CASE_PLACED;
}

static void fold_does_not_depend_on_the_order_of_arrival(void **state)
{
    (void)state;
    unsigned placed[LN_ACTION_LAST + 1] = {0};
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(64 * 1024 * 1024);
        static struct history history, shuffled;
        struct case_state first, again;
        chance_state = seed;
        history.count = 0;
        random_history(&history);
        fold(&history, &arena, &first);
        count_placed(&first, placed);
        shuffled = history;
        for (unsigned order = 0; order < ORDERS; order++) {
            shuffle(&shuffled);
            fold(&shuffled, &arena, &again);
            expect_same(seed, &history, &first, &shuffled, &again);
        }
    }
    for (uint32_t action = 1; action <= LN_ACTION_LAST; action++)
        if (placed[action] == 0 && action != LN_ACTION_APPROVE) /* no emergency here */
            fail_msg("%s never took effect", ln_code_name(LN_LIST_ACTIONS, action));
}

/* Handling
 * ------------------------------------------------------------------------------------- */

/** TH has opened what KH referred; then what `spoil` makes. */
static void begin_handling(struct history *history)
{
    history->count = 0;
    refer_sections(history);
    add(history, "TH", LN_ACTION_OPEN);
    see(history, 1, 0);
}

static void every_event_about_another_is_held_to_its_row(void **state)
{
    (void)state;
    static const struct {
        const char *member;
        uint32_t action;
        size_t target; /* 0 KH's REFER, 1 TH's OPEN, 2 TH's ASK for PROCEDURE, 3 its answer */
        uint32_t compartment;
        size_t sections;
        int code;
    } rows[] = {
        {"TH", LN_ACTION_ASK, 0, LN_COMPARTMENT_PROCEDURE, 0, 0},
        {"MM", LN_ACTION_ASK, 0, LN_COMPARTMENT_PROCEDURE, 0, LN_E_STATE}, /* not opened */
        {"KH", LN_ACTION_ASK, 0, LN_COMPARTMENT_PROCEDURE, 0, LN_E_NOT_ORIGINATOR},
        {"VN", LN_ACTION_ASK, 0, LN_COMPARTMENT_PROCEDURE, 0, LN_E_NOT_A_PARTY},
        {"TH", LN_ACTION_ASK, 0, 0, 0, LN_E_NO_EVENT},
        {"TH", LN_ACTION_ASK, 1, LN_COMPARTMENT_PROCEDURE, 0, LN_E_NO_EVENT},
        {"TH", LN_ACTION_ASK, 0, LN_COMPARTMENT_EVIDENCE, 0, LN_E_NO_EVENT},
        {"TH", LN_ACTION_ASK, 0, LN_COMPARTMENT_MEDICAL, 0, LN_E_ROLE},
        {"TH", LN_ACTION_ASK, 0, LN_COMPARTMENT_PROCEDURE, 1, LN_E_DRAFT},
        {"KH", LN_ACTION_GRANT, 2, 0, 0, 0},
        {"KH", LN_ACTION_DENY, 2, 0, 0, 0},
        {"KH", LN_ACTION_GRANT, 2, LN_COMPARTMENT_PROCEDURE, 0, LN_E_NO_EVENT},
        {"KH", LN_ACTION_GRANT, 0, 0, 0, LN_E_NO_EVENT},
        {"TH", LN_ACTION_GRANT, 2, 0, 0, LN_E_NOT_ORIGINATOR},
        {"MM", LN_ACTION_DENY, 2, 0, 0, LN_E_NOT_ORIGINATOR},
        {"KH", LN_ACTION_GRANT, 2, 0, 1, LN_E_DRAFT},
        {"KH", LN_ACTION_CORRECT, 0, LN_COMPARTMENT_PROCEDURE, 1, 0},
        {"KH", LN_ACTION_CORRECT, 0, LN_COMPARTMENT_PROCEDURE, 0, LN_E_DRAFT},
        {"KH", LN_ACTION_CORRECT, 0, LN_COMPARTMENT_IDENTITY, 1, LN_E_DRAFT},
        {"KH", LN_ACTION_CORRECT, 0, 0, 1, LN_E_NO_EVENT},
        {"TH", LN_ACTION_CORRECT, 0, LN_COMPARTMENT_PROCEDURE, 1, LN_E_NOT_ORIGINATOR},
        {"KH", LN_ACTION_REVOKE, 0, LN_COMPARTMENT_PROCEDURE, 0, 0},
        {"KH", LN_ACTION_REVOKE, 0, 0, 0, 0},
        {"KH", LN_ACTION_REVOKE, 0, 0, 1, LN_E_DRAFT},
        {"KH", LN_ACTION_REVOKE, 1, 0, 0, LN_E_NO_EVENT},
        {"TH", LN_ACTION_REVOKE, 0, 0, 0, LN_E_NOT_ORIGINATOR},
    };
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        struct history history;
        begin_handling(&history);
        about(&history, "TH", LN_ACTION_ASK, 0, LN_COMPARTMENT_PROCEDURE);
        struct ln_event *event = about(&history, rows[i].member, rows[i].action, rows[i].target,
                                       rows[i].compartment);
        event->sections_count = rows[i].sections;
        if (code_of_last(&history) != rows[i].code)
            fail_msg("row %zu: %s", i, ln_code_of(code_of_last(&history))->name);
    }
}

static void event_about_one_that_is_not_here_has_no_effect(void **state)
{
    (void)state;
    struct history history;
    begin_handling(&history);
    about(&history, "KH", LN_ACTION_REVOKE, 0, 0)->target = digest_of_number(EVENTS_MAX);
    assert_int_equal(code_of_last(&history), LN_E_NO_EVENT);
}

static void countries_are_asked_for_exactly_with_forwarding(void **state)
{
    (void)state;
    static const struct {
        const uint32_t *uses;
        size_t uses_count, countries_count;
        int code;
    } rows[] = {{for_court, 1, 0, 0},
                {for_court, 1, 1, LN_E_DRAFT},
                {to_forward, 1, 1, 0},
                {to_forward, 1, 0, LN_E_DRAFT},
                {for_court, 0, 0, LN_E_DRAFT}};
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        struct history history;
        begin_handling(&history);
        struct ln_event *ask =
            about(&history, "TH", LN_ACTION_ASK, 0, LN_COMPARTMENT_PROCEDURE);
        ask->asked_uses = rows[i].uses;
        ask->asked_uses_count = rows[i].uses_count;
        ask->asked_countries = vietnam;
        ask->asked_countries_count = rows[i].countries_count;
        assert_int_equal(code_of_last(&history), rows[i].code);
    }
}

static void question_is_answered_once_and_section_corrected_once(void **state)
{
    (void)state;
    struct history history;
    begin_handling(&history);
    about(&history, "TH", LN_ACTION_ASK, 0, LN_COMPARTMENT_PROCEDURE);
    about(&history, "KH", LN_ACTION_DENY, 2, 0);
    assert_int_equal(code_of_last(&history), 0);
    about(&history, "KH", LN_ACTION_GRANT, 2, 0);
    assert_int_equal(code_of_last(&history), LN_E_STATE);
    about(&history, "KH", LN_ACTION_CORRECT, 0, LN_COMPARTMENT_PROCEDURE);
    assert_int_equal(code_of_last(&history), 0);
    about(&history, "KH", LN_ACTION_CORRECT, 0, LN_COMPARTMENT_PROCEDURE);
    assert_int_equal(code_of_last(&history), LN_E_STATE);
    about(&history, "KH", LN_ACTION_CORRECT, 5, LN_COMPARTMENT_PROCEDURE); /* its correction */
    assert_int_equal(code_of_last(&history), 0);
}

static void expect_standing(const struct history *history, size_t event, uint32_t compartment,
                            int code)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(1024 * 1024);
    struct case_state folded;
    fold(history, &arena, &folded);
    const struct standing standing = standing_of(&folded, &history->facts[event], compartment);
    assert_int_equal(standing.code, code);
    assert_true((standing.by != NULL) == (code != 0));
}

static void revocation_takes_a_section_its_corrections_or_all(void **state)
{
    (void)state;
    struct history history;
    begin_handling(&history);
    expect_standing(&history, 0, LN_COMPARTMENT_PROCEDURE, 0);
    about(&history, "KH", LN_ACTION_CORRECT, 0, LN_COMPARTMENT_PROCEDURE);
    expect_standing(&history, 0, LN_COMPARTMENT_PROCEDURE, LN_E_SECTION_CORRECTED);
    expect_standing(&history, 0, LN_COMPARTMENT_IDENTITY, 0);
    expect_standing(&history, 2, LN_COMPARTMENT_PROCEDURE, 0);
    about(&history, "KH", LN_ACTION_REVOKE, 0, LN_COMPARTMENT_PROCEDURE);
    expect_standing(&history, 0, LN_COMPARTMENT_PROCEDURE, LN_E_SECTION_REVOKED);
    expect_standing(&history, 2, LN_COMPARTMENT_PROCEDURE, LN_E_SECTION_REVOKED);
    expect_standing(&history, 0, LN_COMPARTMENT_IDENTITY, 0);
    about(&history, "KH", LN_ACTION_REVOKE, 0, 0);
    expect_standing(&history, 0, LN_COMPARTMENT_IDENTITY, LN_E_SECTION_REVOKED);
}

/** What is allowed with KH's IDENTITY section (H2 by default), index 1 of the REFER. */
static int allowed(const struct history *history, const char *reader, uint32_t use,
                   const char *to)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(1024 * 1024);
    struct case_state folded;
    struct ln_name reader_name, to_name;
    fold(history, &arena, &folded);
    assert_int_equal(ln_name_from(reader, &reader_name), 0);
    assert_int_equal(ln_name_from(to, &to_name), 0);
    return standing_allows(&folded, &history->facts[0], 1, &reader_name, use, &to_name, 1);
}

static void grant_permits_what_was_asked_for_and_nothing_else(void **state)
{
    (void)state;
    struct history history;
    begin_handling(&history);
    struct ln_event *ask = about(&history, "TH", LN_ACTION_ASK, 0, LN_COMPARTMENT_IDENTITY);
    ask->asked_uses = to_forward;
    ask->asked_countries = vietnam;
    ask->asked_countries_count = 1;
    assert_int_equal(allowed(&history, "TH", LN_USE_FOR_FORWARD, "VN"), LN_E_HANDLING);
    about(&history, "KH", LN_ACTION_GRANT, 2, 0);
    assert_int_equal(allowed(&history, "TH", LN_USE_FOR_FORWARD, "VN"), 0);
    assert_int_equal(allowed(&history, "TH", LN_USE_FOR_FORWARD, "LA"), LN_E_HANDLING);
    assert_int_equal(allowed(&history, "TH", LN_USE_FOR_COURT, "VN"), LN_E_HANDLING);
    assert_int_equal(allowed(&history, "MM", LN_USE_FOR_FORWARD, "VN"), LN_E_HANDLING);
    about(&history, "KH", LN_ACTION_REVOKE, 0, 0);
    assert_int_equal(allowed(&history, "TH", LN_USE_FOR_FORWARD, "VN"), LN_E_SECTION_REVOKED);
    assert_int_equal(allowed(&history, "TH", 0, "VN"), LN_E_SECTION_REVOKED);
}

static void denial_permits_nothing(void **state)
{
    (void)state;
    struct history history;
    begin_handling(&history);
    about(&history, "TH", LN_ACTION_ASK, 0, LN_COMPARTMENT_IDENTITY);
    about(&history, "KH", LN_ACTION_DENY, 2, 0);
    assert_int_equal(code_of_last(&history), 0);
    assert_int_equal(allowed(&history, "TH", LN_USE_FOR_COURT, "VN"), LN_E_HANDLING);
}

static void corrected_section_is_read_and_no_longer_used(void **state)
{
    (void)state;
    struct history history;
    begin_handling(&history);
    about(&history, "KH", LN_ACTION_CORRECT, 0, LN_COMPARTMENT_IDENTITY)->sections = &both[1];
    assert_int_equal(code_of_last(&history), 0);
    assert_int_equal(allowed(&history, "TH", 0, "VN"), 0);
    assert_int_equal(allowed(&history, "TH", LN_USE_FOR_EXPORT, "VN"), LN_E_SECTION_CORRECTED);
}

/** KH's REFER that says it comes from Vietnam. */
static int code_of_origin(uint32_t action, const struct ln_origin *origin,
                          const struct ln_section_head *heads)
{
    struct history history;
    begin_handling(&history);
    struct ln_event *event = action == LN_ACTION_REFER
                                 ? &history.events[0]
                                 : about(&history, "KH", action, 0, LN_COMPARTMENT_PROCEDURE);
    if (action == LN_ACTION_REFER)
        history.count = 1;
    if (heads != NULL)
        event->sections = heads;
    event->origin = origin;
    return code_of_last(&history);
}

static void origin_is_another_country_and_lets_it_be_forwarded(void **state)
{
    (void)state;
    static const uint32_t evidence[] = {LN_COMPARTMENT_EVIDENCE};
    static const struct ln_id other = {{9}};
    static const struct ln_section_head strict[] = {
        {.compartment = LN_COMPARTMENT_PROCEDURE, .handling = LN_HANDLING_H2},
        {.compartment = LN_COMPARTMENT_IDENTITY}};
    static const struct ln_section_head elsewhere[] = {
        {.compartment = LN_COMPARTMENT_PROCEDURE, .onward = vietnam, .onward_count = 1},
        {.compartment = LN_COMPARTMENT_IDENTITY}};
    static const struct ln_section_head expired[] = {
        {.compartment = LN_COMPARTMENT_PROCEDURE, .expires_ms = 1},
        {.compartment = LN_COMPARTMENT_IDENTITY}};
    const struct ln_origin good = {other, {{1}}, {"VN"}, any_compartment, 1},
                           ours = {other, {{1}}, {"KH"}, any_compartment, 1},
                           this_case = {case_id, {{1}}, {"VN"}, any_compartment, 1},
                           no_section = {other, {{1}}, {"VN"}, evidence, 1};
    assert_int_equal(code_of_origin(LN_ACTION_REFER, &good, NULL), 0);
    assert_int_equal(code_of_origin(LN_ACTION_CORRECT, &good, NULL), 0);
    assert_int_equal(code_of_origin(LN_ACTION_REVOKE, &good, NULL), LN_E_ORIGIN);
    assert_int_equal(code_of_origin(LN_ACTION_REFER, &ours, NULL), LN_E_ORIGIN);
    assert_int_equal(code_of_origin(LN_ACTION_REFER, &this_case, NULL), LN_E_ORIGIN);
    assert_int_equal(code_of_origin(LN_ACTION_REFER, &no_section, NULL), LN_E_ORIGIN);
    assert_int_equal(code_of_origin(LN_ACTION_REFER, &good, strict), LN_E_HANDLING);
    assert_int_equal(code_of_origin(LN_ACTION_REFER, &good, elsewhere), LN_E_ONWARD);
    assert_int_equal(code_of_origin(LN_ACTION_REFER, &good, expired), LN_E_SECTION_EXPIRED);
}

/** The longest chain that a counterpart can send is folded, and asked about, in no time. */
static void chain_of_corrections_costs_a_walk_and_no_more(void **state)
{
    (void)state;
    enum { LINKS = CASE_EVENTS_MAX - 1 };
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(16 * 1024 * 1024);
    struct ln_event *events = ln_arena_array(&arena, LINKS + 1, sizeof *events);
    struct case_fact *facts = ln_arena_array(&arena, LINKS + 1, sizeof *facts);
    struct history history = {.count = 0};
    struct case_state folded;
    refer_sections(&history);
    facts[0] = history.facts[0];
    for (size_t i = 1; i <= LINKS; i++) {
        events[i] = (struct ln_event){.case_id = case_id,
                                      .case_kind = LN_CASE_KIND_REFERRAL,
                                      .action = LN_ACTION_CORRECT,
                                      .author = history.events[0].author,
                                      .number = i + 1,
                                      .previous = facts[i - 1].digest,
                                      .created_ms = 1,
                                      .urgency = LN_URGENCY_ROUTINE,
                                      .agreement = agreement_digest,
                                      .article = 1,
                                      .target = facts[i - 1].digest,
                                      .target_compartment = LN_COMPARTMENT_PROCEDURE,
                                      .sections = &procedure,
                                      .sections_count = 1};
        facts[i] = (struct case_fact){digest_of_number(i), &events[i], police, 1, 0};
    }
    assert_int_equal(case_fold(facts, LINKS + 1, &agreements, &arena, &folded), 0);
    for (size_t i = 0; i <= LINKS; i++) {
        assert_int_equal(folded.entries[i].effect, CASE_PLACED);
        assert_int_equal(standing_of(&folded, &facts[i], LN_COMPARTMENT_PROCEDURE).code,
                         i == LINKS ? 0 : LN_E_SECTION_CORRECTED);
    }
}

/** What TH began with from another case is neither granted nor corrected by TH alone. */
static void forwarder_neither_grants_nor_corrects_what_it_forwarded(void **state)
{
    (void)state;
    static const struct ln_id other = {{9}};
    const struct ln_origin origin = {other, {{1}}, {"VN"}, any_compartment, 1};
    static const struct {
        uint32_t compartment;
        uint32_t action;
        bool has_origin;
        int code;
    } rows[] = {
        {LN_COMPARTMENT_PROCEDURE, LN_ACTION_GRANT, false, LN_E_NOT_ORIGINATOR},
        {LN_COMPARTMENT_PROCEDURE, LN_ACTION_DENY, false, 0},
        {LN_COMPARTMENT_IDENTITY, LN_ACTION_GRANT, false, 0}, /* its own */
        {LN_COMPARTMENT_PROCEDURE, LN_ACTION_CORRECT, false, LN_E_NOT_ORIGINATOR},
        {LN_COMPARTMENT_PROCEDURE, LN_ACTION_CORRECT, true, 0},
        {LN_COMPARTMENT_PROCEDURE, LN_ACTION_REVOKE, false, 0},
    };
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        struct history history;
        begin_handling(&history);
        history.events[0].origin = &origin;
        about(&history, "TH", LN_ACTION_ASK, 0, rows[i].compartment);
        const bool is_answer =
            rows[i].action == LN_ACTION_GRANT || rows[i].action == LN_ACTION_DENY;
        struct ln_event *event = about(&history, "KH", rows[i].action, is_answer ? 2 : 0,
                                       is_answer ? 0 : rows[i].compartment);
        event->origin = rows[i].has_origin ? &origin : NULL;
        if (code_of_last(&history) != rows[i].code)
            fail_msg("row %zu: %s", i, ln_code_of(code_of_last(&history))->name);
    }
}

/* Access
 * --------------------------------------------------------------------------------------- */

/** Written down again here, by hand, from docs/cases.md: what is not here is denied. */
static const char *const may_section[] = {
    [LN_ROLE_POLICE] = "PROCEDURE IDENTITY EVIDENCE LOGISTICS",
    [LN_ROLE_INTELLIGENCE] = "INTELLIGENCE",
    [LN_ROLE_PROSECUTOR] = "PROCEDURE EVIDENCE",
    [LN_ROLE_WELFARE] = "PROCEDURE IDENTITY CONTACT LOGISTICS",
    [LN_ROLE_MEDICAL] = "MEDICAL",
    [LN_ROLE_BORDER_LIAISON] = "LOGISTICS",
    [LN_ROLE_SUPERVISOR] = "",
    [LN_ROLE_AUDITOR] = "",
    [LN_ROLE_OPERATOR] = "",
};

static const char *const may_do[] = {
    /* LIST REFER OPEN ANSWER CLOSE EVIDENCE COURIER STATUS REOPEN AGREEMENT
     * ACCEPT_ROOT AUDIT EXPORT ERASE */
    [0] = "--------------",
    [LN_ROLE_POLICE] = "xxxxxx-xx-x-xx",
    [LN_ROLE_INTELLIGENCE] = "xxxxxx-xx-x-xx",
    [LN_ROLE_PROSECUTOR] = "xxxxxx-xx-x-xx",
    [LN_ROLE_WELFARE] = "xxxxxx-xx-x-xx",
    [LN_ROLE_MEDICAL] = "x-xx---x------",
    [LN_ROLE_BORDER_LIAISON] = "x-xx---x------",
    [LN_ROLE_SUPERVISOR] = "x---xx-xxxxx-x",
    [LN_ROLE_AUDITOR] = "x----x-x---x--",
    [LN_ROLE_OPERATOR] = "------xx------",
    [LN_ROLE_LAST + 1] = "--------------"};

/** The actions that read or write sections at all. */
static const char with_sections[] = "xxxxx-------x-";

static bool is_written_down(uint32_t role, unsigned action, uint32_t compartment)
{
    if (role < 1 || role > LN_ROLE_LAST || compartment < 1 || compartment > LN_COMPARTMENT_LAST)
        return false;
    return may_do[role][action - 1] == 'x' && with_sections[action - 1] == 'x' &&
           strstr(may_section[role], ln_code_name(LN_LIST_COMPARTMENTS, compartment)) != NULL;
}

static void every_cell_of_role_and_action(void **state)
{
    (void)state;
    _Static_assert(sizeof with_sections - 1 == ACCESS_LAST, "a column for every action");
    for (uint32_t role = 0; role <= LN_ROLE_LAST + 1; role++) {
        assert_int_equal(strlen(may_do[role]), ACCESS_LAST);
        for (unsigned action = 1; action <= ACCESS_LAST; action++)
            assert_int_equal(access_allows(role, action), may_do[role][action - 1] == 'x');
        assert_false(access_allows(role, 0));
        assert_false(access_allows(role, ACCESS_LAST + 1));
    }
}

static void every_cell_of_role_action_and_compartment(void **state)
{
    (void)state;
    unsigned allowed = 0;
    for (uint32_t role = 0; role <= LN_ROLE_LAST + 1; role++) {
        for (unsigned action = 1; action <= ACCESS_LAST; action++) {
            for (uint32_t c = 0; c <= LN_COMPARTMENT_LAST + 1; c++) {
                const bool expected = is_written_down(role, action, c);
                assert_int_equal(access_allows_section(role, action, c), expected);
                allowed += expected;
            }
        }
    }
    assert_int_equal(allowed, 6 * (4 + 1 + 2 + 4) + 3 * (1 + 1)); /* of 9 x 14 x 7 cells */
}

/** Two roles give what one of them gives, and never what both give together. */
static void every_cell_of_two_roles(void **state)
{
    (void)state;
    for (uint32_t one = 1; one <= LN_ROLE_LAST; one++) {
        for (uint32_t two = 1; two <= LN_ROLE_LAST; two++) {
            const uint32_t roles[] = {one, two};
            for (unsigned action = 1; action <= ACCESS_LAST; action++) {
                assert_int_equal(access_any(roles, 2, action),
                                 access_allows(one, action) || access_allows(two, action));
                for (uint32_t c = 1; c <= LN_COMPARTMENT_LAST; c++)
                    assert_int_equal(access_any_section(roles, 2, action, c),
                                     is_written_down(one, action, c) ||
                                         is_written_down(two, action, c));
            }
        }
    }
}

static void nobody_has_no_cell(void **state)
{
    (void)state;
    for (unsigned action = 1; action <= ACCESS_LAST; action++) {
        assert_false(access_any(NULL, 0, action));
        for (uint32_t c = 1; c <= LN_COMPARTMENT_LAST; c++)
            assert_false(access_any_section(NULL, 0, action, c));
    }
}

/** What an event of each cell comes to in a case, at whichever node. */
static int code_of_event(uint32_t role, uint32_t action, uint32_t compartment)
{
    struct history history = {.count = 0};
    const struct ln_section_head head = {.compartment = compartment};
    struct case_state case_state = {.has_begun = false};
    struct ln_event *event =
        action == LN_ACTION_REFER ? refer(&history) : add(&history, "KH", action);
    struct case_fact *fact = &history.facts[history.count - 1];
    event->sections = &head;
    event->sections_count = compartment == 0 ? 0 : 1;
    fact->roles = &role;
    fact->roles_count = 1;
    return case_allows(&case_state, fact);
}

/** An event beyond the table is refused for its role, before anything else is asked. */
static void every_cell_holds_for_an_event_in_a_case(void **state)
{
    (void)state;
    static const enum access_action access_of[] = {
        [LN_ACTION_REFER] = ACCESS_REFER,    [LN_ACTION_OPEN] = ACCESS_OPEN,
        [LN_ACTION_ANSWER] = ACCESS_ANSWER,  [LN_ACTION_CLOSE] = ACCESS_CLOSE,
        [LN_ACTION_APPROVE] = ACCESS_REFER,  [LN_ACTION_ASK] = ACCESS_ANSWER,
        [LN_ACTION_GRANT] = ACCESS_ANSWER,   [LN_ACTION_DENY] = ACCESS_ANSWER,
        [LN_ACTION_CORRECT] = ACCESS_ANSWER, [LN_ACTION_REVOKE] = ACCESS_ANSWER};
    _Static_assert(LN_COUNT(access_of) == LN_ACTION_LAST + 1, "a row for every action");
    for (uint32_t role = 1; role <= LN_ROLE_LAST; role++) {
        for (uint32_t action = 1; action < LN_COUNT(access_of); action++) {
            const unsigned access = access_of[action];
            assert_int_equal(code_of_event(role, action, 0) != LN_E_ROLE,
                             may_do[role][access - 1] == 'x');
            for (uint32_t c = 1; c <= LN_COMPARTMENT_LAST; c++)
                assert_int_equal(code_of_event(role, action, c) != LN_E_ROLE,
                                 is_written_down(role, access, c));
        }
        assert_int_equal(code_of_event(role, LN_ACTION_LAST + 1, 0), LN_E_ROLE);
    }
}

/* Agreements that change under a case
 * ------------------------------------------------------------------------------------- */

/** Of a case that was begun under version 1, at 100 days; `second` and the ending came later.
 */
static bool has_begun_under(const struct policy_agreements *held, int refused)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(1024 * 1024);
    struct history history = {.count = 0};
    struct case_state state;
    refer_sections(&history)->created_ms = 100 * LN_DAY_MS;
    history.facts[0].refused = refused;
    assert_int_equal(case_fold(history.facts, 1, held, &arena, &state), 0);
    return state.has_begun;
}

static void newer_version_or_ending_undoes_no_case_that_was_begun(void **state)
{
    (void)state;
    struct ln_agreement first = agreement, second;
    first.id = (struct ln_name){"TH-KH"};
    first.version = 1;
    first.until_ms = 200 * LN_DAY_MS;
    second = first;
    second.version = 2; /* its day was left as it was: from the beginning on */
    const struct policy_agreement list[] = {
        {&first, agreement_digest, 50 * LN_DAY_MS}, /* an ending with an earlier day */
        {&second, {{4, 5, 6}}, 200 * LN_DAY_MS}};
    assert_true(has_begun_under(&(struct policy_agreements){list, 1}, 0));
    assert_true(has_begun_under(&(struct policy_agreements){list, 2}, 0));
    assert_false(has_begun_under(&(struct policy_agreements){&list[1], 1}, 0)); /* not held */
    first.until_ms = 100 * LN_DAY_MS; /* the day that all have signed */
    assert_false(has_begun_under(&(struct policy_agreements){list, 2}, 0));
}

static void event_that_was_refused_when_it_came_has_no_effect(void **state)
{
    (void)state;
    struct ln_agreement first = agreement;
    first.until_ms = 200 * LN_DAY_MS;
    const struct policy_agreement held = {&first, agreement_digest, 200 * LN_DAY_MS};
    assert_true(has_begun_under(&(struct policy_agreements){&held, 1}, 0));
    assert_false(has_begun_under(&(struct policy_agreements){&held, 1}, LN_E_AGREEMENT_DATE));
}

/* Delivery
 * ------------------------------------------------------------------------------------- */

static void refusal_of_an_event_stands_over_the_delivery_of_its_letter(void **state)
{
    (void)state;
    const struct ln_digest event = digest_of_number(1), other = digest_of_number(2);
    const struct ln_receipt delivered = {.kind = LN_RECEIPT_DELIVERED, .created_ms = 5};
    const struct ln_receipt refused = {.kind = LN_RECEIPT_REFUSED, .item = event, .code = 20};
    const struct ln_receipt of_another = {
        .kind = LN_RECEIPT_REFUSED, .item = other, .code = 20};
    struct delivery delivery = delivery_start(true);
    assert_int_equal(delivery.status, DELIVERY_AT_HUB);
    delivery = delivery_add(delivery, &of_another, &event);
    assert_int_equal(delivery.status, DELIVERY_AT_HUB);
    delivery = delivery_add(delivery, &delivered, &event);
    assert_int_equal(delivery.status, DELIVERY_DELIVERED);
    delivery = delivery_add(delivery, &refused, &event);
    assert_int_equal(delivery.status, DELIVERY_REFUSED);
    delivery = delivery_add(delivery, &delivered, &event); /* a weaker one that comes late */
    assert_int_equal(delivery.status, DELIVERY_REFUSED);
}

static void what_the_addressee_gives_back_was_delivered(void **state)
{
    (void)state;
    const struct ln_digest event = digest_of_number(1);
    const struct ln_receipt delivered = {.kind = LN_RECEIPT_DELIVERED, .created_ms = 5};
    const struct ln_receipt refused = {.kind = LN_RECEIPT_REFUSED, .item = event, .code = 20};
    struct delivery delivery = delivery_given_back(delivery_start(true), 7);
    assert_int_equal(delivery.status, DELIVERY_DELIVERED);
    assert_int_equal(delivery.when_ms, 7);
    delivery = delivery_given_back(delivery_add(delivery_start(true), &delivered, &event), 7);
    assert_int_equal(delivery.when_ms, 5); /* its receipt says when */
    delivery = delivery_given_back(delivery_add(delivery_start(true), &refused, &event), 7);
    assert_int_equal(delivery.status, DELIVERY_REFUSED);
}

static void lateness_begins_one_millisecond_after_the_clock(void **state)
{
    (void)state;
    static const uint64_t hours[] = {[LN_URGENCY_EMERGENCY] = 8,
                                     [LN_URGENCY_URGENT] = 24,
                                     [LN_URGENCY_ROUTINE] = 72,
                                     [LN_URGENCY_ADMINISTRATIVE] = 168};
    for (uint32_t urgency = 1; urgency <= LN_URGENCY_LAST; urgency++) {
        const uint64_t end = 1000 + hours[urgency] * LN_HOUR_MS;
        assert_false(delivery_is_late(delivery_acknowledge_ms(urgency), 1000, end));
        assert_true(delivery_is_late(delivery_acknowledge_ms(urgency), 1000, end + 1));
    }
    assert_false(delivery_is_late(LN_HOUR_MS, 1000, 0)); /* a clock that went back */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walks_from_sent_to_closed),
        cmocka_unit_test(every_transition_has_the_effect_of_its_row),
        cmocka_unit_test(first_event_is_held_to_its_rules),
        cmocka_unit_test(event_of_a_country_without_a_part_has_no_effect),
        cmocka_unit_test(second_referral_in_a_case_has_no_effect),
        cmocka_unit_test(emergency_article_binds_with_the_second_officer),
        cmocka_unit_test(overridden_consent_binds_with_the_second_officer),
        cmocka_unit_test(consent_that_was_given_waits_for_nobody),
        cmocka_unit_test(two_events_with_one_number_are_disputed_and_kept),
        cmocka_unit_test(event_that_cites_a_missing_one_waits),
        cmocka_unit_test(more_events_than_allowed_are_refused),
        cmocka_unit_test(fold_does_not_depend_on_the_order_of_arrival),
        cmocka_unit_test(every_event_about_another_is_held_to_its_row),
        cmocka_unit_test(event_about_one_that_is_not_here_has_no_effect),
        cmocka_unit_test(countries_are_asked_for_exactly_with_forwarding),
        cmocka_unit_test(question_is_answered_once_and_section_corrected_once),
        cmocka_unit_test(revocation_takes_a_section_its_corrections_or_all),
        cmocka_unit_test(grant_permits_what_was_asked_for_and_nothing_else),
        cmocka_unit_test(denial_permits_nothing),
        cmocka_unit_test(corrected_section_is_read_and_no_longer_used),
        cmocka_unit_test(origin_is_another_country_and_lets_it_be_forwarded),
        cmocka_unit_test(chain_of_corrections_costs_a_walk_and_no_more),
        cmocka_unit_test(forwarder_neither_grants_nor_corrects_what_it_forwarded),
        cmocka_unit_test(every_cell_of_role_and_action),
        cmocka_unit_test(every_cell_of_role_action_and_compartment),
        cmocka_unit_test(every_cell_of_two_roles),
        cmocka_unit_test(nobody_has_no_cell),
        cmocka_unit_test(every_cell_holds_for_an_event_in_a_case),
        cmocka_unit_test(newer_version_or_ending_undoes_no_case_that_was_begun),
        cmocka_unit_test(event_that_was_refused_when_it_came_has_no_effect),
        cmocka_unit_test(refusal_of_an_event_stands_over_the_delivery_of_its_letter),
        cmocka_unit_test(what_the_addressee_gives_back_was_delivered),
        cmocka_unit_test(lateness_begins_one_millisecond_after_the_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
