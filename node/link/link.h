/*
 * The node's link to its counterparts: what waits is composed, sealed and sent, urgent first;
 * what comes is taken, receipted and only then acknowledged; silence and gaps are answered by
 * notes.
 *
 * One thread, that of the loop. A fatal error of the store stops the loop: the supervisor
 * starts the node again, and it holds no state but the store.
 */
#ifndef LINK_H
#define LINK_H

#include "channel.h"
#include "hubline.h"
#include "local.h"
#include "loop.h"

struct link;

struct link_options {
    struct loop *loop;
    const struct local *local; /* borrowed, may change its epoch */
    struct ln_public_key transport_public;
    const uint8_t *transport_secret; /* borrowed */
    const char *hook;                /* program for urgent arrivals; NULL: none */
    /**
     * A hub holds an epoch of ours that we knew nothing of: our store was put back. Or a new
     * manifest of ours has ended the one that was announced.
     */
    void (*on_own_epoch)(void *context);
    void *context;
};

LN_CHECKED int link_new(const struct link_options *options, struct link **out);
void link_destroy(struct link **link_p);

/** 0, or the fatal error that stopped the loop. */
int link_failure(const struct link *link);

/**
 * Runs `work` and makes letters of what it put into the outbox, all in one transaction: what an
 * officer is promised leaves with the commit that promises it. Errors of `work` and of the
 * store; nothing is written then. After LN_E_STORE the loop stops.
 */
LN_CHECKED int link_run(struct link *link, int (*work)(struct store_txn *txn, void *context),
                        void *context);
/**
 * The channel to this member was changed, or its root accepted: what flies is what the store
 * has open now, and what was left at the hubs is asked for again.
 */
LN_CHECKED int link_changed(struct link *link, const struct ln_name *member);
/** Something new stands in the outbox. Cheap; the work is done by the loop. */
void link_kick(struct link *link);
/**
 * Takes a statement that came as a file, tells the hubs of it, and does what it changes. As
 * keeper_take.
 */
LN_CHECKED int link_take(struct link *link, struct ln_bytes signed_statement);
/** A new statement of ours, for the hubs: now; all of ours go to each hub at its welcome. */
void link_publish(struct link *link, struct ln_bytes signed_statement);

/* What status shows ------------------------------------------------------------------------ */

typedef void link_each_line(const struct hubline *line, void *context);
void link_lines(const struct link *link, link_each_line *each, void *context);

struct link_peer {
    struct ln_name member;
    size_t open_letters; /* made, and their receipt is still to come */
    bool can_seal;       /* an epoch key of theirs is known */
    int standing;        /* as ln_trust_standing */
    /** What they hold and no hub has given us, when they wrote last; version 0: nothing. */
    struct witness_view lacking;
};
typedef void link_each_peer(const struct link_peer *peer, void *context);
void link_peers(const struct link *link, link_each_peer *each, void *context);

/** Has a hub taken this letter since the node started? */
bool link_is_at_hub(const struct link *link, const struct ln_name *peer,
                    struct store_letter number);
/** How often mails were refused, by code (positive). */
uint64_t link_refused_count(const struct link *link, uint32_t code);

/* Courier: the same envelopes in a file (docs/protocol.md, Courier) ------------------------ */

/** Appends a courier file with everything open for `to` and our newest statements. */
LN_CHECKED int link_courier_write(struct link *link, const struct ln_name *to,
                                  struct ln_buffer *out, size_t *out_letters);

struct link_courier_result {
    size_t taken, refused;
    int last_refusal; /* 0: none */
};
LN_CHECKED int link_courier_read(struct link *link, struct ln_bytes file,
                                 struct link_courier_result *out_result);

#endif
