/*
 * A DEALER that never trusts a send: a PUT is unanswered until STORED or REFUSED, and whatever
 * is unanswered when the line breaks is the owner's to send again.
 *
 * libzmq reconnects by itself: the monitor tells, and the hub is greeted again. When nothing
 * was heard for a while the socket is torn down and made anew: that also resolves the hub's
 * name again.
 */
#include "hubline.h"

#include <liaison/hub.h>

#include <string.h>

enum {
    TICK_MS = 250,
    MAILS_MAX = 128,  /* taken in one transaction */
    FRAMES_MAX = 512, /* read in one go */
    FETCH_CREDIT = 256,
    ARENA_BYTES = 2 * 1024 * 1024,
};

#define MAILS_SIZE_MAX ((size_t)8 << 20)
#define PING_MS (10 * LN_SECOND_MS)
#define TRY_MS LN_MINUTE_MS             /* for one endpoint, where there are several */
#define SILENCE_MS (150 * LN_SECOND_MS) /* above the socket's own: see socket.c */

struct mail {
    struct socket_message message;
    struct ln_arena arena;
    uint64_t id;
    struct ln_bytes envelope;
};

struct hubline {
    struct hubline_options options;
    zsock_t *socket, *monitor;
    int timer;
    enum hubline_state state;
    uint64_t since_ms, heard_ms, pinged_ms;
    size_t tries;
    uint64_t tried_ms;
    bool is_moved; /* to another key or endpoint, which the next tick connects to */
    bool is_again; /* greeted on a connection that was up all the time */
    uint32_t window, unanswered;
    uint64_t next_put_id;
    uint32_t granted; /* DELIVERs that the hub may still send */
    struct mail mails[MAILS_MAX];
    size_t mails_count, mails_size;
};

static uint64_t now_ms(const struct hubline *line)
{
    return ln_now_ms(&line->options.local->clock);
}

static void set_state(struct hubline *line, enum hubline_state state)
{
    if (line->state != state)
        line->since_ms = now_ms(line);
    line->state = state;
}

const struct ln_name *hubline_hub(const struct hubline *line)
{
    return &line->options.hub;
}

enum hubline_state hubline_state(const struct hubline *line)
{
    return line->state;
}

uint64_t hubline_since_ms(const struct hubline *line)
{
    return line->since_ms;
}

/* Sending ---------------------------------------------------------------------------------- */

static int send_frame(struct hubline *line, const struct ln_to_hub *frame)
{
    AUTO(ln_buffer_wipe) struct ln_buffer bytes = LN_BUFFER(LN_HUB_FRAME_MAX);
    const int error = ln_to_hub_build(frame, &bytes);
    return error == 0 ? socket_send(line->socket, ln_buffer_view(&bytes)) : error;
}

struct known_list {
    struct ln_known *known;
    size_t count;
};

static void add_known(struct known_list *list, uint32_t type, const struct ln_name *member,
                      uint64_t version)
{
    list->known[list->count] = (struct ln_known){.type = type, .version = version};
    if (member != NULL)
        list->known[list->count].member = *member;
    list->count++;
}

/** The newest version held of everything, so that the hub sends what is newer. */
static void list_known(const struct ln_trust *trust, struct known_list *list)
{
    const struct ln_roster *roster = ln_trust_roster(trust);
    add_known(list, LN_TYPE_ROSTER, NULL, roster->version);
    for (size_t i = 0; i < roster->members_count; i++) {
        const struct ln_name *member = &roster->members[i].id;
        const struct ln_manifest *manifest = ln_trust_manifest(trust, member);
        const struct ln_epoch *epoch = ln_trust_epoch(trust, member);
        add_known(list, LN_TYPE_MANIFEST, member, manifest == NULL ? 0 : manifest->version);
        add_known(list, LN_TYPE_EPOCH, member, epoch == NULL ? 0 : epoch->number);
    }
}

static void greet(struct hubline *line)
{
    struct ln_known known[2 * LN_VERSIONS_MAX];
    struct known_list list = {known, 0};
    list_known(line->options.local->trust, &list);
    const struct ln_hello hello = {LN_HUB_PROTOCOL, line->options.local->federation, known,
                                   list.count};
    if (send_frame(line, &(struct ln_to_hub){.hello = &hello}) == 0) {
        set_state(line, HUBLINE_GREETING);
        line->heard_ms = now_ms(line); /* silence counts from here */
    }
}

void hubline_greet_again(struct hubline *line)
{
    if (line->state != HUBLINE_READY)
        return;
    set_state(line, HUBLINE_CONNECTING);
    line->is_again = true;
}

