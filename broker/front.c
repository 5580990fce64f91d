/*
 * Every hop is: receive a batch, decide, one durable transaction, then answer. Nothing is
 * promised from memory: STORED leaves only after the commit.
 */
#include "front.h"

#include "log.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    CONNECTIONS_MAX = LN_MEMBERS_MAX,
    URGENCY_BITS = 3, /* of a mail's number as nodes see it; its id stands above */
    STATEMENT_ARENA = 4 * 1024 * 1024,
    PUBLISHED_MAX = 32, /* new statements of a member at once */
};

/** A batch's payloads are copied once as they are opened; lists within them are bounded. */
#define BATCH_ARENA ((size_t)128 << 20)

_Static_assert(LN_URGENCY_LAST < 1 << URGENCY_BITS, "a mail's number has room for its urgency");

/** A member's newest greeted connection. */
struct connection {
    uint64_t greeting; /* which HELLO: answers to older ones are not for it */
    struct ln_name member;
    struct ln_public_key key;
    struct socket_route route;
    uint32_t credit;
    struct mailbox_given given; /* behind it is what this connection has not been given */
    bool is_gone;
    uint32_t puts_count; /* PUTs of this batch: all of a member's that are unanswered */
    uint64_t stored[MAILBOX_BATCH_MAX]; /* PUT ids of this batch to be answered */
    size_t stored_count;
};

/** A PUT of the batch that waits for the commit. */
struct waiting {
    struct connection *connection;
    uint64_t greeting;
    uint64_t put_id;
};

/** How many new statements a member has published lately. */
struct publisher {
    struct ln_name member;
    uint64_t since_ms;
    uint32_t count;
};

struct front {
    struct front_options options;
    struct publisher publishers[CONNECTIONS_MAX];
    struct connection *connections[CONNECTIONS_MAX];
    size_t connections_count;
    struct mailbox_change changes[MAILBOX_BATCH_MAX];
    struct waiting waiting[MAILBOX_BATCH_MAX]; /* by change */
    size_t changes_count, puts_count;
    uint64_t greetings;
    struct ln_arena arena; /* of the batch: envelopes are borrowed from it */
    struct front_counters counters;
    int failure;
};

/* Answers ---------------------------------------------------------------------------------- */

static int answer(struct front *front, const struct socket_route *route,
                  const struct ln_from_hub *frame)
{
    AUTO(ln_buffer_wipe) struct ln_buffer bytes = LN_BUFFER(LN_HUB_FRAME_MAX);
    const int error = ln_from_hub_build(frame, &bytes);
    return error == 0
               ? front->options.send(front->options.context, route, ln_buffer_view(&bytes))
               : error;
}

static void refuse(struct front *front, const struct socket_route *route, uint64_t put_id,
                   int code)
{
    const struct ln_hub_refusal refusal = {put_id, (uint32_t)-code};
    front->counters.refused++;
    const int error = answer(front, route, &(struct ln_from_hub){.refused = &refusal});
    (void)error; /* whoever is gone need not be told */
}

/* Connections ------------------------------------------------------------------------------ */

static struct connection *find_connection(struct front *front, const struct ln_name *member)
{
    for (size_t i = 0; i < front->connections_count; i++) {
        if (ln_name_equal(&front->connections[i]->member, member))
            return front->connections[i];
    }
    return NULL;
}

static void forget(struct front *front, const struct socket_route *route)
{
    for (size_t i = 0; i < front->connections_count; i++) {
        if (socket_route_equal(&front->connections[i]->route, route))
            front->connections[i]->is_gone = true;
    }
}

/** Whoever the roster admits no more is sent nothing more, whatever credit it has left. */
static void drop_revoked(struct front *front)
{
    const struct ln_trust *trust = rosterkeeper_trust(front->options.keeper);
    for (size_t i = 0; i < front->connections_count; i++) {
        struct connection *connection = front->connections[i];
        const struct ln_member *member = ln_trust_admits(trust, &connection->key);
        if (member == NULL || !ln_name_equal(&member->id, &connection->member))
            connection->is_gone = true;
    }
}

