/*
 * Is the log what was written, and all of it? It is computed again from its first entry, and
 * held against what each counterpart has said that it saw. Source: docs/cases.md, Audit.
 */
#ifndef AUDITCHECK_H
#define AUDITCHECK_H

#include "audit.h"

/** Something that is not as it should be, or that was once found so and is in the log since. */
struct audit_finding {
    int code; /* LN_E_AUDIT_...; 0: entries that a restore has lost, and that it said so */
    struct ln_name about;   /* whose log; empty: ours */
    struct ln_name witness; /* whose word shows it; empty: the log itself */
    struct ln_place place;  /* where in the log; its head is not told */
    uint64_t count;         /* entries that are missing; 0: it cannot be said */
    uint64_t when_ms;       /* 0: found now; else when it was found */
};
typedef int audit_each_finding(const struct audit_finding *finding, void *context);

/**
 * Gives every finding to `each`, ours in the order of the log. Reads the whole log: about four
 * seconds for a million entries. `out_entries`: how many it has.
 */
LN_CHECKED int audit_check(struct store_txn *txn, audit_each_finding *each, void *context,
                           uint64_t *out_entries);

#endif