int hubline_put(struct hubline *line, struct ln_bytes envelope, uint64_t *out_put_id)
{
    if (line->state != HUBLINE_READY)
        return LN_E_UNAVAILABLE;
    if (line->unanswered >= line->window)
        return LN_E_CREDIT;
    const struct ln_put put = {line->next_put_id, envelope};
    const int error = send_frame(line, &(struct ln_to_hub){.put = &put});
    if (error != 0)
        return error;
    line->unanswered++;
    *out_put_id = line->next_put_id++;
    return 0;
}

void hubline_publish(struct hubline *line, struct ln_bytes signed_statement)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(ARENA_BYTES);
    struct ln_statement publish;
    if (line->state != HUBLINE_READY ||
        ln_signed_open(signed_statement, &arena, &publish.statement) != 0)
        return;
    const int error = send_frame(line, &(struct ln_to_hub){.publish = &publish});
    (void)error; /* published again at the next welcome */
}

static void grant_credit(struct hubline *line)
{
    if (line->granted > FETCH_CREDIT / 2)
        return;
    const struct ln_fetch fetch = {FETCH_CREDIT - line->granted};
    if (send_frame(line, &(struct ln_to_hub){.fetch = &fetch}) == 0)
        line->granted = FETCH_CREDIT;
}

/* Mails ------------------------------------------------------------------------------------ */

static void mail_wipe(struct mail *mail)
{
    ln_arena_wipe(&mail->arena);
    socket_message_wipe(&mail->message);
}

static void acknowledge(struct hubline *line, const bool *keep)
{
    uint64_t ids[MAILS_MAX];
    struct ln_ids ack = {ids, 0};
    for (size_t i = 0; i < line->mails_count; i++) {
        if (!keep[i])
            ids[ack.ids_count++] = line->mails[i].id;
    }
    if (ack.ids_count == 0)
        return;
    const int error = send_frame(line, &(struct ln_to_hub){.ack = &ack});
    (void)error; /* they come again, and are known */
}

/** Hands over what was collected; acknowledges once the owner has committed. */
static void hand_over(struct hubline *line)
{
    struct ln_bytes envelopes[MAILS_MAX];
    bool keep[MAILS_MAX] = {false};
    if (line->mails_count == 0)
        return;
    for (size_t i = 0; i < line->mails_count; i++)
        envelopes[i] = line->mails[i].envelope;
    const struct hubline_owner *owner = &line->options.owner;
    owner->on_mails(owner->context, line, envelopes, line->mails_count, keep);
    acknowledge(line, keep);
    for (size_t i = 0; i < line->mails_count; i++)
        mail_wipe(&line->mails[i]);
    line->mails_count = line->mails_size = 0;
    grant_credit(line);
}

/* Receiving -------------------------------------------------------------------------------- */

static void on_welcome(struct hubline *line, const struct ln_welcome *welcome)
{
    line->window = welcome->credit;
    line->unanswered = 0;
    line->granted = 0;
    set_state(line, HUBLINE_READY);
    grant_credit(line);
    const bool is_again = line->is_again;
    line->is_again = false;
    line->options.owner.on_welcome(line->options.owner.context, line, is_again);
}

static void answered(struct hubline *line)
{
    line->unanswered -= line->unanswered > 0;
}

static void on_stored(struct hubline *line, const struct ln_ids *stored)
{
    const struct hubline_owner *owner = &line->options.owner;
    for (size_t i = 0; i < stored->ids_count; i++) {
        answered(line);
        owner->on_stored(owner->context, line, stored->ids[i]);
    }
}

static void on_refused(struct hubline *line, const struct ln_hub_refusal *refused)
{
    const struct hubline_owner *owner = &line->options.owner;
    if (refused->code == (uint32_t)-LN_E_HELLO_FIRST) {
        set_state(line, HUBLINE_CONNECTING); /* the hub was started again, or the line was */
        return;
    }
    if (refused->code == (uint32_t)-LN_E_STRANGER)
        set_state(line, HUBLINE_GREETING); /* it forgot us; HELLO_FIRST when it has us again */
    if (refused->id != 0)
        answered(line);
    owner->on_refused(owner->context, line, refused->id, refused->code);
}

/** The mail is kept with its message and arena until the batch is handed over. */
static void on_deliver(struct hubline *line, const struct ln_deliver *deliver,
                       struct mail *mail)
{
    line->granted -= line->granted > 0;
    mail->id = deliver->mail;
    mail->envelope = deliver->envelope;
    line->mails_size += deliver->envelope.size;
    line->mails_count++;
}

/** Returns true if the mail's slot was used. */
static bool take_frame(struct hubline *line, struct mail *mail)
{
    struct ln_from_hub frame;
    mail->arena = LN_ARENA(ARENA_BYTES);
    if (ln_from_hub_open(mail->message.payload, &mail->arena, &frame) != 0)
        return false;
    line->heard_ms = now_ms(line);
    if (frame.deliver != NULL) {
        on_deliver(line, frame.deliver, mail);
        return true;
    }
    if (frame.welcome != NULL)
        on_welcome(line, frame.welcome);
    else if (frame.stored != NULL)
        on_stored(line, frame.stored);
    else if (frame.refused != NULL)
        on_refused(line, frame.refused);
    else if (frame.statement != NULL)
        line->options.owner.on_statement(line->options.owner.context, line,
                                         &frame.statement->statement);
    return false;
}

