/*
 * Erasing what a case says, by two officers, and the legal hold that keeps it: the first
 * officer's word is kept for a day. A hold is set by one and lifted by two.
 */
#include "casefile.h"
#include "delivered.h"
#include "erasing.h"
#include "officer.h"
#include "second.h"

#include <stdio.h>

struct act {
    const struct local *local;
    struct ln_id case_id;
    struct ln_name officer;
    uint32_t verb;
    bool is_done; /* the last of the officers that it takes */
    char fact[SECOND_FACT_SIZE];
};

/* Doing it --------------------------------------------------------------------------------- */

static int mark_hold(struct store_txn *txn, const struct act *act, bool is_held)
{
    static const struct ln_name nobody;
    struct ln_case_record row;
    const int error = store_case_get(txn, &act->case_id, &row);
    if (error != 0)
        return error;
    row.held_ms = is_held ? ln_now_ms(&act->local->clock) : 0;
    row.held_by = is_held ? act->officer : nobody;
    return store_case_put(txn, &act->case_id, &row);
}

static int do_act(struct store_txn *txn, void *context)
{
    const struct act *act = context;
    if (act->verb == LN_DOOR_ERASE_HOLD)
        return mark_hold(txn, act, true);
    if (!act->is_done)
        return second_keep(txn, act->local, act->fact, &act->officer);
    const int error = act->verb == LN_DOOR_ERASE_RELEASE
                          ? mark_hold(txn, act, false)
                          : erasing_case(txn, act->local, &act->case_id);
    return error == 0 ? second_forget(txn, act->fact) : error;
}

/* May it be done? -------------------------------------------------------------------------- */

/** A letter that is sent again has to be the same, and who has not got it may need all of it.
 */
static int check_delivered(const struct request *request, struct store_txn *txn,
                           const struct casefile *file)
{
    const struct local *local = request->local;
    for (size_t i = 0; i < file->count && !file->state.needs_second; i++) {
        if (!ln_name_equal(&file->events[i].event.author.member, &local->member))
            continue;
        for (size_t k = 0; k < file->state.parties_count; k++) {
            const struct ln_name *member = &file->state.parties[k].member;
            struct delivered delivered;
            if (ln_name_equal(member, &local->member) ||
                ln_trust_standing(local->trust, member) == LN_E_NOT_A_MEMBER)
                continue;
            const int error =
                delivered_to(txn, request, &file->facts[i].digest, member, &delivered);
            if (error != 0)
                return error;
            if (delivered.delivery.status < DELIVERY_DELIVERED)
                return LN_E_ON_ITS_WAY;
        }
    }
    return 0;
}

static int check_erase(const struct request *request, struct store_txn *txn,
                       const struct ln_id *case_id, const struct ln_case_record *row)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA((size_t)96 << 20);
    struct casefile file;
    if (row->held_ms != 0)
        return LN_E_LEGAL_HOLD;
    const int error =
        casefile_load(txn, request->local, case_id, CASEFILE_HEADERS, &arena, &file);
    return error == 0 ? check_delivered(request, txn, &file) : error;
}

static int check(const struct request *request, struct store_txn *txn, struct act *act)
{
    struct ln_case_record row;
    struct ln_name first = {{0}};
    int error = store_case_get(txn, &act->case_id, &row);
    if (error == 0 && act->verb == LN_DOOR_ERASE_RELEASE && row.held_ms == 0)
        error = LN_E_STATE;
    if (error == 0 && act->verb == LN_DOOR_ERASE_ERASE)
        error = check_erase(request, txn, &act->case_id, &row);
    if (error == 0)
        error = second_find(txn, act->local, act->fact, &first);
    if (error != 0 || act->verb == LN_DOOR_ERASE_HOLD)
        return error;
    act->is_done = first.text[0] != '\0';
    return act->is_done && ln_name_equal(&first, &act->officer) ? LN_E_SAME_OFFICER : 0;
}

int request_erase(struct request *request)
{
    AUTO(store_end) struct store_txn *txn = NULL;
    const struct ln_door_erase *asked = request->body->erase;
    struct act *act = ln_arena_take(request->arena, sizeof *act);
    char id[LN_ID_TEXT_SIZE];
    if (act == NULL)
        return LN_E_OUT_OF_MEMORY;
    *act = (struct act){.local = request->local,
                        .officer = *officer_name(request->session->officer),
                        .verb = asked->verb};
    int error = store_read(request->local->store, &txn);
    if (error == 0)
        error = casefile_find(txn, asked->case_prefix, &act->case_id);
    if (error != 0)
        return error;
    auditing_case(request, &act->case_id);
    ln_id_text(&act->case_id, id);
    snprintf(act->fact, sizeof act->fact, "%s/%s",
             asked->verb == LN_DOOR_ERASE_RELEASE ? "release" : "erase", id);
    error = check(request, txn, act);
    if (error != 0)
        return error;
    request->reply->case_id = act->case_id;
    request->reply->count = act->is_done || act->verb == LN_DOOR_ERASE_HOLD ? 2 : 1;
    request->write = (struct request_write){do_act, act, act->case_id};
    return 0;
}
