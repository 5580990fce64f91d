/*
 * All who have asked are decided one after the other, and what they write is committed in one
 * transaction: with many at the door a sync is shared, and who is alone waits for nobody.
 */
#include "round.h"

#include "apply.h"
#include "request.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define REQUEST_ARENA ((size_t)96 << 20)

struct turn {
    struct round_frame *frame;
    struct ln_arena arena;
    struct ln_door_request body;
    struct ln_door_reply reply;
    struct request request;
    struct auditing auditing;
    int decided;
    int written;    /* what its writing came to */
    bool is_packed; /* the reply is made, and waits for the commit */
};

struct round {
    const struct door_options *options;
    struct turn turns[ROUND_MAX]; /* that wait for the commit */
    size_t count;
};

/* Deciding --------------------------------------------------------------------------------- */

/** When the audit log says what was asked. */
enum audit_when {
    AUDIT_WITH_REPLY, /* in the transaction behind which the reply goes out */
    AUDIT_FIRST,      /* in one of its own: the request's function writes by itself */
    AUDIT_NEVER,
};

static const struct request_row {
    size_t offset;             /* of the part's pointer in struct ln_door_request */
    enum access_action access; /* 0: no session is needed */
    int (*handle)(struct request *request);
    uint32_t audit; /* LN_AUDIT_...; 0: OTHER, or as the request says */
    enum audit_when when;
} rows[] = {
    {offsetof(struct ln_door_request, login), 0, request_login, LN_AUDIT_LOGIN, 0},
    {offsetof(struct ln_door_request, logout), 0, request_logout, LN_AUDIT_LOGOUT, 0},
    {offsetof(struct ln_door_request, refer), ACCESS_REFER, request_refer, LN_AUDIT_REFER, 0},
    {offsetof(struct ln_door_request, list), ACCESS_LIST, request_list, 0, 0},
    {offsetof(struct ln_door_request, show), ACCESS_LIST, request_show, LN_AUDIT_SHOW, 0},
    {offsetof(struct ln_door_request, act), ACCESS_LIST, request_act, 0,
     0}, /* the rules check the rest */
    {offsetof(struct ln_door_request, evidence), ACCESS_EVIDENCE, request_evidence,
     LN_AUDIT_EVIDENCE, 0},
    {offsetof(struct ln_door_request, courier_write), ACCESS_COURIER, request_courier_write,
     LN_AUDIT_COURIER_WRITE, AUDIT_FIRST},
    {offsetof(struct ln_door_request, courier_read), ACCESS_COURIER, request_courier_read,
     LN_AUDIT_COURIER_READ, AUDIT_FIRST},
    {offsetof(struct ln_door_request, status), 0, request_status, 0, AUDIT_NEVER},
    {offsetof(struct ln_door_request, reopen), ACCESS_REOPEN, request_reopen, LN_AUDIT_REOPEN,
     AUDIT_FIRST},
    {offsetof(struct ln_door_request, agreement), ACCESS_STATUS, request_agreement, 0,
     AUDIT_FIRST}, /* its verbs check the rest */
    {offsetof(struct ln_door_request, root_list), 0, request_root_list, 0, AUDIT_NEVER},
    {offsetof(struct ln_door_request, root_accept), ACCESS_ACCEPT_ROOT, request_root_accept,
     LN_AUDIT_ACCEPT_ROOT, AUDIT_FIRST},
    {offsetof(struct ln_door_request, audit_show), ACCESS_AUDIT, request_audit_show,
     LN_AUDIT_AUDIT_SHOW, 0},
    {offsetof(struct ln_door_request, audit_verify), ACCESS_AUDIT, request_audit_verify,
     LN_AUDIT_AUDIT_VERIFY, 0},
    {offsetof(struct ln_door_request, export), ACCESS_EXPORT, request_export, 0, 0},
    {offsetof(struct ln_door_request, forward), ACCESS_REFER, request_forward, LN_AUDIT_FORWARD,
     0},
    {offsetof(struct ln_door_request, pass_on), ACCESS_ANSWER, request_pass_on,
     LN_AUDIT_PASS_ON, 0},
    {offsetof(struct ln_door_request, erase), ACCESS_ERASE, request_erase, 0, 0},
};

