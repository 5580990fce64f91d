/*
 * What happened to an event on its way to an addressee: a pure function of receipts and time,
 * shown beside the fold and never part of it. Source: docs/protocol.md, Receipts;
 * docs/cases.md, Urgency.
 */
#ifndef DELIVERY_H
#define DELIVERY_H

#include <liaison/letter.h>

enum delivery_status {
    DELIVERY_QUEUED = 1, /* here, waiting for a hub */
    DELIVERY_AT_HUB,     /* a hub has said STORED */
    DELIVERY_DELIVERED,  /* the counterpart's node has signed for it */
    DELIVERY_REFUSED,    /* the counterpart's node has signed that it does not take it */
};
const char *delivery_status_name(enum delivery_status status);

struct delivery {
    enum delivery_status status;
    uint32_t code;    /* REFUSED */
    uint64_t when_ms; /* the receipt's time; 0 before it */
};

/** Where an event stands before any receipt has come. */
struct delivery delivery_start(bool is_at_hub);
/**
 * One receipt more, of the letter that carried the event. REFUSED about this event is the
 * strongest: the letter was delivered, and this item of it was not taken. A weaker one that
 * comes later changes nothing.
 */
struct delivery delivery_add(struct delivery before, const struct ln_receipt *receipt,
                             const struct ln_digest *event);

/**
 * It came back in a letter of the addressee, signed at that time, which so holds it: after a
 * restore no receipt is left that says so.
 */
struct delivery delivery_given_back(struct delivery before, uint64_t signed_ms);

/** The default clocks by urgency. */
uint64_t delivery_acknowledge_ms(uint32_t urgency);
uint64_t delivery_act_ms(uint32_t urgency);
/** Has the counterpart not opened it in the time that its article or urgency allows? */
bool delivery_is_late(uint64_t acknowledge_ms, uint64_t sent_ms, uint64_t now_ms);

#endif
