/*
 * Who is to be sent what, and when. All that must survive is in the store; what is here (which
 * letter was handed to which hub, when it is due again) is made anew at a start by sending
 * everything open once more.
 */
#include "post.h"

#include "acceptance.h"
#include "agreementkeeper.h"
#include "apply.h"
#include "channel.h"
#include "keeper.h"
#include "log.h"
#include "note.h"

#include <string.h>

enum { TICK_MS = 1000, RETRY_TICKS = 60 };

int link_failure(const struct link *link)
{
    return link->failure;
}

/* Hubs ------------------------------------------------------------------------------------- */

static int add_lines(struct link *link);

struct publishing {
    const struct link *link;
    struct hubline *line;
};

static int publish_one(uint32_t type, const struct ln_name *member, uint64_t version,
                       struct ln_bytes literal, void *context)
{
    (void)version;
    const struct publishing *publishing = context;
    if (type == LN_TYPE_ROSTER || ln_name_equal(member, &publishing->link->local->member))
        hubline_publish(publishing->line, literal);
    return 0;
}

/** Every roster and all of ours, in order: a hub that forgot everything is told again. */
static void publish_all(const struct link *link, struct hubline *line)
{
    struct publishing publishing = {link, line};
    const int error = ln_trust_walk(link->local->trust, publish_one, &publishing);
    (void)error; /* publish_one has none */
}

static void on_welcome(void *context, struct hubline *line, bool is_again)
{
    struct link *link = context;
    char hub[LN_NAME_MAX + 1];
    memcpy(hub, hubline_hub(line)->text, sizeof hub);
    log_line(LOG_AS_NOTICE, "hub is ready hub=%s", hub);
    publish_all(link, line);
    for (size_t i = 0; i < link->peers_count && !is_again; i++) {
        flights_rush(&link->peers[i].flights, NULL, post_now_ms(link));
        post_schedule_note(link, &link->peers[i], true);
    }
    link_kick(link);
}

static void on_stored(void *context, struct hubline *line, uint64_t put_id)
{
    struct link *link = context;
    const struct put *put = post_put(link, line, put_id);
    if (put->id == put_id) {
        struct peer *peer = post_find_peer(link, &put->member);
        struct flight *flight = peer == NULL ? NULL : flights_find(&peer->flights, put->number);
        if (flight != NULL)
            flight->is_stored = true;
    }
    post_schedule(link); /* there is room in the window again */
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

/** What could not be taken then may be taken now: the hubs give it again when they are greeted.
 */
static void collect_kept(struct link *link)
{
    for (size_t i = 0; link->has_kept && i < link->lines_count; i++)
        hubline_greet_again(link->lines[i]);
    link->has_kept = link->was_full = false;
}

/** A newer epoch: of ours, from before our store was put back; or of a member. */
static void after_epoch(struct link *link, const struct ln_signed *statement)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(64 * 1024);
    struct ln_epoch epoch;
    if (ln_epoch_open(statement->body, &arena, &epoch) != 0)
        return;
    if (ln_name_equal(&epoch.member, &link->local->member))
        link->options.on_own_epoch(link->options.context);
    struct peer *peer = post_find_peer(link, &epoch.member);
    if (peer != NULL)
        flights_seal_again(&peer->flights, epoch.oldest_openable);
}

/** What a statement changes for us, once it is in force. */
static void after_statement(struct link *link, const struct ln_signed *statement)
{
    int error = acceptance_load(link->local); /* of a roster that is held again */
    if (error == 0)
        error = post_update_peers(link);
    if (error == 0)
        error = add_lines(link); /* hubs of a newer roster */
    if (error != 0)
        post_fail(link, error);
    if (statement->type == LN_TYPE_EPOCH)
        after_epoch(link, statement);
    else if (ln_trust_epoch(link->local->trust, &link->local->member) == NULL)
        link->options.on_own_epoch(link->options.context); /* it was ended by our manifest */
    collect_kept(link);
    link_kick(link);
}

