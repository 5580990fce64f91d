/*
 * Outside sockets: a CURVE server for the hub, a CURVE client for a node, one payload frame a
 * message.
 *
 * Every limit that libzmq leaves open by default is set in socket.c, and nowhere else. A send
 * that returns 0 means nothing but "queued": only a STORED or a signed receipt counts. A socket
 * belongs to one thread.
 */
#ifndef SOCKET_H
#define SOCKET_H

#include <liaison/base.h>
#include <liaison/error.h>

#include <czmq.h>

enum {
    SOCKET_FRAME_MAX = 320 * 1024,
    SOCKET_ROUTE_MAX = 255,
    SOCKET_SECRET_BYTES = 32,
};

/** The ZAP domain of every server here: the ZAP door refuses another one. */
#define SOCKET_DOMAIN "liaison"

/**
 * Once a process, after signals are blocked and before any other czmq call: takes czmq's own
 * signal handling, logging and environment settings out of the way.
 */
void socket_start(void);

struct socket_curve {
    const struct ln_public_key *public_key;
    const uint8_t *secret; /* SOCKET_SECRET_BYTES, borrowed for the call */
};

/**
 * A ROUTER that admits by ZAP only. LN_E_USAGE: an endpoint that is not tcp, ipc or inproc;
 * LN_E_SYSTEM.
 */
LN_CHECKED int socket_server(const char *endpoint, const struct socket_curve *keys,
                             zsock_t **out);
/** A DEALER. Connecting goes on in the background, from 1 s to 5 min apart. Errors as above. */
LN_CHECKED int socket_client(const char *endpoint, const struct socket_curve *keys,
                             const struct ln_public_key *server_key, zsock_t **out);
/** Waits for nothing; safe on NULL. */
void socket_destroy(zsock_t **socket_p);

/**
 * A second socket, to be watched for reading, that tells of each connection which the first
 * makes: libzmq makes them anew by itself. Destroy it first. LN_E_SYSTEM.
 */
LN_CHECKED int socket_monitor(zsock_t *socket, zsock_t **out_monitor);
/** Reads what the monitor has to tell: was a connection made, keys and all? */
bool socket_was_connected(zsock_t *monitor);

/** Which connection of a server a message came from. Means nothing as identity. */
struct socket_route {
    uint8_t bytes[SOCKET_ROUTE_MAX];
    uint8_t size;
};
bool socket_route_equal(const struct socket_route *a, const struct socket_route *b);

/** One message. Wipe it when done; what `payload` shows lives until then. */
struct socket_message {
    zmq_msg_t frame;
    bool is_open;
    struct ln_bytes payload;
    struct socket_route route; /* server only */
    struct ln_name
        user; /* server only: what the ZAP door said; empty: nobody, drop and alarm */
    struct ln_public_key
        key; /* server only: the connection's CURVE key, as the ZAP door said it */
};
void socket_message_wipe(struct socket_message *message);

/**
 * Takes one message without waiting. LN_E_NOT_FOUND: there is none. LN_E_MANY_PARTS: it had
 * more frames than one; it is thrown away, route and user say whose it was.
 */
LN_CHECKED int socket_take(zsock_t *socket, bool is_server, struct socket_message *out);

/** LN_E_UNAVAILABLE: the queue is full or the connection is gone. */
LN_CHECKED int socket_send_to(zsock_t *socket, const struct socket_route *route,
                              struct ln_bytes payload);
LN_CHECKED int socket_send(zsock_t *socket, struct ln_bytes payload);

#endif
