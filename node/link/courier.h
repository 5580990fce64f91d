/*
 * Envelopes on a stick. Source: docs/protocol.md, Courier.
 */
#ifndef COURIER_H
#define COURIER_H

#include "local.h"
#include "mailbag.h"

/**
 * Appends a courier file for `to`: all its open letters (at most LN_COURIER_ENVELOPES_MAX,
 * oldest first, within LN_COURIER_MAX), a note, and every statement held. LN_E_NO_EPOCH_KEY;
 * errors of the store.
 */
LN_CHECKED int courier_write(const struct local *local, const struct ln_name *to,
                             struct ln_buffer *out, size_t *out_letters);

/** `each` is given every bag that was taken from the file. */
struct courier_reader {
    void (*on_bag)(void *context, const struct mailbag *bag);
    void *context;
};
/**
 * LN_E_WRONG_FEDERATION, LN_E_WRONG_DESTINATION, LN_E_PROTOCOL_VERSION, of opening, of the
 * store.
 */
LN_CHECKED int courier_read(const struct local *local, struct ln_bytes file,
                            const struct courier_reader *reader);

#endif
