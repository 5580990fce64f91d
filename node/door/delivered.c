/*
 * From the letters that carried an event, and the receipts that came for them. A restored node
 * has lost both; there, the letter of the addressee in which the event came back says the same.
 */
#include "delivered.h"

enum { LETTER_ARENA = 2 * 1024 * 1024, RECEIPT_ARENA = 64 * 1024 };

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

static int add_taken(const struct looking *looking, struct store_letter number)
{
    struct delivered *delivered = looking->delivered;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(LETTER_ARENA);
    struct ln_taken_record taken;
    struct ln_signed signed_body;
    struct ln_letter letter;
    int error = store_taken_get(looking->txn, &delivered->member, number, &arena, &taken);
    if (error == 0)
        error = ln_signed_open(taken.letter, &arena, &signed_body);
    if (error == 0)
        error = ln_letter_open(signed_body.body, &arena, &letter);
    if (error != 0)
        return error;
    const struct delivery before = delivered->delivery;
    delivered->delivery = delivery_given_back(before, letter.created_ms);
    if (delivered->delivery.status != before.status) {
        delivered->number = number;
        delivered->letter = taken.digest;
    }
    return 0;
}

static int add_sent(const struct looking *looking, struct store_letter number)
{
    struct delivered *delivered = looking->delivered;
    const struct ln_name *peer = &delivered->member;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(LETTER_ARENA);
    struct ln_sent_record sent;
    const int error = store_sent_get(looking->txn, peer, number, &arena, &sent);
    if (error != 0)
        return error;
    delivered->number = number;
    delivered->letter = sent.digest;
    if (delivered->delivery.status == DELIVERY_QUEUED)
        delivered->delivery =
            delivery_start(link_is_at_hub(looking->request->link, peer, number));
    return store_receipts(looking->txn, &sent.digest, add_receipt, (void *)(uintptr_t)looking);
}

/** What we sent stands before what we took. */
static int add_letter(enum store_direction direction, const struct ln_name *peer,
                      struct store_letter number, void *context)
{
    const struct looking *looking = context;
    if (!ln_name_equal(peer, &looking->delivered->member))
        return 0;
    return direction == STORE_SENT ? add_sent(looking, number) : add_taken(looking, number);
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
