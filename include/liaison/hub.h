/*
 * Frames between node and hub: one a ZeroMQ message. Source: docs/protocol.md, Hub.
 */
#ifndef LIAISON_HUB_H
#define LIAISON_HUB_H

#include <liaison/signed.h>

enum {
    LN_HUB_PROTOCOL = 1,
    LN_HUB_FRAME_MAX = 320 * 1024,
    LN_HUB_CREDIT_MAX = 256, /* what a member that reads nothing may leave queued */
    LN_HUB_IDS_MAX = 1024,   /* in one STORED or ACK */
};

struct ln_known {
    uint32_t type;
    struct ln_name member; /* empty: the roster */
    uint64_t version;
};

struct ln_hello {
    uint32_t protocol;
    struct ln_id federation;
    const struct ln_known *known;
    size_t known_count;
};

struct ln_put {
    uint64_t id;
    struct ln_bytes envelope;
};

struct ln_fetch {
    uint32_t credit;
};

struct ln_ids {
    const uint64_t *ids;
    size_t ids_count;
};

struct ln_statement {
    struct ln_signed statement;
};

struct ln_ping {
    uint64_t nonce;
};

/** Exactly one is there. */
struct ln_to_hub {
    const struct ln_hello *hello;
    const struct ln_put *put;
    const struct ln_fetch *fetch;
    const struct ln_ids *ack;
    const struct ln_statement *publish;
    const struct ln_ping *ping;
};
LN_WIRE(to_hub)

struct ln_welcome {
    uint32_t credit;
    uint64_t envelope_size_max;
    uint64_t time_ms;
};

struct ln_deliver {
    uint64_t mail;
    struct ln_bytes envelope;
};

struct ln_hub_refusal {
    uint64_t id; /* of the PUT; 0: the frame as such */
    uint32_t code;
};

/** Exactly one is there. */
struct ln_from_hub {
    const struct ln_welcome *welcome;
    const struct ln_ids *stored;
    const struct ln_deliver *deliver;
    const struct ln_statement *statement;
    const struct ln_hub_refusal *refused;
    const struct ln_ping *pong;
};
LN_WIRE(from_hub)

#endif
