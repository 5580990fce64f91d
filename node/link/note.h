/*
 * Notes: what both ends hold of each other's letters, outside the sequence; the newest wins.
 * Source: docs/protocol.md, Note, Restore.
 */
#ifndef NOTE_H
#define NOTE_H

#include "witness.h"

/** What a note made us want. */
struct note_wish {
    struct ln_name from;
    struct ln_range again[LN_RANGES_MAX]; /* of our letters: send them again now */
    size_t again_count;
    bool has_answer; /* the peer asked a restore question: send a note at once */
    struct ln_nonce answer_nonce;
    bool has_news; /* something new waits in the outbox or the channel reopened */
    struct witness_view view;
    bool wants_note; /* what the peer says that it sent is not what we hold: say so in a note */
};

/**
 * Appends a packed packet with a signed note to `peer`. `answer` is the nonce of a question to
 * be answered, NULL: none. Asks the restore question itself while the channel's record has one.
 */
LN_CHECKED int note_make(struct store_txn *txn, const struct local *local,
                         const struct ln_name *peer, const struct ln_nonce *answer,
                         struct ln_buffer *out_packet);

/**
 * Takes a note. LN_E_REPLAY: a newer one was taken before. Other refusals and fatal errors as
 * channel_take; LN_E_CHAIN: the channel is frozen now, commit.
 */
LN_CHECKED int note_take(struct store_txn *txn, const struct local *local,
                         const struct ln_packet *packet, struct note_wish *out_wish);

/** The node was restored from a backup: every channel asks before it sends. */
LN_CHECKED int note_ask_all(struct store_txn *txn, const struct local *local);
bool note_is_restoring(const struct ln_channel_record *channel);
/** Why two officers have to reopen it; 0: it is open, or the peer's answer is waited for. */
int note_why_frozen(const struct ln_channel_record *channel);

#endif
