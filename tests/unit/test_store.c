/*
 * The node's store: sealed values, what stands where, orders, whole transactions.
 */
#include "store.h"

#include "crypto.h"
#include "database.h"
#include "table.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char directory[64];
static struct store *store;
static uint8_t key[32] = {1, 2, 3};

static int start(void **state)
{
    (void)state;
    snprintf(directory, sizeof directory, "/tmp/liaison-store-XXXXXX");
    if (mkdtemp(directory) == NULL)
        return 1;
    return store_open(directory, key, &store);
}

static int stop(void **state)
{
    (void)state;
    char command[96];
    store_close(&store);
    snprintf(command, sizeof command, "rm -rf %s", directory);
    return system(command);
}

static int put_fact(struct store_txn *txn, void *context)
{
    return store_fact_put(txn, "fact", *(const struct ln_bytes *)context);
}

static int get_fact(struct ln_buffer *out)
{
    struct store_txn *txn;
    assert_int_equal(store_read(store, &txn), 0);
    const int error = store_fact_get(txn, "fact", out);
    store_end(&txn);
    return error;
}

static void keep(const char *text)
{
    struct ln_bytes value = ln_view(text, strlen(text));
    assert_int_equal(store_run(store, put_fact, &value), 0);
}

/* Sealed ----------------------------------------------------------------------------------- */

static void value_comes_back_after_a_restart(void **state)
{
    (void)state;
    AUTO(ln_buffer_wipe) struct ln_buffer out = LN_BUFFER(100);
    keep("what was said");
    store_close(&store);
    assert_int_equal(store_open(directory, key, &store), 0);
    assert_int_equal(get_fact(&out), 0);
    assert_true(ln_bytes_equal(ln_buffer_view(&out), LN_LITERAL("what was said")));
}

static void another_key_opens_nothing(void **state)
{
    (void)state;
    static const uint8_t other[32] = {9};
    AUTO(ln_buffer_wipe) struct ln_buffer out = LN_BUFFER(100);
    keep("what was said");
    store_close(&store);
    assert_int_equal(store_open(directory, other, &store), 0);
    assert_int_equal(get_fact(&out), LN_E_STORE_DAMAGED);
    assert_int_equal(out.size, 0);
}

/** Changes values behind the store's back, as somebody with the disk would. */
struct tampering {
    unsigned to_table;
    const char *to_key;
    size_t flip; /* which byte; SIZE_MAX: none */
};

static int tamper(struct database_txn *txn, void *context)
{
    const struct tampering *tampering = context;
    struct ln_bytes value;
    uint8_t copy[256];
    int error = database_get(txn, TABLE_FACT, LN_LITERAL("fact"), &value);
    if (error != 0 || value.size > sizeof copy)
        return LN_E_SYSTEM;
    memcpy(copy, value.data, value.size);
    const size_t size = value.size;
    if (tampering->flip < size)
        copy[tampering->flip] ^= 0x10;
    return database_put(txn, tampering->to_table,
                        ln_view(tampering->to_key, strlen(tampering->to_key)),
                        ln_view(copy, size));
}

static void tamper_with(const struct tampering *tampering)
{
    const struct database_options options = {directory, table_names, 0};
    struct database *database;
    store_close(&store);
    assert_int_equal(database_open(&options, &database), 0);
    assert_int_equal(database_run(database, tamper, (void *)(uintptr_t)tampering), 0);
    database_close(&database);
    assert_int_equal(store_open(directory, key, &store), 0);
}

static void value_with_any_byte_changed_is_damage(void **state)
{
    (void)state;
    enum { SIZE = 4 + 40 };
    for (size_t i = 0; i < SIZE; i++) {
        AUTO(ln_buffer_wipe) struct ln_buffer out = LN_BUFFER(100);
        keep("said");
        tamper_with(&(struct tampering){TABLE_FACT, "fact", i});
        assert_int_equal(get_fact(&out), LN_E_STORE_DAMAGED);
    }
}

