/*
 * From the outbox to the hubs: letters are made and committed, then sealed and sent, urgent
 * first, as often as their clocks say; notes go beside them.
 */
#include "post.h"

#include "apply.h"
#include "compose.h"
#include "note.h"

#define RESTORE_ASK_MS (2 * LN_MINUTE_MS)
/** With 35 days in a hub this stays inside the 70 after which the key is destroyed. */
#define SEAL_AFTER_MS (28 * LN_DAY_MS)
/** An epoch's life and those 28 days. */
#define EPOCH_AGE_MAX_MS (35 * LN_DAY_MS)

/* Lines ------------------------------------------------------------------------------------ */

static struct hubline *line_to(const struct link *link, const struct ln_name *hub)
{
    for (size_t i = 0; i < link->lines_count; i++) {
        if (ln_name_equal(hubline_hub(link->lines[i]), hub))
            return link->lines[i];
    }
    return NULL;
}

/**
 * The hub where the peer collects, by its priorities, as a mail domain's MX records; the next
 * if it is down. NULL too for whom nothing may be sent to.
 */
static struct hubline *best_line(const struct link *link, const struct ln_name *peer)
{
    const bool is_trusted = ln_trust_standing(link->local->trust, peer) == 0;
    const struct ln_manifest *manifest =
        is_trusted ? ln_trust_manifest(link->local->trust, peer) : NULL;
    struct hubline *best = NULL;
    uint32_t best_priority = 0;
    for (size_t i = 0; manifest != NULL && i < manifest->collections_count; i++) {
        const struct ln_collection *collection = &manifest->collections[i];
        struct hubline *line = line_to(link, &collection->hub);
        if (line == NULL || hubline_state(line) != HUBLINE_READY)
            continue;
        if (best == NULL || collection->priority < best_priority) {
            best = line;
            best_priority = collection->priority;
        }
    }
    return best;
}

/* Making letters --------------------------------------------------------------------------- */

struct making {
    struct link *link;
    int (*work)(struct store_txn *txn, void *context); /* comes first; NULL: nothing does */
    void *context;
    struct composed_list made;
};

static int make_letters(struct store_txn *txn, void *context)
{
    struct making *making = context;
    const struct link *link = making->link;
    int error = making->work == NULL ? 0 : making->work(txn, making->context);
    making->made.count = 0; /* the transaction may run again */
    for (size_t i = 0; i < link->peers_count && error == 0; i++) {
        if (best_line(link, &link->peers[i].member) == NULL)
            continue; /* what waits for a hub travels in few letters, urgent first */
        if (making->work != NULL || link->peers[i].has_news)
            error = compose_waiting(txn, link->local, &link->peers[i].member, &making->made);
    }
    return error;
}

void sending_fly(struct link *link, const struct composed_list *made)
{
    for (size_t i = 0; i < made->count; i++) {
        struct peer *peer = post_find_peer(link, &made->letters[i].to);
        if (peer != NULL)
            flights_add(&peer->flights, &made->letters[i]);
    }
}

int link_run(struct link *link, int (*work)(struct store_txn *txn, void *context),
             void *context)
{
    struct making making = {.link = link, .work = work, .context = context};
    const int error = store_run(link->local->store, make_letters, &making);
    if (error == LN_E_STORE)
        post_fail(link, error);
    if (error == 0)
        sending_fly(link, &making.made);
    if (making.made.count == LN_COUNT(making.made.letters))
        post_kick(link);
    post_schedule(link);
    return error;
}

static void make_due(struct link *link)
{
    bool has_news = false;
    for (size_t i = 0; i < link->peers_count; i++)
        has_news |= link->peers[i].has_news;
    struct making making = {.link = link};
    while (has_news && link->failure == 0) {
        const int error = store_run(link->local->store, make_letters, &making);
        if (error == LN_E_DISK_FULL)
            return; /* tried again by the timer */
        if (error != 0) {
            post_fail(link, error);
            return;
        }
        sending_fly(link, &making.made);
        has_news = making.made.count == LN_COUNT(making.made.letters);
    }
    for (size_t i = 0; i < link->peers_count; i++)
        link->peers[i].has_news = false;
}

/* Sending ---------------------------------------------------------------------------------- */

/**
 * A hub that withholds newer epochs shall not have us seal to an old key for ever; but where a
 * clock is wrong, theirs or ours, letters go on.
 */
static bool is_too_old(const struct link *link, const struct peer *peer,
                       const struct ln_epoch *epoch)
{
    return post_now_ms(link) > epoch->ends_ms + SEAL_AFTER_MS &&
           peer->epoch_number == epoch->number && peer->epoch_age_ms > EPOCH_AGE_MAX_MS;
}

