/*
 * The one file that makes outside sockets. Each option stands in a table with the failure it
 * prevents.
 */
#include "socket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * Marked draft in libzmq 4.3.4's header, honoured by the library: without it a CURVE server
 * with no live ZAP handler admits everybody who knows its public key.
 */
enum { OPTION_ZAP_ENFORCE_DOMAIN = 93 };

/** Of one peer: its window and what answers it fit; a peer that does not read costs no more. */
enum { QUEUE_MESSAGES = 512 };

struct option {
    int name, value;
};

static const struct option every_socket[] = {
    {ZMQ_LINGER, 0}, /* the store is the queue: closing waits for nobody */
    {ZMQ_SNDHWM, QUEUE_MESSAGES},
    {ZMQ_RCVHWM, QUEUE_MESSAGES},
    {ZMQ_HANDSHAKE_IVL, 5000},  /* half-open strangers go */
    {ZMQ_HEARTBEAT_IVL, 10000}, /* a dead link is noticed */
    /* and one that is only slow is not taken for dead: the largest envelope takes 33 s at
     * 64 kbit/s, and nothing else is heard meanwhile */
    {ZMQ_HEARTBEAT_TIMEOUT, 120000},
    {ZMQ_HEARTBEAT_TTL, 120000},
    {ZMQ_TCP_KEEPALIVE, 1},
};

static const struct option server_options[] = {
    {ZMQ_RCVHWM, 64}, /* what a member sends faster than it is taken waits at its end */
    {ZMQ_ROUTER_MANDATORY, 1}, /* sending to nobody is an error, not silence */
    {ZMQ_ROUTER_HANDOVER, 0},  {ZMQ_BACKLOG, 256},
    {ZMQ_CURVE_SERVER, 1},     {OPTION_ZAP_ENFORCE_DOMAIN, 1},
};

static const struct option client_options[] = {
    {ZMQ_IMMEDIATE, 1}, /* queue for a live connection only */
    {ZMQ_RECONNECT_IVL, 1000},
    {ZMQ_RECONNECT_IVL_MAX, 300000},
    {ZMQ_CONNECT_TIMEOUT, 20000},
};

void socket_start(void)
{
    /* After SIGTERM czmq's own handler can end an authenticating actor while sockets live on.
     */
    zsys_handler_set(NULL);
    static const char *const settings[] = {
        "ZSYS_IO_THREADS",
        "ZSYS_MAX_SOCKETS",
        "ZSYS_LINGER",
        "ZSYS_SNDHWM",
        "ZSYS_RCVHWM",
        "ZSYS_PIPEHWM",
        "ZSYS_IPV6",
        "ZSYS_INTERFACE",
        "ZSYS_IPV6_ADDRESS",
        "ZSYS_IPV6_MCAST_ADDRESS",
        "ZSYS_LOGIDENT",
        "ZSYS_LOGSENDER",
        "ZSYS_LOGSTREAM",
        "ZSYS_LOGSYSTEM",
        "ZSYS_MAX_MSGSZ",
        "ZSYS_FILE_STABLE_AGE_MSEC",
        "ZSYS_AUTO_USE_FD",
        "ZSYS_ZERO_COPY_RECV",
        "ZSYS_THREAD_PRIORITY",
        "ZSYS_THREAD_SCHED_POLICY",
        "ZSYS_THREAD_NAME_PREFIX",
    };
    for (size_t i = 0; i < LN_COUNT(settings); i++)
        unsetenv(settings[i]);
}

static int set_options(zsock_t *socket, const struct option *options, size_t options_count)
{
    void *handle = zsock_resolve(socket);
    for (size_t i = 0; i < options_count; i++) {
        if (zmq_setsockopt(handle, options[i].name, &options[i].value,
                           sizeof options[i].value) != 0)
            return LN_E_SYSTEM;
    }
    return 0;
}

static int set_keys(zsock_t *socket, const struct socket_curve *keys)
{
    void *handle = zsock_resolve(socket);
    if (zmq_setsockopt(handle, ZMQ_CURVE_PUBLICKEY, keys->public_key->b,
                       sizeof keys->public_key->b) ||
        zmq_setsockopt(handle, ZMQ_CURVE_SECRETKEY, keys->secret, SOCKET_SECRET_BYTES))
        return LN_E_SYSTEM;
    return 0;
}

