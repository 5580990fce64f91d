/*
 * A small array kept in the order of sequence numbers: at most a window of letters, walked at
 * each look.
 */
#include "flight.h"

#include <string.h>

enum { CAPACITY_START = 16, DOUBLINGS_MAX = 5 };

#define AGAIN_EMERGENCY_MS (2 * LN_MINUTE_MS)
#define AGAIN_MS LN_HOUR_MS
#define AGAIN_MAX_MS LN_DAY_MS
/** A letter that left a moment ago is not sent again because a note has crossed it. */
#define RUSH_AFTER_MS (30 * LN_SECOND_MS)

void flights_wipe(struct flights *flights)
{
    ln_release(flights->flights, flights->capacity * sizeof *flights->flights);
    *flights = (struct flights){NULL, 0, 0};
}

struct flight *flights_find(struct flights *flights, struct store_letter number)
{
    for (size_t i = 0; i < flights->count; i++) {
        struct flight *flight = &flights->flights[i];
        if (flight->number.sequence == number.sequence &&
            flight->number.generation == number.generation)
            return flight;
    }
    return NULL;
}

static void grow(struct flights *flights)
{
    const size_t capacity = flights->capacity == 0 ? CAPACITY_START : 2 * flights->capacity;
    struct flight *larger = ln_allocate(capacity * sizeof *larger);
    if (flights->count > 0)
        memcpy(larger, flights->flights, flights->count * sizeof *larger);
    ln_release(flights->flights, flights->capacity * sizeof *flights->flights);
    flights->flights = larger;
    flights->capacity = capacity;
}

void flights_add(struct flights *flights, const struct composed *letter)
{
    if (flights_find(flights, letter->number) != NULL)
        return;
    if (flights->count == flights->capacity)
        grow(flights);
    flights->flights[flights->count++] = (struct flight){
        letter->number, letter->urgency, .is_receipt_due = letter->is_receipt_due};
}

size_t flights_unreceipted(const struct flights *flights)
{
    size_t count = 0;
    for (size_t i = 0; i < flights->count; i++)
        count += flights->flights[i].is_receipt_due;
    return count;
}

void flights_seal_again(struct flights *flights, uint64_t oldest_openable)
{
    for (size_t i = 0; i < flights->count; i++) {
        if (flights->flights[i].epoch < oldest_openable)
            flights->flights[i].due_ms = 0;
    }
}

void flights_sent(struct flight *flight, uint64_t epoch, uint64_t now_ms)
{
    const unsigned doublings =
        flight->attempts < DOUBLINGS_MAX ? flight->attempts : DOUBLINGS_MAX;
    uint64_t wait_ms = (flight->urgency == LN_URGENCY_EMERGENCY ? AGAIN_EMERGENCY_MS : AGAIN_MS)
                       << doublings;
    if (wait_ms > AGAIN_MAX_MS)
        wait_ms = AGAIN_MAX_MS;
    flight->attempts++;
    flight->left_ms = now_ms;
    flight->epoch = epoch;
    flight->due_ms = now_ms + wait_ms;
}

static void drop_at(struct flights *flights, size_t index)
{
    flights->count--;
    memmove(&flights->flights[index], &flights->flights[index + 1],
            (flights->count - index) * sizeof *flights->flights);
}

void flights_drop(struct flights *flights, struct store_letter number)
{
    struct flight *flight = flights_find(flights, number);
    if (flight != NULL)
        drop_at(flights, (size_t)(flight - flights->flights));
}

static bool is_settled(const struct flight *flight, struct store_letter settled)
{
    return flight->number.generation < settled.generation ||
           (flight->number.generation == settled.generation &&
            flight->number.sequence <= settled.sequence);
}

void flights_drop_settled(struct flights *flights, struct store_letter settled)
{
    size_t kept = 0;
    for (size_t i = 0; i < flights->count; i++) {
        if (!is_settled(&flights->flights[i], settled))
            flights->flights[kept++] = flights->flights[i];
    }
    flights->count = kept;
}

void flights_rush(struct flights *flights, const struct ln_range *range, uint64_t now_ms)
{
    for (size_t i = 0; i < flights->count; i++) {
        struct flight *flight = &flights->flights[i];
        const bool is_named =
            range == NULL ||
            (flight->number.generation == range->generation &&
             flight->number.sequence >= range->first && flight->number.sequence <= range->last);
        const bool has_just_left =
            range != NULL && flight->attempts > 0 && now_ms < flight->left_ms + RUSH_AFTER_MS;
        const uint64_t due_ms = has_just_left ? flight->left_ms + RUSH_AFTER_MS : 0;
        if (is_named && due_ms < flight->due_ms)
            flight->due_ms = due_ms;
    }
}

struct flight *flights_next(struct flights *flights, uint64_t now_ms)
{
    struct flight *next = NULL;
    for (size_t i = 0; i < flights->count; i++) {
        struct flight *flight = &flights->flights[i];
        if (flight->due_ms <= now_ms && (next == NULL || flight->urgency < next->urgency))
            next = flight;
    }
    return next;
}