static void value_that_was_moved_is_damage(void **state)
{
    (void)state;
    AUTO(ln_buffer_wipe) struct ln_buffer out = LN_BUFFER(100);
    struct store_txn *txn;
    keep("said");
    tamper_with(&(struct tampering){TABLE_FACT, "other", SIZE_MAX});
    tamper_with(&(struct tampering){TABLE_PROOF, "fact", SIZE_MAX});
    assert_int_equal(store_read(store, &txn), 0);
    assert_int_equal(store_fact_get(txn, "other", &out), LN_E_STORE_DAMAGED);
    const struct table_key moved = key_bytes(key_none(), "fact", 4);
    assert_int_equal(table_get(txn, TABLE_PROOF, &moved, &out), LN_E_STORE_DAMAGED);
    assert_int_equal(store_fact_get(txn, "fact", &out), 0);
    store_end(&txn);
}

static void file_holds_nothing_in_plain(void **state)
{
    (void)state;
    char command[128];
    keep("the-witness-is-called-Somaly");
    store_close(&store);
    snprintf(command, sizeof command, "! grep -aq Somaly %s/data.mdb", directory);
    assert_int_equal(system(command), 0);
    assert_int_equal(store_open(directory, key, &store), 0);
}

/* Transactions ----------------------------------------------------------------------------- */

static int put_and_fail(struct store_txn *txn, void *context)
{
    const int error = put_fact(txn, context);
    return error == 0 ? LN_E_NOT_A_PARTY : error;
}

static void work_that_fails_leaves_nothing(void **state)
{
    (void)state;
    struct ln_bytes value = LN_LITERAL("half");
    AUTO(ln_buffer_wipe) struct ln_buffer out = LN_BUFFER(100);
    assert_int_equal(store_run(store, put_and_fail, &value), LN_E_NOT_A_PARTY);
    assert_int_equal(get_fact(&out), LN_E_NOT_FOUND);
    keep("before");
    assert_int_equal(store_run(store, put_and_fail, &value), LN_E_NOT_A_PARTY);
    assert_int_equal(get_fact(&out), 0);
    assert_true(ln_bytes_equal(ln_buffer_view(&out), LN_LITERAL("before")));
}

static void copy_is_the_store_of_that_moment(void **state)
{
    (void)state;
    char copy[96];
    AUTO(ln_buffer_wipe) struct ln_buffer out = LN_BUFFER(100);
    keep("then");
    snprintf(copy, sizeof copy, "%s/copy", directory);
    assert_int_equal(store_copy(store, copy), 0);
    keep("now");
    assert_int_equal(store_copy(store, copy), LN_E_EXISTS);
    store_close(&store);
    assert_int_equal(store_open(copy, key, &store), 0);
    assert_int_equal(get_fact(&out), 0);
    assert_true(ln_bytes_equal(ln_buffer_view(&out), LN_LITERAL("then")));
}

/* Outbox, events --------------------------------------------------------------------------- */

static const struct ln_name TH = {"TH"}, THX = {"THX"};

static struct ln_item_record item_of(uint8_t number)
{
    return (struct ln_item_record){.kind = LN_ITEM_EVENT, .digest = {{number}}, .size = 1};
}

static int fill_outbox(struct store_txn *txn, void *context)
{
    static const uint32_t urgencies[] = {3, 1, 4, 3, 1, 2};
    int error = 0;
    (void)context;
    for (uint8_t i = 0; i < LN_COUNT(urgencies) && error == 0; i++) {
        const struct ln_item_record item = item_of(i);
        error = store_outbox_add(txn, &TH, urgencies[i], &item);
    }
    const struct ln_item_record other = item_of(99);
    return error == 0 ? store_outbox_add(txn, &THX, 1, &other) : error;
}

struct seen {
    uint8_t numbers[16];
    size_t count, most;
    struct store_slot first;
};

static int see(const struct store_slot *slot, const struct ln_item_record *item, void *context)
{
    struct seen *seen = context;
    if (seen->count == 0)
        seen->first = *slot;
    seen->numbers[seen->count++] = item->digest.b[0];
    return seen->count == seen->most ? STORE_STOP : 0;
}