int request_say(struct request *request, int error, const char *format, ...)
{
    char *text = ln_arena_take(request->arena, LN_DOOR_DETAIL_MAX);
    if (text == NULL)
        return error;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, LN_DOOR_DETAIL_MAX, format, arguments);
    va_end(arguments);
    request->reply->detail = ln_view(text, strlen(text));
    return error;
}

static bool is_asked(const struct ln_door_request *body, const struct request_row *row)
{
    return *(const void *const *)(const void *)((const uint8_t *)body + row->offset) != NULL;
}

/** The one thing that is asked; NULL: none, or more than one. */
static const struct request_row *find_row(const struct ln_door_request *body)
{
    const struct request_row *found = NULL;
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        if (!is_asked(body, &rows[i]))
            continue;
        if (found != NULL)
            return NULL;
        found = &rows[i];
    }
    return found;
}

static const struct ln_officer *find_person(const struct local *local,
                                            const struct ln_name *name)
{
    const struct ln_manifest *manifest = ln_trust_manifest(local->trust, &local->member);
    for (size_t i = 0; manifest != NULL && i < manifest->officers_count; i++) {
        if (ln_name_equal(&manifest->officers[i].id, name) &&
            manifest->officers[i].status == LN_KEY_ACTIVE)
            return &manifest->officers[i];
    }
    return NULL;
}

/** Keys that were exchanged since the login sign nothing that a counterpart would take. */
static bool has_current_keys(const struct session *session, const struct ln_officer *person)
{
    struct ln_key_id key_id;
    ln_key_id_of(LN_USE_OFFICER, &person->signing_key, &key_id);
    return ln_key_id_equal(&officer_signer(session->officer)->key_id, &key_id);
}

static int check_session(struct request *request, enum access_action action)
{
    request->session = sessions_find(request->sessions, &request->body->token);
    if (request->session == NULL)
        return LN_E_NO_SESSION;
    auditing_person(request, officer_name(request->session->officer));
    request->person = find_person(request->local, officer_name(request->session->officer));
    if (request->person == NULL)
        return LN_E_KEY_REVOKED;
    if (!has_current_keys(request->session, request->person))
        return request_say(request, LN_E_KEY_REVOKED,
                           "these are not the keys that the manifest has for this officer: log "
                           "in again once the new key file is in its place");
    return access_any(request->person->roles, request->person->roles_count, action) ? 0
                                                                                    : LN_E_ROLE;
}

/** What little is left is kept for receipts: an entry of this refusal would take of it too. */
static int check_room(struct request *request, const struct request_row *row)
{
    if (row->access == 0 || row->when != AUDIT_WITH_REPLY ||
        store_has_room_to_look(request->local->store))
        return 0;
    request->auditing->is_wanted = false;
    return LN_E_DISK_FULL;
}

static int append_first(struct store_txn *txn, void *context)
{
    return auditing_append(txn, context, 0);
}

/** What writes by itself is in the log before it is done, and again if it was refused. */
static int audit_first(struct request *request)
{
    const int error = link_run(request->link, append_first, request->auditing);
    request->auditing->is_wanted = false;
    return error;
}

static int handle(struct request *request)
{
    const struct request_row *row = find_row(request->body);
    if (row == NULL)
        return LN_E_MALFORMED;
    auditing_start(request, row->audit);
    int error = row->access == 0 ? 0 : check_session(request, row->access);
    if (error == 0)
        error = check_room(request, row);
    const bool is_first = error == 0 && row->when == AUDIT_FIRST;
    if (is_first)
        error = audit_first(request);
    if (error != 0)
        return error;
    error = row->handle(request);
    request->auditing->is_wanted |= is_first && error != 0;
    return error;
}

static void decide(const struct door_options *options, struct round_frame *frame,
                   struct turn *turn)
{
    *turn = (struct turn){.frame = frame, .arena = LN_ARENA(REQUEST_ARENA)};
    turn->request = (struct request){.local = options->local,
                                     .link = options->link,
                                     .sessions = options->sessions,
                                     .body = &turn->body,
                                     .arena = &turn->arena,
                                     .reply = &turn->reply,
                                     .auditing = &turn->auditing};
    turn->decided = ln_door_request_open(frame->request, &turn->arena, &turn->body);
    if (turn->decided == 0)
        turn->decided = handle(&turn->request);
    if (turn->decided != 0)
        turn->request.write.work = NULL;
}

