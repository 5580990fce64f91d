/*
 * Cases and their events. An event's bytes stand once, by number of arrival, so that the table
 * is appended to, sealed under its case's key; its digest leads there.
 */
#include "table.h"

#include "crypto.h"

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

/* Where an event's bytes stand, and under which key ---------------------------------------- */

struct place {
    uint64_t number; /* of its arrival */
    uint64_t key;    /* number of its case's; 0: the store's, for what holds nothing to erase */
};

static int put_place(struct store_txn *txn, const struct ln_digest *digest, struct place place)
{
    uint8_t bytes[2 * KEY_NUMBER_BYTES];
    ln_put_u64(bytes, place.number);
    ln_put_u64(bytes + KEY_NUMBER_BYTES, place.key);
    const struct table_key key = digest_key(digest);
    return table_put(txn, TABLE_EVENT_AT, &key, ln_view(bytes, sizeof bytes));
}

static int get_place(struct store_txn *txn, const struct ln_digest *digest, struct place *out)
{
    AUTO(ln_buffer_wipe) struct ln_buffer bytes = LN_BUFFER(2 * KEY_NUMBER_BYTES);
    const struct table_key at = digest_key(digest);
    const int error = table_get(txn, TABLE_EVENT_AT, &at, &bytes);
    if (error != 0)
        return error;
    if (bytes.size != 2 * KEY_NUMBER_BYTES)
        return LN_E_STORE_DAMAGED;
    *out = (struct place){ln_get_u64(bytes.data), ln_get_u64(bytes.data + KEY_NUMBER_BYTES)};
    return 0;
}

/** The same transaction, sealing and opening with that key, which the caller wipes. */
static int with_key(const struct store_txn *txn, uint64_t number,
                    uint8_t key[static CASEKEYS_KEY_BYTES], struct store_txn *out)
{
    *out = *txn;
    if (number == 0)
        return 0;
    out->key = key;
    return casekeys_get(txn->casekeys, number, key);
}

static int put_item(struct store_txn *txn, struct place place, struct ln_bytes item)
{
    uint8_t key[CASEKEYS_KEY_BYTES];
    struct store_txn sealing;
    const struct table_key at = key_number(key_none(), place.number);
    int error = with_key(txn, place.key, key, &sealing);
    if (error == 0)
        error = table_put(&sealing, TABLE_EVENT, &at, item);
    crypto_wipe(key, sizeof key);
    return error;
}

/* Keys of cases ---------------------------------------------------------------------------- */

static const char last_key_fact[] = "case-keys";

static int number_of(struct ln_bytes value, uint64_t *out)
{
    if (value.size != KEY_NUMBER_BYTES)
        return LN_E_STORE_DAMAGED;
    *out = ln_get_u64(value.data);
    return 0;
}

int events_last_key(struct store_txn *txn, uint64_t *out_number)
{
    AUTO(ln_buffer_wipe) struct ln_buffer value = LN_BUFFER(KEY_NUMBER_BYTES);
    const int error = store_fact_get(txn, last_key_fact, &value);
    *out_number = 0;
    if (error != 0)
        return error == LN_E_NOT_FOUND ? 0 : error;
    return number_of(ln_buffer_view(&value), out_number);
}

/** LN_E_NOT_FOUND: the case has none. */
static int get_key(struct store_txn *txn, const struct ln_id *case_id, uint64_t *out_number)
{
    AUTO(ln_buffer_wipe) struct ln_buffer value = LN_BUFFER(KEY_NUMBER_BYTES);
    const struct table_key at = case_key(case_id);
    const int error = table_get(txn, TABLE_CASE_KEY, &at, &value);
    return error == 0 ? number_of(ln_buffer_view(&value), out_number) : error;
}

static int make_key(struct store_txn *txn, const struct ln_id *case_id, uint64_t *out_number)
{
    uint8_t bytes[KEY_NUMBER_BYTES];
    const struct table_key at = case_key(case_id);
    int error = events_last_key(txn, out_number);
    if (error != 0)
        return error;
    ln_put_u64(bytes, ++*out_number);
    error = casekeys_reserve(txn->casekeys, *out_number);
    if (error == 0)
        error = store_fact_put(txn, last_key_fact, ln_view(bytes, sizeof bytes));
    return error == 0 ? table_put(txn, TABLE_CASE_KEY, &at, ln_view(bytes, sizeof bytes))
                      : error;
}

