/*
 * Answers libzmq's questions at each handshake, and knocks at its own door to see that
 * strangers stay out.
 */
#include "zap.h"

#include <string.h>

enum { ZAP_FRAMES = 7, ZAP_KEY_FRAME = 6 };

struct zap {
    zsock_t *socket;
    zap_admits *admits;
    void *context;
    uint64_t refused_count;
};

int zap_new(zap_admits *admits, void *context, struct zap **out)
{
    zsock_t *socket = zsock_new(ZMQ_REP);
    if (socket == NULL)
        return LN_E_SYSTEM;
    if (zsock_bind(socket, "inproc://zeromq.zap.01") != 0) {
        zsock_destroy(&socket);
        return LN_E_SYSTEM;
    }
    struct zap *zap = ln_allocate(sizeof *zap);
    *zap = (struct zap){.socket = socket, .admits = admits, .context = context};
    *out = zap;
    return 0;
}

void zap_destroy(struct zap **zap_p)
{
    struct zap *zap = *zap_p;
    if (zap == NULL)
        return;
    zsock_destroy(&zap->socket);
    ln_release(zap, sizeof *zap);
    *zap_p = NULL;
}

zsock_t *zap_socket(const struct zap *zap)
{
    return zap->socket;
}

uint64_t zap_refused_count(const struct zap *zap)
{
    return zap->refused_count;
}

/* A request: version, request id, domain, address, identity, mechanism, client key. */

static bool frame_is(zframe_t *frame, const char *text)
{
    return frame != NULL && zframe_streq(frame, text);
}

static zframe_t *frame_at(zmsg_t *request, unsigned index)
{
    zframe_t *frame = zmsg_first(request);
    for (; index > 0 && frame != NULL; index--)
        frame = zmsg_next(request);
    return frame;
}

static bool is_admitted(struct zap *zap, zmsg_t *request, struct ln_public_key *out_key,
                        struct ln_name *out_user)
{
    zframe_t *key = frame_at(request, ZAP_KEY_FRAME);
    if (zmsg_size(request) != ZAP_FRAMES || !frame_is(frame_at(request, 0), "1.0") ||
        !frame_is(frame_at(request, 2), SOCKET_DOMAIN) ||
        !frame_is(frame_at(request, 5), "CURVE") || key == NULL ||
        zframe_size(key) != sizeof out_key->b)
        return false;
    memcpy(out_key->b, zframe_data(key), sizeof out_key->b);
    return zap->admits(zap->context, out_key, out_user);
}

/**
 * The User-Id carries the key as well: identity is the key, asked of the roster at every
 * message.
 */
static void answer(struct zap *zap, zmsg_t *request)
{
    struct ln_public_key key;
    struct ln_name user = {0};
    const bool admitted = is_admitted(zap, request, &key, &user);
    char id[2 * LN_PUBLIC_KEY_BYTES + 1 + sizeof user.text + 1] = "";
    if (admitted) {
        ln_hex(ln_view(key.b, sizeof key.b), id);
        snprintf(id + 2 * sizeof key.b, sizeof id - 2 * sizeof key.b, ":%s", user.text);
    }
    zap->refused_count += !admitted;
    zmsg_t *reply = zmsg_new();
    zmsg_addstr(reply, "1.0");
    zframe_t *request_id = frame_at(request, 1);
    if (request_id != NULL)
        zmsg_addmem(reply, zframe_data(request_id), zframe_size(request_id));
    else
        zmsg_addstr(reply, "");
    zmsg_addstr(reply, admitted ? "200" : "400");
    zmsg_addstr(reply, admitted ? "OK" : "not in the roster");
    zmsg_addstr(reply, id);
    zmsg_addstr(reply, "");
    zmsg_send(&reply, zap->socket);
}

void zap_handle(struct zap *zap)
{
    while (zsock_events(zap->socket) & ZMQ_POLLIN) {
        zmsg_t *request = zmsg_recv(zap->socket);
        if (request == NULL)
            return;
        answer(zap, request);
        zmsg_destroy(&request);
    }
}

