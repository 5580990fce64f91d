/*
 * A batch of envelopes taken in one transaction, whether a hub or a courier brought them.
 */
#ifndef MAILBAG_H
#define MAILBAG_H

#include "channel.h"
#include "compose.h"
#include "note.h"

/** One envelope's way: sealed, opened, taken. */
struct mailbag_mail {
    struct ln_packet packet;
    bool is_note;
    int result; /* 0 or a refusal; what is fatal ends the batch */
    struct channel_news news;
    struct note_wish wish;
};

struct mailbag {
    struct ln_arena arena;
    struct mailbag_mail *mails;
    size_t count;
    /*
     * letters that were made in the same transaction: receipts leave with the commit that
     * promises them
     */
    struct composed_list *made;
};

/** The fact that keeps the urgency of what a person must be told of: one byte, or nothing. */
#define MAILBAG_RING "ring"

void mailbag_wipe(struct mailbag *bag);
/**
 * Opens the envelopes, takes them in one transaction, and composes what they made due.
 * A fatal error of the store, or 0; each mail's fate stands in its result.
 */
LN_CHECKED int mailbag_take(const struct local *local, const struct ln_bytes *envelopes,
                            size_t count, struct mailbag *out_bag);
/** Shall it stay at the hub, because it can be taken later though not now? */
bool mailbag_keeps(const struct mailbag_mail *mail);

#endif
