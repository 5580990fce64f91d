/*
 * The audit log's chain, and every way to tamper with it: by somebody who has the disk, and by
 * somebody who has the store's key as well. What the log alone cannot show, a counterpart's
 * word does.
 */
#include "auditcheck.h"

#include "crypto.h"
#include "table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { FINDINGS_MAX = 16 };

static char directory[64];
static struct store *store;
static uint8_t key[32] = {1, 2, 3};
static const struct ln_name TH = {"TH"};

static struct audit_finding found[FINDINGS_MAX];
static size_t found_count;
static uint64_t entries;

static int start(void **state)
{
    (void)state;
    snprintf(directory, sizeof directory, "/tmp/liaison-audit-XXXXXX");
    return mkdtemp(directory) == NULL ? 1 : store_open(directory, key, &store);
}

static int stop(void **state)
{
    (void)state;
    char command[96];
    store_close(&store);
    snprintf(command, sizeof command, "rm -rf %s", directory);
    return system(command);
}

static void run(int (*work)(struct store_txn *txn, void *context), void *context)
{
    assert_int_equal(store_run(store, work, context), 0);
}

/* Writing ---------------------------------------------------------------------------------- */

static struct ln_audit_entry entry_of(uint32_t action)
{
    return (struct ln_audit_entry){
        .when_ms = 1000, .action = action, .officer = {"kh-police-1"}};
}

static int append(struct store_txn *txn, void *context)
{
    for (size_t count = *(const size_t *)context; count > 0; count--) {
        const struct ln_audit_entry entry = entry_of(LN_AUDIT_SHOW);
        const int error = audit_append(txn, &entry);
        if (error != 0)
            return error;
    }
    return 0;
}

static void append_some(size_t count)
{
    run(append, &count);
}

static int append_login(struct store_txn *txn, void *context)
{
    (void)context;
    const struct ln_audit_entry entry = entry_of(LN_AUDIT_LOGIN);
    return audit_append(txn, &entry);
}

static int begin(struct store_txn *txn, void *context)
{
    return audit_begin(txn, context, 0);
}

static struct ln_place head(void)
{
    struct store_txn *txn;
    struct ln_place place;
    assert_int_equal(store_read(store, &txn), 0);
    assert_int_equal(audit_head(txn, &place), 0);
    store_end(&txn);
    return place;
}

static int hear(struct store_txn *txn, void *context)
{
    const struct ln_witness_record record = {.ours = context};
    return audit_witness_put(txn, &TH, &record);
}

/* Checking --------------------------------------------------------------------------------- */

static int note_finding(const struct audit_finding *finding, void *context)
{
    (void)context;
    assert_true(found_count < FINDINGS_MAX);
    found[found_count++] = *finding;
    return 0;
}

static size_t check(void)
{
    struct store_txn *txn;
    found_count = 0;
    assert_int_equal(store_read(store, &txn), 0);
    assert_int_equal(audit_check(txn, note_finding, NULL, &entries), 0);
    store_end(&txn);
    return found_count;
}

static void assert_found(int code, uint64_t generation, uint64_t sequence, uint64_t count)
{
    assert_int_equal(check(), 1);
    assert_int_equal(found[0].code, code);
    assert_int_equal(found[0].place.generation, generation);
    assert_int_equal(found[0].place.sequence, sequence);
    assert_int_equal(found[0].count, count);
}

/* Tampering -------------------------------------------------------------------------------- */

struct place_range {
    uint64_t generation, first, last;
};

static struct table_key key_at(uint64_t generation, uint64_t sequence)
{
    return key_number(key_number(key_none(), generation), sequence);
}

static int cut(struct store_txn *txn, void *context)
{
    const struct place_range *range = context;
    for (uint64_t i = range->first; i <= range->last; i++) {
        const struct table_key at = key_at(range->generation, i);
        const int error = table_delete(txn, TABLE_AUDIT, &at);
        if (error != 0)
            return error;
    }
    return 0;
}

static void cut_out(uint64_t generation, uint64_t first, uint64_t last)
{
    struct place_range range = {generation, first, last};
    run(cut, &range);
}

