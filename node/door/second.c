/*
 * Time and name, under the fact's name.
 */
#include "second.h"

#include <string.h>

enum { TIME_BYTES = 8 };

#define KEPT_FOR_MS LN_DAY_MS

static int put(struct store_txn *txn, const char *fact, uint64_t said_ms,
               const struct ln_name *officer)
{
    AUTO(ln_buffer_wipe) struct ln_buffer value = LN_BUFFER(TIME_BYTES + sizeof *officer);
    int error = ln_buffer_add_u64(&value, said_ms);
    if (error == 0)
        error = ln_buffer_add(&value, officer, sizeof *officer);
    return error == 0 ? store_fact_put(txn, fact, ln_buffer_view(&value)) : error;
}

int second_find(struct store_txn *txn, const struct local *local, const char *fact,
                struct ln_name *out_officer)
{
    AUTO(ln_buffer_wipe)
    struct ln_buffer value = LN_BUFFER(TIME_BYTES + sizeof *out_officer);
    const int error = store_fact_get(txn, fact, &value);
    *out_officer = (struct ln_name){{0}};
    if (error != 0)
        return error == LN_E_NOT_FOUND ? 0 : error;
    if (value.size != TIME_BYTES + sizeof *out_officer)
        return LN_E_STORE_DAMAGED;
    const uint64_t said_ms = ln_get_u64(value.data), now_ms = ln_now_ms(&local->clock);
    if (now_ms >= said_ms && now_ms - said_ms < KEPT_FOR_MS)
        memcpy(out_officer, value.data + TIME_BYTES, sizeof *out_officer);
    if (ln_trust_is_revoked(local->trust, &local->member, out_officer))
        *out_officer = (struct ln_name){{0}};
    return 0;
}

int second_keep(struct store_txn *txn, const struct local *local, const char *fact,
                const struct ln_name *officer)
{
    return put(txn, fact, ln_now_ms(&local->clock), officer);
}

int second_forget(struct store_txn *txn, const char *fact)
{
    static const struct ln_name nobody;
    return put(txn, fact, 0, &nobody);
}
