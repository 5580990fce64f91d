/*
 * Who is to be sent what, and when. All that must survive is in the store; what is here (which letter was
 * handed to which hub, when it is due again) is made anew at a start by sending everything open once more.
 */
#include "link.h"

#include "apply.h"
#include "channel.h"
#include "compose.h"
#include "courier.h"
#include "crypto.h"
#include "flight.h"
#include "keeper.h"
#include "log.h"
#include "mailbag.h"
#include "note.h"
#include "process.h"

#include <liaison/hub.h>

#include <stdlib.h>
#include <string.h>

enum {
    LINES_MAX = LN_HUBS_MAX,
    PUTS_MAX = 2 * LN_HUB_CREDIT_MAX,
    CODES_MAX = 200,
    PUBLISHED_MAX = 3,
    TICK_MS = 1000,
    MADE_AT_ONCE = 64,
    ENVELOPE_CAPACITY = LN_ENVELOPE_MAX,
};

#define NOTE_EVERY_MS (6 * LN_HOUR_MS)
#define NOTE_JITTER_MS (30 * LN_MINUTE_MS)
#define NOTE_APART_MS (10 * LN_SECOND_MS)
/** With 35 days in a hub this stays inside the 70 after which the key is destroyed. */
#define SEAL_AFTER_MS (28 * LN_DAY_MS)
#define RESTORE_ASK_MS (2 * LN_MINUTE_MS)

struct peer {
    struct ln_name member;
    struct flights flights;
    bool has_news; /* the outbox may hold something */
    bool is_restoring;
    bool has_answer;
    struct ln_nonce answer;
    uint64_t note_due_ms, noted_ms;
};

/** A PUT that waits for its STORED. */
struct put {
    const struct hubline *line;
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
    struct put puts[PUTS_MAX];
    struct ln_buffer published[PUBLISHED_MAX]; /* by type: roster, manifest, epoch */
    uint64_t refused[CODES_MAX];
    int timer, kick_timer, failure;
    uint64_t fetched_ms;
    bool has_kept; /* mails were left at a hub for want of a statement */
};

static uint64_t now_of(const struct link *link)
{
    return ln_now_ms(&link->local->clock);
}

/** Nothing is promised from memory: after a failed sync the only honest thing is to stop. */
static void fail(struct link *link, int error)
{
    if (link->failure != 0)
        return;
    link->failure = error;
    log_line(LOG_AS_ERROR, "store failed, stopping code=%s", ln_code_of(error)->name);
    loop_stop(link->options.loop);
}

int link_failure(const struct link *link)
{
    return link->failure;
}

/* Peers ---------------------------------------------------------------------------------------- */

static struct peer *find_peer(struct link *link, const struct ln_name *member)
{
    for (size_t i = 0; i < link->peers_count; i++) {
        if (ln_name_equal(&link->peers[i].member, member))
            return &link->peers[i];
    }
    return NULL;
}


static int load_flight(struct store_letter number, const struct ln_sent_record *sent, void *context)
{
    struct peer *peer = context;
    if (!sent->closed)
        flights_add(&peer->flights, number, sent);
    return 0;
}

/** All letters that are open: at the start, and when a restored peer is given back what it forgot. */
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
    if (ln_name_equal(member, &link->local->member) || find_peer(link, member) != NULL ||
        link->peers_count == LN_MEMBERS_MAX)
        return 0;
    struct peer *peer = &link->peers[link->peers_count++];
    *peer = (struct peer){.member = *member, .has_news = true};
    return load_flights(txn, peer);
}

/** Every member of the roster is a peer; members that joined since are added. */
static int update_peers(struct link *link)
{
    const struct ln_roster *roster = ln_trust_roster(link->local->trust);
    struct store_txn *txn;
    int error = store_read(link->local->store, &txn);
    if (error != 0)
        return error;
    for (size_t i = 0; i < roster->members_count && error == 0; i++)
        error = add_peer(link, txn, &roster->members[i].id);
    store_end(&txn);
    return error;
}

/* Making letters ------------------------------------------------------------------------------- */

struct making {
    struct link *link;
    struct peer *peers[MADE_AT_ONCE];
    struct store_letter numbers[MADE_AT_ONCE];
    size_t count;
};

static int make_for(struct store_txn *txn, struct making *making, struct peer *peer)
{
    while (making->count < MADE_AT_ONCE) {
        struct store_letter number;
        const int error = compose_next(txn, making->link->local, &peer->member, &number);
        if (error != 0 || number.sequence == 0)
            return error;
        making->peers[making->count] = peer;
        making->numbers[making->count++] = number;
    }
    return 0;
}

