/*
 * Sealed reading and writing: the one place between the store's tables and LMDB.
 *
 * LMDB has no checksums: of 200 single flipped bits 105 gave silently wrong data. Here each
 * value is sealed with its table's name and its key as associated data, so it is what was
 * written, where it was written, or it is damage.
 */
#include "table.h"

#include "crypto.h"

#include <assert.h>
#include <string.h>

#define STORE_TABLE_NAME(name, text) [TABLE_##name] = text,
const char *const table_names[TABLE_LAST + 1] = {STORE_TABLES(STORE_TABLE_NAME)};
#undef STORE_TABLE_NAME

enum {
    VALUE_MAX = 2 * 1024 * 1024,
    AAD_MAX = TABLE_KEY_MAX + 32,
    RECORD_ARENA = 4 * 1024 * 1024
};

_Static_assert((int)STORE_STOP == (int)DATABASE_STOP, "one convention for walks");

/* Keys ------------------------------------------------------------------------------------- */

struct table_key key_none(void)
{
    return (struct table_key){.size = 0};
}

struct table_key key_bytes(struct table_key key, const void *bytes, size_t size)
{
    assert(key.size + size <= sizeof key.bytes);
    memcpy(key.bytes + key.size, bytes, size);
    key.size += size;
    return key;
}

struct table_key key_name(struct table_key key, const struct ln_name *name)
{
    return key_bytes(key, name->text, sizeof name->text);
}

struct table_key key_number(struct table_key key, uint64_t number)
{
    uint8_t bytes[KEY_NUMBER_BYTES];
    ln_put_u64(bytes, number);
    return key_bytes(key, bytes, sizeof bytes);
}

struct table_key key_byte(struct table_key key, uint8_t byte)
{
    return key_bytes(key, &byte, 1);
}

struct ln_name key_name_at(struct ln_bytes key, size_t offset)
{
    struct ln_name name;
    assert(offset + sizeof name.text <= key.size);
    memcpy(name.text, key.data + offset, sizeof name.text);
    return name;
}

uint64_t key_number_at(struct ln_bytes key, size_t offset)
{
    assert(offset + KEY_NUMBER_BYTES <= key.size);
    return ln_get_u64(key.data + offset);
}

static struct ln_bytes key_view(const struct table_key *key)
{
    return ln_view(key->bytes, key->size);
}

/* Values ----------------------------------------------------------------------------------- */

struct value_aad {
    uint8_t bytes[AAD_MAX];
    size_t size;
};

static struct value_aad aad_of(enum store_table table, struct ln_bytes key)
{
    struct value_aad aad;
    const size_t name_size = strlen(table_names[table]) + 1;
    assert(name_size + key.size <= sizeof aad.bytes);
    memcpy(aad.bytes, table_names[table], name_size);
    memcpy(aad.bytes + name_size, key.data, key.size);
    aad.size = name_size + key.size;
    return aad;
}

int table_put(struct store_txn *txn, enum store_table table, const struct table_key *key,
              struct ln_bytes value)
{
    const struct value_aad aad = aad_of(table, key_view(key));
    AUTO(ln_buffer_wipe) struct ln_buffer sealed = LN_BUFFER(VALUE_MAX);
    uint8_t *place;
    const int error = ln_buffer_extend(&sealed, value.size + CRYPTO_AEAD_EXTRA_BYTES, &place);
    if (error != 0)
        return error;
    aead_seal(txn->key, ln_view(aad.bytes, aad.size), value, place);
    return database_put(txn->database, table, key_view(key), ln_buffer_view(&sealed));
}

static int open_value(const struct store_txn *txn, enum store_table table, struct ln_bytes key,
                      struct ln_bytes sealed, struct ln_buffer *out)
{
    if (sealed.size < CRYPTO_AEAD_EXTRA_BYTES || key.size > TABLE_KEY_MAX)
        return LN_E_STORE_DAMAGED;
    const struct value_aad aad = aad_of(table, key);
    const size_t size_before = out->size;
    uint8_t *place;
    int error = ln_buffer_extend(out, sealed.size - CRYPTO_AEAD_EXTRA_BYTES, &place);
    if (error != 0)
        return error;
    error = aead_open(txn->key, ln_view(aad.bytes, aad.size), sealed, place);
    if (error == 0)
        return 0;
    out->size = size_before;
    return LN_E_STORE_DAMAGED;
}

