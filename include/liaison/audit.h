/*
 * The audit log of a node: who did what, when and why; nothing of what a case says. Shapes of
 * proto/schema/audit.proto; the chain is node/store/audit.h's. Source: docs/cases.md, Audit.
 */
#ifndef LIAISON_AUDIT_H
#define LIAISON_AUDIT_H

#include <liaison/letter.h>
#include <liaison/roster.h>

enum { LN_AUDIT_PURPOSE_MAX = 200 };

struct ln_audit_entry {
    uint64_t when_ms;
    uint32_t action; /* LN_AUDIT_... */
    uint32_t code;   /* 0: done; else the number of a row of error.h */
    struct ln_name officer;
    const uint32_t *roles;
    size_t roles_count;
    struct ln_id case_id;
    struct ln_name member;
    const uint32_t *shown;
    size_t shown_count;
    const uint32_t *shut;
    size_t shut_count;
    uint32_t count;
    struct ln_bytes purpose;
    const struct ln_place *place, *follows;
    struct ln_name second; /* of two officers: who let it be done; empty: one was enough */
};
LN_WIRE(audit_entry)

struct ln_audit_record {
    struct ln_bytes entry;
    struct ln_digest head;
};
LN_WIRE(audit_record)

/** What a counterpart has seen of our log, and we of its. */
struct ln_witness_record {
    const struct ln_place *theirs;
    struct ln_bytes theirs_note;
    const struct ln_place *confirmed, *ours;
    uint32_t restoring, forgot, alarm;
    uint64_t alarm_ms, found_ms;
};
LN_WIRE(witness_record)

#endif
