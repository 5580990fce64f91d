/*
 * Statements stand in arrival order, so that a start and a new node walk the same way through all versions.
 */
#include "rosterkeeper.h"

#include <string.h>

struct rosterkeeper {
    struct database *database;
    unsigned table;
    const char *fingerprint;
    struct ln_trust *trust;
    uint64_t last_number;
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
    *keeper = (struct rosterkeeper){
        .database = database, .table = table, .fingerprint = fingerprint, .trust = ln_trust_new()};
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
    return database_put(txn, keeping->table, ln_view(keeping->key, sizeof keeping->key), keeping->statement);
}

int rosterkeeper_take(struct rosterkeeper *keeper, struct ln_bytes statement)
{
    const int result = take_into_trust(keeper, statement);
    if (result != LN_TRUST_NEW)
        return result;
    struct keeping keeping = {.table = keeper->table, .statement = statement};
    ln_put_u64(keeping.key, keeper->last_number + 1);
    const int error = database_run(keeper->database, keep, &keeping);
    keeper->last_number += error == 0;
    return error;
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

static int hand_out(uint32_t type, const struct ln_name *member, uint64_t version, struct ln_bytes statement,
                    void *context)
{
    const struct handing *handing = context;
    for (size_t i = 0; i < handing->known_count; i++) {
        const struct ln_known *known = &handing->known[i];
        if (known->type == type && ln_name_equal(&known->member, member) && version <= known->version)
            return 0;
    }
    return handing->each(statement, handing->context);
}

int rosterkeeper_newer(const struct rosterkeeper *keeper, const struct ln_known *known, size_t known_count,
                       rosterkeeper_each *each, void *context)
{
    struct handing handing = {known, known_count, each, context};
    return ln_trust_walk(keeper->trust, hand_out, &handing);
}