/** Members are no more than places, but those who left the roster may have theirs still. */
static struct connection *new_connection(struct front *front)
{
    if (front->connections_count < CONNECTIONS_MAX) {
        struct connection *connection = ln_allocate(sizeof *connection);
        return front->connections[front->connections_count++] = connection;
    }
    const struct ln_trust *trust = rosterkeeper_trust(front->options.keeper);
    size_t i = 0;
    while (ln_trust_member(trust, &front->connections[i]->member) != NULL) {
        i++;
        assert(i < CONNECTIONS_MAX);
    }
    return front->connections[i];
}

/**
 * The member's connection, whose answers now go to this route. All that it was given is given
 * again.
 */
static struct connection *greet(struct front *front, const struct ln_name *member,
                                const struct socket_message *message)
{
    struct connection *connection = find_connection(front, member);
    if (connection == NULL)
        connection = new_connection(front);
    *connection = (struct connection){.greeting = ++front->greetings,
                                      .member = *member,
                                      .key = message->key,
                                      .route = message->route};
    return connection;
}

/* Frames: one function each ---------------------------------------------------------------- */

struct call {
    struct front *front;
    const struct socket_message *message;
    struct ln_name member;
    struct connection *connection; /* NULL before HELLO */
};

struct sending {
    struct front *front;
    const struct socket_route *route;
};

static int send_statement(struct ln_bytes literal, void *context)
{
    const struct sending *sending = context;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(STATEMENT_ARENA);
    struct ln_statement statement;
    int error = ln_signed_open(literal, &arena, &statement.statement);
    if (error == 0)
        error = answer(sending->front, sending->route,
                       &(struct ln_from_hub){.statement = &statement});
    return error;
}

static int on_hello(struct call *call, const void *frame)
{
    const struct ln_hello *hello = frame;
    struct front *front = call->front;
    const struct ln_roster *roster = ln_trust_roster(rosterkeeper_trust(front->options.keeper));
    if (hello->protocol != LN_HUB_PROTOCOL)
        return LN_E_PROTOCOL_VERSION;
    if (!ln_id_equal(&hello->federation, &roster->federation))
        return LN_E_WRONG_FEDERATION;
    struct connection *connection = greet(front, &call->member, call->message);
    const struct ln_welcome welcome = {FRONT_CREDIT, LN_ENVELOPE_MAX,
                                       ln_now_ms(&front->options.clock)};
    struct sending sending = {front, &connection->route};
    int error = answer(front, &connection->route, &(struct ln_from_hub){.welcome = &welcome});
    if (error == 0)
        error = rosterkeeper_newer(front->options.keeper, hello->known, hello->known_count,
                                   send_statement, &sending);
    connection->is_gone = error != 0; /* it does not take answers: it greets again */
    return 0;
}

static const struct ln_id *federation_of(const struct front *front)
{
    return &ln_trust_roster(rosterkeeper_trust(front->options.keeper))->federation;
}

static int on_put(struct call *call, const void *frame)
{
    const struct ln_put *put = frame;
    struct front *front = call->front;
    struct ln_envelope_header header;
    front->counters.puts++;
    int error = call->connection->puts_count < FRONT_CREDIT ? 0 : LN_E_CREDIT;
    if (error == 0)
        error = ln_envelope_peek(put->envelope, &header);
    if (error == 0 && !ln_id_equal(&header.federation, federation_of(front)))
        error = LN_E_WRONG_FEDERATION;
    if (error == 0 &&
        ln_trust_member(rosterkeeper_trust(front->options.keeper), &header.to) == NULL)
        error = LN_E_NO_MAILBOX;
    if (error != 0) {
        refuse(front, &call->message->route, put->id, error);
        return 0;
    }
    assert(front->changes_count < MAILBOX_BATCH_MAX);
    call->connection->puts_count++;
    front->puts_count++;
    front->waiting[front->changes_count] =
        (struct waiting){call->connection, call->connection->greeting, put->id};
    front->changes[front->changes_count++] = (struct mailbox_change){
        .is_put = true,
        .sender = call->member,
        .addressee = header.to,
        .envelope = put->envelope,
        .place = {.urgency = (uint8_t)header.urgency},
    };
    return 0;
}

