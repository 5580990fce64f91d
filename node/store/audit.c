/*
 * The place of the newest entry stands beside the log as well: whoever cuts entries off its end
 * leaves a place behind that nothing stands at.
 */
#include "audit.h"

#include "crypto.h"
#include "table.h"

#include <string.h>

#define HEAD_FACT "audit-head"

enum {
    ENTRY_MAX = 1024,
    RECORD_ARENA = 8 * 1024,
    HEAD_BYTES = 2 * KEY_NUMBER_BYTES + sizeof(struct ln_digest),
};

int audit_compare(const struct ln_place *a, const struct ln_place *b)
{
    if (a->generation != b->generation)
        return a->generation < b->generation ? -1 : 1;
    return a->sequence == b->sequence ? 0 : a->sequence < b->sequence ? -1 : 1;
}

void audit_chain(const struct ln_digest *before, const struct ln_place *place,
                 struct ln_bytes entry, struct ln_digest *out)
{
    uint8_t numbers[2 * KEY_NUMBER_BYTES];
    ln_put_u64(numbers, place->generation);
    ln_put_u64(numbers + KEY_NUMBER_BYTES, place->sequence);
    const struct ln_bytes parts[] = {ln_view(before->b, sizeof before->b),
                                     ln_view(numbers, sizeof numbers), entry};
    digest_parts("liaison/1 audit", parts, LN_COUNT(parts), out);
}

static struct table_key place_key(const struct ln_place *place)
{
    return key_number(key_number(key_none(), place->generation), place->sequence);
}

/* The head --------------------------------------------------------------------------------- */

/** What stands beside the log; a zero place: nothing. */
static int kept_head(struct store_txn *txn, struct ln_place *out)
{
    AUTO(ln_buffer_wipe) struct ln_buffer value = LN_BUFFER(HEAD_BYTES);
    const int error = store_fact_get(txn, HEAD_FACT, &value);
    *out = (struct ln_place){.generation = 0};
    if (error != 0)
        return error == LN_E_NOT_FOUND ? 0 : error;
    if (value.size != HEAD_BYTES)
        return LN_E_STORE_DAMAGED;
    out->generation = ln_get_u64(value.data);
    out->sequence = ln_get_u64(value.data + KEY_NUMBER_BYTES);
    memcpy(out->head.b, value.data + 2 * KEY_NUMBER_BYTES, sizeof out->head.b);
    return 0;
}

static int keep_head(struct store_txn *txn, const struct ln_place *head)
{
    AUTO(ln_buffer_wipe) struct ln_buffer value = LN_BUFFER(HEAD_BYTES);
    int error = ln_buffer_add_u64(&value, head->generation);
    if (error == 0)
        error = ln_buffer_add_u64(&value, head->sequence);
    if (error == 0)
        error = ln_buffer_add(&value, head->head.b, sizeof head->head.b);
    return error == 0 ? store_fact_put(txn, HEAD_FACT, ln_buffer_view(&value)) : error;
}

/** Where the last entry stands, without its head; a zero place: there is none. */
static int last_place(struct store_txn *txn, struct ln_place *out)
{
    struct ln_bytes key, sealed;
    const int error =
        database_last(txn->database, TABLE_AUDIT, ln_view(NULL, 0), &key, &sealed);
    *out = (struct ln_place){.generation = 0};
    if (error != 0)
        return error == LN_E_NOT_FOUND ? 0 : error;
    if (key.size != 2 * KEY_NUMBER_BYTES)
        return LN_E_STORE_DAMAGED;
    out->generation = key_number_at(key, 0);
    out->sequence = key_number_at(key, KEY_NUMBER_BYTES);
    return 0;
}

int audit_head(struct store_txn *txn, struct ln_place *out)
{
    struct ln_place kept, last;
    int error = kept_head(txn, &kept);
    if (error == 0)
        error = last_place(txn, &last);
    if (error != 0)
        return error;
    if (kept.generation == 0 && last.generation == 0)
        return LN_E_NOT_FOUND;
    *out = kept;
    if (audit_compare(&kept, &last) >= 0)
        return 0;
    *out = last; /* what stands beside the log is older: nothing is written over */
    return audit_head_at(txn, &last, &out->head);
}

int audit_head_at(struct store_txn *txn, const struct ln_place *place, struct ln_digest *out)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(RECORD_ARENA);
    struct ln_audit_record record;
    const struct table_key key = place_key(place);
    const int error =
        record_get(txn, TABLE_AUDIT, &key, &ln_wire_audit_record, &arena, &record);
    if (error == 0)
        *out = record.head;
    return error;
}

int audit_last(struct store_txn *txn, uint64_t generation, uint64_t *out_sequence)
{
    const struct table_key prefix = key_number(key_none(), generation);
    const int error = table_next_number(txn, TABLE_AUDIT, &prefix, out_sequence);
    if (error == 0)
        --*out_sequence;
    return error;
}

