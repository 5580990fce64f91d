/*
 * Statements stand in arrival order, so that a start and a new node walk the same way through
 * all versions.
 */
#include "rosterkeeper.h"

#include <string.h>

enum { STALE_MAX = 64 };

struct rosterkeeper {
    struct database *database;
    unsigned table;
    const char *fingerprint;
    struct ln_trust *trust;
    uint64_t last_number;
    bool is_behind; /* a full disk did not take all that is in force */
};

static int take_into_trust(struct rosterkeeper *keeper, struct ln_bytes statement)
{
    if (ln_trust_roster(keeper->trust) == NULL)
        return ln_trust_anchor(keeper->trust, statement, keeper->fingerprint);
    return ln_trust_take(keeper->trust, statement);
}

static int load(struct ln_bytes key, struct ln_bytes value, void *context)
{
    struct rosterkeeper *keeper = context;
    if (key.size != 8)
        return LN_E_STORE_DAMAGED;
    keeper->last_number = ln_get_u64(key.data);
    const int error = take_into_trust(keeper, value);
    return error < 0 ? error : 0;
}

int rosterkeeper_open(struct database *database, unsigned table, const char *fingerprint,
                      struct rosterkeeper **out)
{
    struct rosterkeeper *keeper = ln_allocate(sizeof *keeper);
    *keeper = (struct rosterkeeper){.database = database,
                                    .table = table,
                                    .fingerprint = fingerprint,
                                    .trust = ln_trust_new()};
    struct database_txn *txn;
    int error = database_read(database, &txn);
    if (error == 0) {
        error = database_walk(txn, table, ln_view(NULL, 0), ln_view(NULL, 0), load, keeper);
        database_abort(&txn);
    }
    if (error != 0)
        rosterkeeper_close(&keeper);
    else
        *out = keeper;
    return error;
}

void rosterkeeper_close(struct rosterkeeper **keeper_p)
{
    struct rosterkeeper *keeper = *keeper_p;
    if (keeper == NULL)
        return;
    ln_trust_destroy(&keeper->trust);
    ln_release(keeper, sizeof *keeper);
    *keeper_p = NULL;
}

struct keeping {
    unsigned table;
    uint8_t key[8];
    struct ln_bytes statement;
};

static int keep(struct database_txn *txn, void *context)
{
    const struct keeping *keeping = context;
    return database_put(txn, keeping->table, ln_view(keeping->key, sizeof keeping->key),
                        keeping->statement);
}

static int keep_newest(struct rosterkeeper *keeper, struct ln_bytes statement)
{
    struct keeping keeping = {.table = keeper->table, .statement = statement};
    ln_put_u64(keeping.key, keeper->last_number + 1);
    const int error = database_run(keeper->database, keep, &keeping);
    keeper->last_number += error == 0;
    return error;
}

struct rewriting {
    struct rosterkeeper *keeper;
    struct database_txn *txn;
    uint64_t number;
};

static int rewrite_one(uint32_t type, const struct ln_name *member, uint64_t version,
                       struct ln_bytes statement, void *context)
{
    (void)type, (void)member, (void)version;
    struct rewriting *rewriting = context;
    struct keeping keeping = {.table = rewriting->keeper->table, .statement = statement};
    ln_put_u64(keeping.key, ++rewriting->number);
    return keep(rewriting->txn, &keeping);
}

static int rewrite(struct database_txn *txn, void *context)
{
    struct rewriting *rewriting = context;
    const struct rosterkeeper *keeper = rewriting->keeper;
    rewriting->txn = txn;
    rewriting->number = 0;
    int error = ln_trust_walk(keeper->trust, rewrite_one, rewriting);
    for (uint64_t number = rewriting->number + 1; number <= keeper->last_number && error == 0;
         number++) {
        uint8_t key[8];
        ln_put_u64(key, number);
        error = database_delete(txn, keeper->table, ln_view(key, sizeof key));
    }
    return error;
}

/** All that is in force, in its order: a version that was left out would stop the next start.
 */
static int keep_all(struct rosterkeeper *keeper)
{
    struct rewriting rewriting = {.keeper = keeper};
    const int error = database_run(keeper->database, rewrite, &rewriting);
    if (error == 0)
        keeper->last_number = rewriting.number;
    return error;
}

static int count_one(uint32_t type, const struct ln_name *member, uint64_t version,
                     struct ln_bytes statement, void *context)
{
    (void)type, (void)member, (void)version, (void)statement;
    ++*(uint64_t *)context;
    return 0;
}

/** Epochs that newer ones have replaced still stand in the store. */
static bool has_many_stale(const struct rosterkeeper *keeper)
{
    uint64_t in_force = 0;
    const int error = ln_trust_walk(keeper->trust, count_one, &in_force);
    return error == 0 && keeper->last_number > in_force + STALE_MAX;
}

int rosterkeeper_take(struct rosterkeeper *keeper, struct ln_bytes statement)
{
    const int result = take_into_trust(keeper, statement);
    if (result < 0 || (result != LN_TRUST_NEW && !keeper->is_behind))
        return result;
    const bool is_to_be_written_anew = keeper->is_behind || has_many_stale(keeper);
    const int error = is_to_be_written_anew ? keep_all(keeper) : keep_newest(keeper, statement);
    keeper->is_behind = error == LN_E_DISK_FULL;
    return error == 0 || keeper->is_behind ? result : error;
}

const struct ln_trust *rosterkeeper_trust(const struct rosterkeeper *keeper)
{
    return keeper->trust;
}

struct handing {
    const struct ln_known *known;
    size_t known_count;
    rosterkeeper_each *each;
    void *context;
};

static int hand_out(uint32_t type, const struct ln_name *member, uint64_t version,
                    struct ln_bytes statement, void *context)
{
    const struct handing *handing = context;
    for (size_t i = 0; i < handing->known_count; i++) {
        const struct ln_known *known = &handing->known[i];
        if (known->type == type && ln_name_equal(&known->member, member) &&
            version <= known->version)
            return 0;
    }
    return handing->each(statement, handing->context);
}

int rosterkeeper_newer(const struct rosterkeeper *keeper, const struct ln_known *known,
                       size_t known_count, rosterkeeper_each *each, void *context)
{
    struct handing handing = {known, known_count, each, context};
    return ln_trust_walk(keeper->trust, hand_out, &handing);
}
