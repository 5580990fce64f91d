/*
 * From the outbox to letters: chosen, chained, signed and committed before anything is sent.
 * Source: docs/protocol.md, Letter.
 */
#ifndef COMPOSE_H
#define COMPOSE_H

#include "local.h"

enum {
    /* Letters to one member that may be open at once. Above that only receipts and emergencies
     * go: where both windows are full, receipts must still get through, or nothing ever would.
     * They are no more than what the member's own window makes due. */
    COMPOSE_WINDOW = 1024,
};

/** A letter that was made: what its way needs to know of it. */
struct composed {
    struct ln_name to;
    struct store_letter number;
    uint32_t urgency;
    bool is_receipt_due; /* it carries more than receipts */
};

/**
 * Makes the next letter to `peer` from what waits for it, if the channel is open and its window
 * not full. *out_is_made: false if there was nothing to make.
 */
LN_CHECKED int compose_next(struct store_txn *txn, const struct local *local,
                            const struct ln_name *peer, struct composed *out,
                            bool *out_is_made);

/** Letters that were made in one transaction. */
struct composed_list {
    struct composed letters[256];
    size_t count;
};
/** Makes letters of all that waits for `peer`, or until the list is full. */
LN_CHECKED int compose_waiting(struct store_txn *txn, const struct local *local,
                               const struct ln_name *peer, struct composed_list *list);

/** Appends the packed packet of a letter that was made before: the same bytes every time. */
LN_CHECKED int compose_packet(struct store_txn *txn, const struct ln_name *peer,
                              struct store_letter number, struct ln_buffer *out_packet,
                              uint32_t *out_urgency);

/**
 * Puts the items of all open letters of a generation back into the outbox: a new generation
 * begins.
 */
LN_CHECKED int compose_again(struct store_txn *txn, const struct ln_name *peer,
                             uint64_t generation);

/**
 * The roster's and manifests' versions that we hold, for letters (`peer`: ours and theirs) and
 * notes.
 */
LN_CHECKED int compose_versions(const struct local *local, const struct ln_name *peer,
                                struct ln_arena *arena, const struct ln_version_seen **out,
                                size_t *out_count);

#endif
