/*
 * A frozen channel is opened again by two officers, who have spoken with the counterpart. What
 * the first one asked for is kept for a day.
 */
#include "channel.h"
#include "officer.h"
#include "request.h"

#include <stdio.h>
#include <string.h>

enum { FACT_SIZE = 64, TIME_BYTES = 8 };

#define ASKED_FOR_MS LN_DAY_MS

struct reopening {
    const struct local *local;
    struct ln_name member, officer;
    struct ln_door_reply *reply;
};

static void fact_name(const struct ln_name *member, char out[static FACT_SIZE])
{
    snprintf(out, FACT_SIZE, "reopen/%s", member->text);
}

/** Who asked first, if that was within a day; empty: nobody. */
static int first_officer(struct store_txn *txn, const struct reopening *reopening,
                         struct ln_name *out)
{
    AUTO(ln_buffer_wipe) struct ln_buffer value = LN_BUFFER(TIME_BYTES + sizeof *out);
    char name[FACT_SIZE];
    fact_name(&reopening->member, name);
    const int error = store_fact_get(txn, name, &value);
    *out = (struct ln_name){{0}};
    if (error != 0 || value.size != TIME_BYTES + sizeof *out)
        return error == LN_E_NOT_FOUND ? 0 : error;
    const uint64_t asked_ms = ln_get_u64(value.data);
    const uint64_t now_ms = ln_now_ms(&reopening->local->clock);
    if (now_ms < asked_ms + ASKED_FOR_MS)
        memcpy(out, value.data + TIME_BYTES, sizeof *out);
    return 0;
}

static int keep_officer(struct store_txn *txn, const struct reopening *reopening,
                        const struct ln_name *officer, uint64_t asked_ms)
{
    AUTO(ln_buffer_wipe) struct ln_buffer value = LN_BUFFER(TIME_BYTES + sizeof *officer);
    char name[FACT_SIZE];
    fact_name(&reopening->member, name);
    int error = ln_buffer_add_u64(&value, asked_ms);
    if (error == 0)
        error = ln_buffer_add(&value, officer, sizeof *officer);
    return error == 0 ? store_fact_put(txn, name, ln_buffer_view(&value)) : error;
}

static int reopen(struct store_txn *txn, void *context)
{
    static const struct ln_name nobody;
    struct reopening *reopening = context;
    struct ln_name first;
    int error = first_officer(txn, reopening, &first);
    if (error != 0)
        return error;
    if (first.text[0] == '\0') {
        reopening->reply->count = 1;
        return keep_officer(txn, reopening, &reopening->officer,
                            ln_now_ms(&reopening->local->clock));
    }
    if (ln_name_equal(&first, &reopening->officer))
        return LN_E_SAME_OFFICER;
    reopening->reply->count = 2;
    error = channel_reopen(txn, &reopening->member);
    return error == 0 ? keep_officer(txn, reopening, &nobody, 0) : error;
}

int request_reopen(struct request *request)
{
    const struct ln_name *member = &request->body->reopen->member;
    if (ln_trust_member(request->local->trust, member) == NULL ||
        ln_name_equal(member, &request->local->member))
        return request_say(request, LN_E_NOT_A_MEMBER, "%s", member->text);
    struct reopening reopening = {request->local, *member,
                                  *officer_name(request->session->officer), request->reply};
    const int error = link_run(request->link, reopen, &reopening);
    return error == 0 ? link_changed(request->link, member) : error;
}
