/*
 * Counterparts as witnesses of each other's audit logs: a note says where its sender's log
 * ends, and gives back what was last heard of the reader's. So a log that was cut, rewritten or
 * put back to an earlier day is found with a counterpart's word, by the node itself and by the
 * counterpart. Source: docs/protocol.md, Note; docs/cases.md, Audit.
 */
#ifndef AUDITWORD_H
#define AUDITWORD_H

#include "audit.h"
#include "local.h"

/** What a note to a peer says of logs; places of generation 0 are left out. */
struct auditword {
    struct ln_place own, seen, known;
};
LN_CHECKED int auditword_say(struct store_txn *txn, const struct ln_name *peer,
                             struct auditword *out);

/**
 * Takes what a newer verified note says of our log and of its sender's. What does not fit ours
 * is an entry of it from then on, and the note is kept as proof. `out_wants_note`: the sender
 * should hear from us.
 */
LN_CHECKED int auditword_take(struct store_txn *txn, const struct local *local,
                              const struct ln_note *note, const struct ln_signed *body,
                              bool *out_wants_note);

/**
 * The store came from a backup and says so: the log goes on in a new generation, and what each
 * counterpart has seen beyond it is lost, not rolled back, the first time that it speaks.
 */
LN_CHECKED int auditword_restored(struct store_txn *txn, const struct local *local);

#endif