/** GSSAPI, PGM and NORM are compiled in and would be taken. */
static bool is_allowed(const char *endpoint)
{
    static const char *const schemes[] = {"tcp://", "ipc://", "inproc://"};
    for (size_t i = 0; i < LN_COUNT(schemes); i++) {
        if (strncmp(endpoint, schemes[i], strlen(schemes[i])) == 0)
            return true;
    }
    return false;
}

static int new_socket(int type, const char *endpoint, const struct socket_curve *keys,
                      zsock_t **out)
{
    if (!is_allowed(endpoint))
        return LN_E_USAGE;
    zsock_t *socket = zsock_new(type);
    if (socket == NULL)
        return LN_E_SYSTEM;
    /* a larger frame drops the peer; this one option is 64 bits wide */
    static const int64_t frame_max = SOCKET_FRAME_MAX;
    int error = set_options(socket, every_socket, LN_COUNT(every_socket));
    if (error == 0 &&
        zmq_setsockopt(zsock_resolve(socket), ZMQ_MAXMSGSIZE, &frame_max, sizeof frame_max))
        error = LN_E_SYSTEM;
    if (error == 0)
        error = set_keys(socket, keys);
    if (error != 0)
        socket_destroy(&socket);
    else
        *out = socket;
    return error;
}

int socket_server(const char *endpoint, const struct socket_curve *keys, zsock_t **out)
{
    zsock_t *socket;
    int error = new_socket(ZMQ_ROUTER, endpoint, keys, &socket);
    if (error != 0)
        return error;
    error = set_options(socket, server_options, LN_COUNT(server_options));
    void *handle = zsock_resolve(socket);
    if (error == 0 &&
        (zmq_setsockopt(handle, ZMQ_ZAP_DOMAIN, SOCKET_DOMAIN, strlen(SOCKET_DOMAIN)) ||
         zmq_bind(handle, endpoint)))
        error = LN_E_SYSTEM;
    if (error != 0)
        socket_destroy(&socket);
    else
        *out = socket;
    return error;
}

int socket_client(const char *endpoint, const struct socket_curve *keys,
                  const struct ln_public_key *server_key, zsock_t **out)
{
    zsock_t *socket;
    int error = new_socket(ZMQ_DEALER, endpoint, keys, &socket);
    if (error != 0)
        return error;
    error = set_options(socket, client_options, LN_COUNT(client_options));
    void *handle = zsock_resolve(socket);
    if (error == 0 &&
        (zmq_setsockopt(handle, ZMQ_CURVE_SERVERKEY, server_key->b, sizeof server_key->b) ||
         zmq_connect(handle, endpoint)))
        error = LN_E_SYSTEM;
    if (error != 0)
        socket_destroy(&socket);
    else
        *out = socket;
    return error;
}

void socket_destroy(zsock_t **socket_p)
{
    zsock_destroy(socket_p);
}

/* Monitors --------------------------------------------------------------------------------- */

int socket_monitor(zsock_t *socket, zsock_t **out_monitor)
{
    static unsigned number;
    char name[64];
    snprintf(name, sizeof name, "inproc://liaison.monitor.%u", number++);
    if (zmq_socket_monitor(zsock_resolve(socket), name, ZMQ_EVENT_HANDSHAKE_SUCCEEDED) != 0)
        return LN_E_SYSTEM;
    zsock_t *monitor = zsock_new(ZMQ_PAIR);
    if (monitor == NULL || zsock_connect(monitor, "%s", name) != 0) {
        zsock_destroy(&monitor);
        return LN_E_SYSTEM;
    }
    *out_monitor = monitor;
    return 0;
}

bool socket_was_connected(zsock_t *monitor)
{
    bool was_connected = false;
    for (;;) { /* frames that say what and where; it was asked for one kind of event only */
        zmq_msg_t frame;
        zmq_msg_init(&frame);
        const bool is_read = zmq_msg_recv(&frame, zsock_resolve(monitor), ZMQ_DONTWAIT) >= 0;
        zmq_msg_close(&frame);
        if (!is_read)
            return was_connected;
        was_connected = true;
    }
}