int table_get(struct store_txn *txn, enum store_table table, const struct table_key *key,
              struct ln_buffer *out)
{
    struct ln_bytes sealed;
    const int error = database_get(txn->database, table, key_view(key), &sealed);
    return error == 0 ? open_value(txn, table, key_view(key), sealed, out) : error;
}

bool table_has(struct store_txn *txn, enum store_table table, const struct table_key *key)
{
    struct ln_bytes sealed;
    return database_get(txn->database, table, key_view(key), &sealed) == 0;
}

int table_delete(struct store_txn *txn, enum store_table table, const struct table_key *key)
{
    return database_delete(txn->database, table, key_view(key));
}

int table_next_number(struct store_txn *txn, enum store_table table,
                      const struct table_key *prefix, uint64_t *out_number)
{
    struct ln_bytes key, value;
    const int error = database_last(txn->database, table, key_view(prefix), &key, &value);
    if (error == LN_E_NOT_FOUND) {
        *out_number = 1;
        return 0;
    }
    if (error != 0)
        return error;
    *out_number = key_number_at(key, prefix->size) + 1;
    return 0;
}

/* Walks ------------------------------------------------------------------------------------ */

struct walk {
    struct store_txn *txn;
    enum store_table table;
    table_each *each;
    void *context;
};

static int walk_value(struct ln_bytes key, struct ln_bytes sealed, void *context)
{
    const struct walk *walk = context;
    AUTO(ln_buffer_wipe) struct ln_buffer value = LN_BUFFER(VALUE_MAX);
    const int error = open_value(walk->txn, walk->table, key, sealed, &value);
    return error == 0 ? walk->each(key, ln_buffer_view(&value), walk->context) : error;
}

int table_walk(struct store_txn *txn, enum store_table table, const struct table_key *prefix,
               const struct table_key *from, table_each *each, void *context)
{
    struct walk walk = {txn, table, each, context};
    const struct ln_bytes start = from == NULL ? ln_view(NULL, 0) : key_view(from);
    return database_walk(txn->database, table, key_view(prefix), start, walk_value, &walk);
}

/* Records ---------------------------------------------------------------------------------- */

int record_put(struct store_txn *txn, enum store_table table, const struct table_key *key,
               const struct ln_wire *wire, const void *shape)
{
    AUTO(ln_buffer_wipe) struct ln_buffer value = LN_BUFFER(VALUE_MAX);
    const int error = ln_wire_build(wire, shape, &value);
    return error == 0 ? table_put(txn, table, key, ln_buffer_view(&value)) : error;
}

/** What does not decode was not written by us. */
static int open_record(const struct ln_wire *wire, struct ln_bytes value,
                       struct ln_arena *arena, void *out_shape)
{
    const int error = ln_wire_open(wire, value, arena, out_shape);
    return error == 0 || error == LN_E_OUT_OF_MEMORY ? error : LN_E_STORE_DAMAGED;
}

int record_get(struct store_txn *txn, enum store_table table, const struct table_key *key,
               const struct ln_wire *wire, struct ln_arena *arena, void *out_shape)
{
    AUTO(ln_buffer_wipe) struct ln_buffer value = LN_BUFFER(VALUE_MAX);
    const int error = table_get(txn, table, key, &value);
    return error == 0 ? open_record(wire, ln_buffer_view(&value), arena, out_shape) : error;
}

enum { SHAPE_MAX = 512 };

struct record_walk {
    const struct ln_wire *wire;
    record_each *each;
    void *context;
};

static int walk_record(struct ln_bytes key, struct ln_bytes value, void *context)
{
    const struct record_walk *walk = context;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(RECORD_ARENA);
    _Alignas(max_align_t) uint8_t shape[SHAPE_MAX];
    assert(ln_wire_shape_size(walk->wire) <= sizeof shape);
    const int error = open_record(walk->wire, value, &arena, shape);
    return error == 0 ? walk->each(key, shape, walk->context) : error;
}

int record_walk(struct store_txn *txn, enum store_table table, const struct table_key *prefix,
                const struct table_key *from, const struct ln_wire *wire, record_each *each,
                void *context)
{
    struct record_walk walk = {wire, each, context};
    return table_walk(txn, table, prefix, from, walk_record, &walk);
}