/* Appending -------------------------------------------------------------------------------- */

static int put_entry(struct store_txn *txn, const struct ln_digest *before,
                     struct ln_place place, const struct ln_audit_entry *entry)
{
    AUTO(ln_buffer_wipe) struct ln_buffer packed = LN_BUFFER(ENTRY_MAX);
    const struct table_key key = place_key(&place);
    int error = ln_audit_entry_build(entry, &packed);
    if (error != 0)
        return error;
    audit_chain(before, &place, ln_buffer_view(&packed), &place.head);
    const struct ln_audit_record record = {ln_buffer_view(&packed), place.head};
    error = record_put(txn, TABLE_AUDIT, &key, &ln_wire_audit_record, &record);
    return error == 0 ? keep_head(txn, &place) : error;
}

int audit_append(struct store_txn *txn, const struct ln_audit_entry *entry)
{
    struct ln_audit_entry plain = *entry;
    struct ln_place head;
    const int error = audit_head(txn, &head);
    plain.follows = NULL;
    if (error == LN_E_NOT_FOUND)
        return put_entry(txn, &(struct ln_digest){{0}},
                         (struct ln_place){.generation = 1, .sequence = 1}, &plain);
    if (error != 0)
        return error;
    const struct ln_place place = {.generation = head.generation,
                                   .sequence = head.sequence + 1};
    return put_entry(txn, &head.head, place, &plain);
}

int audit_begin(struct store_txn *txn, const struct ln_audit_entry *entry, uint64_t generation)
{
    struct ln_audit_entry first = *entry;
    struct ln_place head = {.generation = 0};
    const int error = audit_head(txn, &head);
    if (error != 0 && error != LN_E_NOT_FOUND)
        return error;
    first.follows = error == 0 ? &head : NULL;
    const uint64_t above = head.generation > generation ? head.generation : generation;
    const struct ln_place place = {.generation = above + 1, .sequence = 1};
    return put_entry(txn, &head.head, place, &first);
}

/* Reading ---------------------------------------------------------------------------------- */

struct each_entry {
    struct store_txn *txn;
    audit_each *each;
    void *context;
};

static int give_entry(struct ln_bytes key, struct ln_bytes sealed, void *context)
{
    (void)sealed;
    const struct each_entry *give = context;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(RECORD_ARENA);
    const struct table_key whole = key_bytes(key_none(), key.data, key.size);
    struct ln_audit_record record;
    struct ln_audit_entry entry;
    int error =
        record_get(give->txn, TABLE_AUDIT, &whole, &ln_wire_audit_record, &arena, &record);
    if (error == 0 && ln_audit_entry_open(record.entry, &arena, &entry) != 0)
        error = LN_E_STORE_DAMAGED;
    if (error != 0)
        return error == LN_E_STORE_DAMAGED ? 0 : error;
    const struct ln_place place = {key_number_at(key, 0), key_number_at(key, KEY_NUMBER_BYTES),
                                   record.head};
    return give->each(&place, &entry, give->context);
}

int audit_entries(struct store_txn *txn, const struct ln_place *from, audit_each *each,
                  void *context)
{
    const struct table_key start = from == NULL ? key_none() : place_key(from);
    struct each_entry give = {txn, each, context};
    return database_walk(txn->database, TABLE_AUDIT, ln_view(NULL, 0),
                         ln_view(start.bytes, start.size), give_entry, &give);
}

/* Witnesses -------------------------------------------------------------------------------- */

int audit_witness_get(struct store_txn *txn, const struct ln_name *peer, struct ln_arena *arena,
                      struct ln_witness_record *out)
{
    const struct table_key key = key_name(key_none(), peer);
    const int error = record_get(txn, TABLE_WITNESS, &key, &ln_wire_witness_record, arena, out);
    if (error != LN_E_NOT_FOUND)
        return error;
    *out = (struct ln_witness_record){.theirs = NULL};
    return 0;
}

int audit_witness_put(struct store_txn *txn, const struct ln_name *peer,
                      const struct ln_witness_record *record)
{
    const struct table_key key = key_name(key_none(), peer);
    return record_put(txn, TABLE_WITNESS, &key, &ln_wire_witness_record, record);
}

struct each_witness {
    audit_each_witness *each;
    void *context;
};

static int give_witness(struct ln_bytes key, const void *shape, void *context)
{
    const struct each_witness *give = context;
    if (key.size != KEY_NAME_BYTES)
        return LN_E_STORE_DAMAGED;
    const struct ln_name peer = key_name_at(key, 0);
    return give->each(&peer, shape, give->context);
}

int audit_witnesses(struct store_txn *txn, audit_each_witness *each, void *context)
{
    const struct table_key prefix = key_none();
    struct each_witness give = {each, context};
    return record_walk(txn, TABLE_WITNESS, &prefix, NULL, &ln_wire_witness_record, give_witness,
                       &give);
}
