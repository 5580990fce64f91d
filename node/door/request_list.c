/*
 * Inbox and outbox: the newest cases, each with where its addressees stand.
 */
#include "casefile.h"
#include "delivered.h"
#include "duty.h"
#include "lateness.h"

#include <string.h>

enum { ROW_ARENA = 192 * 1024 * 1024 }; /* a case, and the one that it was forwarded from */

struct listing {
    struct request *request;
    struct store_txn *txn;
    struct ln_door_row *rows; /* the newest, as a heap: the oldest of them on top */
    size_t count, all;
    uint64_t now_ms;
};

/** By our own clock: whoever refers a case chooses the time in its number. */
static bool is_older(const struct ln_door_row *a, const struct ln_door_row *b)
{
    return a->updated_ms < b->updated_ms;
}

static void swap(struct ln_door_row *a, struct ln_door_row *b)
{
    const struct ln_door_row kept = *a;
    *a = *b;
    *b = kept;
}

static void sift_up(struct ln_door_row *rows, size_t at)
{
    for (; at > 0 && is_older(&rows[at], &rows[(at - 1) / 2]); at = (at - 1) / 2)
        swap(&rows[at], &rows[(at - 1) / 2]);
}

static void sift_down(struct ln_door_row *rows, size_t count)
{
    for (size_t at = 0, child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && is_older(&rows[child + 1], &rows[child]))
            child++;
        if (!is_older(&rows[child], &rows[at]))
            return;
        swap(&rows[child], &rows[at]);
    }
}

static void keep_newest(struct listing *listing, const struct ln_door_row *row)
{
    if (listing->count < LN_DOOR_ROWS_MAX) {
        listing->rows[listing->count] = *row;
        sift_up(listing->rows, listing->count++);
    } else if (is_older(&listing->rows[0], row)) {
        listing->rows[0] = *row;
        sift_down(listing->rows, listing->count);
    }
}

static int add_row(const struct ln_id *case_id, const struct ln_case_record *record,
                   void *context)
{
    struct listing *listing = context;
    const bool is_ours = ln_name_equal(&record->first_member, &listing->request->local->member);
    if (is_ours != (listing->request->body->list->box == LN_DOOR_OUTBOX))
        return 0;
    listing->all++;
    keep_newest(listing, &(struct ln_door_row){
                             .case_id = *case_id,
                             .urgency = record->urgency,
                             .request = record->request,
                             .from = record->first_member,
                             .updated_ms = record->updated_ms,
                             .events = record->events,
                             .unread = record->unread,
                             .is_erased = record->erased_ms != 0,
                             .is_locked = record->kept_until_ms != 0 &&
                                          listing->now_ms >= record->kept_until_ms,
                         });
    return 0;
}

/** The weakest of the deliveries to the addressees: what still has to happen. */
static int add_delivery(const struct listing *listing, const struct casefile *file,
                        struct ln_door_row *row)
{
    const struct ln_name *self = &listing->request->local->member;
    for (size_t i = 0; i < file->state.entries_count; i++) {
        const struct case_fact *fact = &file->facts[file->state.entries[i].fact];
        if (fact->event != file->state.first)
            continue;
        for (size_t k = 1; k < file->state.parties_count; k++) {
            struct delivered delivered;
            if (ln_name_equal(&file->state.parties[k].member, self))
                continue;
            const int error = delivered_to(listing->txn, listing->request, &fact->digest,
                                           &file->state.parties[k].member, &delivered);
            if (error != 0)
                return error;
            if (row->delivery == 0 || delivered.delivery.status < row->delivery)
                row->delivery = delivered.delivery.status;
        }
    }
    return 0;
}

static int add_duties(const struct listing *listing, const struct casefile *file,
                      struct ln_arena *arena, struct ln_door_row *row)
{
    struct duties *duties = ln_arena_take(arena, sizeof *duties);
    if (duties == NULL)
        return LN_E_OUT_OF_MEMORY;
    const int error = duty_load_origin(listing->txn, listing->request->local, file,
                                       CASEFILE_HEADERS, arena, duties);
    row->duties = (uint32_t)duties->count;
    return error;
}

/** Each in memory of its own: a large case takes no room from the others. */
static int complete_row(const struct listing *listing, struct ln_door_row *row)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(ROW_ARENA);
    struct casefile file;
    struct lateness lateness = {.count = 0};
    struct ln_door_party *parties =
        ln_arena_array(listing->request->arena, LN_PARTIES_MAX, sizeof *parties);
    if (parties == NULL)
        return LN_E_OUT_OF_MEMORY;
    int error = casefile_load(listing->txn, listing->request->local, &row->case_id,
                              CASEFILE_HEADERS, &arena, &file);
    for (size_t i = 0; error == 0 && i < file.state.parties_count; i++)
        parties[row->parties_count++] =
            (struct ln_door_party){file.state.parties[i].member, file.state.parties[i].office,
                                   i == 0 ? 0 : (uint32_t)file.state.parties[i].status};
    row->parties = parties;
    if (error == 0)
        error = lateness_find(listing->request, &file, &lateness);
    row->is_late = lateness.is_late;
    row->escalated = lateness.offices;
    row->escalated_count = lateness.count;
    if (error == 0)
        error = add_duties(listing, &file, &arena, row);
    if (error == 0 && listing->request->body->list->box == LN_DOOR_OUTBOX)
        error = add_delivery(listing, &file, row);
    return error;
}

static int compare_rows(const void *a, const void *b)
{
    const struct ln_door_row *x = a, *y = b;
    if (x->updated_ms != y->updated_ms)
        return x->updated_ms > y->updated_ms ? -1 : 1;
    return memcmp(&x->case_id, &y->case_id, sizeof x->case_id);
}

int request_list(struct request *request)
{
    AUTO(store_end) struct store_txn *txn = NULL;
    struct listing listing = {.request = request, .now_ms = ln_now_ms(&request->local->clock)};
    listing.rows = ln_arena_array(request->arena, LN_DOOR_ROWS_MAX, sizeof *listing.rows);
    if (listing.rows == NULL)
        return LN_E_OUT_OF_MEMORY;
    int error = store_read(request->local->store, &txn);
    listing.txn = txn;
    if (error == 0)
        error = store_cases(txn, NULL, add_row, &listing);
    for (size_t i = 0; i < listing.count && error == 0; i++)
        error = complete_row(&listing, &listing.rows[i]);
    if (error != 0)
        return error;
    qsort(listing.rows, listing.count, sizeof *listing.rows, compare_rows);
    request->reply->rows = listing.rows;
    request->reply->rows_count = listing.count;
    request->reply->count = listing.all;
    auditing_count(request, listing.count);
    return 0;
}
