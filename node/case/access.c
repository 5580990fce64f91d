/*
 * One row a role. What a role may read is which keys it is given (ln_role_reads): the table
 * here decides what the node does for it.
 */
#include "access.h"

#define MAY(action) (1u << ACCESS_##action)
#define WITH_SECTIONS \
    (MAY(LIST) | MAY(REFER) | MAY(OPEN) | MAY(ANSWER) | MAY(CLOSE) | MAY(EXPORT))
#define CASEWORK (WITH_SECTIONS | MAY(EVIDENCE))
#define TWO_OFFICERS (MAY(REOPEN) | MAY(ACCEPT_ROOT) | MAY(ERASE))

static const struct {
    uint32_t role, actions;
} rows[] = {
    {LN_ROLE_POLICE, CASEWORK | MAY(STATUS) | TWO_OFFICERS},
    {LN_ROLE_INTELLIGENCE, CASEWORK | MAY(STATUS) | TWO_OFFICERS},
    {LN_ROLE_PROSECUTOR, CASEWORK | MAY(STATUS) | TWO_OFFICERS},
    {LN_ROLE_WELFARE, CASEWORK | MAY(STATUS) | TWO_OFFICERS},
    {LN_ROLE_MEDICAL, MAY(LIST) | MAY(OPEN) | MAY(ANSWER) | MAY(STATUS)},
    {LN_ROLE_BORDER_LIAISON, MAY(LIST) | MAY(OPEN) | MAY(ANSWER) | MAY(STATUS)},
    {LN_ROLE_SUPERVISOR, MAY(LIST) | MAY(CLOSE) | MAY(EVIDENCE) | MAY(STATUS) | TWO_OFFICERS |
                             MAY(AGREEMENT) | MAY(AUDIT)},
    {LN_ROLE_AUDITOR, MAY(LIST) | MAY(EVIDENCE) | MAY(STATUS) | MAY(AUDIT)},
    {LN_ROLE_OPERATOR, MAY(COURIER) | MAY(STATUS)},
};

bool access_allows(uint32_t role, enum access_action action)
{
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        if (rows[i].role == role)
            return (rows[i].actions & (1u << action)) != 0;
    }
    return false;
}

/** What handles no section at all is in no cell. */
bool access_allows_section(uint32_t role, enum access_action action, uint32_t compartment)
{
    return (WITH_SECTIONS & (1u << action)) != 0 && access_allows(role, action) &&
           ln_role_reads(role, compartment);
}

bool access_any(const uint32_t *roles, size_t roles_count, enum access_action action)
{
    for (size_t i = 0; i < roles_count; i++) {
        if (access_allows(roles[i], action))
            return true;
    }
    return false;
}

bool access_any_section(const uint32_t *roles, size_t roles_count, enum access_action action,
                        uint32_t compartment)
{
    for (size_t i = 0; i < roles_count; i++) {
        if (access_allows_section(roles[i], action, compartment))
            return true;
    }
    return false;
}
