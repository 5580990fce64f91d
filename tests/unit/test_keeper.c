/*
 * The node's own copy of who is who: kept over a restart, forks kept as proof; and the roots of
 * countries that joined, accepted by two officers.
 */
#include "acceptance.h"
#include "countries.h"
#include "keeper.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static uint64_t test_now_ms;

static uint64_t now_ms(void *context)
{
    (void)context;
    return test_now_ms;
}

static struct local local;
static uint8_t store_key[32];
static char directory[64], anchor[LN_FINGERPRINT_SIZE];
static struct ln_buffer second; /* the signed roster in which MM has joined */

static void open_node(void)
{
    local = (struct local){.federation = federation,
                           .member = countries[0].name,
                           .trust = ln_trust_new(),
                           .clock = {now_ms, NULL}};
    assert_int_equal(store_open(directory, store_key, &local.store), 0);
}

static void close_node(void)
{
    store_close(&local.store);
    ln_trust_destroy(&local.trust);
}

/** As a start does. */
static void restart(void)
{
    close_node();
    open_node();
    assert_int_equal(keeper_load(&local, anchor), 0);
    ln_trust_demand_acceptance(local.trust, &local.member);
    assert_int_equal(acceptance_load(&local), 0);
}

/** KH's node: KH and TH in the first roster, MM in the second. */
static int start(void **state)
{
    countries_start(state);
    struct ln_roster roster = first_roster();
    AUTO(ln_buffer_wipe) struct ln_buffer first = LN_BUFFER(STATEMENT_MAX);
    second = LN_BUFFER(STATEMENT_MAX);
    test_now_ms = NOW_MS;
    snprintf(directory, sizeof directory, "/tmp/liaison-test-XXXXXX");
    assert_non_null(mkdtemp(directory));
    crypto_random(store_key, sizeof store_key);
    fingerprint_of(0, anchor);
    open_node();
    roster.members_count = 2;
    sign_roster(&roster, 2, 2, &first);
    assert_int_equal(keeper_anchor(&local, ln_buffer_view(&first), anchor), 0);
    roster.version = 2;
    roster.previous = digest_of(&first);
    roster.members_count = COUNTRIES;
    sign_roster(&roster, 3, 2, &second);
    assert_int_equal(keeper_take(&local, ln_buffer_view(&second)), LN_TRUST_NEW);
    ln_trust_demand_acceptance(local.trust, &local.member);
    return 0;
}

static int stop(void **state)
{
    char command[96];
    close_node();
    ln_buffer_wipe(&second);
    snprintf(command, sizeof command, "rm -rf %s", directory);
    assert_int_equal(system(command), 0);
    return countries_stop(state);
}

/* Voting ----------------------------------------------------------------------------------- */

struct voting {
    struct acceptance_vote vote;
    struct acceptance out;
};

static int vote_work(struct store_txn *txn, void *context)
{
    struct voting *voting = context;
    return acceptance_vote(txn, &local, &voting->vote, &voting->out);
}

/** The result, or how many officers have voted. */
static int vote_digits(const char *officer, size_t country, const char *digits)
{
    struct voting voting = {.vote = {.member = countries[country].name, .digits = digits}};
    assert_int_equal(ln_name_from(officer, &voting.vote.officer), 0);
    const int error = store_run(local.store, vote_work, &voting);
    if (error != 0)
        return error;
    if (!acceptance_is_complete(&voting.out))
        return 1;
    assert_int_equal(acceptance_tell(&local, &countries[country].name, &voting.out), 0);
    return 2;
}

static int vote(const char *officer)
{
    char digits[LN_FINGERPRINT_SIZE];
    fingerprint_of(2, digits);
    return vote_digits(officer, 2, digits);
}

static int standing(void)
{
    return ln_trust_standing(local.trust, &countries[2].name);
}

static void two_officers_accept_a_root(void **state)
{
    (void)state;
    assert_int_equal(standing(), LN_E_ROOT_NOT_ACCEPTED);
    assert_int_equal(vote("one"), 1);
    assert_int_equal(standing(), LN_E_ROOT_NOT_ACCEPTED);
    assert_int_equal(vote("two"), 2);
    assert_int_equal(standing(), 0);
}

