/*
 * Mailboxes: one a member, urgent first, then by arrival; durable when a batch is committed;
 * bounded for each pair of sender and addressee. Source: docs/protocol.md, Hub, Quotas.
 */
#ifndef MAILBOX_H
#define MAILBOX_H

#include <liaison/letter.h>

#include "database.h"

enum { MAILBOX_BATCH_MAX = 1024 };

#define MAILBOX_EXPIRY_MS (35 * LN_DAY_MS)

struct mailbox_limits {
    uint64_t count_max;  /* mails of one sender to one addressee */
    uint64_t bytes_max;  /* of one sender, to whomever */
    uint64_t minute_max; /* PUTs of one sender to one addressee a minute */
};

struct mailbox;

/** Counts what is there. `database` and `clock` are borrowed. Errors of the database. */
LN_CHECKED int mailbox_open(struct database *database, unsigned table,
                            const struct mailbox_limits *limits, const struct ln_clock *clock,
                            struct mailbox **out);
void mailbox_close(struct mailbox **mailbox_p);

/** A mail's place: what an acknowledgement leads back to. */
struct mailbox_place {
    uint8_t urgency;
    uint64_t id;
};

/** One change of a batch: a mail to be put, or one to be deleted. */
struct mailbox_change {
    bool is_put;
    struct ln_name sender; /* put; delete: filled in */
    struct ln_name addressee;
    struct ln_bytes envelope;   /* put; borrowed until the batch is committed */
    struct mailbox_place place; /* delete: which; put: filled in */
    size_t freed_size;          /* delete: filled in */
    int result; /* put: 0, or MAILBOX_FULL, RATE, DISK_FULL; delete: 0 or NOT_FOUND */
};

/**
 * Makes all changes in one synced transaction. 0: each change's result says what became of it,
 * and those with 0 are on disk. LN_E_STORE: nothing is, and the hub must stop. A full disk
 * refuses the puts and carries out the deletions.
 */
LN_CHECKED int mailbox_commit(struct mailbox *mailbox, struct mailbox_change *changes,
                              size_t count);

/**
 * Up to where somebody was given mail: the highest id of each urgency class, 0 for nothing yet.
 */
struct mailbox_given {
    uint64_t id[LN_URGENCY_LAST + 1];
};

/** `each` answers DATABASE_STOP to end the walk. The envelope is borrowed for the call. */
typedef int mailbox_each(const struct mailbox_place *place, struct ln_bytes envelope,
                         void *context);
/** Behind `given`, the most urgent class first: what was passed once costs nothing any more. */
LN_CHECKED int mailbox_walk(struct mailbox *mailbox, const struct ln_name *addressee,
                            const struct mailbox_given *given, mailbox_each *each,
                            void *context);

/**
 * So much time has passed while the hub ran: what has waited for 35 days of it is deleted;
 * *out_count says how many. No clock is asked: one that jumps destroys nothing.
 */
LN_CHECKED int mailbox_expire(struct mailbox *mailbox, uint64_t elapsed_ms,
                              uint64_t *out_count);

uint64_t mailbox_count(const struct mailbox *mailbox);
uint64_t mailbox_bytes(const struct mailbox *mailbox);

#endif