static int on_fetch(struct call *call, const void *frame)
{
    const struct ln_fetch *fetch = frame;
    const uint32_t room = LN_HUB_CREDIT_MAX - call->connection->credit;
    call->connection->credit += fetch->credit < room ? fetch->credit : room;
    return 0;
}

/** A number that a node names is looked for in that node's own mailbox only. */
static bool was_given(const struct connection *connection, uint64_t number,
                      struct mailbox_place *out)
{
    const uint8_t urgency = number & ((1U << URGENCY_BITS) - 1);
    *out = (struct mailbox_place){urgency, number >> URGENCY_BITS};
    return urgency >= 1 && urgency <= LN_URGENCY_LAST && out->id >= 1 &&
           out->id <= connection->given.id[urgency];
}

static int finish_batch(struct front *front);

static int on_ack(struct call *call, const void *frame)
{
    const struct ln_ids *ack = frame;
    struct front *front = call->front;
    for (size_t i = 0; i < ack->ids_count; i++) {
        struct mailbox_change change = {.is_put = false, .addressee = call->member};
        if (!was_given(call->connection, ack->ids[i], &change.place))
            continue;
        if (front->changes_count == MAILBOX_BATCH_MAX) {
            const int error = finish_batch(front);
            if (error != 0)
                return error;
        }
        front->counters.acknowledged++;
        front->waiting[front->changes_count] = (struct waiting){.connection = NULL};
        front->changes[front->changes_count++] = change;
    }
    return 0;
}

/** Everybody who is connected hears of it at once: a revocation holds from the next message on.
 */
static void tell_all(struct front *front, struct ln_bytes literal)
{
    for (size_t i = 0; i < front->connections_count; i++) {
        struct connection *connection = front->connections[i];
        struct sending sending = {front, &connection->route};
        if (!connection->is_gone && send_statement(literal, &sending) != 0)
            connection->is_gone = true;
    }
}

int front_publish(struct front *front, struct ln_bytes literal)
{
    const int result = rosterkeeper_take(front->options.keeper, literal);
    if (result == LN_TRUST_NEW) {
        drop_revoked(front);
        tell_all(front, literal);
    }
    return result;
}

/** Some at once, then one a minute: each is told to everybody, and synced everywhere. */
static bool may_publish(struct front *front, const struct ln_name *member)
{
    const uint64_t now_ms = ln_now_ms(&front->options.clock);
    struct publisher *publisher = &front->publishers[0];
    for (size_t i = 0; i < LN_COUNT(front->publishers); i++) {
        publisher = &front->publishers[i];
        if (publisher->member.text[0] == '\0' || ln_name_equal(&publisher->member, member))
            break;
    }
    publisher->member = *member;
    const uint64_t minutes = (now_ms - publisher->since_ms) / LN_MINUTE_MS;
    if (now_ms < publisher->since_ms || minutes > 0) {
        publisher->since_ms = now_ms;
        publisher->count -= publisher->count < minutes ? publisher->count : (uint32_t)minutes;
    }
    return publisher->count < PUBLISHED_MAX;
}

static void count_published(struct front *front, const struct ln_name *member)
{
    for (size_t i = 0; i < LN_COUNT(front->publishers); i++) {
        if (ln_name_equal(&front->publishers[i].member, member))
            front->publishers[i].count++;
    }
}

