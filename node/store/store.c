/*
 * Opening, transactions, and the node's own small tables.
 */
#include "store.h"

#include "crypto.h"
#include "table.h"

#include <stdlib.h>
#include <string.h>

struct store {
    struct database *database;
    struct casekeys *casekeys;
    const uint8_t *key;
};

/* Keys of erased cases --------------------------------------------------------------------- */

static int destroy_key(struct ln_bytes key, struct ln_bytes value, void *context)
{
    (void)value;
    return casekeys_destroy(context, key_number_at(key, 0));
}

/** After the commit that says so; and at the start, if that was the last thing that was done.
 */
static int destroy_doomed(struct store *store)
{
    AUTO(store_end) struct store_txn *txn = NULL;
    const struct table_key all = key_none();
    const int error = store_read(store, &txn);
    return error == 0 ? table_walk(txn, TABLE_DOOMED, &all, NULL, destroy_key, store->casekeys)
                      : error;
}

/* Opening, transactions -------------------------------------------------------------------- */

/** Every case that is here has its key; LN_E_STORE_DAMAGED: the file is of another time. */
static int check_keys(struct store *store)
{
    AUTO(store_end) struct store_txn *txn = NULL;
    uint64_t last;
    int error = store_read(store, &txn);
    if (error == 0)
        error = events_last_key(txn, &last);
    if (error != 0)
        return error;
    return last == 0 || casekeys_has(store->casekeys, last) ? 0 : LN_E_STORE_DAMAGED;
}

int store_open(const char *directory, const uint8_t key[static 32], struct store **out)
{
    const struct database_options options = {.directory = directory, .tables = table_names};
    AUTO(store_close) struct store *store = ln_allocate(sizeof *store);
    *store = (struct store){.key = key};
    int error = database_open(&options, &store->database);
    if (error == 0)
        error = casekeys_open(directory, key, &store->casekeys);
    if (error == 0)
        error = check_keys(store);
    if (error == 0)
        error = destroy_doomed(store);
    if (error != 0)
        return error;
    *out = store;
    store = NULL;
    return 0;
}

void store_close(struct store **store_p)
{
    struct store *store = *store_p;
    if (store == NULL)
        return;
    casekeys_close(&store->casekeys);
    database_close(&store->database);
    ln_release(store, sizeof *store);
    *store_p = NULL;
}

struct run {
    struct store *store;
    int (*work)(struct store_txn *txn, void *context);
    void *context;
    bool has_doomed;
};

static int run_sealed(struct database_txn *database, void *context)
{
    struct run *run = context;
    run->has_doomed = false;
    struct store_txn txn = {database, run->store->key, run->store->casekeys, &run->has_doomed};
    return run->work(&txn, run->context);
}

int store_run(struct store *store, int (*work)(struct store_txn *txn, void *context),
              void *context)
{
    struct run run = {store, work, context, false};
    const int error = database_run(store->database, run_sealed, &run);
    if (error != 0 || !run.has_doomed)
        return error;
    return destroy_doomed(store) == 0 ? 0 : LN_E_STORE; /* committed: the start does it again */
}

int store_read(struct store *store, struct store_txn **out)
{
    struct database_txn *database;
    const int error = database_read(store->database, &database);
    if (error != 0)
        return error;
    struct store_txn *txn = ln_allocate(sizeof *txn);
    *txn = (struct store_txn){database, store->key, store->casekeys, NULL};
    *out = txn;
    return 0;
}

void store_end(struct store_txn **txn_p)
{
    struct store_txn *txn = *txn_p;
    if (txn == NULL)
        return;
    database_abort(&txn->database);
    ln_release(txn, sizeof *txn);
    *txn_p = NULL;
}

/** A full disk refuses new cases first and receipts last. */
#define RESERVE ((uint64_t)16 << 20)

bool store_has_room(const struct store *store)
{
    return database_has_room(store->database, RESERVE);
}

bool store_has_room_to_look(const struct store *store)
{
    return database_has_room(store->database, RESERVE / 2);
}

int store_copy(struct store *store, const char *directory)
{
    const int error = database_copy(store->database, directory);
    return error == 0 ? casekeys_copy(store->casekeys, directory) : error;
}

/* Agreements ------------------------------------------------------------------------------- */

static struct table_key agreement_key(const struct ln_digest *digest)
{
    return key_bytes(key_none(), digest->b, sizeof digest->b);
}

int store_agreement_put(struct store_txn *txn, const struct ln_digest *digest,
                        const struct ln_agreement_record *record)
{
    const struct table_key key = agreement_key(digest);
    return record_put(txn, TABLE_AGREEMENT, &key, &ln_wire_agreement_record, record);
}