static int make_letters(struct store_txn *txn, void *context)
{
    struct making *making = context;
    int error = 0;
    making->count = 0; /* the transaction may run again */
    for (size_t i = 0; i < making->link->peers_count && error == 0; i++) {
        struct peer *peer = &making->link->peers[i];
        if (peer->has_news)
            error = make_for(txn, making, peer);
    }
    return error;
}

static void fly(struct link *link, const struct ln_name *member, struct store_letter number)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(2 * 1024 * 1024);
    AUTO(store_end) struct store_txn *txn = NULL;
    struct peer *peer = find_peer(link, member);
    struct ln_sent_record sent;
    if (peer != NULL && store_read(link->local->store, &txn) == 0 &&
        store_sent_get(txn, member, number, &arena, &sent) == 0)
        flights_add(&peer->flights, number, &sent);
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
            fail(link, error);
            return;
        }
        for (size_t i = 0; i < making.count; i++)
            fly(link, &making.peers[i]->member, making.numbers[i]);
        has_news = making.count == MADE_AT_ONCE;
    }
    for (size_t i = 0; i < link->peers_count; i++)
        link->peers[i].has_news = false;
}

/* Sending -------------------------------------------------------------------------------------- */

static struct hubline *line_to(const struct link *link, const struct ln_name *hub)
{
    for (size_t i = 0; i < link->lines_count; i++) {
        if (ln_name_equal(hubline_hub(link->lines[i]), hub))
            return link->lines[i];
    }
    return NULL;
}

