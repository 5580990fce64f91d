/*
 * What the link knows of each member, and the small things that sending and taking share: its
 * letters that fly, when its next note is due, that there is work, that there is no going on.
 */
#include "post.h"

#include "apply.h"
#include "crypto.h"
#include "log.h"
#include "note.h"

#define NOTE_EVERY_MS (6 * LN_HOUR_MS)
#define NOTE_JITTER_MS (30 * LN_MINUTE_MS)
#define NOTE_APART_MS (10 * LN_SECOND_MS)

uint64_t post_now_ms(const struct link *link)
{
    return ln_now_ms(&link->local->clock);
}

void post_fail(struct link *link, int error)
{
    if (link->failure != 0)
        return;
    link->failure = error;
    log_line(LOG_AS_ERROR, "store failed, stopping code=%s", ln_code_of(error)->name);
    loop_stop(link->options.loop);
}

static void on_work(void *context)
{
    struct link *link = context;
    link->kick_timer = 0;
    link->pump(link);
}

void post_schedule(struct link *link)
{
    if (link->kick_timer == 0)
        link->kick_timer = loop_timer_start(link->options.loop, 0, 1, on_work, link);
}

void post_kick(struct link *link)
{
    for (size_t i = 0; i < link->peers_count; i++)
        link->peers[i].has_news = true;
    post_schedule(link);
}

void post_schedule_note(const struct link *link, struct peer *peer, bool is_soon)
{
    const uint64_t now = post_now_ms(link);
    uint64_t jitter;
    crypto_random(&jitter, sizeof jitter);
    const uint64_t due = is_soon ? (peer->noted_ms == 0 ? now : peer->noted_ms + NOTE_APART_MS)
                                 : now + NOTE_EVERY_MS + jitter % NOTE_JITTER_MS;
    if (!is_soon || due < peer->note_due_ms)
        peer->note_due_ms = due;
}

/* Peers ------------------------------------------------------------------------------------ */

struct put *post_put(struct link *link, const struct hubline *line, uint64_t id)
{
    size_t i = 0;
    while (link->lines[i] != line)
        i++;
    return &link->puts[i][id % PUTS_MAX];
}

struct peer *post_find_peer(struct link *link, const struct ln_name *member)
{
    for (size_t i = 0; i < link->peers_count; i++) {
        if (ln_name_equal(&link->peers[i].member, member))
            return &link->peers[i];
    }
    return NULL;
}

static int load_flight(struct store_letter number, const struct ln_sent_record *sent,
                       void *context)
{
    struct peer *peer = context;
    const struct composed letter = {peer->member, number, sent->urgency, sent->receipt_due};
    if (sent->closed)
        flights_drop(&peer->flights, number);
    else
        flights_add(&peer->flights, &letter);
    return 0;
}

/**
 * All letters that are open: at the start, and when a restored peer is given back what it
 * forgot.
 */
static int load_flights(struct store_txn *txn, struct peer *peer)
{
    struct ln_channel_record channel;
    const int error = store_channel_get(txn, &peer->member, &channel);
    if (error != 0)
        return error;
    peer->is_restoring = note_is_restoring(&channel);
    const struct store_letter settled = {channel.sent_generation, channel.settled_sequence};
    const struct store_letter first = {settled.generation, settled.sequence + 1};
    flights_drop_settled(&peer->flights, settled);
    return store_sent(txn, &peer->member, first, load_flight, peer);
}

static int add_peer(struct link *link, struct store_txn *txn, const struct ln_name *member)
{
    if (ln_name_equal(member, &link->local->member) || post_find_peer(link, member) != NULL ||
        link->peers_count == LN_MEMBERS_MAX)
        return 0;
    struct peer *peer = &link->peers[link->peers_count++];
    *peer = (struct peer){.member = *member, .has_news = true};
    return load_flights(txn, peer);
}

struct adding {
    struct link *link;
    struct store_txn *txn;
};

/** Members that left: what was not finished with them is still to be seen. */
static int add_former(uint32_t type, const struct ln_name *member, uint64_t version,
                      struct ln_bytes literal, void *context)
{
    (void)version, (void)literal;
    const struct adding *adding = context;
    return type == LN_TYPE_MANIFEST ? add_peer(adding->link, adding->txn, member) : 0;
}

int post_update_peers(struct link *link)
{
    const struct ln_roster *roster = ln_trust_roster(link->local->trust);
    AUTO(store_end) struct store_txn *txn = NULL;
    int error = store_read(link->local->store, &txn);
    for (size_t i = 0; i < roster->members_count && error == 0; i++)
        error = add_peer(link, txn, &roster->members[i].id);
    struct adding adding = {link, txn};
    return error == 0 ? ln_trust_walk(link->local->trust, add_former, &adding) : error;
}

int post_refresh(struct link *link, struct peer *peer)
{
    struct store_txn *txn;
    int error = store_read(link->local->store, &txn);
    if (error != 0)
        return error;
    const bool was_restoring = peer->is_restoring;
    error = load_flights(txn, peer);
    store_end(&txn);
    if (peer->is_restoring && !was_restoring)
        post_schedule_note(link, peer, true);
    return error;
}