static void one_officer_is_not_two(void **state)
{
    (void)state;
    assert_int_equal(vote("one"), 1);
    assert_int_equal(vote("one"), LN_E_SAME_OFFICER);
    assert_int_equal(standing(), LN_E_ROOT_NOT_ACCEPTED);
}

static void each_officer_types_the_right_digits(void **state)
{
    (void)state;
    char digits[LN_FINGERPRINT_SIZE], others[LN_FINGERPRINT_SIZE];
    fingerprint_of(2, digits);
    fingerprint_of(1, others);
    assert_int_equal(vote_digits("one", 2, others), LN_E_FINGERPRINT);
    assert_int_equal(vote_digits("one", 2, ""), LN_E_FINGERPRINT);
    assert_int_equal(vote_digits("one", 2, "yes"), LN_E_FINGERPRINT);
    assert_int_equal(vote("one"), 1);
    digits[LN_FINGERPRINT_SIZE - 2] = digits[LN_FINGERPRINT_SIZE - 2] == '0' ? '1' : '0';
    assert_int_equal(vote_digits("two", 2, digits), LN_E_FINGERPRINT);
    digits[LN_FINGERPRINT_SIZE - 7] = '\0'; /* the last group is left out */
    assert_int_equal(vote_digits("two", 2, digits), LN_E_FINGERPRINT);
    assert_int_equal(standing(), LN_E_ROOT_NOT_ACCEPTED);
    assert_int_equal(vote("two"), 2);
}

static void vote_of_yesterday_counts_for_nothing(void **state)
{
    (void)state;
    assert_int_equal(vote("one"), 1);
    test_now_ms += LN_DAY_MS;
    assert_int_equal(vote("two"), 1);
    assert_int_equal(standing(), LN_E_ROOT_NOT_ACCEPTED);
    assert_int_equal(vote("one"), 2);
}

static void country_that_is_no_member_cannot_be_accepted(void **state)
{
    (void)state;
    struct voting voting = {.vote = {{"LA"}, {"one"}, "00000"}};
    assert_int_equal(store_run(local.store, vote_work, &voting), LN_E_NOT_A_MEMBER);
}

static void vote_for_an_accepted_root_changes_nothing(void **state)
{
    (void)state;
    char digits[LN_FINGERPRINT_SIZE];
    struct store_txn *txn;
    struct acceptance acceptance;
    fingerprint_of(1, digits);
    assert_int_equal(vote_digits("one", 1, digits), 2);
    assert_int_equal(store_read(local.store, &txn), 0);
    assert_int_equal(acceptance_get(txn, &countries[1].name, &acceptance), LN_E_NOT_FOUND);
    store_end(&txn);
}

static void acceptance_and_a_first_vote_outlast_a_restart(void **state)
{
    (void)state;
    assert_int_equal(vote("one"), 1);
    restart();
    assert_int_equal(standing(), LN_E_ROOT_NOT_ACCEPTED);
    assert_int_equal(vote("one"), LN_E_SAME_OFFICER);
    assert_int_equal(vote("two"), 2);
    restart();
    assert_int_equal(standing(), 0);
}

static void vote_for_roots_that_changed_since_counts_for_nothing(void **state)
{
    (void)state;
    struct ln_roster roster = first_roster();
    AUTO(ln_buffer_wipe) struct ln_buffer third = LN_BUFFER(STATEMENT_MAX);
    struct ln_digest digest;
    char digits[LN_FINGERPRINT_SIZE];
    assert_int_equal(vote("one"), 1);
    roster.version = 3;
    roster.previous = digest_of(&second);
    members[2].roots_count = 2; /* MM gives up its third root */
    sign_roster(&roster, 3, 2, &third);
    assert_int_equal(keeper_take(&local, ln_buffer_view(&third)), LN_TRUST_NEW);
    assert_int_equal(vote("two"), LN_E_FINGERPRINT);
    ln_roots_fingerprint(countries[2].roots, 2, &digest);
    ln_fingerprint_text(&digest, digits);
    assert_int_equal(vote_digits("two", 2, digits), 1);
    assert_int_equal(vote_digits("one", 2, digits), 2);
}

