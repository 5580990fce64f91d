/*
 * Nothing is written down when the originator's event comes: what is due is the difference
 * between two folded cases, so it can be neither lost nor done twice.
 */
#include "duty.h"

#include "standing.h"

#include <string.h>

enum { CASES_ARENA = 96 * 1024 * 1024 };

static const struct case_entry *entry_of(const struct casefile *file,
                                         const struct case_fact *fact)
{
    for (size_t i = 0; i < file->state.entries_count; i++) {
        if (&file->facts[file->state.entries[i].fact] == fact)
            return &file->state.entries[i];
    }
    return NULL;
}

static struct standing there(const struct duties *duties, const struct case_fact *linked,
                             uint32_t compartment)
{
    const struct case_fact *origin =
        case_placed(&duties->origin.state, &linked->event->origin->event);
    if (origin == NULL)
        return (struct standing){.code = 0};
    return standing_of(&duties->origin.state, origin, compartment);
}

/** Revoking what it corrects revokes a correction too. */
static bool goes_with_another(const struct duties *duties, const struct case_fact *linked,
                              uint32_t compartment)
{
    const struct case_fact *corrected =
        linked->event->action == LN_ACTION_CORRECT
            ? case_placed(&duties->linked.state, &linked->event->target)
            : NULL;
    return corrected != NULL && corrected->event->origin != NULL &&
           there(duties, corrected, compartment).code == LN_E_SECTION_REVOKED;
}

/** One forwarded section: how it stands there, against how it stands here. */
static void compare(struct duties *duties, const struct case_fact *linked, uint32_t compartment)
{
    const struct standing origin = there(duties, linked, compartment),
                          here = standing_of(&duties->linked.state, linked, compartment);
    const bool is_revoked = origin.code == LN_E_SECTION_REVOKED;
    if (origin.code == 0 || here.code == origin.code || here.code == LN_E_SECTION_REVOKED ||
        (is_revoked && goes_with_another(duties, linked, compartment)) ||
        duties->count == DUTY_MAX)
        return;
    duties->list[duties->count++] = (struct duty){
        .action = is_revoked ? LN_ACTION_REVOKE : LN_ACTION_CORRECT,
        .linked = linked,
        .compartment = compartment,
        .because = entry_of(&duties->origin, origin.by),
    };
}

static void compare_all(struct duties *duties, const struct local *local)
{
    const struct case_state *state = &duties->linked.state;
    for (size_t i = 0; i < state->entries_count; i++) {
        const struct case_fact *linked = &state->facts[state->entries[i].fact];
        const struct ln_origin *from = linked->event->origin;
        if (from == NULL || state->entries[i].effect != CASE_PLACED ||
            !ln_name_equal(&linked->event->author.member, &local->member))
            continue;
        for (size_t k = 0; k < from->compartments_count; k++)
            compare(duties, linked, from->compartments[k]);
    }
}

int duty_load_origin(struct store_txn *txn, const struct local *local,
                     const struct casefile *linked, enum casefile_depth depth,
                     struct ln_arena *arena, struct duties *out)
{
    *out = (struct duties){.linked = *linked};
    const struct ln_event *first = linked->state.first;
    if (first == NULL || first->origin == NULL ||
        !ln_name_equal(&first->author.member, &local->member))
        return 0;
    const int error =
        casefile_load(txn, local, &first->origin->case_id, depth, arena, &out->origin);
    if (error == 0)
        compare_all(out, local);
    return error;
}

int duty_load(struct store_txn *txn, const struct local *local, const struct ln_id *case_id,
              enum casefile_depth depth, struct ln_arena *arena, struct duties *out)
{
    struct casefile linked;
    const int error = casefile_load(txn, local, case_id, depth, arena, &linked);
    return error == 0 ? duty_load_origin(txn, local, &linked, depth, arena, out) : error;
}

/* Counting --------------------------------------------------------------------------------- */

struct counting {
    struct store_txn *txn;
    const struct local *local;
    uint32_t count;
};

static int count_case(const struct ln_id *case_id, const struct ln_case_record *record,
                      void *context)
{
    struct counting *counting = context;
    if (record->is_forwarded == 0 ||
        !ln_name_equal(&record->first_member, &counting->local->member))
        return 0;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CASES_ARENA);
    struct duties *duties = ln_arena_take(&arena, sizeof *duties);
    if (duties == NULL)
        return LN_E_OUT_OF_MEMORY;
    const int error =
        duty_load(counting->txn, counting->local, case_id, CASEFILE_HEADERS, &arena, duties);
    if (error == 0)
        counting->count += duties->count > 0;
    return error;
}

int duty_count(struct store_txn *txn, const struct local *local, uint32_t *out_count)
{
    struct counting counting = {txn, local, 0};
    const int error = store_cases(txn, NULL, count_case, &counting);
    *out_count = counting.count;
    return error;
}
