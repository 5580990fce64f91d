/*
 * What one of two officers has said, kept for a day, until the other acts on it. Private to the
 * door. Source: docs/cases.md, Two officers.
 */
#ifndef SECOND_H
#define SECOND_H

#include "local.h"
#include "store.h"

/** "what/about-which": a name of a fact of the store. */
enum { SECOND_FACT_SIZE = 128 };

/** Who said it within a day and is not revoked since; empty: nobody. */
LN_CHECKED int second_find(struct store_txn *txn, const struct local *local, const char *fact,
                           struct ln_name *out_officer);
LN_CHECKED int second_keep(struct store_txn *txn, const struct local *local, const char *fact,
                           const struct ln_name *officer);
/** It was acted on, or counts no more. */
LN_CHECKED int second_forget(struct store_txn *txn, const char *fact);

#endif
