/*
 * Memory and store are two copies of one thing: memory is changed first, and what the store
 * lacks of it is written in the same breath; whether anything is handed on depends on what the
 * store lacked, so that a write that runs twice hands on as if it had run once.
 */
#include "agreementkeeper.h"

#include "agreements.h"
#include "apply.h"

#include <string.h>

enum { RECORD_ARENA = 512 * 1024 };

bool agreementkeeper_keeps(uint32_t type)
{
    return type >= LN_TYPE_AGREEMENT && type <= LN_TYPE_ENDING;
}

/* Loading ---------------------------------------------------------------------------------- */

static int restore(const struct ln_agreement_record *record, void *context)
{
    const struct local *local = context;
    struct agreements_held held = {.literal = record->statement,
                                   .signed_by_count = record->signed_by_count};
    for (size_t i = 0; i < record->signed_by_count; i++)
        held.signed_by[i] = record->signed_by[i];
    return agreements_restore(local->agreements, &held);
}

int agreementkeeper_load(const struct local *local)
{
    AUTO(store_end) struct store_txn *txn = NULL;
    const int error = store_read(local->store, &txn);
    return error == 0 ? store_agreements(txn, restore, (void *)(uintptr_t)local) : error;
}

/* Handing on ------------------------------------------------------------------------------- */

/** The agreement that it is, or is about; NULL: that one is not held. */
static const struct ln_agreement *subject_of(const struct local *local,
                                             const struct ln_signed *statement,
                                             struct ln_arena *arena)
{
    struct ln_rejection rejection;
    struct ln_ending ending;
    struct ln_digest digest;
    ln_signed_digest(statement, &digest);
    if (statement->type == LN_TYPE_REJECTION &&
        ln_rejection_open(statement->body, arena, &rejection) == 0)
        digest = rejection.digest;
    if (statement->type == LN_TYPE_ENDING &&
        ln_ending_open(statement->body, arena, &ending) == 0)
        digest = ending.digest;
    return agreements_body(local->agreements, &digest);
}

int agreementkeeper_post(struct store_txn *txn, const struct ln_name *to,
                         const struct ln_digest *digest)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(RECORD_ARENA);
    struct ln_agreement_record record;
    const int error = store_agreement_get(txn, digest, &arena, &record);
    if (error != 0)
        return error;
    const struct ln_item_record item = {
        .kind = LN_ITEM_STATEMENT, .digest = *digest, .size = (uint32_t)record.statement.size};
    /* before everything that may rest on it */
    return store_outbox_add(txn, to, LN_URGENCY_EMERGENCY, &item);
}

struct keeping {
    const struct local *local;
    struct agreements_held held;
    const struct ln_agreement *agreement; /* whose parties are told */
    enum agreementkeeper_origin origin;
    const struct ln_name *from;
    bool is_fork;
};

/** Does the store have these very bytes? */
static int is_kept(struct store_txn *txn, const struct agreements_held *held, bool *out)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(RECORD_ARENA);
    struct ln_agreement_record record;
    const int error = store_agreement_get(txn, &held->digest, &arena, &record);
    *out = error == 0 && ln_bytes_equal(record.statement, held->literal);
    return error == LN_E_NOT_FOUND ? 0 : error;
}

static int put(struct store_txn *txn, const struct keeping *keeping)
{
    const struct agreements_held *held = &keeping->held;
    const struct ln_agreement_record record = {
        .statement = held->literal,
        .signed_by = held->signed_by,
        .signed_by_count = held->signed_by_count,
        .received_ms = ln_now_ms(&keeping->local->clock),
    };
    const int error = store_agreement_put(txn, &held->digest, &record);
    static const struct ln_name nobody;
    return error == 0 && keeping->is_fork ? store_proof_add(txn, &nobody, held->literal)
                                          : error;
}

static int hand_on(struct store_txn *txn, const struct keeping *keeping)
{
    const struct ln_agreement *agreement = keeping->agreement;
    int error = 0;
    for (size_t i = 0; i < agreement->parties_count && error == 0; i++) {
        const struct ln_name *party = &agreement->parties[i].member;
        if (ln_name_equal(party, &keeping->local->member) ||
            (keeping->from != NULL && ln_name_equal(party, keeping->from)))
            continue;
        error = agreementkeeper_post(txn, party, &keeping->held.digest);
    }
    return error;
}

static int keep(struct store_txn *txn, void *context)
{
    const struct keeping *keeping = context;
    bool was_kept;
    int error = is_kept(txn, &keeping->held, &was_kept);
    if (error == 0 && !was_kept)
        error = put(txn, keeping);
    const bool is_told = keeping->origin == AGREEMENTKEEPER_OFFICER ||
                         (keeping->origin == AGREEMENTKEEPER_LETTER && !was_kept);
    return error == 0 && is_told ? hand_on(txn, keeping) : error;
}

int agreementkeeper_take(const struct local *local, const struct ln_signed *signed_body,
                         enum agreementkeeper_origin origin, const struct ln_name *from)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(RECORD_ARENA);
    struct keeping keeping = {.local = local, .origin = origin, .from = from};
    const int result = agreements_take(local->agreements, local->trust, &local->member,
                                       signed_body, &keeping.held);
    if (result < 0 && result != LN_E_FORK)
        return result;
    if (result == LN_E_FORK && keeping.held.literal.size == 0)
        return result; /* not signed by those who could make it count */
    keeping.agreement = subject_of(local, signed_body, &arena);
    if (keeping.agreement == NULL)
        return LN_E_NOT_FOUND;
    keeping.is_fork = result == LN_E_FORK;
    const int error = store_run(local->store, keep, &keeping);
    return error == 0 ? result : error;
}
