/*
 * A letter that carries more than receipts stays open until its DELIVERED has come: that is
 * what "nothing is lost" rests on.
 */
#include "receipt.h"

#include <string.h>

enum { RECEIPT_ARENA = 16 * 1024, SENT_ARENA = 2 * 1024 * 1024, RECEIPT_MAX = 2048 };

static int sign_receipt(const struct local *local, const struct ln_receipt *receipt,
                        struct ln_buffer *out)
{
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(RECEIPT_MAX);
    const int error = ln_receipt_build(receipt, &body);
    return error == 0 ? ln_sign(LN_TYPE_RECEIPT, &local->federation, ln_buffer_view(&body),
                                local->signer, out)
                      : error;
}

static struct ln_receipt receipt_about(const struct local *local,
                                       const struct receipt_subject *subject,
                                       enum ln_receipt_kind kind)
{
    return (struct ln_receipt){
        .federation = local->federation,
        .from = local->member,
        .to = *subject->to,
        .kind = kind,
        .letter = subject->letter,
        .generation = subject->number.generation,
        .sequence = subject->number.sequence,
        .created_ms = ln_now_ms(&local->clock),
    };
}

int receipt_delivered(const struct local *local, const struct receipt_subject *subject,
                      struct ln_buffer *out)
{
    const struct ln_receipt receipt = receipt_about(local, subject, LN_RECEIPT_DELIVERED);
    return sign_receipt(local, &receipt, out);
}

int receipt_refused(const struct local *local, const struct receipt_subject *subject,
                    const struct ln_digest *item, int code, struct ln_buffer *out)
{
    const struct ln_code *row = ln_code_of(code);
    struct ln_receipt receipt = receipt_about(local, subject, LN_RECEIPT_REFUSED);
    receipt.item = *item;
    receipt.code = (uint32_t)-code;
    receipt.rule = ln_view(row->rule, strlen(row->rule));
    return sign_receipt(local, &receipt, out);
}

int receipt_post(struct store_txn *txn, const struct receipt_subject *subject, uint32_t urgency,
                 struct ln_bytes receipt)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(RECEIPT_ARENA);
    struct ln_signed signed_body;
    int error = ln_signed_open(receipt, &arena, &signed_body);
    if (error == 0)
        error = store_receipt_add(txn, &subject->letter, receipt);
    if (error != 0)
        return error;
    struct ln_item_record item = {
        .kind = LN_ITEM_RECEIPT, .receipt = receipt, .size = (uint32_t)receipt.size};
    ln_signed_digest(&signed_body, &item.digest);
    return store_outbox_add(txn, subject->to, urgency, &item);
}

/* Taking ----------------------------------------------------------------------------------- */

/** Every letter up to the mark is closed; what is above may be in any order. */
static int move_mark(struct store_txn *txn, const struct ln_name *to)
{
    struct ln_channel_record channel;
    int error = store_channel_get(txn, to, &channel);
    const uint64_t before = channel.settled_sequence;
    while (error == 0 && channel.settled_sequence < channel.sent_sequence) {
        AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(SENT_ARENA);
        const struct store_letter next = {channel.sent_generation,
                                          channel.settled_sequence + 1};
        struct ln_sent_record sent;
        error = store_sent_get(txn, to, next, &arena, &sent);
        if (error != 0 || !sent.closed)
            break;
        channel.settled_sequence++;
    }
    if (error != 0 || channel.settled_sequence == before)
        return error;
    return store_channel_put(txn, to, &channel);
}

int receipt_close_letter(struct store_txn *txn, const struct ln_name *to,
                         struct store_letter number)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(SENT_ARENA);
    struct ln_sent_record sent;
    int error = store_sent_get(txn, to, number, &arena, &sent);
    if (error != 0 || sent.closed)
        return error;
    sent.closed = 1;
    error = store_sent_put(txn, to, number, &sent);
    return error == 0 ? move_mark(txn, to) : error;
}

