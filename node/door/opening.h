/*
 * One section, opened by one officer for one use: every rule that may shut it, in one place.
 * Private to the door. Source: docs/cases.md, Need to know, Handling.
 */
#ifndef OPENING_H
#define OPENING_H

#include "casefile.h"
#include "request.h"

struct opening {
    struct request *request;
    const struct casefile *file; /* loaded with CASEFILE_SECTIONS */
    const struct case_entry *entry;
    size_t index;             /* of the section in its event */
    uint32_t use;             /* HANDLING_READ or enum ln_use */
    const struct ln_name *to; /* FORWARD: to which country; otherwise NULL */
};

/**
 * Is another country its originator, so that its handling binds us? Also what was forwarded by
 * ourselves from another's case.
 */
bool opening_is_bound(const struct opening *opening);

/**
 * 0, or why it is shut: refused here, without effect, a preview, the officer's role, of
 * standing_allows, and for FORWARD of handling_onward; or, of another country's, that the
 * agreement lets it be kept no longer. Uses no key.
 */
LN_CHECKED int opening_allows(const struct opening *opening);

/** When it is locked, by its head or its agreement, whichever is first; 0: never. */
uint64_t opening_expires_ms(const struct opening *opening);

/** The same, and its text. Also of ln_section_open; LN_E_OUT_OF_MEMORY. */
LN_CHECKED int opening_read(const struct opening *opening, struct ln_section_body *out);

/** What a section's head says, its code's default filled in. The lists are the head's. */
struct ln_door_handling opening_handling(const struct ln_section_head *head);

#endif
