/*
 * What became of an event on its way to each addressee. Private to the door.
 */
#ifndef DELIVERED_H
#define DELIVERED_H

#include "delivery.h"
#include "request.h"

struct delivered {
    struct ln_name member;
    struct delivery delivery;
    struct store_letter number; /* {0, 0}: in no letter yet */
    struct ln_digest letter;    /* ours, or the addressee's in which it came back */
};

/** Of one of our own events to one member. */
LN_CHECKED int delivered_to(struct store_txn *txn, const struct request *request,
                            const struct ln_digest *event, const struct ln_name *member,
                            struct delivered *out);

#endif
