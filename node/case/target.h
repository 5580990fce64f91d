/*
 * Events that are about another event of their case: ASK, GRANT, DENY, CORRECT, REVOKE.
 * Source: docs/cases.md, Handling.
 */
#ifndef TARGET_H
#define TARGET_H

#include "case.h"

/**
 * May it say that of its target? 0 for events that have none by their action. NO_EVENT,
 * NOT_ORIGINATOR, STATE, DRAFT, ROLE.
 */
LN_CHECKED int target_check(const struct case_state *state, const struct case_fact *fact);

#endif
