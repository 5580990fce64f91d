/*
 * Frames in, replies out, in the node's one loop. A login's Argon2id holds the loop for about
 * half a second: the price of having no thread that knows a key.
 */
#include "door.h"

#include "round.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    CALLERS_MAX = ROUND_MAX,
    CHUNK = 64 * 1024,
    TICK_MS = 5000,
};

#define CALLER_IDLE_MS (60 * LN_SECOND_MS)

struct caller {
    struct door *door;
    int file;
    struct ln_buffer in, out;
    size_t sent;
    uint64_t used_ms;
    bool is_asking; /* a whole frame is in, and its answer is not made yet */
};

struct door {
    struct door_options options;
    int file, timer, round_timer;
    char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
    struct caller *callers[CALLERS_MAX];
    size_t callers_count;
};

/* Callers ---------------------------------------------------------------------------------- */

static void on_caller(void *context);
static void on_round(void *context);

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

/** Is the frame whole? Its answer is made in the next round. */
static int take_frame(struct caller *caller)
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
    struct door *door = caller->door;
    caller->is_asking = true;
    if (door->round_timer == 0)
        door->round_timer = loop_timer_start(door->options.loop, 0, 1, on_round, door);
    return 0;
}

static int hear(struct caller *caller)
{
    const size_t heard = caller->in.size;
    const int error = read_some(caller);
    if (error == 0 && caller->is_asking)
        return caller->in.size > heard ? LN_E_TRAILING : 0;
    return error == 0 ? take_frame(caller) : error;
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
    const int error = caller->out.size > 0 ? write_some(caller) : hear(caller);
    if (error != 0)
        drop(caller);
}

/** Answers everybody who has asked, in one round; who cannot be answered is dropped. */
static void on_round(void *context)
{
    struct door *door = context;
    struct caller *asking[CALLERS_MAX];
    struct round_frame frames[CALLERS_MAX];
    size_t count = 0;
    door->round_timer = 0;
    for (size_t i = 0; i < door->callers_count; i++) {
        struct caller *caller = door->callers[i];
        if (!caller->is_asking)
            continue;
        asking[count] = caller;
        frames[count++] = (struct round_frame){
            ln_view(caller->in.data + 4, caller->in.size - 4), &caller->out, 0};
    }
    round_answer(&door->options, frames, count);
    for (size_t i = 0; i < count; i++) {
        asking[i]->is_asking = false;
        ln_buffer_clear(&asking[i]->in);
        if (frames[i].error != 0 || write_some(asking[i]) != 0)
            drop(asking[i]);
    }
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
    if (door->round_timer > 0)
        loop_timer_stop(door->options.loop, door->round_timer);
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