int store_agreement_get(struct store_txn *txn, const struct ln_digest *digest,
                        struct ln_arena *arena, struct ln_agreement_record *out)
{
    const struct table_key key = agreement_key(digest);
    return record_get(txn, TABLE_AGREEMENT, &key, &ln_wire_agreement_record, arena, out);
}

struct each_agreement {
    store_each_agreement *each;
    void *context;
};

static int give_agreement(struct ln_bytes key, const void *shape, void *context)
{
    const struct each_agreement *each = context;
    (void)key;
    return each->each(shape, each->context);
}

int store_agreements(struct store_txn *txn, store_each_agreement *each, void *context)
{
    const struct table_key all = key_none();
    struct each_agreement giving = {each, context};
    return record_walk(txn, TABLE_AGREEMENT, &all, NULL, &ln_wire_agreement_record,
                       give_agreement, &giving);
}

/* Facts, statements, proofs ---------------------------------------------------------------- */

int store_fact_get(struct store_txn *txn, const char *name, struct ln_buffer *out)
{
    const struct table_key key = key_bytes(key_none(), name, strlen(name));
    return table_get(txn, TABLE_FACT, &key, out);
}

int store_fact_put(struct store_txn *txn, const char *name, struct ln_bytes value)
{
    const struct table_key key = key_bytes(key_none(), name, strlen(name));
    return table_put(txn, TABLE_FACT, &key, value);
}

int store_statement_add(struct store_txn *txn, struct ln_bytes statement)
{
    const struct table_key prefix = key_none();
    uint64_t number;
    const int error = table_next_number(txn, TABLE_STATEMENT, &prefix, &number);
    if (error != 0)
        return error;
    const struct table_key key = key_number(prefix, number);
    return table_put(txn, TABLE_STATEMENT, &key, statement);
}

int store_statements_count(struct store_txn *txn, uint64_t *out_count)
{
    return database_count(txn->database, TABLE_STATEMENT, out_count);
}

int store_statements_clear(struct store_txn *txn)
{
    const struct table_key prefix = key_none();
    uint64_t next;
    int error = table_next_number(txn, TABLE_STATEMENT, &prefix, &next);
    for (uint64_t number = 1; error == 0 && number < next; number++) {
        const struct table_key key = key_number(prefix, number);
        error = table_delete(txn, TABLE_STATEMENT, &key);
    }
    return error;
}

static int count_value(struct ln_bytes key, struct ln_bytes value, void *context)
{
    (void)key, (void)value;
    return ++*(size_t *)context == STORE_PROOFS_MAX ? STORE_STOP : 0;
}

int store_proof_add(struct store_txn *txn, const struct ln_name *about, struct ln_bytes body)
{
    const struct table_key prefix = key_name(key_none(), about);
    struct ln_digest digest;
    size_t count = 0;
    const int error = table_walk(txn, TABLE_PROOF, &prefix, NULL, count_value, &count);
    if (error != 0 || count == STORE_PROOFS_MAX)
        return error;
    digest_parts("liaison/1 store proof", &body, 1, &digest);
    const struct table_key key = key_bytes(prefix, digest.b, sizeof digest.b);
    return table_put(txn, TABLE_PROOF, &key, body);
}

int store_proofs_count(struct store_txn *txn, uint64_t *out_count)
{
    return database_count(txn->database, TABLE_PROOF, out_count);
}

struct each_bytes {
    store_each_bytes *each;
    void *context;
};

static int give_bytes(struct ln_bytes key, struct ln_bytes value, void *context)
{
    (void)key;
    const struct each_bytes *each = context;
    return each->each(value, each->context);
}

int store_statements(struct store_txn *txn, store_each_bytes *each, void *context)
{
    const struct table_key prefix = key_none();
    struct each_bytes give = {each, context};
    return table_walk(txn, TABLE_STATEMENT, &prefix, NULL, give_bytes, &give);
}

/* Receipts --------------------------------------------------------------------------------- */

static struct table_key letter_prefix(const struct ln_digest *letter)
{
    return key_bytes(key_none(), letter->b, sizeof letter->b);
}

int store_receipt_add(struct store_txn *txn, const struct ln_digest *letter,
                      struct ln_bytes receipt)
{
    struct ln_digest digest;
    digest_parts("liaison/1 store receipt", &receipt, 1, &digest);
    const struct table_key key = key_bytes(letter_prefix(letter), digest.b, sizeof digest.b);
    return table_put(txn, TABLE_RECEIPT, &key, receipt);
}

int store_receipts(struct store_txn *txn, const struct ln_digest *letter,
                   store_each_bytes *each, void *context)
{
    const struct table_key prefix = letter_prefix(letter);
    struct each_bytes give = {each, context};
    return table_walk(txn, TABLE_RECEIPT, &prefix, NULL, give_bytes, &give);
}
