/*
 * The hub's front: a batch of messages in, one durable transaction, the answers out.
 *
 * Identity is the CURVE key of the connection, looked up in the roster for every message;
 * routing ids say only where an answer goes. Source: docs/protocol.md, Hub.
 */
#ifndef FRONT_H
#define FRONT_H

#include "mailbox.h"
#include "rosterkeeper.h"
#include "socket.h"

enum { FRONT_BATCH_MAX = 1024, FRONT_CREDIT = 256 };

struct front_options {
    struct mailbox *mailbox;
    struct rosterkeeper *keeper;
    struct ln_clock clock;
    /**
     * How answers leave: 0, or LN_E_UNAVAILABLE (the connection is gone, or its queue is full).
     */
    int (*send)(void *context, const struct socket_route *route, struct ln_bytes payload);
    void *context;
};

struct front;
struct front *front_new(const struct front_options *options);
void front_destroy(struct front **front_p);

/**
 * Takes one message into the batch. The payload must live until front_finish. `error` is what
 * the socket said of it (LN_E_MANY_PARTS), 0 if nothing. A message from a key that nobody in
 * the roster has is answered STRANGER, and its connection is forgotten.
 */
void front_take(struct front *front, const struct socket_message *message, int error);
/**
 * Commits the batch, answers it, and delivers. Acknowledgements alone wait for a PUT or for
 * front_deliver. LN_E_STORE: the hub must stop at once.
 */
LN_CHECKED int front_finish(struct front *front);
/** After time has passed: commits acknowledgements that had no PUT to go with, and delivers. */
LN_CHECKED int front_deliver(struct front *front);
/**
 * A statement that came by another way than a node's PUBLISH: in force at once, and told to
 * everybody. Results of rosterkeeper_take.
 */
LN_CHECKED int front_publish(struct front *front, struct ln_bytes literal);

/** What the metrics show. Plain counters since the start. */
struct front_counters {
    uint64_t puts, stored, delivered, acknowledged, refused, strangers, many_parts;
    uint64_t connections;
};
const struct front_counters *front_counters(const struct front *front);

#endif