/** With the store's key: an entry becomes another, and its own head is computed again. */
static int rewrite(struct store_txn *txn, void *context)
{
    const struct ln_place *place = context;
    AUTO(ln_buffer_wipe) struct ln_buffer packed = LN_BUFFER(1024);
    const struct ln_place before_place = {place->generation, place->sequence - 1, {{0}}};
    const struct table_key at = key_at(place->generation, place->sequence);
    struct ln_audit_entry entry = entry_of(LN_AUDIT_INBOX);
    struct ln_digest before = {{0}};
    struct ln_audit_record record;
    if (place->sequence > 1)
        assert_int_equal(audit_head_at(txn, &before_place, &before), 0);
    assert_int_equal(ln_audit_entry_build(&entry, &packed), 0);
    record.entry = ln_buffer_view(&packed);
    audit_chain(&before, place, record.entry, &record.head);
    return record_put(txn, TABLE_AUDIT, &at, &ln_wire_audit_record, &record);
}

/** Without it: a byte of a value on the disk is another. */
static int damage(struct store_txn *txn, void *context)
{
    const struct ln_place *place = context;
    const struct table_key at = key_at(place->generation, place->sequence);
    const struct ln_bytes at_view = ln_view(at.bytes, at.size);
    struct ln_bytes value;
    uint8_t copy[512];
    assert_int_equal(database_get(txn->database, TABLE_AUDIT, at_view, &value), 0);
    assert_true(value.size <= sizeof copy);
    const size_t size = value.size;
    memcpy(copy, value.data, size);
    copy[size / 2] ^= 1;
    return database_put(txn->database, TABLE_AUDIT, at_view, ln_view(copy, size));
}

static void copy_store(const char *name)
{
    char path[96];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    assert_int_equal(store_copy(store, path), 0);
}

static void put_back(const char *name)
{
    char command[240];
    store_close(&store);
    snprintf(command, sizeof command, "cp %s/%s/data.mdb %s/data.mdb && rm -f %s/lock.mdb",
             directory, name, directory, directory);
    assert_int_equal(system(command), 0);
    assert_int_equal(store_open(directory, key, &store), 0);
}

/* The chain -------------------------------------------------------------------------------- */

static void whole_log_has_no_finding(void **state)
{
    (void)state;
    assert_int_equal(check(), 0);
    append_some(1);
    assert_int_equal(check(), 0);
    append_some(99);
    assert_int_equal(check(), 0);
    assert_int_equal(entries, 100);
    assert_int_equal(head().sequence, 100);
}

static void head_is_what_the_protocol_page_says(void **state)
{
    (void)state;
    AUTO(ln_buffer_wipe) struct ln_buffer packed = LN_BUFFER(1024);
    const struct ln_audit_entry entry = entry_of(LN_AUDIT_SHOW);
    uint8_t whole[16 + sizeof(struct ln_digest) + 16 + 1024] = "liaison/1 audit";
    struct ln_digest expected;
    append_some(1);
    assert_int_equal(ln_audit_entry_build(&entry, &packed), 0);
    whole[16 + 32 + 7] = whole[16 + 32 + 15] = 1; /* after 32 zero bytes: 1, 1 */
    memcpy(whole + 16 + 32 + 16, packed.data, packed.size);
    const struct ln_bytes rest = ln_view(whole + 16, 32 + 16 + packed.size);
    digest_parts("liaison/1 audit", &rest, 1, &expected);
    const struct ln_place place = head();
    assert_true(ln_digest_equal(&place.head, &expected));
}

static int append_and_fail(struct store_txn *txn, void *context)
{
    const int error = append(txn, context);
    return error == 0 ? LN_E_STATE : error;
}

static void entry_is_there_with_its_transaction_or_not_at_all(void **state)
{
    (void)state;
    size_t count = 2;
    append_some(2);
    assert_int_equal(store_run(store, append_and_fail, &count), LN_E_STATE);
    store_close(&store);
    assert_int_equal(store_open(directory, key, &store), 0);
    assert_int_equal(check(), 0);
    assert_int_equal(entries, 2);
}

static void new_generation_follows_the_one_before(void **state)
{
    (void)state;
    struct ln_audit_entry restored = entry_of(LN_AUDIT_RESTORED);
    append_some(3);
    run(begin, &restored);
    append_some(3);
    assert_int_equal(head().generation, 2);
    assert_int_equal(head().sequence, 4);
    assert_int_equal(check(), 0);
    assert_int_equal(entries, 7);
}

struct listing {
    uint64_t next;
    size_t count;
};

static int list_entry(const struct ln_place *place, const struct ln_audit_entry *entry,
                      void *context)
{
    struct listing *listing = context;
    assert_int_equal(place->sequence, listing->next++);
    assert_int_equal(entry->action, LN_AUDIT_SHOW);
    assert_string_equal(entry->officer.text, "kh-police-1");
    return ++listing->count == 5 ? STORE_STOP : 0;
}

