/*
 * What comes is verified once, before it is held. Source: docs/protocol.md, Agreements.
 * Private to agreements.
 */
#ifndef AGREEMENTCHECK_H
#define AGREEMENTCHECK_H

#include "agreementbody.h"

/** What is held already, and whose node this is. */
struct agreementcheck {
    struct agreementbody *first;
    size_t count;
    const struct ln_trust *trust;
    const struct ln_name *member;
};

/** Notes who has signed it. The codes of agreements_take but for those of what is held. */
LN_CHECKED int agreementcheck_body(const struct agreementcheck *check,
                                   struct agreementbody *body);
/** Is there place for one more? LN_E_TOO_MANY, AGREEMENT_QUOTA. */
LN_CHECKED int agreementcheck_quota(const struct agreementcheck *check,
                                    const struct agreementbody *body);

#endif