static void on_statement(void *context, struct hubline *line, const struct ln_signed *statement)
{
    (void)line;
    struct link *link = context;
    AUTO(ln_buffer_wipe) struct ln_buffer literal = LN_BUFFER(LN_BODY_MAX + 8192);
    int error = ln_signed_build(statement, &literal);
    if (error == 0)
        error = keeper_take(link->local, ln_buffer_view(&literal));
    if (apply_is_fatal(error) && error != LN_E_DISK_FULL) {
        post_fail(link, error);
        return;
    }
    if (error < 0)
        taking_count_refusal(link, error);
    if (error == 0)
        after_statement(link, statement);
}

int link_take(struct link *link, struct ln_bytes signed_statement)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA((size_t)4 << 20);
    struct ln_signed statement;
    const int error = keeper_take_file(link->local, signed_statement);
    if (error != LN_TRUST_NEW || ln_signed_open(signed_statement, &arena, &statement) != 0 ||
        agreementkeeper_keeps(statement.type)) /* no hub's business */
        return error;
    link_publish(link, signed_statement); /* of others' a hub takes no less */
    after_statement(link, &statement);
    return error;
}

/** LN_E_TOO_MANY without an endpoint; LN_E_TOO_LARGE. */
static int describe_line(struct link *link, const struct ln_hub *hub,
                         struct hubline_options *out)
{
    *out = (struct hubline_options){
        .loop = link->options.loop,
        .local = link->local,
        .hub = hub->id,
        .hub_key = hub->transport_key,
        .public_key = link->options.transport_public,
        .secret = link->options.transport_secret,
        .owner = {on_welcome, on_stored, on_refused, taking_mails, on_statement, link},
    };
    for (size_t i = 0; i < hub->endpoints_count; i++) {
        const struct ln_bytes endpoint = hub->endpoints[i];
        if (endpoint.size >= sizeof out->endpoints[i])
            return LN_E_TOO_LARGE;
        memcpy(out->endpoints[out->endpoints_count++], endpoint.data, endpoint.size);
    }
    return hub->endpoints_count == 0 ? LN_E_TOO_MANY : 0;
}

static int add_line(struct link *link, const struct hubline_options *options)
{
    if (link->lines_count == LINES_MAX)
        return LN_E_TOO_MANY;
    const int error = hubline_new(options, &link->lines[link->lines_count]);
    if (error != 0)
        return error;
    struct put *puts = ln_allocate(PUTS_MAX * sizeof *puts);
    memset(puts, 0, PUTS_MAX * sizeof *puts);
    link->puts[link->lines_count++] = puts;
    return 0;
}

static struct hubline *find_line(const struct link *link, const struct ln_name *hub)
{
    for (size_t i = 0; i < link->lines_count; i++) {
        if (ln_name_equal(hubline_hub(link->lines[i]), hub))
            return link->lines[i];
    }
    return NULL;
}

/**
 * A line to every hub of the roster: to collect from ours, and to send to our counterparts'. A
 * newer roster may give a hub another key, or another address.
 */
static int add_lines(struct link *link)
{
    const struct ln_roster *roster = ln_trust_roster(link->local->trust);
    int error = 0;
    for (size_t i = 0; i < roster->hubs_count && error == 0; i++) {
        struct hubline *line = find_line(link, &roster->hubs[i].id);
        struct hubline_options options;
        error = describe_line(link, &roster->hubs[i], &options);
        if (error == 0 && line != NULL)
            hubline_move(line, &options);
        else if (error == 0)
            error = add_line(link, &options);
    }
    return error;
}

/* The loop's side -------------------------------------------------------------------------- */

/** By ticks, not by the clock: it may jump. */
static void grow_older(const struct link *link, struct peer *peer)
{
    const struct ln_epoch *epoch = ln_trust_epoch(link->local->trust, &peer->member);
    const uint64_t number = epoch == NULL ? 0 : epoch->number;
    peer->epoch_age_ms = number == peer->epoch_number ? peer->epoch_age_ms + TICK_MS : 0;
    peer->epoch_number = number;
}

static void on_tick(void *context)
{
    struct link *link = context;
    for (size_t i = 0; i < link->peers_count; i++) {
        link->peers[i].has_news = true;
        grow_older(link, &link->peers[i]);
    }
    link->ticks++;
    taking_ring(link);
    if (link->was_full && link->ticks % RETRY_TICKS == 0 && store_has_room(link->local->store))
        collect_kept(link);
    sending_pump(link);
}