static int on_publish(struct call *call, const void *frame)
{
    const struct ln_statement *publish = frame;
    if (!may_publish(call->front, &call->member))
        return LN_E_RATE;
    AUTO(ln_buffer_wipe) struct ln_buffer literal = LN_BUFFER(LN_HUB_FRAME_MAX);
    int error = ln_signed_build(&publish->statement, &literal);
    if (error != 0)
        return error;
    error = front_publish(call->front, ln_buffer_view(&literal));
    if (error == LN_TRUST_NEW) {
        count_published(call->front, &call->member);
        log_line(LOG_AS_NOTICE, "statement taken type=%s",
                 ln_type_word(publish->statement.type));
    }
    return error > 0 ? 0 : error;
}

static int on_ping(struct call *call, const void *frame)
{
    const int error =
        answer(call->front, &call->message->route, &(struct ln_from_hub){.pong = frame});
    (void)error; /* its silence will tell it */
    return 0;
}

static const struct frame_row {
    size_t offset; /* of the frame's pointer in struct ln_to_hub */
    bool needs_hello;
    int (*handle)(struct call *call, const void *frame);
} frames[] = {
    {offsetof(struct ln_to_hub, hello), false, on_hello},
    {offsetof(struct ln_to_hub, put), true, on_put},
    {offsetof(struct ln_to_hub, fetch), true, on_fetch},
    {offsetof(struct ln_to_hub, ack), true, on_ack},
    {offsetof(struct ln_to_hub, publish), true, on_publish},
    {offsetof(struct ln_to_hub, ping), true, on_ping},
};

static int dispatch(struct call *call, const struct ln_to_hub *frame)
{
    for (size_t i = 0; i < LN_COUNT(frames); i++) {
        const void *part =
            *(const void *const *)(const void *)((const uint8_t *)frame + frames[i].offset);
        if (part == NULL)
            continue;
        if (frames[i].needs_hello && call->connection == NULL)
            return LN_E_HELLO_FIRST;
        return frames[i].handle(call, part);
    }
    return LN_E_MALFORMED;
}

/* Messages --------------------------------------------------------------------------------- */

/** Who sends, by the roster as it is now. LN_E_STRANGER: nobody. */
static int identify(struct front *front, const struct socket_message *message,
                    struct call *call)
{
    const struct ln_member *member =
        message->user.text[0] == '\0'
            ? NULL
            : ln_trust_admits(rosterkeeper_trust(front->options.keeper), &message->key);
    if (member == NULL)
        return LN_E_STRANGER;
    *call = (struct call){.front = front, .message = message, .member = member->id};
    struct connection *connection = find_connection(front, &member->id);
    if (connection != NULL && !connection->is_gone &&
        socket_route_equal(&connection->route, &message->route) &&
        memcmp(&connection->key, &message->key, sizeof message->key) == 0)
        call->connection = connection;
    return 0;
}

static int take(struct front *front, const struct socket_message *message)
{
    struct call call;
    struct ln_to_hub frame;
    int error = identify(front, message, &call);
    if (error == LN_E_STRANGER) {
        front->counters.strangers++;
        forget(front, &message->route);
        return error;
    }
    error = ln_to_hub_open(message->payload, &front->arena, &frame);
    return error == 0 ? dispatch(&call, &frame) : error;
}

void front_take(struct front *front, const struct socket_message *message, int error)
{
    if (error == LN_E_MANY_PARTS)
        front->counters.many_parts++;
    if (error == 0 && front->failure == 0)
        error = take(front, message);
    if (error == LN_E_STORE || error == LN_E_STORE_DAMAGED)
        front->failure = error;
    else if (error != 0)
        refuse(front, &message->route, 0, error);
    if (front->changes_count == MAILBOX_BATCH_MAX && front->failure == 0)
        front->failure = finish_batch(front);
}

/* The batch -------------------------------------------------------------------------------- */

static void send_stored(struct front *front, struct connection *connection)
{
    connection->puts_count = 0;
    const struct ln_ids stored = {connection->stored, connection->stored_count};
    if (connection->stored_count == 0)
        return;
    front->counters.stored += connection->stored_count;
    if (answer(front, &connection->route, &(struct ln_from_hub){.stored = &stored}) != 0)
        connection->is_gone = true;
    connection->stored_count = 0;
}