/* Answering -------------------------------------------------------------------------------- */

static int add_reply(const struct ln_door_reply *reply, struct ln_buffer *out)
{
    AUTO(ln_buffer_wipe) struct ln_buffer packed = LN_BUFFER(LN_DOOR_FRAME_MAX);
    int error = ln_door_reply_build(reply, &packed);
    if (error != 0) { /* too large to say: say so */
        const struct ln_door_reply shorter = {.code = (uint32_t)-error};
        ln_buffer_clear(&packed);
        error = ln_door_reply_build(&shorter, &packed);
    }
    if (error == 0)
        error = ln_buffer_add_u32(out, (uint32_t)packed.size);
    return error == 0 ? ln_buffer_add_bytes(out, ln_buffer_view(&packed)) : error;
}

static void finish(struct turn *turn, int error)
{
    turn->reply.code = (uint32_t)-error;
    turn->frame->error = add_reply(&turn->reply, turn->frame->reply);
    ln_arena_wipe(&turn->arena);
}

/** What writes nothing holds no memory but its reply while it waits. */
static void pack(struct turn *turn)
{
    finish(turn, turn->decided);
    turn->is_packed = true;
}

/** Nothing of the reply is shown: the log could not be told of it. */
static void take_back(struct round *round, struct turn *turn, int error)
{
    static const struct ln_door_token none;
    if (turn->is_packed)
        ln_buffer_clear(turn->frame->reply);
    if (memcmp(&turn->reply.token, &none, sizeof none) != 0)
        sessions_logout(round->options->sessions, &turn->reply.token);
    turn->reply = (struct ln_door_reply){.code = 0};
    finish(turn, error);
}

/* Committing ------------------------------------------------------------------------------- */

static int write_turn(struct store_txn *txn, struct turn *turn)
{
    const struct request_write *write = &turn->request.write;
    turn->written = write->work == NULL ? turn->decided : write->work(txn, write->context);
    if (write->work != NULL && apply_is_fatal(turn->written))
        return turn->written;
    return turn->auditing.is_wanted ? auditing_append(txn, &turn->auditing, turn->written) : 0;
}

/** A refusal stands alone, since it writes nothing; what is fatal takes all with it. */
static int write_all(struct store_txn *txn, void *context)
{
    struct round *round = context;
    int error = 0;
    for (size_t i = 0; i < round->count && error == 0; i++)
        error = write_turn(txn, &round->turns[i]);
    return error;
}

static void commit(struct round *round)
{
    if (round->count == 0)
        return;
    const int error = link_run(round->options->link, write_all, round);
    for (size_t i = 0; i < round->count; i++) {
        struct turn *turn = &round->turns[i];
        if (error != 0)
            take_back(round, turn, error);
        else if (!turn->is_packed)
            finish(turn, turn->written);
    }
    round->count = 0;
}

/** Does somebody write to the same case? Then this one was decided without knowing of it. */
static bool has_rival(const struct round *round, const struct turn *turn)
{
    for (size_t i = 0; i < round->count; i++) {
        const struct request_write *write = &round->turns[i].request.write;
        if (write->work != NULL && ln_id_equal(&write->case_id, &turn->request.write.case_id))
            return true;
    }
    return false;
}

static void take_turn(struct round *round, struct round_frame *frame)
{
    struct turn *turn = &round->turns[round->count];
    decide(round->options, frame, turn);
    if (turn->request.write.work != NULL && has_rival(round, turn)) {
        ln_arena_wipe(&turn->arena);
        commit(round);
        turn = &round->turns[0];
        decide(round->options, frame, turn);
    }
    if (turn->request.write.work == NULL)
        pack(turn);
    if (turn->request.write.work != NULL || turn->auditing.is_wanted)
        round->count++;
}

void round_answer(const struct door_options *options, struct round_frame *frames, size_t count)
{
    struct round *round = ln_allocate(sizeof *round);
    round->options = options;
    round->count = 0;
    for (size_t i = 0; i < count; i++)
        take_turn(round, &frames[i]);
    commit(round);
    ln_release(round, sizeof *round);
}
