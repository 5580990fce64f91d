/*
 * Statements are kept as they came, in the order in which they were taken, so that a start
 * walks the same way through all versions.
 */
#include "keeper.h"

#include "agreementkeeper.h"

enum { STALE_MAX = 64 };

static int take_kept(struct ln_bytes statement, void *context)
{
    const struct local *local = context;
    const int error = ln_trust_take(local->trust, statement);
    return error < 0 ? LN_E_STORE_DAMAGED : 0;
}

struct loading {
    const struct local *local;
    const char *fingerprint;
    bool is_anchored;
};

static int load_statement(struct ln_bytes statement, void *context)
{
    struct loading *loading = context;
    if (loading->is_anchored)
        return take_kept(statement, (void *)(uintptr_t)loading->local);
    loading->is_anchored = true;
    return ln_trust_anchor(loading->local->trust, statement, loading->fingerprint);
}

static void end_reading(struct store_txn **txn_p)
{
    store_end(txn_p);
}

int keeper_load(const struct local *local, const char *fingerprint)
{
    AUTO(end_reading) struct store_txn *txn = NULL;
    struct loading loading = {local, fingerprint, false};
    int error = store_read(local->store, &txn);
    if (error == 0)
        error = store_statements(txn, load_statement, &loading);
    return error == 0 && !loading.is_anchored ? LN_E_NOT_FOUND : error;
}

struct keeping {
    const struct local *local;
    struct ln_bytes statement;
    bool is_proof;
};

struct rewriting {
    struct store_txn *txn;
    uint64_t in_force;
};

static int count_one(uint32_t type, const struct ln_name *member, uint64_t version,
                     struct ln_bytes statement, void *context)
{
    (void)type, (void)member, (void)version, (void)statement;
    ((struct rewriting *)context)->in_force++;
    return 0;
}

static int rewrite_one(uint32_t type, const struct ln_name *member, uint64_t version,
                       struct ln_bytes statement, void *context)
{
    (void)type, (void)member, (void)version;
    return store_statement_add(((struct rewriting *)context)->txn, statement);
}

/**
 * Epochs that newer ones have replaced go, once there are many; and what is in force but was
 * not taken by a full disk is written with the next.
 */
static int put_in_order(struct store_txn *txn, const struct local *local)
{
    struct rewriting rewriting = {txn, 0};
    uint64_t stored;
    int error = store_statements_count(txn, &stored);
    if (error == 0)
        error = ln_trust_walk(local->trust, count_one, &rewriting);
    if (error != 0 ||
        (stored >= rewriting.in_force && stored <= rewriting.in_force + STALE_MAX))
        return error;
    error = store_statements_clear(txn);
    return error == 0 ? ln_trust_walk(local->trust, rewrite_one, &rewriting) : error;
}

static int keep(struct store_txn *txn, void *context)
{
    const struct keeping *keeping = context;
    static const struct ln_name nobody; /* it tells itself whom it is about */
    if (keeping->is_proof)
        return store_proof_add(txn, &nobody, keeping->statement);
    const int error = store_statement_add(txn, keeping->statement);
    return error == 0 ? put_in_order(txn, keeping->local) : error;
}

int keeper_anchor(const struct local *local, struct ln_bytes signed_roster,
                  const char *fingerprint)
{
    struct keeping keeping = {local, signed_roster, false};
    const int error = ln_trust_anchor(local->trust, signed_roster, fingerprint);
    return error == 0 ? store_run(local->store, keep, &keeping) : error;
}

/** Of a file: of the settings, or a courier's. */
static int take_agreement(const struct local *local, struct ln_bytes statement)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA((size_t)1 << 20);
    struct ln_signed signed_body;
    const int error = ln_signed_open(statement, &arena, &signed_body);
    if (error != 0 || !agreementkeeper_keeps(signed_body.type))
        return error == 0 ? LN_E_WRONG_TYPE : error;
    return agreementkeeper_take(local, &signed_body, AGREEMENTKEEPER_FILE, NULL);
}

int keeper_take_file(const struct local *local, struct ln_bytes statement)
{
    const int result = keeper_take(local, statement);
    return result == LN_E_WRONG_TYPE ? take_agreement(local, statement) : result;
}

int keeper_take(const struct local *local, struct ln_bytes statement)
{
    const int result = ln_trust_take(local->trust, statement);
    if (result != LN_TRUST_NEW && result != LN_E_FORK)
        return result;
    struct keeping keeping = {local, statement, result == LN_E_FORK};
    const int error = store_run(local->store, keep, &keeping);
    return error == 0 ? result : error;
}
