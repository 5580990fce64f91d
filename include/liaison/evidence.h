/*
 * Evidence bundles: every signed body that proves what was exchanged in a case, without any of
 * its contents; and their verification with no node and no hub. Source: docs/protocol.md,
 * Evidence.
 */
#ifndef LIAISON_EVIDENCE_H
#define LIAISON_EVIDENCE_H

#include <liaison/event.h>
#include <liaison/letter.h>
#include <liaison/roster.h>

enum {
    LN_EVIDENCE_PROTOCOL = 1,
    LN_EVIDENCE_MAX = 16 * 1024 * 1024,
    LN_EVIDENCE_ENTRIES_MAX = 8192,
};

struct ln_evidence {
    uint32_t protocol;
    struct ln_id case_id;
    const struct ln_signed *statements;
    size_t statements_count;
    const struct ln_signed *events;
    size_t events_count;
    const struct ln_signed *letters;
    size_t letters_count;
    const struct ln_signed *receipts;
    size_t receipts_count;
};
LN_WIRE(evidence)

/** A letter of the bundle that carried an event, and what came back for it. */
struct ln_proof {
    struct ln_name from, to;
    uint64_t generation, sequence, created_ms;
    uint32_t receipt;     /* enum ln_receipt_kind; 0: none in the bundle */
    uint32_t code;        /* REFUSED */
    uint64_t received_ms; /* the receipt's time */
};

/** What is proved of one event. */
struct ln_finding {
    struct ln_digest digest;
    const struct ln_event *event;
    int problem; /* 0: the officer's signature holds */
    const struct ln_proof *proofs;
    size_t proofs_count;
};

struct ln_evidence_report {
    struct ln_id case_id;
    struct ln_name anchor;
    const struct ln_finding *findings;
    size_t findings_count;
    size_t problems_count; /* bodies whose signature or place does not hold */
};

/**
 * Verifies a bundle, anchored by the fingerprint of one member's roots; NULL:
 * LN_E_NOT_ANCHORED. The report lives in the arena, and is filled also where single bodies do
 * not hold. 0: everything in it holds. LN_E_FINGERPRINT, or the first problem's code.
 */
LN_CHECKED int ln_evidence_verify(struct ln_bytes bundle, const char *fingerprint,
                                  struct ln_arena *arena,
                                  struct ln_evidence_report *out_report);

#endif
