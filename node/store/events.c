/*
 * Cases and their events. An event's bytes stand once, by number of arrival, so that the table
 * is appended to; its digest leads there.
 */
#include "table.h"

#include <string.h>

enum { SMALL_ARENA = 16 * 1024 };

static struct table_key case_key(const struct ln_id *case_id)
{
    return key_bytes(key_none(), case_id->b, sizeof case_id->b);
}

static struct table_key digest_key(const struct ln_digest *digest)
{
    return key_bytes(key_none(), digest->b, sizeof digest->b);
}

static int put_number(struct store_txn *txn, const struct ln_digest *digest, uint64_t number)
{
    uint8_t bytes[KEY_NUMBER_BYTES];
    ln_put_u64(bytes, number);
    const struct table_key key = digest_key(digest);
    return table_put(txn, TABLE_EVENT_AT, &key, ln_view(bytes, sizeof bytes));
}

int store_event_add(struct store_txn *txn, const struct ln_id *case_id,
                    const struct ln_case_event_record *record, struct ln_bytes item)
{
    const struct ln_digest *digest = &record->digest;
    if (store_event_has(txn, digest))
        return LN_E_EXISTS;
    const struct table_key all = key_none();
    uint64_t number;
    int error = table_next_number(txn, TABLE_EVENT, &all, &number);
    if (error != 0)
        return error;
    const struct table_key key = key_number(all, number);
    error = table_put(txn, TABLE_EVENT, &key, item);
    if (error == 0)
        error = put_number(txn, digest, number);
    if (error != 0)
        return error;
    const struct table_key in_case = key_number(case_key(case_id), number);
    return record_put(txn, TABLE_CASE_EVENT, &in_case, &ln_wire_case_event_record, record);
}

/** Where an event's bytes stand. */
static int find_event(struct store_txn *txn, const struct ln_digest *digest,
                      struct table_key *out)
{
    AUTO(ln_buffer_wipe) struct ln_buffer number = LN_BUFFER(KEY_NUMBER_BYTES);
    const struct table_key at = digest_key(digest);
    const int error = table_get(txn, TABLE_EVENT_AT, &at, &number);
    if (error != 0)
        return error;
    if (number.size != KEY_NUMBER_BYTES)
        return LN_E_STORE_DAMAGED;
    *out = key_number(key_none(), ln_get_u64(number.data));
    return 0;
}

int store_event_get(struct store_txn *txn, const struct ln_digest *digest,
                    struct ln_buffer *out)
{
    struct table_key key;
    const int error = find_event(txn, digest, &key);
    return error == 0 ? table_get(txn, TABLE_EVENT, &key, out) : error;
}

int store_event_replace(struct store_txn *txn, const struct ln_digest *digest,
                        struct ln_bytes item)
{
    struct table_key key;
    const int error = find_event(txn, digest, &key);
    return error == 0 ? table_put(txn, TABLE_EVENT, &key, item) : error;
}

bool store_event_has(struct store_txn *txn, const struct ln_digest *digest)
{
    const struct table_key at = digest_key(digest);
    return table_has(txn, TABLE_EVENT_AT, &at);
}

struct each_case_event {
    store_each_case_event *each;
    void *context;
};

static int give_case_event(struct ln_bytes key, const void *shape, void *context)
{
    (void)key;
    const struct each_case_event *each = context;
    return each->each(shape, each->context);
}

int store_case_events(struct store_txn *txn, const struct ln_id *case_id,
                      store_each_case_event *each, void *context)
{
    const struct table_key prefix = case_key(case_id);
    struct each_case_event give = {each, context};
    return record_walk(txn, TABLE_CASE_EVENT, &prefix, NULL, &ln_wire_case_event_record,
                       give_case_event, &give);
}

int store_case_get(struct store_txn *txn, const struct ln_id *case_id,
                   struct ln_case_record *out)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(SMALL_ARENA);
    const struct table_key key = case_key(case_id);
    return record_get(txn, TABLE_CASE, &key, &ln_wire_case_record, &arena, out);
}

int store_case_put(struct store_txn *txn, const struct ln_id *case_id,
                   const struct ln_case_record *record)
{
    const struct table_key key = case_key(case_id);
    return record_put(txn, TABLE_CASE, &key, &ln_wire_case_record, record);
}

struct each_case {
    store_each_case *each;
    void *context;
};

static int give_case(struct ln_bytes key, const void *shape, void *context)
{
    const struct each_case *each = context;
    struct ln_id case_id;
    if (key.size != sizeof case_id.b)
        return LN_E_STORE_DAMAGED;
    memcpy(case_id.b, key.data, sizeof case_id.b);
    return each->each(&case_id, shape, each->context);
}

int store_cases(struct store_txn *txn, const struct ln_id *first, store_each_case *each,
                void *context)
{
    const struct table_key prefix = key_none(), from = first == NULL ? prefix : case_key(first);
    struct each_case give = {each, context};
    return record_walk(txn, TABLE_CASE, &prefix, &from, &ln_wire_case_record, give_case, &give);
}