int store_case_forget_key(struct store_txn *txn, const struct ln_id *case_id)
{
    uint64_t number;
    const int error = get_key(txn, case_id, &number);
    if (error != 0)
        return error == LN_E_NOT_FOUND ? 0 : error;
    const struct table_key at = case_key(case_id), doomed = key_number(key_none(), number);
    const int result = table_put(txn, TABLE_DOOMED, &doomed, ln_view(NULL, 0));
    *txn->has_doomed = true;
    return result == 0 ? table_delete(txn, TABLE_CASE_KEY, &at) : result;
}

/* Events ----------------------------------------------------------------------------------- */

int store_event_add(struct store_txn *txn, const struct ln_id *case_id,
                    const struct ln_case_event_record *record, struct ln_bytes item)
{
    if (store_event_has(txn, &record->digest))
        return LN_E_EXISTS;
    const struct table_key all = key_none();
    struct place place;
    int error = table_next_number(txn, TABLE_EVENT, &all, &place.number);
    if (error == 0)
        error = get_key(txn, case_id, &place.key);
    if (error == LN_E_NOT_FOUND)
        error = make_key(txn, case_id, &place.key);
    if (error == 0)
        error = put_item(txn, place, item);
    if (error == 0)
        error = put_place(txn, &record->digest, place);
    if (error != 0)
        return error;
    const struct table_key key = key_number(case_key(case_id), place.number);
    return record_put(txn, TABLE_CASE_EVENT, &key, &ln_wire_case_event_record, record);
}

int store_event_get(struct store_txn *txn, const struct ln_digest *digest,
                    struct ln_buffer *out)
{
    uint8_t key[CASEKEYS_KEY_BYTES];
    struct store_txn opening;
    struct place place;
    int error = get_place(txn, digest, &place);
    if (error != 0)
        return error;
    const struct table_key at = key_number(key_none(), place.number);
    error = with_key(txn, place.key, key, &opening);
    if (error == 0)
        error = table_get(&opening, TABLE_EVENT, &at, out);
    crypto_wipe(key, sizeof key);
    return error;
}

int store_event_replace(struct store_txn *txn, const struct ln_digest *digest,
                        struct ln_bytes item)
{
    struct place place;
    const int error = get_place(txn, digest, &place);
    return error == 0 ? put_item(txn, place, item) : error;
}

static struct table_key in_case(const struct ln_id *case_id, uint64_t number)
{
    return key_number(case_key(case_id), number);
}

int store_event_record(struct store_txn *txn, const struct ln_id *case_id,
                       const struct ln_digest *digest, struct ln_case_event_record *out)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(SMALL_ARENA);
    struct place place;
    const int error = get_place(txn, digest, &place);
    const struct table_key key = in_case(case_id, place.number);
    return error == 0 ? record_get(txn, TABLE_CASE_EVENT, &key, &ln_wire_case_event_record,
                                   &arena, out)
                      : error;
}

static int change(struct store_txn *txn, const struct ln_id *case_id, struct place place,
                  const struct ln_case_event_record *record, struct ln_bytes item)
{
    const struct table_key key = in_case(case_id, place.number);
    int error = put_item(txn, place, item);
    if (error == 0)
        error = put_place(txn, &record->digest, place);
    return error == 0
               ? record_put(txn, TABLE_CASE_EVENT, &key, &ln_wire_case_event_record, record)
               : error;
}

int store_event_complete(struct store_txn *txn, const struct ln_id *case_id,
                         const struct ln_case_event_record *record, struct ln_bytes item)
{
    struct place place;
    const int error = get_place(txn, &record->digest, &place);
    return error == 0 ? change(txn, case_id, place, record, item) : error;
}

int store_event_erase(struct store_txn *txn, const struct ln_id *case_id,
                      const struct ln_case_event_record *record, struct ln_bytes header)
{
    struct place place;
    const int error = get_place(txn, &record->digest, &place);
    place.key = 0;
    return error == 0 ? change(txn, case_id, place, record, header) : error;
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
