/*
 * What may be done with a section that another country gave: its handling code, the uses and
 * countries that were allowed in spite of it, and its expiry, as the originator signed them.
 * Pure: no clock, no store. Source: docs/cases.md, Handling.
 *
 * Threads: any. Cost: a few comparisons.
 */
#ifndef HANDLING_H
#define HANDLING_H

#include <liaison/agreement.h>
#include <liaison/error.h>

/** Reading it, beside the uses of enum ln_use. */
enum { HANDLING_READ = 0 };

/** The section's code, or its compartment's default where none was said. */
uint32_t handling_code(const struct ln_section_head *head);

/**
 * May it be used so? `use` is HANDLING_READ or an enum ln_use; `to` is the country to which it
 * would be forwarded, and may be NULL for all other uses. 0, or SECTION_EXPIRED (it is locked
 * for everything), HANDLING (its code says no), ONWARD (not to that country). A use that is not
 * known is not allowed.
 */
LN_CHECKED int handling_allows(const struct ln_section_head *head, uint32_t use,
                               const struct ln_name *to, uint64_t now_ms);

/**
 * Until when does the article by which an event was shared let its sections be kept: its
 * retention, from the day on which the event was signed? 0: no article is known.
 */
uint64_t handling_kept_until_ms(const struct ln_article *article, uint64_t created_ms);

/**
 * Does the article by which it was shared let it be forwarded to that country? `is_granted`:
 * the originator said so in answer to an ASK. 0 or ONWARD; `article` NULL: no.
 */
LN_CHECKED int handling_onward(const struct ln_article *article,
                               const struct ln_section_head *head, bool is_granted,
                               const struct ln_name *to);

#endif