static int take_first(struct store_txn *txn, void *context)
{
    const struct seen *seen = context;
    return store_outbox_remove(txn, &TH, &seen->first);
}

static void see_outbox(const struct ln_name *to, struct seen *out)
{
    struct store_txn *txn;
    *out = (struct seen){.most = 16};
    assert_int_equal(store_read(store, &txn), 0);
    assert_int_equal(store_outbox(txn, to, see, out), 0);
    store_end(&txn);
}

static void outbox_gives_urgent_first_then_oldest_of_its_member_alone(void **state)
{
    (void)state;
    static const uint8_t expected[] = {1, 4, 5, 0, 3, 2};
    struct seen seen;
    assert_int_equal(store_run(store, fill_outbox, NULL), 0);
    see_outbox(&TH, &seen);
    assert_int_equal(seen.count, sizeof expected);
    assert_memory_equal(seen.numbers, expected, sizeof expected);
    assert_int_equal(store_run(store, take_first, &seen), 0);
    see_outbox(&TH, &seen);
    assert_int_equal(seen.count, sizeof expected - 1);
    assert_memory_equal(seen.numbers, expected + 1, sizeof expected - 1);
    see_outbox(&THX, &seen);
    assert_int_equal(seen.count, 1);
}

struct adding {
    struct ln_id case_id;
    struct ln_digest digest;
};

static int add_event(struct store_txn *txn, void *context)
{
    const struct adding *adding = context;
    const struct ln_case_event_record record = {.digest = adding->digest, .received_ms = 1};
    return store_event_add(txn, &adding->case_id, &record, LN_LITERAL("event"));
}

static int count_event(const struct ln_case_event_record *record, void *context)
{
    (void)record;
    ++*(size_t *)context;
    return 0;
}

static void event_stands_once_and_in_its_case(void **state)
{
    (void)state;
    struct adding adding = {{{1}}, {{7}}};
    struct store_txn *txn;
    size_t count = 0;
    assert_int_equal(store_run(store, add_event, &adding), 0);
    assert_int_equal(store_run(store, add_event, &adding), LN_E_EXISTS);
    assert_int_equal(store_read(store, &txn), 0);
    assert_true(store_event_has(txn, &adding.digest));
    assert_int_equal(store_case_events(txn, &adding.case_id, count_event, &count), 0);
    assert_int_equal(count, 1);
    const struct ln_id other = {{2}};
    assert_int_equal(store_case_events(txn, &other, count_event, &count), 0);
    assert_int_equal(count, 1);
    store_end(&txn);
}

struct receipts {
    struct ln_digest letter;
    struct ln_bytes receipt;
};

static int add_receipt(struct store_txn *txn, void *context)
{
    const struct receipts *receipts = context;
    return store_receipt_add(txn, &receipts->letter, receipts->receipt);
}

static int count_bytes(struct ln_bytes value, void *context)
{
    (void)value;
    ++*(size_t *)context;
    return 0;
}

static void same_receipt_is_kept_once(void **state)
{
    (void)state;
    struct receipts receipts = {{{1}}, LN_LITERAL("one")};
    struct store_txn *txn;
    size_t count = 0;
    assert_int_equal(store_run(store, add_receipt, &receipts), 0);
    assert_int_equal(store_run(store, add_receipt, &receipts), 0);
    receipts.receipt = LN_LITERAL("other");
    assert_int_equal(store_run(store, add_receipt, &receipts), 0);
    assert_int_equal(store_read(store, &txn), 0);
    assert_int_equal(store_receipts(txn, &receipts.letter, count_bytes, &count), 0);
    store_end(&txn);
    assert_int_equal(count, 2);
}

struct proving {
    struct ln_name about;
    uint8_t number;
};

static int add_proof(struct store_txn *txn, void *context)
{
    const struct proving *proving = context;
    return store_proof_add(txn, &proving->about, ln_view(&proving->number, 1));
}

