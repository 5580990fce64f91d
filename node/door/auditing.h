/*
 * What a request is in the audit log, gathered while it is decided and appended in the
 * transaction after which it is answered. Private to the door. Source: docs/cases.md, Audit.
 */
#ifndef AUDITING_H
#define AUDITING_H

#include <liaison/door.h>

#include "audit.h"
#include "local.h"

struct request;

/** An entry in the making; it owns what it says, so that it outlives its request. */
struct auditing {
    bool is_wanted; /* no session, no entry: whoever is nobody writes nothing */
    struct ln_audit_entry entry;
    uint32_t roles[LN_ROLES_MAX];
    uint8_t shown[LN_COMPARTMENT_LAST + 1], shut[LN_COMPARTMENT_LAST + 1]; /* 1: it was */
    char purpose[LN_AUDIT_PURPOSE_MAX];
    size_t purpose_size;
};

/** What is asked: `action` of the request's row, and what the request itself says. */
void auditing_start(struct request *request, uint32_t action);
/** Who asks, once the session is known. */
void auditing_person(struct request *request, const struct ln_name *officer);
void auditing_case(struct request *request, const struct ln_id *case_id);
/** It is done by two: who let the officer of the session do it. */
void auditing_second(struct request *request, const struct ln_name *officer);
/** Rows or events that are shown. */
void auditing_count(struct request *request, size_t count);
/** A section of this compartment is shown with its text, or stays shut. */
void auditing_section(struct request *request, uint32_t compartment, bool is_shown);

/** Appends the entry; `error` is what came of the request. */
LN_CHECKED int auditing_append(struct store_txn *txn, struct auditing *auditing, int error);

#endif
