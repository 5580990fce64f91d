/*
 * Who may do what: a table of role x action x compartment; deny by default.
 * Source: docs/cases.md, Access.
 */
#ifndef ACCESS_H
#define ACCESS_H

#include <liaison/vocabulary.h>

enum access_action {
    ACCESS_LIST = 1, /* see headers: inbox, outbox, timelines */
    ACCESS_REFER,
    ACCESS_OPEN,
    ACCESS_ANSWER,
    ACCESS_CLOSE,
    ACCESS_EVIDENCE, /* write an evidence bundle: signatures, no plaintext */
    ACCESS_COURIER,
    ACCESS_STATUS,
    ACCESS_REOPEN,      /* a frozen channel, as one of two officers */
    ACCESS_AGREEMENT,   /* propose, amend, reject, end agreements */
    ACCESS_ACCEPT_ROOT, /* of a country that joined, as one of two officers */
    ACCESS_AUDIT,       /* read and verify the audit log */
    ACCESS_EXPORT,      /* plaintext leaves the node, for court or otherwise */
    ACCESS_ERASE,       /* a case, as one of two officers; and holds */
    ACCESS_LAST = ACCESS_ERASE,
};

bool access_allows(uint32_t role, enum access_action action);
/** May this role do this with a section of this compartment? LIST reads, the rest write. */
bool access_allows_section(uint32_t role, enum access_action action, uint32_t compartment);

/** The same for an officer who has several roles: one of them must allow all of it. */
bool access_any(const uint32_t *roles, size_t roles_count, enum access_action action);
bool access_any_section(const uint32_t *roles, size_t roles_count, enum access_action action,
                        uint32_t compartment);

#endif
