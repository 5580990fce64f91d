/*
 * The one wrapper around LMDB: tables of sorted keys, durable transactions, values as given.
 *
 * Default LMDB flags only: with them 600 of 600 simulated power cuts kept every acknowledged
 * commit, with any relaxed flag they did not. A commit has reached the disk when
 * database_commit returns 0.
 *
 * One process owns a database (lock file, LN_E_BUSY). One thread uses it. No read transaction
 * is kept across a wait: a reader held open makes the file grow without end.
 *
 * The map grows by itself: a write transaction that met a full map is run again in a larger
 * one.
 */
#ifndef DATABASE_H
#define DATABASE_H

#include <liaison/base.h>
#include <liaison/error.h>

enum {
    DATABASE_KEY_MAX = 511,
    DATABASE_TABLES_MAX = 32,
};

struct database;
struct database_txn;

struct database_options {
    const char *directory;     /* made with mode 0700 if missing, parent must exist */
    const char *const *tables; /* names, in the order of their numbers; NULL-ended */
    size_t size_max;           /* the map never grows above; 0: 64 GiB */
};

/** LN_E_BUSY, LN_E_FILE_MODE (directory open to others), LN_E_STORE, LN_E_SYSTEM. */
LN_CHECKED int database_open(const struct database_options *options, struct database **out);
void database_close(struct database **database_p);

/** Read-only snapshot; end it with database_abort. */
LN_CHECKED int database_read(struct database *database, struct database_txn **out);

/**
 * Runs `work` in one write transaction and commits it: all or nothing, synced. `work` may run
 * more than once (the map grew), so it changes nothing outside but through its context,
 * idempotently. Whatever `work` returns other than 0 aborts and is returned. LN_E_DISK_FULL:
 * nothing changed, may be tried again later. LN_E_STORE: a commit or sync failed; the caller
 * must stop the process, never retry.
 */
LN_CHECKED int database_run(struct database *database,
                            int (*work)(struct database_txn *txn, void *context),
                            void *context);

void database_abort(struct database_txn **txn_p); /* safe on NULL; fits AUTO */

/** The value, borrowed until the transaction ends or writes. LN_E_NOT_FOUND. */
LN_CHECKED int database_get(struct database_txn *txn, unsigned table, struct ln_bytes key,
                            struct ln_bytes *out_value);
/** Appends cheaply when the key is the table's highest. LN_E_STORE, LN_E_DISK_FULL. */
LN_CHECKED int database_put(struct database_txn *txn, unsigned table, struct ln_bytes key,
                            struct ln_bytes value);
/** 0 also when there was nothing to delete. */
LN_CHECKED int database_delete(struct database_txn *txn, unsigned table, struct ln_bytes key);

/**
 * Walks keys that begin with `prefix`, upwards from `from` (inclusive; empty: from the prefix),
 * and calls `each` until it returns other than 0, which is returned. DATABASE_STOP ends the
 * walk with 0. `each` must not write to the table it walks.
 */
enum { DATABASE_STOP = 1 };
typedef int database_each(struct ln_bytes key, struct ln_bytes value, void *context);
LN_CHECKED int database_walk(struct database_txn *txn, unsigned table, struct ln_bytes prefix,
                             struct ln_bytes from, database_each *each, void *context);
/** The highest key that begins with `prefix`. LN_E_NOT_FOUND. */
LN_CHECKED int database_last(struct database_txn *txn, unsigned table, struct ln_bytes prefix,
                             struct ln_bytes *out_key, struct ln_bytes *out_value);
/** How many records a table has. */
LN_CHECKED int database_count(struct database_txn *txn, unsigned table, uint64_t *out_count);

/** Does the file system still have this many bytes free? */
bool database_has_room(const struct database *database, uint64_t size);

/**
 * A consistent copy into an empty directory (mode 0700, made if missing). LN_E_EXISTS,
 * LN_E_SYSTEM.
 */
LN_CHECKED int database_copy(struct database *database, const char *directory);

#endif