void link_kick(struct link *link)
{
    post_kick(link);
}

int link_changed(struct link *link, const struct ln_name *member)
{
    struct peer *peer = post_find_peer(link, member);
    const int error = peer == NULL ? 0 : post_refresh(link, peer);
    if (error != 0)
        return error;
    collect_kept(link);
    link_kick(link);
    return 0;
}

void link_publish(struct link *link, struct ln_bytes signed_statement)
{
    for (size_t i = 0; i < link->lines_count; i++)
        hubline_publish(link->lines[i], signed_statement);
}

/** Letters under a key that was replaced verify no more: what was open goes out again. */
static int check_keys(struct store_txn *txn, void *context)
{
    const struct link *link = context;
    const struct ln_roster *roster = ln_trust_roster(link->local->trust);
    int error = 0;
    for (size_t i = 0; i < roster->members_count && error == 0; i++)
        error = channel_check_key(txn, link->local, &roster->members[i].id);
    return error;
}

int link_new(const struct link_options *options, struct link **out)
{
    struct link *link = ln_allocate(sizeof *link);
    memset(link, 0, sizeof *link);
    link->options = *options;
    link->local = options->local;
    link->pump = sending_pump;
    int error = store_run(link->local->store, check_keys, link);
    if (error == 0)
        error = post_update_peers(link);
    if (error == 0)
        error = taking_ring_again(link);
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
    for (size_t i = 0; i < link->lines_count; i++) {
        hubline_destroy(&link->lines[i]);
        ln_release(link->puts[i], PUTS_MAX * sizeof *link->puts[i]);
    }
    for (size_t i = 0; i < link->peers_count; i++)
        flights_wipe(&link->peers[i].flights);
    ln_release(link, sizeof *link);
    *link_p = NULL;
}

/* What status shows ------------------------------------------------------------------------ */

void link_lines(const struct link *link, link_each_line *each, void *context)
{
    for (size_t i = 0; i < link->lines_count; i++)
        each(link->lines[i], context);
}

void link_peers(const struct link *link, link_each_peer *each, void *context)
{
    for (size_t i = 0; i < link->peers_count; i++) {
        const struct peer *peer = &link->peers[i];
        const struct link_peer shown = {
            .member = peer->member,
            .open_letters = flights_unreceipted(&peer->flights),
            .can_seal = ln_trust_epoch(link->local->trust, &peer->member) != NULL,
            .standing = ln_trust_standing(link->local->trust, &peer->member),
            .lacking = peer->view,
        };
        each(&shown, context);
    }
}

bool link_is_at_hub(const struct link *link, const struct ln_name *member,
                    struct store_letter number)
{
    struct peer *peer = post_find_peer((struct link *)(uintptr_t)link, member);
    const struct flight *flight = peer == NULL ? NULL : flights_find(&peer->flights, number);
    return flight != NULL && flight->is_stored;
}

uint64_t link_refused_count(const struct link *link, uint32_t code)
{
    return code < CODES_MAX ? link->refused[code] : 0;
}

/* Courier ---------------------------------------------------------------------------------- */

/** A file that is too large, or a full disk, is no reason to end. */
static bool must_stop(int error)
{
    return apply_is_fatal(error) && error != LN_E_OUT_OF_MEMORY && error != LN_E_DISK_FULL;
}

int link_courier_write(struct link *link, const struct ln_name *to, struct ln_buffer *out,
                       size_t *out_letters)
{
    const int error = courier_write(link->local, to, out, out_letters);
    if (must_stop(error))
        post_fail(link, error);
    return error == 0 ? link_changed(link, to) : error;
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
    taking_after_bag(taking->link, bag);
}

int link_courier_read(struct link *link, struct ln_bytes file,
                      struct link_courier_result *out_result)
{
    struct courier_taking taking = {.link = link};
    const struct courier_reader reader = {on_courier_bag, &taking};
    const int error = courier_read(link->local, file, &reader);
    if (must_stop(error))
        post_fail(link, error);
    if (error == 0)
        *out_result = taking.result;
    return error;
}
