/*
 * Events enter the store here: our officers' own, and those that letters bring.
 */
#ifndef APPLY_H
#define APPLY_H

#include "local.h"

/**
 * Keeps an event that one of our officers signed, and puts it into the outbox of every other party.
 * `others` are the case's other members. Errors of the store; LN_E_EXISTS.
 */
LN_CHECKED int apply_own(struct store_txn *txn, const struct local *local, struct ln_bytes item,
                         const struct ln_event *event, const struct ln_digest *digest,
                         const struct ln_name *others, size_t others_count);

/**
 * An event from a letter. > 0: held already. A refusal (LN_E_SIGNATURE, UNKNOWN_KEY, KEY_REVOKED, COMMITMENT,
 * WRONG_FEDERATION, TOO_MANY, NOT_A_PARTY, or what opening returns) changes nothing and is to be said in a
 * receipt. LN_E_VERSION_GAP: the manifest that it names is not here yet; the letter must wait.
 */
enum { APPLY_KNOWN = 1 };
LN_CHECKED int apply_received(struct store_txn *txn, const struct local *local,
                              const struct ln_event_item *item, uint32_t *out_urgency);

/** The event of a packed item, opened, with its digest. Everything lives in the arena. */
LN_CHECKED int apply_open_item(struct ln_bytes packed, struct ln_arena *arena, struct ln_event_item *out_item,
                               struct ln_event *out_event, struct ln_digest *out_digest);

#endif