static void prove(const struct ln_name *about, uint8_t number, uint64_t expected)
{
    struct proving proving = {*about, number};
    struct store_txn *txn;
    uint64_t count;
    assert_int_equal(store_run(store, add_proof, &proving), 0);
    assert_int_equal(store_read(store, &txn), 0);
    assert_int_equal(store_proofs_count(txn, &count), 0);
    store_end(&txn);
    assert_int_equal(count, expected);
}

static void proofs_about_one_member_are_few_and_take_no_others_room(void **state)
{
    (void)state;
    prove(&TH, 0, 1);
    prove(&TH, 0, 1); /* the same bytes */
    for (uint8_t i = 1; i < 2 * STORE_PROOFS_MAX; i++)
        prove(&TH, i, i < STORE_PROOFS_MAX ? i + 1U : STORE_PROOFS_MAX);
    prove(&THX, 0, STORE_PROOFS_MAX + 1);
}

static void channel_that_was_never_used_is_all_zero(void **state)
{
    (void)state;
    static const struct ln_channel_record zero;
    struct ln_channel_record channel;
    struct store_txn *txn;
    memset(&channel, 0xff, sizeof channel);
    assert_int_equal(store_read(store, &txn), 0);
    assert_int_equal(store_channel_get(txn, &TH, &channel), 0);
    store_end(&txn);
    assert_memory_equal(&channel, &zero, sizeof zero);
}

#define RULE(name) cmocka_unit_test_setup_teardown(name, start, stop)

/* Erasing ---------------------------------------------------------------------------------- */

static int erase_case(struct store_txn *txn, void *context)
{
    const struct adding *adding = context;
    const struct ln_case_event_record record = {.digest = adding->digest, .received_ms = 1};
    const int error =
        store_event_erase(txn, &adding->case_id, &record, LN_LITERAL("its header"));
    return error == 0 ? store_case_forget_key(txn, &adding->case_id) : error;
}

/** What its bytes are now, or why they do not open. */
static int read_event(const struct ln_digest *digest, char out[static 32])
{
    AUTO(ln_buffer_wipe) struct ln_buffer bytes = LN_BUFFER(31);
    struct store_txn *txn;
    assert_int_equal(store_read(store, &txn), 0);
    const int error = store_event_get(txn, digest, &bytes);
    store_end(&txn);
    memset(out, 0, 32);
    if (bytes.size > 0)
        memcpy(out, bytes.data, bytes.size);
    return error;
}

static void check_event(const struct ln_digest *digest, const char *text)
{
    char bytes[32];
    assert_int_equal(read_event(digest, bytes), 0);
    assert_string_equal(bytes, text);
}

static void copy_file(const char *from, const char *to)
{
    char command[256];
    snprintf(command, sizeof command, "cp %s/%s %s/%s", directory, from, directory, to);
    assert_int_equal(system(command), 0);
}

static void open_again(int expected)
{
    store_close(&store);
    assert_int_equal(store_open(directory, key, &store), expected);
}

/** The database as it was before is what the free pages of a disk hold at worst. */
static void check_old_pages_open_nothing(const struct adding *erased,
                                         const struct adding *other)
{
    char bytes[32];
    store_close(&store);
    copy_file("data.mdb-before", "data.mdb");
    open_again(0);
    assert_int_equal(read_event(&erased->digest, bytes), LN_E_STORE_DAMAGED);
    check_event(&other->digest, "event");
}

static const struct adding one = {{{1}}, {{7}}}, another = {{{2}}, {{8}}};

static void add_two_and_keep_a_copy(void)
{
    assert_int_equal(store_run(store, add_event, (void *)(uintptr_t)&one), 0);
    assert_int_equal(store_run(store, add_event, (void *)(uintptr_t)&another), 0);
    store_close(&store);
    copy_file("data.mdb", "data.mdb-before");
    copy_file("case-keys", "case-keys-before");
    open_again(0);
}

