/*
 * The audit log: entries in a hash chain, appended in the transaction of what they are about.
 * Nothing here deletes or changes an entry. Source: docs/cases.md, Audit.
 *
 * A place in the log is a generation and a number in it, both from 1, and the head there:
 * BLAKE2b-256("liaison/1 audit" 0x00 head before, u64be generation, u64be number, entry bytes),
 * of 32 zero bytes before the first. A generation ends where the log was found to have
 * forgotten something; the next one's first entry names what it follows.
 *
 * Errors as in store.h.
 */
#ifndef AUDIT_H
#define AUDIT_H

#include "store.h"

#include <liaison/audit.h>

/** Appends an entry; its `follows` is not looked at. */
LN_CHECKED int audit_append(struct store_txn *txn, const struct ln_audit_entry *entry);
/** The same as the first entry of a new generation, above the log's and above `generation`. */
LN_CHECKED int audit_begin(struct store_txn *txn, const struct ln_audit_entry *entry,
                           uint64_t generation);

/** The place of the newest entry. LN_E_NOT_FOUND: there is none yet. */
LN_CHECKED int audit_head(struct store_txn *txn, struct ln_place *out);
/** The head at a place, whose own head is not looked at. LN_E_NOT_FOUND. */
LN_CHECKED int audit_head_at(struct store_txn *txn, const struct ln_place *place,
                             struct ln_digest *out);
/** The number of the last entry of a generation; 0: it has none. */
LN_CHECKED int audit_last(struct store_txn *txn, uint64_t generation, uint64_t *out_sequence);

typedef int audit_each(const struct ln_place *place, const struct ln_audit_entry *entry,
                       void *context);
/** Upwards from a place, NULL: from the first. What is damaged is left out: see audit_check. */
LN_CHECKED int audit_entries(struct store_txn *txn, const struct ln_place *from,
                             audit_each *each, void *context);

/** A counterpart nothing was heard of is all zero. The shape borrows from the arena. */
LN_CHECKED int audit_witness_get(struct store_txn *txn, const struct ln_name *peer,
                                 struct ln_arena *arena, struct ln_witness_record *out);
LN_CHECKED int audit_witness_put(struct store_txn *txn, const struct ln_name *peer,
                                 const struct ln_witness_record *record);
typedef int audit_each_witness(const struct ln_name *peer,
                               const struct ln_witness_record *record, void *context);
LN_CHECKED int audit_witnesses(struct store_txn *txn, audit_each_witness *each, void *context);

/** Below zero, zero, above zero, as `a` is before, at or behind `b`; heads are not looked at.
 */
int audit_compare(const struct ln_place *a, const struct ln_place *b);
/** The head of the log with one entry more. */
void audit_chain(const struct ln_digest *before, const struct ln_place *place,
                 struct ln_bytes entry, struct ln_digest *out);

#endif
