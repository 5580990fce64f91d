/*
 * The article that permits something, as officers read it: its clocks, and how long it lets the
 * case be kept. Private to the door.
 */
#ifndef PERMIT_H
#define PERMIT_H

#include "request.h"

#include "policy.h"

/** *out is NULL where no article is needed. LN_E_OUT_OF_MEMORY. */
LN_CHECKED int permit_show(struct request *request, const struct policy_answer *answer,
                           uint32_t urgency, const struct ln_door_permit **out);

/** The article that an event names, where its agreement is held. */
struct policy_answer permit_of(const struct local *local, const struct ln_event *event);

/** The article's clocks for that urgency, or the default ones. */
struct ln_clocks permit_clocks(const struct ln_article *article, uint32_t urgency);

#endif
