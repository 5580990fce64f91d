/*
 * A blocking exchange over the unix socket.
 */
#include "client.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { WAIT_MS = 1000 };

static void close_file(int *file)
{
    if (*file >= 0)
        close(*file);
}

static int connect_door(const char *directory, int *out_file)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const int length =
        snprintf(address.sun_path, sizeof address.sun_path, "%s/door", directory);
    if (length < 0 || (size_t)length >= sizeof address.sun_path)
        return LN_E_NOT_RUNNING;
    const int file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (file < 0)
        return LN_E_SYSTEM;
    if (connect(file, (const struct sockaddr *)&address, sizeof address) != 0) {
        close(file);
        return LN_E_NOT_RUNNING;
    }
    *out_file = file;
    return 0;
}

static int send_all(int file, struct ln_bytes bytes)
{
    while (bytes.size > 0) {
        const ssize_t size = send(file, bytes.data, bytes.size, MSG_NOSIGNAL);
        if (size < 0 && errno == EINTR)
            continue;
        if (size <= 0)
            return LN_E_NOT_RUNNING;
        bytes = ln_view(bytes.data + size, bytes.size - (size_t)size);
    }
    return 0;
}

static int receive_all(int file, uint8_t *out, size_t size)
{
    while (size > 0) {
        const ssize_t received = recv(file, out, size, 0);
        if (received < 0 && errno == EINTR)
            continue;
        if (received <= 0)
            return LN_E_UNANSWERED;
        out += received;
        size -= (size_t)received;
    }
    return 0;
}

/** Until the answer begins: the node may be working at it. */
static void wait_for_answer(int file, client_wait *on_wait)
{
    struct pollfd waiting = {.fd = file, .events = POLLIN};
    for (unsigned seconds = 1; poll(&waiting, 1, WAIT_MS) == 0; seconds++)
        on_wait(seconds);
}

static int receive_frame(int file, struct ln_buffer *out)
{
    uint8_t length[4], *place;
    int error = receive_all(file, length, sizeof length);
    if (error == 0)
        error = ln_buffer_extend(out, ln_get_u32(length), &place);
    return error == 0 ? receive_all(file, place, ln_get_u32(length)) : error;
}

static int pack_request(const struct ln_door_request *request, struct ln_buffer *out)
{
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(LN_DOOR_FRAME_MAX);
    int error = ln_door_request_build(request, &body);
    if (error == 0)
        error = ln_buffer_add_u32(out, (uint32_t)body.size);
    return error == 0 ? ln_buffer_add_bytes(out, ln_buffer_view(&body)) : error;
}

int client_ask(const char *directory, const struct ln_door_request *request,
               client_wait *on_wait, struct ln_arena *arena, struct ln_door_reply *out_reply)
{
    AUTO(ln_buffer_wipe) struct ln_buffer frame = LN_BUFFER(LN_DOOR_FRAME_MAX + 4);
    AUTO(ln_buffer_wipe) struct ln_buffer reply = LN_BUFFER(LN_DOOR_FRAME_MAX);
    AUTO(close_file) int file = -1;
    int error = pack_request(request, &frame);
    if (error == 0)
        error = connect_door(directory, &file);
    if (error == 0)
        error = send_all(file, ln_buffer_view(&frame));
    if (error == 0) {
        wait_for_answer(file, on_wait);
        error = receive_frame(file, &reply);
    }
    return error == 0 ? ln_door_reply_open(ln_buffer_view(&reply), arena, out_reply) : error;
}
