/*
 * The headers stay as they were signed, so that the fold, the channel and an evidence bundle
 * are what they were.
 */
#include "erasing.h"

#include "case.h"

enum { RECORDS_ARENA = 1024 * 1024, ITEM_ARENA = 512 * 1024 };

struct erasing {
    struct ln_case_event_record *records;
    size_t count;
    uint64_t size; /* of what is left */
};

/** A walk must not write to its own table. */
static int list_event(const struct ln_case_event_record *record, void *context)
{
    struct erasing *erasing = context;
    if (erasing->count == CASE_EVENTS_MAX)
        return LN_E_TOO_MANY;
    erasing->records[erasing->count++] = *record;
    return 0;
}

static int strip_event(struct store_txn *txn, const struct ln_id *case_id,
                       struct ln_case_event_record *record, size_t *out_size)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(ITEM_ARENA);
    AUTO(ln_buffer_wipe) struct ln_buffer packed = LN_BUFFER(LN_EVENT_ITEM_MAX);
    AUTO(ln_buffer_wipe) struct ln_buffer header = LN_BUFFER(LN_EVENT_ITEM_MAX);
    struct ln_event_item item;
    int error = store_event_get(txn, &record->digest, &packed);
    if (error == 0)
        error = ln_event_item_open(ln_buffer_view(&packed), &arena, &item);
    if (error != 0)
        return error;
    if (item.sections_count > 0)
        record->refused = (uint32_t)-LN_E_ERASED;
    item.sections_count = 0;
    error = ln_event_item_build(&item, &header);
    *out_size = header.size;
    return error == 0 ? store_event_erase(txn, case_id, record, ln_buffer_view(&header))
                      : error;
}

static int mark_case(struct store_txn *txn, const struct local *local,
                     const struct ln_id *case_id, uint64_t size)
{
    struct ln_case_record row;
    const int error = store_case_get(txn, case_id, &row);
    if (error != 0)
        return error;
    row.size = size;
    row.kept_until_ms = 0;
    row.erased_ms = ln_now_ms(&local->clock);
    return store_case_put(txn, case_id, &row);
}

int erasing_case(struct store_txn *txn, const struct local *local, const struct ln_id *case_id)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(RECORDS_ARENA);
    struct erasing erasing = {
        .records = ln_arena_array(&arena, CASE_EVENTS_MAX, sizeof *erasing.records)};
    if (erasing.records == NULL)
        return LN_E_OUT_OF_MEMORY;
    int error = store_case_events(txn, case_id, list_event, &erasing);
    if (error == 0 && erasing.count == 0)
        return LN_E_NO_CASE;
    for (size_t i = 0; i < erasing.count && error == 0; i++) {
        size_t size = 0;
        error = strip_event(txn, case_id, &erasing.records[i], &size);
        erasing.size += size;
    }
    if (error == 0)
        error = store_case_forget_key(txn, case_id);
    return error == 0 ? mark_case(txn, local, case_id, erasing.size) : error;
}