static void entries_come_back_in_their_order(void **state)
{
    (void)state;
    struct listing listing = {.next = 4};
    const struct ln_place from = {.generation = 1, .sequence = 4};
    struct store_txn *txn;
    append_some(20);
    assert_int_equal(store_read(store, &txn), 0);
    assert_int_equal(audit_entries(txn, &from, list_entry, &listing), 0);
    store_end(&txn);
    assert_int_equal(listing.count, 5);
}

/* Tampering with the log ------------------------------------------------------------------- */

static void finds_a_cut_at_the_end(void **state)
{
    (void)state;
    append_some(10);
    cut_out(1, 8, 10);
    assert_found(LN_E_AUDIT_CUT, 1, 10, 3);
}

static void cut_at_the_end_stays_found_when_the_log_goes_on(void **state)
{
    (void)state;
    append_some(10);
    cut_out(1, 8, 10);
    append_some(2);
    assert_found(LN_E_AUDIT_CUT, 1, 8, 3);
    assert_int_equal(head().sequence, 12);
}

static void finds_a_cut_at_the_beginning(void **state)
{
    (void)state;
    append_some(10);
    cut_out(1, 1, 4);
    assert_found(LN_E_AUDIT_CUT, 1, 1, 4);
}

static void finds_a_cut_in_the_middle(void **state)
{
    (void)state;
    append_some(10);
    cut_out(1, 5, 5);
    assert_found(LN_E_AUDIT_CUT, 1, 5, 1);
}

static void finds_a_cut_of_everything(void **state)
{
    (void)state;
    append_some(10);
    cut_out(1, 1, 10);
    assert_found(LN_E_AUDIT_CUT, 1, 10, 0);
}

static void finds_a_cut_before_a_new_generation(void **state)
{
    (void)state;
    struct ln_audit_entry restored = entry_of(LN_AUDIT_RESTORED);
    append_some(5);
    run(begin, &restored);
    append_some(2);
    cut_out(1, 4, 5);
    assert_found(LN_E_AUDIT_CUT, 1, 5, 2);
    cut_out(2, 1, 1);
    assert_int_equal(check(), 1); /* the first entry, which said what it follows, is gone */
    assert_int_equal(found[0].place.generation, 2);
}

static void finds_an_entry_that_was_damaged(void **state)
{
    (void)state;
    struct ln_place place = {.generation = 1, .sequence = 6};
    append_some(10);
    run(damage, &place);
    assert_found(LN_E_AUDIT_REWRITTEN, 1, 6, 0);
}

static void finds_an_entry_that_was_rewritten_with_the_stores_key(void **state)
{
    (void)state;
    struct ln_place place = {.generation = 1, .sequence = 6};
    append_some(10);
    run(rewrite, &place);
    assert_found(LN_E_AUDIT_REWRITTEN, 1, 7, 0); /* the next one does not follow it */
}

static void finds_a_last_entry_that_was_rewritten(void **state)
{
    (void)state;
    struct ln_place place = {.generation = 1, .sequence = 10};
    append_some(10);
    run(rewrite, &place);
    assert_found(LN_E_AUDIT_REWRITTEN, 1, 10, 0);
}

static void each_damage_is_named_once(void **state)
{
    (void)state;
    struct ln_place place = {.generation = 1, .sequence = 9};
    append_some(20);
    cut_out(1, 3, 4);
    run(damage, &place);
    cut_out(1, 15, 15);
    assert_int_equal(check(), 3);
    assert_int_equal(found[0].place.sequence, 3);
    assert_int_equal(found[1].place.sequence, 9);
    assert_int_equal(found[2].place.sequence, 15);
}

/* What only a witness knows ---------------------------------------------------------------- */

static int forget_head(struct store_txn *txn, void *context)
{
    const struct ln_place *place = context;
    AUTO(ln_buffer_wipe) struct ln_buffer value = LN_BUFFER(64);
    struct ln_digest digest;
    assert_int_equal(audit_head_at(txn, place, &digest), 0);
    assert_int_equal(ln_buffer_add_u64(&value, place->generation), 0);
    assert_int_equal(ln_buffer_add_u64(&value, place->sequence), 0);
    assert_int_equal(ln_buffer_add(&value, digest.b, sizeof digest.b), 0);
    return store_fact_put(txn, "audit-head", ln_buffer_view(&value));
}

