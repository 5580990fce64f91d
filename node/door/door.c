/*
 * Frames in, replies out, in the node's one loop. A login's Argon2id holds the loop for about
 * half a second: the price of having no thread that knows a key.
 */
#include "request.h"

#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    CALLERS_MAX = 32,
    CHUNK = 64 * 1024,
    TICK_MS = 5000,
};

#define CALLER_IDLE_MS (60 * LN_SECOND_MS)
#define REQUEST_ARENA ((size_t)96 << 20)

struct caller {
    struct door *door;
    int file;
    struct ln_buffer in, out;
    size_t sent;
    uint64_t used_ms;
};

struct door {
    struct door_options options;
    int file, timer;
    char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
    struct caller *callers[CALLERS_MAX];
    size_t callers_count;
};

/* Requests --------------------------------------------------------------------------------- */

static const struct request_row {
    size_t offset;             /* of the part's pointer in struct ln_door_request */
    enum access_action access; /* 0: no session is needed */
    int (*handle)(struct request *request);
} rows[] = {
    {offsetof(struct ln_door_request, login), 0, request_login},
    {offsetof(struct ln_door_request, logout), 0, request_logout},
    {offsetof(struct ln_door_request, refer), ACCESS_REFER, request_refer},
    {offsetof(struct ln_door_request, list), ACCESS_LIST, request_list},
    {offsetof(struct ln_door_request, show), ACCESS_LIST, request_show},
    {offsetof(struct ln_door_request, act), ACCESS_LIST,
     request_act}, /* the rules check the rest */
    {offsetof(struct ln_door_request, evidence), ACCESS_EVIDENCE, request_evidence},
    {offsetof(struct ln_door_request, courier_write), ACCESS_COURIER, request_courier_write},
    {offsetof(struct ln_door_request, courier_read), ACCESS_COURIER, request_courier_read},
    {offsetof(struct ln_door_request, status), 0, request_status},
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

static int check_session(struct request *request, enum access_action action)
{
    request->session = sessions_find(request->sessions, &request->body->token);
    if (request->session == NULL)
        return LN_E_NO_SESSION;
    request->person = find_person(request->local, officer_name(request->session->officer));
    if (request->person == NULL)
        return LN_E_KEY_REVOKED;
    return access_any(request->person->roles, request->person->roles_count, action) ? 0
                                                                                    : LN_E_ROLE;
}

static int handle(struct request *request)
{
    const struct request_row *row = find_row(request->body);
    if (row == NULL)
        return LN_E_MALFORMED;
    const int error = row->access == 0 ? 0 : check_session(request, row->access);
    return error == 0 ? row->handle(request) : error;
}

static int answer(struct caller *caller, struct ln_bytes frame)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(REQUEST_ARENA);
    AUTO(ln_buffer_wipe) struct ln_buffer packed = LN_BUFFER(LN_DOOR_FRAME_MAX);
    const struct door_options *options = &caller->door->options;
    struct ln_door_request body;
    struct ln_door_reply reply = {.code = 0};
    struct request request = {.local = options->local,
                              .link = options->link,
                              .sessions = options->sessions,
                              .body = &body,
                              .arena = &arena,
                              .reply = &reply};
    int error = ln_door_request_open(frame, &arena, &body);
    if (error == 0)
        error = handle(&request);
    reply.code = (uint32_t)-error;
    error = ln_door_reply_build(&reply, &packed);
    if (error != 0) { /* too large to say: say so */
        const struct ln_door_reply shorter = {.code = (uint32_t)-error};
        ln_buffer_clear(&packed);
        error = ln_door_reply_build(&shorter, &packed);
    }
    if (error == 0)
        error = ln_buffer_add_u32(&caller->out, (uint32_t)packed.size);
    return error == 0 ? ln_buffer_add_bytes(&caller->out, ln_buffer_view(&packed)) : error;
}

/* Callers ---------------------------------------------------------------------------------- */

static void on_caller(void *context);

static void watch(struct caller *caller, bool wants_to_write)
{
    loop_unwatch_file(caller->door->options.loop, caller->file);
    loop_watch_file(caller->door->options.loop, caller->file, wants_to_write, on_caller,
                    caller);
}

static void drop(struct caller *caller)
{
    struct door *door = caller->door;
    loop_unwatch_file(door->options.loop, caller->file);
    close(caller->file);
    ln_buffer_wipe(&caller->in);
    ln_buffer_wipe(&caller->out);
    for (size_t i = 0; i < door->callers_count; i++) {
        if (door->callers[i] == caller)
            door->callers[i] = door->callers[--door->callers_count];
    }
    ln_release(caller, sizeof *caller);
}

