/*
 * The receiving half of a channel: letters in any order, each once, heads checked, gaps known,
 * two truths frozen. Source: docs/protocol.md, Channel.
 */
#ifndef CHANNEL_H
#define CHANNEL_H

#include "witness.h"

enum { CHANNEL_AHEAD_MAX = 4096 };

/** What a letter brought. */
struct channel_news {
    struct ln_name from;
    uint32_t urgency; /* of the most urgent new event; 0: none */
    bool is_duplicate;
    struct witness_view view;
    bool has_gap; /* an earlier letter is missing: a note asks for it */
};

/**
 * Takes a letter with its items, in the transaction of everything it causes: kept, applied,
 * receipts in the outbox. 0: taken, or held already (its receipt goes out again).
 *
 * Refusals that leave the store as it was: WRONG_DESTINATION, WRONG_FEDERATION, UNKNOWN_KEY,
 * KEY_REVOKED, SIGNATURE, NOT_A_MEMBER, ROOT_NOT_ACCEPTED (the sender's, or that of an event's
 * author), ITEM_DIGEST, OLD_GENERATION, TOO_FAR_AHEAD, FROZEN, VERSION_GAP (an item's manifest
 * is not here yet), or of opening. EQUIVOCATION and CHAIN: the channel is
 * frozen now, the proof is kept; the transaction must be committed. Fatal errors
 * (apply_is_fatal): it must not.
 */
LN_CHECKED int channel_take(struct store_txn *txn, const struct local *local,
                            const struct ln_packet *packet, struct channel_news *out_news);

/**
 * The peer says that it holds our letters up to `place`: those that carried only receipts are
 * closed. A place beyond ours: we forgot what we signed, and ask as a restored node does.
 * LN_E_CHAIN: it names another head than ours: we send nothing more until two officers reopen
 * the channel. Also for notes.
 */
LN_CHECKED int channel_settle(struct store_txn *txn, const struct ln_name *peer,
                              const struct ln_place *place);

/**
 * The ranges of the peer's letters that are missing below the highest held, at most
 * LN_RANGES_MAX.
 */
LN_CHECKED int channel_gaps(struct store_txn *txn, const struct ln_name *peer,
                            struct ln_range *out, size_t *out_count);

/**
 * Two officers open a channel again: our next generation begins, and theirs is awaited. What
 * they still send in the old one is OLD_GENERATION, and does not freeze it again.
 */
LN_CHECKED int channel_reopen(struct store_txn *txn, const struct ln_name *peer);

/**
 * Where our last letter to the peer was signed by another key than ours now, a new generation
 * begins: what was open goes out again, under the new key.
 */
LN_CHECKED int channel_check_key(struct store_txn *txn, const struct local *local,
                                 const struct ln_name *peer);

/**
 * Nothing more is sent to this peer until it has said what it holds of ours: we were restored
 * from a backup. A question that waits for its answer stays.
 */
LN_CHECKED int channel_ask(struct store_txn *txn, const struct ln_name *peer);

/** Begins a new generation of ours above `generation`; what was open goes out again in it. */
LN_CHECKED int channel_begin_generation(struct store_txn *txn, const struct ln_name *peer,
                                        uint64_t generation);

#endif
