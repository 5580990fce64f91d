/*
 * The tables by number, the keys of their records, and sealed reading and writing. Private to
 * the store.
 *
 * A key is a row of fixed-size parts: names padded with NUL to 33 bytes, numbers big-endian,
 * digests and case numbers as they are; so keys sort as their parts do, and tables that grow
 * with time are appended to.
 */
#ifndef TABLE_H
#define TABLE_H

#include "store.h"

#include "casekeys.h"
#include "database.h"

/* number, name in LMDB, key */
/* clang-format off */
#define STORE_TABLES(X)                                                                    \
    X(FACT, "fact")             /* name */                                                 \
    X(STATEMENT, "statement")   /* arrival */                                              \
    X(PROOF, "proof")           /* member, digest */                                       \
    X(EVENT, "event")           /* arrival */                                              \
    X(EVENT_AT, "event-at")     /* digest -> arrival, number of the case's key */          \
    X(CASE, "case")             /* case */                                                 \
    X(CASE_EVENT, "case-event") /* case, arrival */                                        \
    X(CASE_KEY, "case-key")     /* case -> number of its key */                            \
    X(DOOMED, "doomed-key")     /* number of a key that is to be destroyed */              \
    X(OUTBOX, "outbox")         /* member, urgency, place, arrival */                      \
    X(CHANNEL, "channel")       /* member */                                               \
    X(SENT, "sent")             /* member, generation, sequence */                         \
    X(TAKEN, "taken")           /* member, generation, sequence */                         \
    X(CARRIED, "carried")       /* item digest, direction, member, generation, sequence */ \
    X(RECEIPT, "receipt")       /* letter digest, receipt digest */                        \
    X(AGREEMENT, "agreement")   /* digest */                                               \
    X(AUDIT, "audit")           /* generation, sequence */                                 \
    X(WITNESS, "witness")       /* member */
/* clang-format on */

#define STORE_TABLE_ENUM(name, text) TABLE_##name,
enum store_table { STORE_TABLES(STORE_TABLE_ENUM) TABLE_LAST };
#undef STORE_TABLE_ENUM

extern const char *const table_names[TABLE_LAST + 1];

struct store_txn {
    struct database_txn *database;
    const uint8_t *key; /* of the store, or of a case */
    struct casekeys *casekeys;
    bool *has_doomed; /* set by whoever dooms a key; NULL: reading */
};

enum { TABLE_KEY_MAX = 160 };

struct table_key {
    uint8_t bytes[TABLE_KEY_MAX];
    size_t size;
};

struct table_key key_none(void);
struct table_key key_name(struct table_key key, const struct ln_name *name);
struct table_key key_number(struct table_key key, uint64_t number);
struct table_key key_byte(struct table_key key, uint8_t byte);
struct table_key key_bytes(struct table_key key, const void *bytes, size_t size);

/** The parts back, from an offset. */
struct ln_name key_name_at(struct ln_bytes key, size_t offset);
uint64_t key_number_at(struct ln_bytes key, size_t offset);
enum { KEY_NAME_BYTES = sizeof(struct ln_name), KEY_NUMBER_BYTES = 8 };

LN_CHECKED int table_put(struct store_txn *txn, enum store_table table,
                         const struct table_key *key, struct ln_bytes value);
/** Appends the opened value. LN_E_NOT_FOUND, LN_E_STORE_DAMAGED. */
LN_CHECKED int table_get(struct store_txn *txn, enum store_table table,
                         const struct table_key *key, struct ln_buffer *out);
bool table_has(struct store_txn *txn, enum store_table table, const struct table_key *key);
LN_CHECKED int table_delete(struct store_txn *txn, enum store_table table,
                            const struct table_key *key);
/**
 * The number after the highest of those that follow `prefix` at the end of the table's keys;
 * from 1.
 */
LN_CHECKED int table_next_number(struct store_txn *txn, enum store_table table,
                                 const struct table_key *prefix, uint64_t *out_number);
/** `each` is given key and opened value. */
typedef int table_each(struct ln_bytes key, struct ln_bytes value, void *context);
LN_CHECKED int table_walk(struct store_txn *txn, enum store_table table,
                          const struct table_key *prefix, const struct table_key *from,
                          table_each *each, void *context);

/** The highest key of a case that was given out; 0: none. In events.c. */
LN_CHECKED int events_last_key(struct store_txn *txn, uint64_t *out_number);

LN_CHECKED int record_put(struct store_txn *txn, enum store_table table,
                          const struct table_key *key, const struct ln_wire *wire,
                          const void *shape);
LN_CHECKED int record_get(struct store_txn *txn, enum store_table table,
                          const struct table_key *key, const struct ln_wire *wire,
                          struct ln_arena *arena, void *out_shape);
/** A walk whose values are opened as shapes, each alive during its own call. */
typedef int record_each(struct ln_bytes key, const void *shape, void *context);
LN_CHECKED int record_walk(struct store_txn *txn, enum store_table table,
                           const struct table_key *prefix, const struct table_key *from,
                           const struct ln_wire *wire, record_each *each, void *context);

#endif