static int seal_packet(const struct link *link, const struct peer *peer, uint32_t urgency,
                       struct ln_bytes packet, struct ln_buffer *out)
{
    const struct ln_epoch *epoch = ln_trust_epoch(link->local->trust, &peer->member);
    const int standing = ln_trust_standing(link->local->trust, &peer->member);
    if (standing != 0)
        return standing;
    if (epoch == NULL || is_too_old(link, peer, epoch))
        return LN_E_NO_EPOCH_KEY;
    return ln_envelope_seal(&link->local->federation, &peer->member, epoch->number, &epoch->key,
                            urgency, packet, out);
}

static int seal_letter(const struct link *link, struct store_txn *txn, const struct peer *peer,
                       struct store_letter number, struct ln_buffer *out)
{
    AUTO(ln_buffer_wipe) struct ln_buffer packet = LN_BUFFER(LN_PACKET_MAX);
    uint32_t urgency;
    const int error = compose_packet(txn, &peer->member, number, &packet, &urgency);
    return error == 0 ? seal_packet(link, peer, urgency, ln_buffer_view(&packet), out) : error;
}

static void remember_put(struct link *link, const struct hubline *line, uint64_t id,
                         const struct ln_name *member, struct store_letter number)
{
    *post_put(link, line, id) = (struct put){id, *member, number};
}

/** False: nothing more can be sent to this peer now. */
static bool send_one(struct link *link, struct store_txn *txn, struct peer *peer,
                     struct flight *flight)
{
    struct hubline *line = best_line(link, &peer->member);
    if (line == NULL)
        return false;
    AUTO(ln_buffer_wipe) struct ln_buffer envelope = LN_BUFFER(LN_ENVELOPE_MAX);
    int error = seal_letter(link, txn, peer, flight->number, &envelope);
    uint64_t put_id;
    if (error == 0)
        error = hubline_put(line, ln_buffer_view(&envelope), &put_id);
    if (error == 0) {
        remember_put(link, line, put_id, &peer->member, flight->number);
        flights_sent(flight, ln_trust_epoch(link->local->trust, &peer->member)->number,
                     post_now_ms(link));
    } else if (apply_is_fatal(error)) {
        post_fail(link, error);
    }
    return error == 0;
}

static void send_peer(struct link *link, struct store_txn *txn, struct peer *peer)
{
    struct flight *flight;
    while ((flight = flights_next(&peer->flights, post_now_ms(link))) != NULL) {
        if (!send_one(link, txn, peer, flight))
            return;
    }
}

static void send_due(struct link *link)
{
    struct store_txn *txn;
    if (store_read(link->local->store, &txn) != 0)
        return;
    for (size_t i = 0; i < link->peers_count; i++)
        send_peer(link, txn, &link->peers[i]);
    store_end(&txn);
}

/* Notes ------------------------------------------------------------------------------------ */

static int make_note(const struct link *link, const struct peer *peer,
                     struct ln_buffer *out_packet)
{
    struct store_txn *txn;
    int error = store_read(link->local->store, &txn);
    if (error != 0)
        return error;
    error = note_make(txn, link->local, &peer->member, peer->has_answer ? &peer->answer : NULL,
                      out_packet);
    store_end(&txn);
    return error;
}

static void send_note(struct link *link, struct peer *peer)
{
    AUTO(ln_buffer_wipe) struct ln_buffer packet = LN_BUFFER(LN_PACKET_MAX);
    AUTO(ln_buffer_wipe) struct ln_buffer envelope = LN_BUFFER(LN_ENVELOPE_MAX);
    struct hubline *line = best_line(link, &peer->member);
    uint64_t put_id;
    if (line == NULL || make_note(link, peer, &packet) != 0 ||
        seal_packet(link, peer, LN_URGENCY_ROUTINE, ln_buffer_view(&packet), &envelope) != 0 ||
        hubline_put(line, ln_buffer_view(&envelope), &put_id) != 0)
        return;
    peer->noted_ms = post_now_ms(link);
    peer->has_answer = false;
    post_schedule_note(link, peer, false);
    if (peer->is_restoring)
        peer->note_due_ms = peer->noted_ms + RESTORE_ASK_MS;
}

static void send_notes(struct link *link)
{
    for (size_t i = 0; i < link->peers_count; i++) {
        if (link->peers[i].note_due_ms <= post_now_ms(link))
            send_note(link, &link->peers[i]);
    }
}

void sending_pump(struct link *link)
{
    make_due(link);
    send_due(link);
    send_notes(link);
}