/** A connection that is gone, or was greeted anew since, knows nothing of this PUT. */
static bool is_awaited(const struct waiting *waiting)
{
    return waiting->connection != NULL && !waiting->connection->is_gone &&
           waiting->connection->greeting == waiting->greeting;
}

static void answer_puts(struct front *front)
{
    for (size_t i = 0; i < front->changes_count; i++) {
        const struct waiting *waiting = &front->waiting[i];
        if (!is_awaited(waiting))
            continue;
        if (front->changes[i].result != 0)
            refuse(front, &waiting->connection->route, waiting->put_id,
                   front->changes[i].result);
        else
            waiting->connection->stored[waiting->connection->stored_count++] = waiting->put_id;
    }
    for (size_t i = 0; i < front->connections_count; i++)
        send_stored(front, front->connections[i]);
}

/** One durable transaction, then the answers. */
static int finish_batch(struct front *front)
{
    if (front->changes_count == 0)
        return 0;
    const int error =
        mailbox_commit(front->options.mailbox, front->changes, front->changes_count);
    if (error != 0)
        return error;
    answer_puts(front);
    front->changes_count = front->puts_count = 0;
    return 0;
}

static int deliver_all(struct front *front);

int front_finish(struct front *front)
{
    int error = front->failure;
    if (error == 0 && front->puts_count > 0)
        error = finish_batch(front);
    ln_arena_wipe(&front->arena);
    if (error == 0)
        error = deliver_all(front);
    front->failure = error;
    return error;
}

/* Delivery --------------------------------------------------------------------------------- */

struct delivering {
    struct front *front;
    struct connection *connection;
};

static int deliver_mail(const struct mailbox_place *place, struct ln_bytes envelope,
                        void *context)
{
    struct delivering *delivering = context;
    struct connection *connection = delivering->connection;
    if (connection->credit == 0)
        return DATABASE_STOP;
    const struct ln_deliver deliver = {place->id << URGENCY_BITS | place->urgency, envelope};
    if (answer(delivering->front, &connection->route,
               &(struct ln_from_hub){.deliver = &deliver}) != 0) {
        connection->is_gone = true;
        return DATABASE_STOP;
    }
    connection->given.id[place->urgency] = place->id;
    connection->credit--;
    delivering->front->counters.delivered++;
    return 0;
}

static int deliver_all(struct front *front)
{
    int error = 0;
    front->counters.connections = 0;
    for (size_t i = 0; i < front->connections_count && error == 0; i++) {
        struct delivering delivering = {front, front->connections[i]};
        if (delivering.connection->is_gone)
            continue;
        front->counters.connections++;
        if (delivering.connection->credit > 0)
            error = mailbox_walk(front->options.mailbox, &delivering.connection->member,
                                 &delivering.connection->given, deliver_mail, &delivering);
    }
    return error;
}

int front_deliver(struct front *front)
{
    if (front->failure == 0)
        front->failure = finish_batch(front);
    return front->failure == 0 ? deliver_all(front) : front->failure;
}

/* Life ------------------------------------------------------------------------------------- */

struct front *front_new(const struct front_options *options)
{
    struct front *front = ln_allocate(sizeof *front);
    memset(front, 0, sizeof *front);
    front->options = *options;
    front->arena = LN_ARENA(BATCH_ARENA);
    return front;
}

void front_destroy(struct front **front_p)
{
    struct front *front = *front_p;
    if (front == NULL)
        return;
    for (size_t i = 0; i < front->connections_count; i++)
        ln_release(front->connections[i], sizeof *front->connections[i]);
    ln_arena_wipe(&front->arena);
    ln_release(front, sizeof *front);
    *front_p = NULL;
}

const struct front_counters *front_counters(const struct front *front)
{
    return &front->counters;
}