/** The hub where the peer collects, by its priorities, as a mail domain's MX records; the next if it is down. */
static struct hubline *best_line(const struct link *link, const struct ln_name *peer)
{
    const struct ln_manifest *manifest = ln_trust_manifest(link->local->trust, peer);
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

static int seal_packet(const struct link *link, const struct ln_name *peer, uint32_t urgency,
                       struct ln_bytes packet, struct ln_buffer *out)
{
    const struct ln_epoch *epoch = ln_trust_epoch(link->local->trust, peer);
    if (epoch == NULL || now_of(link) > epoch->ends_ms + SEAL_AFTER_MS)
        return LN_E_NO_EPOCH_KEY;
    return ln_envelope_seal(&link->local->federation, peer, epoch->number, &epoch->key, urgency, packet,
                            out);
}

static int seal_letter(const struct link *link, struct store_txn *txn, const struct ln_name *peer,
                       struct store_letter number, struct ln_buffer *out)
{
    AUTO(ln_buffer_wipe) struct ln_buffer packet = LN_BUFFER(LN_PACKET_MAX);
    uint32_t urgency;
    const int error = compose_packet(txn, peer, number, &packet, &urgency);
    return error == 0 ? seal_packet(link, peer, urgency, ln_buffer_view(&packet), out) : error;
}

static void remember_put(struct link *link, const struct hubline *line, uint64_t id,
                         const struct ln_name *member, struct store_letter number)
{
    link->puts[id % PUTS_MAX] = (struct put){line, id, *member, number};
}

/** False: nothing more can be sent to this peer now. */
static bool send_one(struct link *link, struct store_txn *txn, struct peer *peer, struct flight *flight)
{
    struct hubline *line = best_line(link, &peer->member);
    if (line == NULL)
        return false;
    AUTO(ln_buffer_wipe) struct ln_buffer envelope = LN_BUFFER(ENVELOPE_CAPACITY);
    int error = seal_letter(link, txn, &peer->member, flight->number, &envelope);
    uint64_t put_id;
    if (error == 0)
        error = hubline_put(line, ln_buffer_view(&envelope), &put_id);
    if (error == 0) {
        remember_put(link, line, put_id, &peer->member, flight->number);
        flights_sent(flight, now_of(link));
    } else if (apply_is_fatal(error)) {
        fail(link, error);
    }
    return error == 0;
}

static void send_peer(struct link *link, struct store_txn *txn, struct peer *peer)
{
    struct flight *flight;
    while ((flight = flights_next(&peer->flights, now_of(link))) != NULL) {
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

/* Notes ---------------------------------------------------------------------------------------- */

static int make_note(const struct link *link, const struct peer *peer, struct ln_buffer *out_packet)
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

static void schedule_note(const struct link *link, struct peer *peer, bool is_soon)
{
    const uint64_t now = now_of(link);
    uint64_t jitter;
    crypto_random(&jitter, sizeof jitter);
    const uint64_t due = is_soon ? (peer->noted_ms == 0 ? now : peer->noted_ms + NOTE_APART_MS)
                                 : now + NOTE_EVERY_MS + jitter % NOTE_JITTER_MS;
    if (!is_soon || due < peer->note_due_ms)
        peer->note_due_ms = due;
}

static void send_note(struct link *link, struct peer *peer)
{
    AUTO(ln_buffer_wipe) struct ln_buffer packet = LN_BUFFER(LN_PACKET_MAX);
    AUTO(ln_buffer_wipe) struct ln_buffer envelope = LN_BUFFER(ENVELOPE_CAPACITY);
    struct hubline *line = best_line(link, &peer->member);
    uint64_t put_id;
    if (line == NULL || make_note(link, peer, &packet) != 0 ||
        seal_packet(link, &peer->member, LN_URGENCY_ROUTINE, ln_buffer_view(&packet), &envelope) != 0 ||
        hubline_put(line, ln_buffer_view(&envelope), &put_id) != 0)
        return;
    peer->noted_ms = now_of(link);
    peer->has_answer = false;
    schedule_note(link, peer, false);
    if (peer->is_restoring)
        peer->note_due_ms = peer->noted_ms + RESTORE_ASK_MS;
}

static void send_notes(struct link *link)
{
    for (size_t i = 0; i < link->peers_count; i++) {
        if (link->peers[i].note_due_ms <= now_of(link))
            send_note(link, &link->peers[i]);
    }
}

/* Taking --------------------------------------------------------------------------------------- */

static void count_refusal(struct link *link, int code)
{
    if (-code > 0 && -code < CODES_MAX)
        link->refused[-code]++;
    log_line(LOG_AS_WARNING, "mail refused code=%s", ln_code_of(code)->name);
}

static void run_hook(const struct link *link, uint32_t urgency)
{
    if (link->options.hook == NULL || urgency == 0 || urgency > LN_URGENCY_URGENT)
        return;
    if (process_spawn(link->options.hook, ln_code_name(LN_LIST_URGENCIES, urgency)) != 0)
        log_line(LOG_AS_ERROR, "the hook could not be started");
}

static int refresh(struct link *link, struct peer *peer)
{
    struct store_txn *txn;
    int error = store_read(link->local->store, &txn);
    if (error != 0)
        return error;
    error = load_flights(txn, peer);
    store_end(&txn);
    return error;
}

static void after_note(struct link *link, struct peer *peer, const struct note_wish *wish)
{
    for (size_t i = 0; i < wish->again_count; i++)
        flights_rush(&peer->flights, &wish->again[i], now_of(link));
    if (wish->has_answer) {
        peer->has_answer = true;
        peer->answer = wish->answer_nonce;
        peer->note_due_ms = 0; /* a restored peer waits for it */
    }
    if (wish->lacks_tail)
        schedule_note(link, peer, true);
    peer->has_news |= wish->has_news;
}

/** The hubs are greeted again: whoever holds what we lack sends it. At most once a minute. */
static void fetch_statements(struct link *link)
{
    if (now_of(link) < link->fetched_ms + LN_MINUTE_MS)
        return;
    link->fetched_ms = now_of(link);
    for (size_t i = 0; i < link->lines_count; i++)
        hubline_greet_again(link->lines[i]);
}

static void after_mail(struct link *link, const struct mailbag_mail *mail)
{
    if (mail->result != 0) {
        if (mail->result != LN_E_REPLAY)
            count_refusal(link, mail->result);
        link->has_kept |= mailbag_keeps(mail);
        return;
    }
    struct peer *peer = find_peer(link, mail->is_note ? &mail->wish.from : &mail->news.from);
    if (peer == NULL)
        return;
    const int error = refresh(link, peer);
    if (error != 0)
        fail(link, error);
    if (mail->is_note ? mail->wish.is_behind : mail->news.is_behind)
        fetch_statements(link);
    if (mail->is_note) {
        after_note(link, peer, &mail->wish);
        return;
    }
    if (mail->news.has_gap || mail->news.is_duplicate) /* a note tells the peer what we hold */
        schedule_note(link, peer, true);
    run_hook(link, mail->news.urgency);
}

static void after_bag(struct link *link, const struct mailbag *bag)
{
    for (size_t i = 0; i < bag->count; i++)
        after_mail(link, &bag->mails[i]);
    for (size_t i = 0; i < bag->made_count; i++)
        fly(link, &bag->made_to[i], bag->made[i]);
    link_kick(link);
}

static void on_mails(void *context, struct hubline *line, const struct ln_bytes *envelopes, size_t count,
                     bool *keep)
{
    (void)line;
    struct link *link = context;
    struct mailbag bag;
    const int error = mailbag_take(link->local, envelopes, count, &bag);
    for (size_t i = 0; i < count; i++)
        keep[i] = error != 0 || mailbag_keeps(&bag.mails[i]);
    if (error == LN_E_DISK_FULL)
        log_line(LOG_AS_ERROR, "the disk is full: mails stay at the hub");
    else if (error != 0)
        fail(link, error);
    if (error != 0)
        return;
    after_bag(link, &bag);
    mailbag_wipe(&bag);
}

/* Hubs ----------------------------------------------------------------------------------------- */

static void on_welcome(void *context, struct hubline *line)
{
    struct link *link = context;
    char hub[LN_NAME_MAX + 1];
    memcpy(hub, hubline_hub(line)->text, sizeof hub);
    log_line(LOG_AS_NOTICE, "hub is ready hub=%s", hub);
    for (size_t i = 0; i < PUBLISHED_MAX; i++) {
        if (link->published[i].size > 0)
            hubline_publish(line, ln_buffer_view(&link->published[i]));
    }
    for (size_t i = 0; i < link->peers_count; i++) {
        flights_rush(&link->peers[i].flights, NULL, now_of(link));
        schedule_note(link, &link->peers[i], true);
    }
    link_kick(link);
}

static void on_stored(void *context, struct hubline *line, uint64_t put_id)
{
    struct link *link = context;
    const struct put *put = &link->puts[put_id % PUTS_MAX];
    if (put->line == line && put->id == put_id) {
        struct peer *peer = find_peer(link, &put->member);
        struct flight *flight = peer == NULL ? NULL : flights_find(&peer->flights, put->number);
        if (flight != NULL)
            flight->is_stored = true;
    }
    link_kick(link); /* there is room in the window again */
}

static void on_refused(void *context, struct hubline *line, uint64_t put_id, uint32_t code)
{
    (void)put_id; /* the letter stays open and is due again by its own clock */
    struct link *link = context;
    if (code < CODES_MAX)
        link->refused[code]++;
    log_line(LOG_AS_WARNING, "hub refused hub=%s code=%s", hubline_hub(line)->text,
             ln_code_of((int)code)->name);
}

static void on_statement(void *context, struct hubline *line, const struct ln_signed *statement)
{
    (void)line;
    struct link *link = context;
    AUTO(ln_buffer_wipe) struct ln_buffer literal = LN_BUFFER(LN_BODY_MAX + 8192);
    int error = ln_signed_build(statement, &literal);
    if (error == 0)
        error = keeper_take(link->local, ln_buffer_view(&literal));
    if (apply_is_fatal(error)) {
        fail(link, error);
        return;
    }
    if (error < 0)
        count_refusal(link, error);
    if (error != 0)
        return;
    error = update_peers(link);
    if (error != 0)
        fail(link, error);
    for (size_t i = 0; link->has_kept && i < link->lines_count; i++)
        hubline_greet_again(link->lines[i]);
    link->has_kept = false;
    link_kick(link);
}

/* The loop's side ------------------------------------------------------------------------------ */

static void pump(void *context)
{
    struct link *link = context;
    link->kick_timer = 0;
    make_due(link);
    send_due(link);
    send_notes(link);
}

static void on_tick(void *context)
{
    struct link *link = context;
    for (size_t i = 0; i < link->peers_count; i++)
        link->peers[i].has_news = true;
    pump(link);
}

void link_kick(struct link *link)
{
    for (size_t i = 0; i < link->peers_count; i++)
        link->peers[i].has_news = true;
    if (link->kick_timer == 0)
        link->kick_timer = loop_timer_start(link->options.loop, 0, 1, pump, link);
}

void link_publish(struct link *link, struct ln_bytes signed_statement)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(2 * 1024 * 1024);
    struct ln_signed statement;
    if (ln_signed_open(signed_statement, &arena, &statement) != 0 || statement.type > PUBLISHED_MAX)
        return;
    struct ln_buffer *kept = &link->published[statement.type - 1];
    ln_buffer_clear(kept);
    const int error = ln_buffer_add_bytes(kept, signed_statement);
    for (size_t i = 0; error == 0 && i < link->lines_count; i++)
        hubline_publish(link->lines[i], signed_statement);
}

static int add_line(struct link *link, const struct ln_hub *hub)
{
    struct hubline_options options = {
        .loop = link->options.loop,
        .local = link->local,
        .hub = hub->id,
        .hub_key = hub->transport_key,
        .public_key = link->options.transport_public,
        .secret = link->options.transport_secret,
        .owner = {on_welcome, on_stored, on_refused, on_mails, on_statement, link},
    };
    const struct ln_bytes endpoint = hub->endpoints[0];
    if (endpoint.size >= sizeof options.endpoint || link->lines_count == LINES_MAX)
        return LN_E_TOO_LARGE;
    memcpy(options.endpoint, endpoint.data, endpoint.size);
    const int error = hubline_new(&options, &link->lines[link->lines_count]);
    link->lines_count += error == 0;
    return error;
}

/** A line to every hub of the roster: to collect from ours, and to send to our counterparts'. */
static int add_lines(struct link *link)
{
    const struct ln_roster *roster = ln_trust_roster(link->local->trust);
    int error = 0;
    for (size_t i = 0; i < roster->hubs_count && error == 0; i++)
        error = add_line(link, &roster->hubs[i]);
    return error;
}

int link_new(const struct link_options *options, struct link **out)
{
    struct link *link = ln_allocate(sizeof *link);
    memset(link, 0, sizeof *link);
    link->options = *options;
    link->local = options->local;
    for (size_t i = 0; i < PUBLISHED_MAX; i++)
        link->published[i] = LN_BUFFER(LN_BODY_MAX + 8192);
    int error = update_peers(link);
    if (error == 0)
        error = add_lines(link);
    if (error != 0) {
        link_destroy(&link);
        return error;
    }
    link->timer = loop_timer_start(options->loop, TICK_MS, 0, on_tick, link);
    *out = link;
    return 0;
}

void link_destroy(struct link **link_p)
{
    struct link *link = *link_p;
    if (link == NULL)
        return;
    if (link->timer > 0)
        loop_timer_stop(link->options.loop, link->timer);
    for (size_t i = 0; i < link->lines_count; i++)
        hubline_destroy(&link->lines[i]);
    for (size_t i = 0; i < link->peers_count; i++)
        flights_wipe(&link->peers[i].flights);
    for (size_t i = 0; i < PUBLISHED_MAX; i++)
        ln_buffer_wipe(&link->published[i]);
    ln_release(link, sizeof *link);
    *link_p = NULL;
}

/* What status shows ---------------------------------------------------------------------------- */

void link_lines(const struct link *link, link_each_line *each, void *context)
{
    for (size_t i = 0; i < link->lines_count; i++)
        each(link->lines[i], context);
}

void link_peers(const struct link *link, link_each_peer *each, void *context)
{
    for (size_t i = 0; i < link->peers_count; i++) {
        const struct peer *peer = &link->peers[i];
        const struct link_peer shown = {peer->member, flights_unreceipted(&peer->flights),
                                        ln_trust_epoch(link->local->trust, &peer->member) != NULL};
        each(&shown, context);
    }
}

bool link_is_at_hub(const struct link *link, const struct ln_name *member, struct store_letter number)
{
    struct peer *peer = find_peer((struct link *)(uintptr_t)link, member);
    const struct flight *flight = peer == NULL ? NULL : flights_find(&peer->flights, number);
    return flight != NULL && flight->is_stored;
}

uint64_t link_refused_count(const struct link *link, uint32_t code)
{
    return code < CODES_MAX ? link->refused[code] : 0;
}

/* Courier -------------------------------------------------------------------------------------- */

int link_courier_write(struct link *link, const struct ln_name *to, struct ln_buffer *out,
                       size_t *out_letters)
{
    const int error = courier_write(link->local, to, out, out_letters);
    if (apply_is_fatal(error) && error != LN_E_OUT_OF_MEMORY)
        fail(link, error);
    struct peer *peer = find_peer(link, to);
    if (error == 0 && peer != NULL && refresh(link, peer) == 0)
        link_kick(link);
    return error;
}

struct courier_taking {
    struct link *link;
    struct link_courier_result result;
};

static void on_courier_bag(void *context, const struct mailbag *bag)
{
    struct courier_taking *taking = context;
    for (size_t i = 0; i < bag->count; i++) {
        const int refusal = bag->mails[i].result;
        taking->result.taken += refusal == 0;
        taking->result.refused += refusal != 0 && refusal != LN_E_REPLAY;
        if (refusal != 0 && refusal != LN_E_REPLAY)
            taking->result.last_refusal = refusal;
    }
    after_bag(taking->link, bag);
}

int link_courier_read(struct link *link, struct ln_bytes file, struct link_courier_result *out_result)
{
    struct courier_taking taking = {.link = link};
    const struct courier_reader reader = {on_courier_bag, &taking};
    const int error = courier_read(link->local, file, &reader);
    if (apply_is_fatal(error) && error != LN_E_OUT_OF_MEMORY)
        fail(link, error);
    if (error == 0)
        *out_result = taking.result;
    return error;
}