/** 0, or an error for which the caller is dropped. */
static int read_some(struct caller *caller)
{
    uint8_t chunk[CHUNK];
    const ssize_t size = recv(caller->file, chunk, sizeof chunk, MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (size <= 0)
        return LN_E_TRUNCATED;
    const int error = ln_buffer_add(&caller->in, chunk, (size_t)size);
    explicit_bzero(chunk, (size_t)size);
    return error;
}

static int answer_frames(struct caller *caller)
{
    if (caller->in.size < 4)
        return 0;
    const size_t size = ln_get_u32(caller->in.data);
    if (size > LN_DOOR_FRAME_MAX)
        return LN_E_TOO_LARGE;
    if (caller->in.size < 4 + size)
        return 0;
    if (caller->in.size > 4 + size)
        return LN_E_TRAILING; /* one request at a time */
    const int error = answer(caller, ln_view(caller->in.data + 4, size));
    ln_buffer_clear(&caller->in);
    return error;
}

static int write_some(struct caller *caller)
{
    while (caller->sent < caller->out.size) {
        const ssize_t size = send(caller->file, caller->out.data + caller->sent,
                                  caller->out.size - caller->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (size < 0 && (errno == EAGAIN || errno == EINTR)) {
            watch(caller, true);
            return 0;
        }
        if (size <= 0)
            return LN_E_TRUNCATED;
        caller->sent += (size_t)size;
    }
    if (caller->out.size > 0)
        watch(caller, false);
    ln_buffer_clear(&caller->out);
    caller->sent = 0;
    return 0;
}

static void on_caller(void *context)
{
    struct caller *caller = context;
    caller->used_ms = ln_now_ms(&caller->door->options.local->clock);
    int error = caller->out.size == 0 ? read_some(caller) : 0;
    if (error == 0 && caller->out.size == 0)
        error = answer_frames(caller);
    if (error == 0)
        error = write_some(caller);
    if (error != 0)
        drop(caller);
}

static bool is_allowed(int file)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    return getsockopt(file, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
           (peer.uid == 0 || peer.uid == geteuid());
}

static void on_knock(void *context)
{
    struct door *door = context;
    const int file = accept4(door->file, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (file < 0)
        return;
    if (door->callers_count == CALLERS_MAX || !is_allowed(file)) {
        close(file);
        return;
    }
    struct caller *caller = ln_allocate(sizeof *caller);
    *caller = (struct caller){.door = door,
                              .file = file,
                              .in = LN_BUFFER(LN_DOOR_FRAME_MAX + 4),
                              .out = LN_BUFFER(LN_DOOR_FRAME_MAX + 4),
                              .used_ms = ln_now_ms(&door->options.local->clock)};
    door->callers[door->callers_count++] = caller;
    loop_watch_file(door->options.loop, file, false, on_caller, caller);
}

static void on_tick(void *context)
{
    struct door *door = context;
    const uint64_t now_ms = ln_now_ms(&door->options.local->clock);
    sessions_expire(door->options.sessions);
    for (size_t i = door->callers_count; i > 0; i--) {
        if (now_ms > door->callers[i - 1]->used_ms + CALLER_IDLE_MS)
            drop(door->callers[i - 1]);
    }
}

/* Opening ---------------------------------------------------------------------------------- */

static bool is_answered(const struct sockaddr_un *address)
{
    const int file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool answered =
        file >= 0 && connect(file, (const struct sockaddr *)address, sizeof *address) == 0;
    if (file >= 0)
        close(file);
    return answered;
}

static int check_directory(const char *path)
{
    struct stat status;
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return LN_E_SYSTEM;
    if (stat(path, &status) != 0 || !S_ISDIR(status.st_mode))
        return LN_E_SYSTEM;
    return (status.st_mode & 077) == 0 ? 0 : LN_E_FILE_MODE;
}

static int listen_at(struct door *door)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const int length =
        snprintf(address.sun_path, sizeof address.sun_path, "%s/door", door->options.directory);
    if (length < 0 || (size_t)length >= sizeof address.sun_path)
        return LN_E_TOO_LARGE;
    if (is_answered(&address))
        return LN_E_BUSY;
    unlink(address.sun_path); /* left behind by a node that was killed */
    door->file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (door->file < 0 ||
        bind(door->file, (const struct sockaddr *)&address, sizeof address) != 0 ||
        chmod(address.sun_path, 0600) != 0 || listen(door->file, CALLERS_MAX) != 0)
        return LN_E_SYSTEM;
    memcpy(door->path, address.sun_path, sizeof door->path);
    return 0;
}

int door_open(const struct door_options *options, struct door **out)
{
    struct door *door = ln_allocate(sizeof *door);
    *door = (struct door){.options = *options, .file = -1};
    int error = check_directory(options->directory);
    if (error == 0)
        error = listen_at(door);
    if (error != 0) {
        door_close(&door);
        return error;
    }
    loop_watch_file(options->loop, door->file, false, on_knock, door);
    door->timer = loop_timer_start(options->loop, TICK_MS, 0, on_tick, door);
    *out = door;
    return 0;
}

void door_close(struct door **door_p)
{
    struct door *door = *door_p;
    if (door == NULL)
        return;
    while (door->callers_count > 0)
        drop(door->callers[0]);
    if (door->timer > 0) {
        loop_timer_stop(door->options.loop, door->timer);
        loop_unwatch_file(door->options.loop, door->file);
        unlink(door->path);
    }
    if (door->file >= 0)
        close(door->file);
    ln_release(door, sizeof *door);
    *door_p = NULL;
}