/* The self-test ---------------------------------------------------------------------------- */

#define MONITOR "inproc://liaison.self-test"

enum { POLL_MS = 20 };

static int event_of(void *monitor)
{
    zmq_msg_t event, address;
    zmq_msg_init(&event);
    zmq_msg_init(&address);
    uint16_t number = 0;
    if (zmq_msg_recv(&event, monitor, ZMQ_DONTWAIT) >= (int)sizeof number) {
        memcpy(&number, zmq_msg_data(&event), sizeof number);
        if (zmq_msg_recv(&address, monitor, ZMQ_DONTWAIT) < 0)
            number = 0;
    }
    zmq_msg_close(&event);
    zmq_msg_close(&address);
    return number;
}

/** Waits for the handshake's end, answering the door. */
static int watch_handshake(struct zap *zap, void *monitor, int timeout_ms)
{
    for (int waited_ms = 0; waited_ms < timeout_ms; waited_ms += POLL_MS) {
        zmq_pollitem_t items[] = {{.socket = zsock_resolve(zap->socket), .events = ZMQ_POLLIN},
                                  {.socket = monitor, .events = ZMQ_POLLIN}};
        zmq_poll(items, 2, POLL_MS);
        zap_handle(zap);
        switch (event_of(monitor)) {
        case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
            return 0;
        case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
            return LN_E_SELF_TEST;
        default:
            break;
        }
    }
    return LN_E_SELF_TEST;
}

static int knock(struct zap *zap, zsock_t *stranger, const char *endpoint, int timeout_ms)
{
    void *handle = zsock_resolve(stranger);
    const int events = ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_SUCCEEDED;
    if (zmq_socket_monitor(handle, MONITOR, events) != 0)
        return LN_E_SYSTEM;
    zsock_t *monitor = zsock_new(ZMQ_PAIR);
    int error = LN_E_SYSTEM;
    if (monitor != NULL && zsock_connect(monitor, MONITOR) == 0 &&
        zmq_connect(handle, endpoint) == 0)
        error = watch_handshake(zap, zsock_resolve(monitor), timeout_ms);
    zmq_socket_monitor(handle, NULL, 0);
    zsock_destroy(&monitor);
    return error;
}

/** A server bound to every address is knocked at on loopback. */
static void knockable(const char *endpoint, char *out, size_t size)
{
    static const char any[] = "tcp://*:", zero[] = "tcp://0.0.0.0:";
    if (strncmp(endpoint, any, sizeof any - 1) == 0)
        snprintf(out, size, "tcp://127.0.0.1:%s", endpoint + sizeof any - 1);
    else if (strncmp(endpoint, zero, sizeof zero - 1) == 0)
        snprintf(out, size, "tcp://127.0.0.1:%s", endpoint + sizeof zero - 1);
    else
        snprintf(out, size, "%s", endpoint);
}

int zap_self_test(struct zap *zap, const char *endpoint, const struct ln_public_key *server_key,
                  int timeout_ms)
{
    char public_text[41], secret_text[41], address[256];
    uint8_t public_key[32], secret[32];
    if (zmq_curve_keypair(public_text, secret_text) != 0 ||
        zmq_z85_decode(public_key, public_text) == NULL ||
        zmq_z85_decode(secret, secret_text) == NULL)
        return LN_E_SELF_TEST;
    zsock_t *stranger = zsock_new(ZMQ_DEALER);
    if (stranger == NULL)
        return LN_E_SYSTEM;
    void *handle = zsock_resolve(stranger);
    zsock_set_linger(stranger, 0);
    zmq_setsockopt(handle, ZMQ_CURVE_SERVERKEY, server_key->b, sizeof server_key->b);
    zmq_setsockopt(handle, ZMQ_CURVE_PUBLICKEY, public_key, sizeof public_key);
    zmq_setsockopt(handle, ZMQ_CURVE_SECRETKEY, secret, sizeof secret);
    knockable(endpoint, address, sizeof address);
    const int error = knock(zap, stranger, address, timeout_ms);
    zsock_destroy(&stranger);
    return error;
}
