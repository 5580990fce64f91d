/*
 * The wrapper around LMDB: whole transactions, a map that grows, walks, one owner.
 */
#include "database.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

static char directory[64];
static struct database *database;
static const char *const tables[] = {"one", "two", NULL};

static int open_again(uint64_t size_max)
{
    const struct database_options options = {directory, tables, size_max};
    return database_open(&options, &database);
}

static int start(void **state)
{
    (void)state;
    snprintf(directory, sizeof directory, "/tmp/liaison-db-XXXXXX");
    return mkdtemp(directory) == NULL ? 1 : open_again(0);
}

static int stop(void **state)
{
    (void)state;
    char command[96];
    database_close(&database);
    snprintf(command, sizeof command, "rm -rf %s", directory);
    return system(command);
}

struct writing {
    unsigned first, count;
    size_t size;
    int result;
    unsigned runs;
};

static struct ln_bytes key_of(unsigned number, uint8_t out[static 5])
{
    out[0] = 'k';
    ln_put_u32(out + 1, number);
    return ln_view(out, 5);
}

static int write_many(struct database_txn *txn, void *context)
{
    struct writing *writing = context;
    uint8_t *value = calloc(1, writing->size);
    int error = 0;
    writing->runs++;
    for (unsigned i = 0; i < writing->count && error == 0; i++) {
        uint8_t key[5];
        error = database_put(txn, 0, key_of(writing->first + i, key),
                             ln_view(value, writing->size));
    }
    free(value);
    return error == 0 ? writing->result : error;
}

static uint64_t count_all(void)
{
    struct database_txn *txn;
    uint64_t count;
    assert_int_equal(database_read(database, &txn), 0);
    assert_int_equal(database_count(txn, 0, &count), 0);
    database_abort(&txn);
    return count;
}

static void committed_records_are_there_after_reopening(void **state)
{
    (void)state;
    struct writing writing = {.count = 10, .size = 100};
    assert_int_equal(database_run(database, write_many, &writing), 0);
    database_close(&database);
    assert_int_equal(open_again(0), 0);
    assert_int_equal(count_all(), 10);
}

static void failed_work_changes_nothing(void **state)
{
    (void)state;
    struct writing writing = {.count = 10, .size = 100, .result = LN_E_STATE};
    assert_int_equal(database_run(database, write_many, &writing), LN_E_STATE);
    assert_int_equal(count_all(), 0);
}

static void full_map_grows_and_the_work_runs_again(void **state)
{
    (void)state;
    struct writing writing = {.count = 1200, .size = 100000}; /* 120 MB into a map of 64 MiB */
    assert_int_equal(database_run(database, write_many, &writing), 0);
    assert_true(writing.runs > 1);
    assert_int_equal(count_all(), 1200);
}

static void map_grows_no_further_than_allowed(void **state)
{
    (void)state;
    struct writing writing = {.count = 1200, .size = 100000}, small = {.count = 3, .size = 10};
    database_close(&database);
    assert_int_equal(open_again((size_t)64 << 20), 0);
    assert_int_equal(database_run(database, write_many, &writing), LN_E_DISK_FULL);
    assert_int_equal(count_all(), 0);
    assert_int_equal(database_run(database, write_many, &small), 0); /* and it goes on */
}

static void second_owner_is_refused(void **state)
{
    (void)state;
    const struct database_options options = {directory, tables, 0};
    struct database *second;
    assert_int_equal(database_open(&options, &second), LN_E_BUSY);
}

static void directory_open_to_others_is_refused(void **state)
{
    (void)state;
    database_close(&database);
    assert_int_equal(chmod(directory, 0750), 0);
    assert_int_equal(open_again(0), LN_E_FILE_MODE);
}

struct walking {
    uint32_t first;
    unsigned count, stop_after;
};

static int note_key(struct ln_bytes key, struct ln_bytes value, void *context)
{
    (void)value;
    struct walking *walking = context;
    if (walking->count++ == 0)
        walking->first = ln_get_u32(key.data + 1);
    return walking->count == walking->stop_after ? DATABASE_STOP : 0;
}

static void walks_keys_of_a_prefix_from_a_key_on(void **state)
{
    (void)state;
    struct writing writing = {.first = 250, .count = 20, .size = 1};
    struct database_txn *txn;
    struct walking all = {.count = 0}, some = {.count = 0}, other = {.count = 0},
                   stopped = {.stop_after = 3};
    uint8_t from[5];
    assert_int_equal(database_run(database, write_many, &writing), 0);
    assert_int_equal(database_read(database, &txn), 0);
    const struct ln_bytes none = ln_view(NULL, 0);
    assert_int_equal(database_walk(txn, 0, LN_LITERAL("k"), none, note_key, &all), 0);
    assert_int_equal(database_walk(txn, 0, LN_LITERAL("k"), key_of(265, from), note_key, &some),
                     0);
    assert_int_equal(database_walk(txn, 0, LN_LITERAL("x"), none, note_key, &other), 0);
    assert_int_equal(database_walk(txn, 0, none, none, note_key, &stopped), 0);
    database_abort(&txn);
    assert_int_equal(all.count, 20);
    assert_int_equal(some.count, 5);
    assert_int_equal(some.first, 265);
    assert_int_equal(other.count, 0);
    assert_int_equal(stopped.count, 3);
}

static void finds_the_last_key_of_a_prefix(void **state)
{
    (void)state;
    struct writing writing = {.first = 250, .count = 20, .size = 1};
    struct database_txn *txn;
    struct ln_bytes key, value;
    assert_int_equal(database_run(database, write_many, &writing), 0);
    assert_int_equal(database_read(database, &txn), 0);
    assert_int_equal(database_last(txn, 0, LN_LITERAL("k"), &key, &value), 0);
    assert_int_equal(ln_get_u32(key.data + 1), 269);
    assert_int_equal(database_last(txn, 0, ln_view(NULL, 0), &key, &value), 0);
    assert_int_equal(database_last(txn, 0, LN_LITERAL("j"), &key, &value), LN_E_NOT_FOUND);
    assert_int_equal(database_last(txn, 0, LN_LITERAL("\xff"), &key, &value), LN_E_NOT_FOUND);
    assert_int_equal(database_last(txn, 1, ln_view(NULL, 0), &key, &value), LN_E_NOT_FOUND);
    database_abort(&txn);
}

static void copy_opens_as_the_original(void **state)
{
    (void)state;
    char copy[96];
    struct writing writing = {.count = 10, .size = 100};
    assert_int_equal(database_run(database, write_many, &writing), 0);
    snprintf(copy, sizeof copy, "%s/copy", directory);
    assert_int_equal(database_copy(database, copy), 0);
    assert_int_equal(database_copy(database, copy), LN_E_EXISTS);
    database_close(&database);
    const struct database_options options = {copy, tables, 0};
    assert_int_equal(database_open(&options, &database), 0);
    assert_int_equal(count_all(), 10);
}

#define RULE(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RULE(committed_records_are_there_after_reopening),
        RULE(failed_work_changes_nothing),
        RULE(full_map_grows_and_the_work_runs_again),
        RULE(map_grows_no_further_than_allowed),
        RULE(second_owner_is_refused),
        RULE(directory_open_to_others_is_refused),
        RULE(walks_keys_of_a_prefix_from_a_key_on),
        RULE(finds_the_last_key_of_a_prefix),
        RULE(copy_opens_as_the_original),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
