/*
 * A case as the store has it: its events opened, its state folded. Private to the door.
 */
#ifndef CASEFILE_H
#define CASEFILE_H

#include "case.h"
#include "local.h"

struct casefile_event {
    struct ln_event_item item;
    struct ln_event event;
    uint64_t received_ms;
    uint32_t refused; /* code (positive): its sections are not kept */
};

struct casefile {
    struct ln_id case_id;
    struct casefile_event *events; /* in the order of arrival, as the facts */
    struct case_fact *facts;
    size_t count;
    struct case_state state;
};

/** How much of the events is opened: sections may be a hundred times their headers. */
enum casefile_depth { CASEFILE_HEADERS, CASEFILE_SECTIONS };
/**
 * Opens all of a case's events and folds them. With CASEFILE_HEADERS the items are empty.
 * LN_E_NO_CASE, LN_E_TOO_MANY; of the store.
 */
LN_CHECKED int casefile_load(struct store_txn *txn, const struct local *local,
                             const struct ln_id *case_id, enum casefile_depth depth,
                             struct ln_arena *arena, struct casefile *out);

/**
 * The one case whose number begins with `prefix` (4 characters at least). LN_E_NO_CASE;
 * LN_E_AMBIGUOUS: several.
 */
LN_CHECKED int casefile_find(struct store_txn *txn, struct ln_bytes prefix, struct ln_id *out);

/**
 * The event that people call MEMBER.NUMBER, if it took effect; the case's first where `member`
 * is empty. NULL: there is none.
 */
const struct case_entry *casefile_event(const struct casefile *file,
                                        const struct ln_name *member, uint64_t number);

/** The roles of an event's author, in the manifest that it names. */
void casefile_roles(const struct local *local, const struct ln_event *event,
                    struct case_fact *out);

#endif
