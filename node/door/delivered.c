/*
 * From the letters that carried an event, and the receipts that came for them.
 */
#include "delivered.h"

enum { SENT_ARENA = 2 * 1024 * 1024, RECEIPT_ARENA = 64 * 1024 };

struct looking {
    struct store_txn *txn;
    const struct request *request;
    const struct ln_digest *event;
    struct delivered *delivered;
};

static int add_receipt(struct ln_bytes literal, void *context)
{
    const struct looking *looking = context;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(RECEIPT_ARENA);
    struct ln_signed signed_body;
    struct ln_receipt receipt;
    int error = ln_signed_open(literal, &arena, &signed_body);
    if (error == 0)
        error = ln_receipt_open(signed_body.body, &arena, &receipt);
    if (error != 0)
        return error;
    looking->delivered->delivery =
        delivery_add(looking->delivered->delivery, &receipt, looking->event);
    return 0;
}

static int add_letter(enum store_direction direction, const struct ln_name *peer,
                      struct store_letter number, void *context)
{
    const struct looking *looking = context;
    struct delivered *delivered = looking->delivered;
    if (direction != STORE_SENT || !ln_name_equal(peer, &delivered->member))
        return 0;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(SENT_ARENA);
    struct ln_sent_record sent;
    const int error = store_sent_get(looking->txn, peer, number, &arena, &sent);
    if (error != 0)
        return error;
    delivered->number = number;
    delivered->letter = sent.digest;
    if (delivered->delivery.status == DELIVERY_QUEUED)
        delivered->delivery =
            delivery_start(link_is_at_hub(looking->request->link, peer, number));
    return store_receipts(looking->txn, &sent.digest, add_receipt, context);
}

int delivered_to(struct store_txn *txn, const struct request *request,
                 const struct ln_digest *event, const struct ln_name *member,
                 struct delivered *out)
{
    struct delivered delivered = {.member = *member, .delivery = delivery_start(false)};
    struct looking looking = {txn, request, event, &delivered};
    const int error = store_carried(txn, event, add_letter, &looking);
    if (error == 0)
        *out = delivered;
    return error;
}
