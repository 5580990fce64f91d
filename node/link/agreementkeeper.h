/*
 * The node's own copy of agreements: literal in the store, worked out in memory, handed on to
 * the other parties in letters.
 */
#ifndef AGREEMENTKEEPER_H
#define AGREEMENTKEEPER_H

#include "local.h"

/** Is it a type that is kept here, and goes between the parties only? */
bool agreementkeeper_keeps(uint32_t type);

/** Takes all that is kept into local->agreements. */
LN_CHECKED int agreementkeeper_load(const struct local *local);

/** Where a body came from decides to whom it is handed on. */
enum agreementkeeper_origin {
    AGREEMENTKEEPER_FILE = 1, /* the settings: to nobody, all nodes are given the same files */
    AGREEMENTKEEPER_OFFICER,  /* proposed here: to all other parties */
    AGREEMENTKEEPER_LETTER,   /* if it was new: to all other parties but its sender */
};

/**
 * Takes a Signed, keeps it if it brings anything, and puts it into the outboxes. As
 * agreements_take; errors of the store. `from`: of a letter; NULL otherwise.
 */
LN_CHECKED int agreementkeeper_take(const struct local *local,
                                    const struct ln_signed *signed_body,
                                    enum agreementkeeper_origin origin,
                                    const struct ln_name *from);

/** Puts a kept body into the outbox for a member; LN_E_NOT_FOUND. */
LN_CHECKED int agreementkeeper_post(struct store_txn *txn, const struct ln_name *to,
                                    const struct ln_digest *digest);

#endif
