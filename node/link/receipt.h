/*
 * Signed receipts: made for letters and items that arrived, taken for those that were sent.
 * Source: docs/protocol.md, Receipts.
 */
#ifndef RECEIPT_H
#define RECEIPT_H

#include "local.h"

/** What a receipt is about. */
struct receipt_subject {
    const struct ln_name *to; /* who sent the letter */
    struct ln_digest letter;
    struct store_letter number;
};

/** Appends a signed DELIVERED. */
LN_CHECKED int receipt_delivered(const struct local *local,
                                 const struct receipt_subject *subject, struct ln_buffer *out);
/** Appends a signed REFUSED for one item; `code` is negative, as functions return it. */
LN_CHECKED int receipt_refused(const struct local *local, const struct receipt_subject *subject,
                               const struct ln_digest *item, int code, struct ln_buffer *out);
/** Keeps a receipt that we signed, and puts it into the outbox for the letter's sender. */
LN_CHECKED int receipt_post(struct store_txn *txn, const struct receipt_subject *subject,
                            uint32_t urgency, struct ln_bytes receipt);

/**
 * A receipt that came in a letter from `from`: verified, held against the letter that it names,
 * kept, and the letter closed if it says DELIVERED. LN_E_SIGNATURE, LN_E_UNKNOWN_KEY,
 * LN_E_WRONG_DESTINATION, LN_E_NOT_FOUND (no such letter was sent), or what opening returns.
 */
LN_CHECKED int receipt_take(struct store_txn *txn, const struct local *local,
                            const struct ln_name *from, const struct ln_signed *receipt);

/** Marks a letter as closed, and moves the mark below which all are. 0 also if it was. */
LN_CHECKED int receipt_close_letter(struct store_txn *txn, const struct ln_name *to,
                                    struct store_letter number);

#endif
