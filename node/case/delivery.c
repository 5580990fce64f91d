/*
 * Strength of receipts, and the table of clocks.
 */
#include "delivery.h"

const char *delivery_status_name(enum delivery_status status)
{
    static const char *const names[] = {[DELIVERY_QUEUED] = "QUEUED",
                                        [DELIVERY_AT_HUB] = "AT_HUB",
                                        [DELIVERY_DELIVERED] = "DELIVERED",
                                        [DELIVERY_REFUSED] = "REFUSED"};
    return (size_t)status < LN_COUNT(names) && names[status] != NULL ? names[status]
                                                                     : "UNKNOWN";
}

struct delivery delivery_start(bool is_at_hub)
{
    return (struct delivery){.status = is_at_hub ? DELIVERY_AT_HUB : DELIVERY_QUEUED};
}

struct delivery delivery_add(struct delivery before, const struct ln_receipt *receipt,
                             const struct ln_digest *event)
{
    struct delivery after = {.when_ms = receipt->created_ms};
    if (receipt->kind == LN_RECEIPT_DELIVERED)
        after.status = DELIVERY_DELIVERED;
    else if (receipt->kind == LN_RECEIPT_REFUSED && ln_digest_equal(&receipt->item, event))
        after.status = DELIVERY_REFUSED;
    after.code = after.status == DELIVERY_REFUSED ? receipt->code : 0;
    return after.status > before.status ? after : before;
}

struct delivery delivery_given_back(struct delivery before, uint64_t signed_ms)
{
    const struct delivery after = {.status = DELIVERY_DELIVERED, .when_ms = signed_ms};
    return after.status > before.status ? after : before;
}

static const struct {
    uint32_t urgency;
    uint64_t acknowledge_ms, act_ms;
} clocks[] = {
    {LN_URGENCY_EMERGENCY, 8 * LN_HOUR_MS, 24 * LN_HOUR_MS},
    {LN_URGENCY_URGENT, 24 * LN_HOUR_MS, 72 * LN_HOUR_MS},
    {LN_URGENCY_ROUTINE, 3 * LN_DAY_MS, 7 * LN_DAY_MS},
    {LN_URGENCY_ADMINISTRATIVE, 7 * LN_DAY_MS, 14 * LN_DAY_MS},
};

uint64_t delivery_acknowledge_ms(uint32_t urgency)
{
    for (size_t i = 0; i < LN_COUNT(clocks); i++) {
        if (clocks[i].urgency == urgency)
            return clocks[i].acknowledge_ms;
    }
    return clocks[0].acknowledge_ms; /* an unknown urgency is taken as the highest */
}

uint64_t delivery_act_ms(uint32_t urgency)
{
    for (size_t i = 0; i < LN_COUNT(clocks); i++) {
        if (clocks[i].urgency == urgency)
            return clocks[i].act_ms;
    }
    return clocks[0].act_ms;
}

bool delivery_is_late(uint64_t acknowledge_ms, uint64_t sent_ms, uint64_t now_ms)
{
    return now_ms > sent_ms && now_ms - sent_ms > acknowledge_ms;
}