static void on_readable(void *context)
{
    struct hubline *line = context;
    for (unsigned i = 0; i < FRAMES_MAX; i++) {
        struct mail *mail = &line->mails[line->mails_count];
        const int error = socket_take(line->socket, false, &mail->message);
        if (error == LN_E_NOT_FOUND || error == LN_E_SYSTEM)
            break;
        if (error != 0 || !take_frame(line, mail))
            mail_wipe(mail);
        if (line->mails_count == MAILS_MAX || line->mails_size > MAILS_SIZE_MAX)
            hand_over(line);
    }
    hand_over(line);
}

/* Connecting ------------------------------------------------------------------------------- */

/** A new connection knows nothing of us: whatever was unanswered is due again. */
static void on_connected(void *context)
{
    struct hubline *line = context;
    if (!socket_was_connected(line->monitor))
        return;
    line->is_again = false;
    set_state(line, HUBLINE_CONNECTING);
    greet(line);
}

static int connect_socket(struct hubline *line)
{
    const struct hubline_options *options = &line->options;
    const struct socket_curve keys = {&options->public_key, options->secret};
    const char *endpoint = options->endpoints[line->tries++ % options->endpoints_count];
    const int error = socket_client(endpoint, &keys, &options->hub_key, &line->socket);
    if (error != 0)
        return error;
    if (socket_monitor(line->socket, &line->monitor) == 0) /* without it pings find out */
        loop_watch_socket(options->loop, line->monitor, on_connected, line);
    loop_watch_socket(options->loop, line->socket, on_readable, line);
    line->heard_ms = line->tried_ms = now_ms(line);
    set_state(line, HUBLINE_CONNECTING);
    return 0;
}

static void disconnect(struct hubline *line)
{
    if (line->socket == NULL)
        return;
    if (line->monitor != NULL)
        loop_unwatch_socket(line->options.loop, line->monitor);
    socket_destroy(&line->monitor);
    loop_unwatch_socket(line->options.loop, line->socket);
    socket_destroy(&line->socket);
    line->unanswered = line->granted = 0;
}

static void ping(struct hubline *line)
{
    const uint64_t now = now_ms(line);
    if (now < line->pinged_ms + PING_MS)
        return;
    line->pinged_ms = now;
    const struct ln_ping frame = {now};
    const int error = send_frame(line, &(struct ln_to_hub){.ping = &frame});
    (void)error; /* silence will tell */
}

/** Was nothing heard on a connection, or is there another endpoint to be tried? */
static bool gives_up(const struct hubline *line)
{
    if (line->state != HUBLINE_CONNECTING)
        return now_ms(line) > line->heard_ms + SILENCE_MS;
    return line->options.endpoints_count > 1 && now_ms(line) > line->tried_ms + TRY_MS;
}

static void on_tick(void *context)
{
    struct hubline *line = context;
    if (line->socket == NULL && connect_socket(line) != 0)
        return;
    if (line->is_moved || gives_up(line)) {
        line->is_moved = false;
        disconnect(line);
        set_state(line, HUBLINE_CONNECTING);
        return; /* made anew at the next tick */
    }
    if (line->state == HUBLINE_CONNECTING)
        greet(line);
    else
        ping(line);
}

int hubline_new(const struct hubline_options *options, struct hubline **out)
{
    struct hubline *line = ln_allocate(sizeof *line);
    *line = (struct hubline){.options = *options, .next_put_id = 1};
    const int error = connect_socket(line);
    if (error != 0) {
        ln_release(line, sizeof *line);
        return error;
    }
    line->timer = loop_timer_start(options->loop, TICK_MS, 0, on_tick, line);
    *out = line;
    return 0;
}

/** Not while it is being read from: the next tick does the rest. */
void hubline_move(struct hubline *line, const struct hubline_options *options)
{
    struct hubline_options *ours = &line->options;
    if (memcmp(&ours->hub_key, &options->hub_key, sizeof ours->hub_key) == 0 &&
        memcmp(ours->endpoints, options->endpoints, sizeof ours->endpoints) == 0)
        return;
    ours->hub_key = options->hub_key;
    memcpy(ours->endpoints, options->endpoints, sizeof ours->endpoints);
    ours->endpoints_count = options->endpoints_count;
    line->is_moved = true;
}

void hubline_destroy(struct hubline **line_p)
{
    struct hubline *line = *line_p;
    if (line == NULL)
        return;
    loop_timer_stop(line->options.loop, line->timer);
    disconnect(line);
    ln_release(line, sizeof *line);
    *line_p = NULL;
}
