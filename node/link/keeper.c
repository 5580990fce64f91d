/*
 * Statements are kept as they came, in the order in which they were taken, so that a start
 * walks the same way through all versions.
 */
#include "keeper.h"

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
    struct ln_bytes statement;
    bool is_proof;
};

static int keep(struct store_txn *txn, void *context)
{
    const struct keeping *keeping = context;
    static const struct ln_name nobody; /* it tells itself whom it is about */
    return keeping->is_proof ? store_proof_add(txn, &nobody, keeping->statement)
                             : store_statement_add(txn, keeping->statement);
}

int keeper_anchor(const struct local *local, struct ln_bytes signed_roster,
                  const char *fingerprint)
{
    struct keeping keeping = {signed_roster, false};
    const int error = ln_trust_anchor(local->trust, signed_roster, fingerprint);
    return error == 0 ? store_run(local->store, keep, &keeping) : error;
}

int keeper_take(const struct local *local, struct ln_bytes statement)
{
    const int result = ln_trust_take(local->trust, statement);
    if (result != LN_TRUST_NEW && result != LN_E_FORK)
        return result;
    struct keeping keeping = {statement, result == LN_E_FORK};
    const int error = store_run(local->store, keep, &keeping);
    return error == 0 ? result : error;
}