/** What a kind must have, and must not have: docs/protocol.md, Receipts. */
static int check_kind(const struct ln_receipt *receipt)
{
    static const struct ln_digest none;
    const bool has_item = !ln_digest_equal(&receipt->item, &none);
    const bool has_code = receipt->code != 0 && receipt->rule.size > 0;
    if (receipt->kind == LN_RECEIPT_DELIVERED)
        return has_item || receipt->code != 0 || receipt->rule.size > 0 ? LN_E_MALFORMED : 0;
    return receipt->kind == LN_RECEIPT_REFUSED && has_item && has_code ? 0 : LN_E_MALFORMED;
}

static int check_item(const struct ln_sent_record *sent, const struct ln_receipt *receipt)
{
    for (size_t i = 0; i < sent->items_count; i++) {
        if (ln_digest_equal(&sent->items[i].digest, &receipt->item))
            return 0;
    }
    return receipt->kind == LN_RECEIPT_DELIVERED ? 0 : LN_E_ITEM_DIGEST;
}

struct standing {
    const struct ln_receipt *receipt;
    bool is_there;
};

static int look_for_same(struct ln_bytes literal, void *context)
{
    struct standing *standing = context;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(RECEIPT_ARENA);
    struct ln_signed signed_body;
    struct ln_receipt kept;
    if (ln_signed_open(literal, &arena, &signed_body) != 0 ||
        ln_receipt_open(signed_body.body, &arena, &kept) != 0)
        return LN_E_STORE_DAMAGED;
    const struct ln_receipt *receipt = standing->receipt;
    standing->is_there = kept.kind == receipt->kind &&
                         ln_name_equal(&kept.from, &receipt->from) &&
                         ln_digest_equal(&kept.item, &receipt->item);
    return standing->is_there ? STORE_STOP : 0;
}

/** One that says the same again, however often it is signed anew, is not kept again. */
static int keep(struct store_txn *txn, const struct ln_receipt *receipt,
                const struct ln_signed *signed_receipt)
{
    AUTO(ln_buffer_wipe) struct ln_buffer literal = LN_BUFFER(RECEIPT_MAX);
    struct standing standing = {receipt, false};
    int error = store_receipts(txn, &receipt->letter, look_for_same, &standing);
    if (error != 0 || standing.is_there)
        return error;
    error = ln_signed_build(signed_receipt, &literal);
    return error == 0 ? store_receipt_add(txn, &receipt->letter, ln_buffer_view(&literal))
                      : error;
}

/** Is it about a letter that we did send, with the number and digest that it names? */
static int check_subject(struct store_txn *txn, const struct local *local,
                         const struct ln_name *from, const struct ln_receipt *receipt)
{
    if (!ln_id_equal(&receipt->federation, &local->federation))
        return LN_E_WRONG_FEDERATION;
    if (!ln_name_equal(&receipt->from, from) || !ln_name_equal(&receipt->to, &local->member))
        return LN_E_WRONG_DESTINATION;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(SENT_ARENA);
    struct ln_sent_record sent;
    const struct store_letter number = {receipt->generation, receipt->sequence};
    const int error = store_sent_get(txn, from, number, &arena, &sent);
    if (error != 0)
        return error;
    return ln_digest_equal(&sent.digest, &receipt->letter) ? check_item(&sent, receipt)
                                                           : LN_E_CHAIN;
}

int receipt_take(struct store_txn *txn, const struct local *local, const struct ln_name *from,
                 const struct ln_signed *signed_receipt)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(RECEIPT_ARENA);
    struct ln_receipt receipt;
    int error = ln_trust_verify_node(local->trust, from, signed_receipt, LN_TYPE_RECEIPT);
    if (error == 0)
        error = ln_receipt_open(signed_receipt->body, &arena, &receipt);
    if (error == 0)
        error = check_kind(&receipt);
    if (error == 0)
        error = check_subject(txn, local, from, &receipt);
    if (error == 0)
        error = keep(txn, &receipt, signed_receipt);
    if (error != 0 || receipt.kind != LN_RECEIPT_DELIVERED)
        return error;
    return receipt_close_letter(txn, from,
                                (struct store_letter){receipt.generation, receipt.sequence});
}
