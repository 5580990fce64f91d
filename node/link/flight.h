/*
 * Letters on their way to one member: when each is to be sent again. In memory only: after a
 * restart all open letters are simply due.
 */
#ifndef FLIGHT_H
#define FLIGHT_H

#include "compose.h"

struct flight {
    struct store_letter number;
    uint32_t urgency;
    uint32_t attempts;
    uint64_t due_ms, left_ms;
    uint64_t epoch;      /* of the addressee, to which it was sealed last */
    bool is_stored;      /* a hub has said STORED */
    bool is_receipt_due; /* it carries more than receipts */
};

/** About COMPOSE_WINDOW of them at most: that many letters may be open at once. */
struct flights {
    struct flight *flights;
    size_t count, capacity;
};

void flights_wipe(struct flights *flights);
/** Due at once; nothing if it flies already. */
void flights_add(struct flights *flights, const struct composed *letter);
/** Those whose receipt is still to come. */
size_t flights_unreceipted(const struct flights *flights);
struct flight *flights_find(struct flights *flights, struct store_letter number);
/**
 * It was handed to a hub: due again after 2 min (EMERGENCY) or 1 h, doubled with every attempt
 * up to a day.
 */
void flights_sent(struct flight *flight, uint64_t epoch, uint64_t now_ms);
/** The addressee opens no older epoch any more: what was sealed to one is due at once. */
void flights_seal_again(struct flights *flights, uint64_t oldest_openable);
/** Forgets one, or all of a generation up to a sequence. */
void flights_drop(struct flights *flights, struct store_letter number);
void flights_drop_settled(struct flights *flights, struct store_letter settled);
/**
 * All, or those of a range, due at once: a new connection, a note that names them. What left
 * just now may have crossed the note, and is given half a minute.
 */
void flights_rush(struct flights *flights, const struct ln_range *range, uint64_t now_ms);
/** The most urgent one that is due, oldest first; NULL: none. */
struct flight *flights_next(struct flights *flights, uint64_t now_ms);

#endif
