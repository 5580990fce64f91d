/*
 * Inside of the link: what it keeps in memory, and the joints between its files: link.c uses
 * taking.c and sending.c, and all use post.c. Private to them.
 */
#ifndef POST_H
#define POST_H

#include "courier.h"
#include "flight.h"
#include "link.h"

#include <liaison/hub.h>

enum {
    LINES_MAX = LN_HUBS_MAX,
    PUTS_MAX = 2 * LN_HUB_CREDIT_MAX,
    CODES_MAX = 200,
};

struct peer {
    struct ln_name member;
    struct flights flights;
    struct witness_view view; /* what it said last of the statements that it holds */
    bool has_news;            /* the outbox may hold something */
    bool is_stale; /* its letters in the store may have been closed, or opened again */
    bool is_restoring;
    bool has_answer;
    struct ln_nonce answer;
    uint64_t note_due_ms, noted_ms;
    uint64_t epoch_number, epoch_age_ms; /* how long we ran without hearing of a newer one */
};

/** A PUT that waits for its STORED. */
struct put {
    uint64_t id;
    struct ln_name member;
    struct store_letter number;
};

struct link {
    struct link_options options;
    const struct local *local;
    struct hubline *lines[LINES_MAX];
    size_t lines_count;
    struct peer peers[LN_MEMBERS_MAX];
    size_t peers_count;
    struct put *puts[LINES_MAX]; /* PUTS_MAX of each line */
    uint64_t refused[CODES_MAX];
    void (*pump)(struct link *link); /* what post_schedule makes the loop do */
    int timer, kick_timer, failure;
    uint64_t fetched_ms;
    bool has_kept; /* mails were left at a hub for want of a statement, or of room: */
    bool was_full;
    uint64_t ticks;
    uint32_t to_ring; /* urgency of what has come and was not told yet; 0: nothing */
    uint64_t rung[LN_URGENCY_URGENT + 1]; /* at which tick, by urgency */
};

uint64_t post_now_ms(const struct link *link);
/** Nothing is promised from memory: after a failed sync the only honest thing is to stop. */
void post_fail(struct link *link, int error);
/** Sends what is due, soon. */
void post_schedule(struct link *link);
/** Something new may stand in any outbox. */
void post_kick(struct link *link);
/** The next note: soon, if it has been a while since the last; else in its six hours. */
void post_schedule_note(const struct link *link, struct peer *peer, bool is_soon);
/** Where a PUT of a line is remembered. */
struct put *post_put(struct link *link, const struct hubline *line, uint64_t id);
struct peer *post_find_peer(struct link *link, const struct ln_name *member);
/** Every member of the roster is a peer, and every former one; who joined since is added. */
LN_CHECKED int post_update_peers(struct link *link);
/** The peer's open letters as the store has them now. */
LN_CHECKED int post_refresh(struct link *link, struct peer *peer);

/* sending.c */
/** Makes letters of what waits, and sends what is due: letters, then notes. */
void sending_pump(struct link *link);
/** Letters that were made: they are due at once. */
void sending_fly(struct link *link, const struct composed_list *made);

/* taking.c */
/** A hubline's owner: mails that came. */
void taking_mails(void *context, struct hubline *line, const struct ln_bytes *envelopes,
                  size_t count, bool *keep);
/** What follows from a bag that was taken. */
void taking_after_bag(struct link *link, const struct mailbag *bag);
/** Runs the hook if it is due: at most once a minute for each urgency. */
void taking_ring(struct link *link);
/** What a start finds that was not told before the end. */
LN_CHECKED int taking_ring_again(struct link *link);
/** Counts and logs a refusal by its code. */
void taking_count_refusal(struct link *link, int code);

#endif
