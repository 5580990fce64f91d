/*
 * Envelopes on a stick: the same bytes as on the wire, and the newest statements, in one file.
 * Loss, replay and order are the channel's matter. Source: docs/protocol.md, Courier.
 */
#ifndef LIAISON_COURIER_H
#define LIAISON_COURIER_H

#include <liaison/signed.h>

enum {
    LN_COURIER_PROTOCOL = 1,
    LN_COURIER_MAX = 16 * 1024 * 1024,
    LN_COURIER_ENVELOPES_MAX = 1024,
    LN_COURIER_STATEMENTS_MAX = 256,
};

struct ln_courier_envelope {
    struct ln_bytes envelope;
};

struct ln_courier {
    uint32_t protocol;
    struct ln_id federation;
    struct ln_name to;
    const struct ln_signed *statements;
    size_t statements_count;
    const struct ln_courier_envelope *envelopes;
    size_t envelopes_count;
};
LN_WIRE(courier)

#endif
