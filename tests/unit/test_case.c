/*
 * The fold, the rules and the table of access: pure functions, so everything is tried.
 */
#include "access.h"
#include "case.h"
#include "delivery.h"

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
    history->facts[at] = (struct case_fact){digest_of_number(at), event, police, 1};
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

static void fold(const struct history *history, struct ln_arena *arena, struct case_state *out)
{
    assert_int_equal(case_fold(history->facts, history->count, NULL, arena, out), 0);
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

/* Properties ----------------------------------------------------------------------------------
 */

/** Events by anybody about anything: allowed ones, forbidden ones, doubled numbers, broken
 * order. */
static void random_history(struct history *history)
{
    static const char *const names[] = {"KH", "TH", "MM", "VN"};
    refer(history);
    const size_t count = 2 + chance(EVENTS_MAX / 2);
    for (size_t i = 1; i < count; i++) {
        struct ln_event *event = add(history, names[chance(4)], 1 + chance(LN_ACTION_LAST));
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

static void fold_does_not_depend_on_the_order_of_arrival(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(64 * 1024 * 1024);
        static struct history history, shuffled;
        struct case_state first, again;
        chance_state = seed;
        history.count = 0;
        random_history(&history);
        fold(&history, &arena, &first);
        shuffled = history;
        for (unsigned order = 0; order < ORDERS; order++) {
            shuffle(&shuffled);
            fold(&shuffled, &arena, &again);
            expect_same(seed, &history, &first, &shuffled, &again);
        }
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
     * ACCEPT_ROOT */
    [0] = "-----------",
    [LN_ROLE_POLICE] = "xxxxxx-xx-x",
    [LN_ROLE_INTELLIGENCE] = "xxxxxx-xx-x",
    [LN_ROLE_PROSECUTOR] = "xxxxxx-xx-x",
    [LN_ROLE_WELFARE] = "xxxxxx-xx-x",
    [LN_ROLE_MEDICAL] = "x-xx---x---",
    [LN_ROLE_BORDER_LIAISON] = "x-xx---x---",
    [LN_ROLE_SUPERVISOR] = "x---xx-xxxx",
    [LN_ROLE_AUDITOR] = "x----x-x---",
    [LN_ROLE_OPERATOR] = "------xx---",
    [LN_ROLE_LAST + 1] = "-----------"};

/** The actions that read or write sections at all. */
static const char with_sections[] = "xxxxx------";

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
    assert_int_equal(allowed, 5 * (4 + 1 + 2 + 4) + 3 * (1 + 1)); /* of 9 x 11 x 7 cells */
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
    static const enum access_action access_of[] = {[LN_ACTION_REFER] = ACCESS_REFER,
                                                   [LN_ACTION_OPEN] = ACCESS_OPEN,
                                                   [LN_ACTION_ANSWER] = ACCESS_ANSWER,
                                                   [LN_ACTION_CLOSE] = ACCESS_CLOSE,
                                                   [LN_ACTION_APPROVE] = ACCESS_REFER};
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
        cmocka_unit_test(two_events_with_one_number_are_disputed_and_kept),
        cmocka_unit_test(event_that_cites_a_missing_one_waits),
        cmocka_unit_test(more_events_than_allowed_are_refused),
        cmocka_unit_test(fold_does_not_depend_on_the_order_of_arrival),
        cmocka_unit_test(every_cell_of_role_and_action),
        cmocka_unit_test(every_cell_of_role_action_and_compartment),
        cmocka_unit_test(every_cell_of_two_roles),
        cmocka_unit_test(nobody_has_no_cell),
        cmocka_unit_test(every_cell_holds_for_an_event_in_a_case),
        cmocka_unit_test(refusal_of_an_event_stands_over_the_delivery_of_its_letter),
        cmocka_unit_test(lateness_begins_one_millisecond_after_the_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
