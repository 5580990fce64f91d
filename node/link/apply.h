/*
 * Events enter the store here: our officers' own, and those that letters bring.
 */
#ifndef APPLY_H
#define APPLY_H

#include "local.h"

/** An event item opened: all of it lives in one arena. */
struct apply_event {
    struct ln_event_item item;
    struct ln_event event;
    struct ln_digest digest;
};

/** LN_E_... of opening. The arena must hold LN_EVENT_ITEM_MAX and some more. */
LN_CHECKED int apply_open(struct ln_bytes packed_item, struct ln_arena *arena,
                          struct apply_event *out);

/**
 * Is it what an officer of a member signed, whole, and of this federation? Changes nothing.
 * LN_E_VERSION_GAP: the manifest that it names is not here yet, LN_E_ROOT_NOT_ACCEPTED: two
 * officers have to accept its country's root: ask again later. Anything else but 0 is a refusal
 * for good: ERASED (what its sections said is gone where it comes from; else it is right),
 * SIGNATURE, UNKNOWN_KEY, KEY_REVOKED, COMMITMENT, WRONG_FEDERATION, NOT_A_MEMBER,
 * ROLE, or of opening.
 */
LN_CHECKED int apply_verify(const struct local *local, const struct ln_event_item *item,
                            struct ln_arena *arena, struct apply_event *out);

/**
 * Is it shared by an article that both countries signed? Asked of what others' officers state,
 * once the case's REFER is here or the event is it; the fold asks the same of all events.
 * LN_E_VERSION_GAP: the agreement that it names is not here, and `may_wait`. As policy_check;
 * errors of the store.
 */
LN_CHECKED int apply_policy(struct store_txn *txn, const struct local *local,
                            const struct ln_event *event, bool may_wait);

/** For 35 days agreements that ended since do not stop what counterparts give back. */
LN_CHECKED int apply_mark_restored(struct store_txn *txn, const struct local *local);

/**
 * Keeps the header of an event that is refused, without its sections, so that its place in its
 * author's order is taken. `code` is negative. As apply_event.
 */
LN_CHECKED int apply_refused(struct store_txn *txn, const struct local *local,
                             const struct apply_event *event, int code);

/**
 * Keeps a verified event with its case; 0 also if it was held already. LN_E_TOO_MANY: the case
 * is full, LN_E_NOT_A_PARTY: the case is known here and its author has no part in it. Errors of
 * the store.
 */
LN_CHECKED int apply_event(struct store_txn *txn, const struct local *local,
                           const struct apply_event *event);

/** Puts a kept event into the outbox for a member. */
LN_CHECKED int apply_post(struct store_txn *txn, const struct ln_name *to,
                          const struct apply_event *event);

/** The same of an event that is kept, by its digest. */
LN_CHECKED int apply_post_kept(struct store_txn *txn, const struct ln_name *to,
                               uint32_t urgency, const struct ln_digest *digest);

/** Puts a kept event into the outbox for every party of its case but ourselves and `except`. */
LN_CHECKED int apply_hand_on(struct store_txn *txn, const struct local *local,
                             const struct apply_event *event, const struct ln_name *except);

/**
 * An error of the store or of memory: the transaction must end. Everything else is somebody's
 * mistake.
 */
bool apply_is_fatal(int error);

#endif