static int forget_the_second_roster(struct store_txn *txn, void *context)
{
    struct ln_roster roster = first_roster();
    AUTO(ln_buffer_wipe) struct ln_buffer first = LN_BUFFER(STATEMENT_MAX);
    (void)context;
    roster.members_count = 2;
    sign_roster(&roster, 2, 2, &first);
    const int error = store_statements_clear(txn);
    return error == 0 ? store_statement_add(txn, ln_buffer_view(&first)) : error;
}

static void acceptance_in_a_roster_that_is_not_held_stops_no_start(void **state)
{
    (void)state;
    assert_int_equal(vote("one"), 1);
    assert_int_equal(vote("two"), 2);
    assert_int_equal(store_run(local.store, forget_the_second_roster, NULL), 0);
    restart();
    assert_int_equal(standing(), LN_E_NOT_A_MEMBER);
    assert_int_equal(keeper_take(&local, ln_buffer_view(&second)), LN_TRUST_NEW);
    assert_int_equal(standing(), LN_E_ROOT_NOT_ACCEPTED);
    assert_int_equal(acceptance_load(&local), 0);
    assert_int_equal(standing(), 0);
}

/* Keeping ---------------------------------------------------------------------------------- */

static uint64_t proofs(void)
{
    struct store_txn *txn;
    uint64_t count;
    assert_int_equal(store_read(local.store, &txn), 0);
    assert_int_equal(store_proofs_count(txn, &count), 0);
    store_end(&txn);
    return count;
}

static void fork_is_refused_and_kept_as_proof(void **state)
{
    (void)state;
    struct ln_roster roster = first_roster();
    AUTO(ln_buffer_wipe) struct ln_buffer other = LN_BUFFER(STATEMENT_MAX);
    AUTO(ln_buffer_wipe) struct ln_buffer nobodys = LN_BUFFER(STATEMENT_MAX);
    roster.version = 2;
    roster.previous.b[0] = 1;
    sign_roster(&roster, 3, 2, &other);
    sign_roster(&roster, 0, 0, &nobodys);
    assert_int_equal(keeper_take(&local, ln_buffer_view(&nobodys)), LN_E_TOO_FEW_SIGNATURES);
    assert_int_equal(proofs(), 0);
    assert_int_equal(keeper_take(&local, ln_buffer_view(&other)), LN_E_FORK);
    assert_int_equal(keeper_take(&local, ln_buffer_view(&other)), LN_E_FORK);
    assert_int_equal(proofs(), 1);
    restart();
    assert_int_equal(proofs(), 1);
    const struct ln_digest digest = digest_of(&second);
    assert_int_equal(ln_trust_compare(local.trust, NULL, 2, &digest), LN_TRUST_SAME);
}

static void another_anchor_opens_no_kept_statements(void **state)
{
    (void)state;
    close_node();
    open_node();
    assert_int_equal(keeper_load(&local, "00000 00000 00000 00000 00000 00000 00000 00000"),
                     LN_E_FINGERPRINT);
}

#define RULE(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RULE(two_officers_accept_a_root),
        RULE(one_officer_is_not_two),
        RULE(each_officer_types_the_right_digits),
        RULE(vote_of_yesterday_counts_for_nothing),
        RULE(country_that_is_no_member_cannot_be_accepted),
        RULE(vote_for_an_accepted_root_changes_nothing),
        RULE(acceptance_and_a_first_vote_outlast_a_restart),
        RULE(vote_for_roots_that_changed_since_counts_for_nothing),
        RULE(acceptance_in_a_roster_that_is_not_held_stops_no_start),
        RULE(fork_is_refused_and_kept_as_proof),
        RULE(another_anchor_opens_no_kept_statements),
    };
    if (crypto_start() != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