static void erased_case_opens_from_no_page_that_was_left(void **state)
{
    (void)state;
    add_two_and_keep_a_copy();
    assert_int_equal(store_run(store, erase_case, (void *)(uintptr_t)&one), 0);
    check_event(&one.digest, "its header");
    check_event(&another.digest, "event");
    open_again(0);
    check_event(&one.digest, "its header");
    check_old_pages_open_nothing(&one, &another);
}

static void erasing_that_a_power_cut_stopped_is_ended_at_the_start(void **state)
{
    (void)state;
    add_two_and_keep_a_copy();
    assert_int_equal(store_run(store, erase_case, (void *)(uintptr_t)&one), 0);
    store_close(&store);
    copy_file("case-keys-before", "case-keys"); /* the zeros never came to the disk */
    open_again(0);
    check_old_pages_open_nothing(&one, &another);
}

static void erased_case_is_kept_and_erased_again(void **state)
{
    (void)state;
    const struct adding later = {one.case_id, {{9}}};
    add_two_and_keep_a_copy();
    assert_int_equal(store_run(store, erase_case, (void *)(uintptr_t)&one), 0);
    assert_int_equal(store_run(store, add_event, (void *)(uintptr_t)&later), 0);
    check_event(&later.digest, "event");
    assert_int_equal(store_run(store, erase_case, (void *)(uintptr_t)&later), 0);
    check_event(&later.digest, "its header");
    check_event(&another.digest, "event");
}

static void key_that_was_never_written_whole_is_made_anew(void **state)
{
    (void)state;
    static const uint8_t zeros[4096];
    char path[96];
    assert_int_equal(store_run(store, add_event, (void *)(uintptr_t)&one), 0);
    snprintf(path, sizeof path, "%s/case-keys", directory);
    const int file = open(path, O_WRONLY);
    assert_true(file >= 0);
    assert_int_equal(pwrite(file, zeros, sizeof zeros, 72), (ssize_t)sizeof zeros);
    close(file);
    assert_int_equal(store_run(store, add_event, (void *)(uintptr_t)&another), 0);
    check_event(&one.digest, "event");
    check_event(&another.digest, "event");
}

static void store_without_its_case_keys_is_not_opened(void **state)
{
    (void)state;
    char path[96];
    assert_int_equal(store_run(store, add_event, (void *)(uintptr_t)&one), 0);
    snprintf(path, sizeof path, "%s/case-keys", directory);
    assert_int_equal(unlink(path), 0);
    open_again(LN_E_STORE_DAMAGED);
}

static void copy_opens_with_the_keys_of_its_cases(void **state)
{
    (void)state;
    char path[96];
    assert_int_equal(store_run(store, add_event, (void *)(uintptr_t)&one), 0);
    snprintf(path, sizeof path, "%s/copy", directory);
    assert_int_equal(store_copy(store, path), 0);
    store_close(&store);
    assert_int_equal(store_open(path, key, &store), 0);
    check_event(&one.digest, "event");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RULE(value_comes_back_after_a_restart),
        RULE(another_key_opens_nothing),
        RULE(value_with_any_byte_changed_is_damage),
        RULE(value_that_was_moved_is_damage),
        RULE(file_holds_nothing_in_plain),
        RULE(work_that_fails_leaves_nothing),
        RULE(copy_is_the_store_of_that_moment),
        RULE(outbox_gives_urgent_first_then_oldest_of_its_member_alone),
        RULE(event_stands_once_and_in_its_case),
        RULE(same_receipt_is_kept_once),
        RULE(proofs_about_one_member_are_few_and_take_no_others_room),
        RULE(channel_that_was_never_used_is_all_zero),
        RULE(erased_case_opens_from_no_page_that_was_left),
        RULE(erasing_that_a_power_cut_stopped_is_ended_at_the_start),
        RULE(erased_case_is_kept_and_erased_again),
        RULE(key_that_was_never_written_whole_is_made_anew),
        RULE(store_without_its_case_keys_is_not_opened),
        RULE(copy_opens_with_the_keys_of_its_cases),
    };
    return crypto_start() == 0 ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