bool socket_route_equal(const struct socket_route *a, const struct socket_route *b)
{
    return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

/* Receiving -------------------------------------------------------------------------------- */

void socket_message_wipe(struct socket_message *message)
{
    if (message->is_open)
        zmq_msg_close(&message->frame);
    message->is_open = false;
    message->payload = ln_view(NULL, 0);
}

static int take_frame(void *handle, zmq_msg_t *frame)
{
    zmq_msg_init(frame);
    if (zmq_msg_recv(frame, handle, ZMQ_DONTWAIT) >= 0)
        return 0;
    const int error = errno == EAGAIN ? LN_E_NOT_FOUND : LN_E_SYSTEM;
    zmq_msg_close(frame);
    return error;
}

static int take_route(void *handle, struct socket_route *out)
{
    zmq_msg_t frame;
    const int error = take_frame(handle, &frame);
    if (error != 0)
        return error;
    out->size = (uint8_t)zmq_msg_size(&frame); /* libzmq's limit is 255 */
    memcpy(out->bytes, zmq_msg_data(&frame), out->size);
    zmq_msg_close(&frame);
    return 0;
}

/** The first frame loses its metadata once the socket was polled: read it from the last. */
static void read_user(struct socket_message *message)
{
    const char *user = zmq_msg_gets(&message->frame, "User-Id");
    message->user = (struct ln_name){0};
    memset(&message->key, 0, sizeof message->key);
    if (user == NULL)
        return;
    /* "<key in 64 hexadecimal digits>:<member>": see zap.c */
    char key[2 * LN_PUBLIC_KEY_BYTES + 1];
    const char *colon = strchr(user, ':');
    if (colon == NULL || (size_t)(colon - user) != sizeof key - 1)
        return;
    memcpy(key, user, sizeof key - 1);
    key[sizeof key - 1] = '\0';
    if (ln_hex_read(key, message->key.b, sizeof message->key.b) != 0 ||
        ln_name_from(colon + 1, &message->user) != 0)
        message->user = (struct ln_name){0};
}

/** Keeps only the last frame of what follows, and says how many there were. */
static int take_last(void *handle, struct socket_message *message, unsigned *out_count)
{
    for (*out_count = 0;; ++*out_count) {
        socket_message_wipe(message);
        const int error = take_frame(handle, &message->frame);
        if (error != 0)
            return error;
        message->is_open = true;
        if (!zmq_msg_more(&message->frame))
            break;
    }
    ++*out_count;
    return 0;
}

int socket_take(zsock_t *socket, bool is_server, struct socket_message *out)
{
    void *handle = zsock_resolve(socket);
    *out = (struct socket_message){.is_open = false};
    int error = is_server ? take_route(handle, &out->route) : 0;
    unsigned frames = 0;
    if (error == 0)
        error = take_last(handle, out, &frames);
    if (error != 0)
        return error;
    if (is_server)
        read_user(out);
    if (frames != 1) {
        socket_message_wipe(out);
        return LN_E_MANY_PARTS;
    }
    out->payload = ln_view(zmq_msg_data(&out->frame), zmq_msg_size(&out->frame));
    return 0;
}

/* Sending ---------------------------------------------------------------------------------- */

static int send_frame(void *handle, const void *data, size_t size, int flags)
{
    return zmq_send(handle, data, size, flags | ZMQ_DONTWAIT) < 0 ? LN_E_UNAVAILABLE : 0;
}

int socket_send_to(zsock_t *socket, const struct socket_route *route, struct ln_bytes payload)
{
    void *handle = zsock_resolve(socket);
    const int error = send_frame(handle, route->bytes, route->size, ZMQ_SNDMORE);
    return error == 0 ? send_frame(handle, payload.data, payload.size, 0) : error;
}

int socket_send(zsock_t *socket, struct ln_bytes payload)
{
    return send_frame(zsock_resolve(socket), payload.data, payload.size, 0);
}