static void cut_with_the_stores_key_is_found_by_a_counterparts_word(void **state)
{
    (void)state;
    append_some(10);
    struct ln_place seen = head(), end = {.generation = 1, .sequence = 7};
    run(hear, &seen);
    assert_int_equal(check(), 0);
    cut_out(1, 8, 10);
    run(forget_head, &end);
    assert_found(LN_E_AUDIT_CUT, 1, 10, 3);
    assert_string_equal(found[0].witness.text, "TH");
}

static void cut_that_was_filled_up_again_is_found_by_a_counterparts_word(void **state)
{
    (void)state;
    append_some(10);
    struct ln_place seen = head(), end = {.generation = 1, .sequence = 7};
    run(hear, &seen);
    cut_out(1, 8, 10);
    run(forget_head, &end);
    for (size_t i = 0; i < 5; i++)
        run(append_login, NULL);
    assert_int_equal(head().sequence, 12);
    assert_found(LN_E_AUDIT_REWRITTEN, 1, 10, 0);
    assert_string_equal(found[0].witness.text, "TH");
}

static void log_rewritten_from_an_entry_on_is_found_by_a_counterparts_word(void **state)
{
    (void)state;
    append_some(10);
    struct ln_place seen = head();
    run(hear, &seen);
    for (struct ln_place place = {.generation = 1, .sequence = 4}; place.sequence <= 10;
         place.sequence++)
        run(rewrite, &place);
    struct ln_place end = {.generation = 1, .sequence = 10};
    run(forget_head, &end);
    assert_found(LN_E_AUDIT_REWRITTEN, 1, 10, 0);
    assert_string_equal(found[0].witness.text, "TH");
}

static void store_put_back_whole_shows_nothing_by_itself(void **state)
{
    (void)state;
    append_some(10);
    copy_store("copy");
    append_some(5);
    put_back("copy");
    assert_int_equal(check(), 0); /* that is what counterparts' notes are for: test_channel.c */
    assert_int_equal(entries, 10);
}

static void what_was_found_stays_in_the_log(void **state)
{
    (void)state;
    append_some(4);
    const struct ln_place seen = {.generation = 1, .sequence = 9, .head = {{7}}};
    struct ln_audit_entry rolled_back = {.when_ms = 77,
                                         .action = LN_AUDIT_ROLLED_BACK,
                                         .member = TH,
                                         .place = &seen,
                                         .count = 5};
    run(begin, &rolled_back);
    struct ln_place word = seen;
    run(hear, &word);
    append_some(4);
    assert_found(LN_E_AUDIT_ROLLED_BACK, 1, 9, 5);
    assert_string_equal(found[0].witness.text, "TH");
    assert_int_equal(found[0].when_ms, 77);
}

static void what_a_restore_lost_is_shown_and_is_no_fault(void **state)
{
    (void)state;
    append_some(4);
    const struct ln_place seen = {.generation = 1, .sequence = 9, .head = {{7}}};
    struct ln_audit_entry lost = {
        .when_ms = 77, .action = LN_AUDIT_LOST, .member = TH, .place = &seen, .count = 5};
    run(begin, &lost);
    assert_found(0, 1, 9, 5);
}

#define RULE(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RULE(whole_log_has_no_finding),
        RULE(head_is_what_the_protocol_page_says),
        RULE(entry_is_there_with_its_transaction_or_not_at_all),
        RULE(new_generation_follows_the_one_before),
        RULE(entries_come_back_in_their_order),
        RULE(finds_a_cut_at_the_end),
        RULE(cut_at_the_end_stays_found_when_the_log_goes_on),
        RULE(finds_a_cut_at_the_beginning),
        RULE(finds_a_cut_in_the_middle),
        RULE(finds_a_cut_of_everything),
        RULE(finds_a_cut_before_a_new_generation),
        RULE(finds_an_entry_that_was_damaged),
        RULE(finds_an_entry_that_was_rewritten_with_the_stores_key),
        RULE(finds_a_last_entry_that_was_rewritten),
        RULE(each_damage_is_named_once),
        RULE(cut_with_the_stores_key_is_found_by_a_counterparts_word),
        RULE(cut_that_was_filled_up_again_is_found_by_a_counterparts_word),
        RULE(log_rewritten_from_an_entry_on_is_found_by_a_counterparts_word),
        RULE(store_put_back_whole_shows_nothing_by_itself),
        RULE(what_was_found_stays_in_the_log),
        RULE(what_a_restore_lost_is_shown_and_is_no_fault),
    };
    if (crypto_start() != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
