/*
 * May this be shared? One pure function over agreements and the guiding principles, asked by
 * the sender's node before it seals, by the receiver's node, by the fold, and by "may I send
 * this?". No clock, no store, no network. Source: docs/cases.md, Agreements, Principles; COMMIT
 * SPA IV, Outputs 6.1.2 and 6.1.3.
 *
 * Threads: any. Cost: articles times codes, a few thousand small steps at most.
 */
#ifndef POLICY_H
#define POLICY_H

#include <liaison/agreement.h>
#include <liaison/error.h>

/** A version that every party has signed. Borrowed. */
struct policy_agreement {
    const struct ln_agreement *agreement;
    struct ln_digest digest;
    uint64_t ends_ms; /* its until_ms, or the earliest ending */
};

struct policy_agreements {
    const struct policy_agreement *list;
    size_t count;
};

/** What is to be shared, as the headers say it. Borrowed. */
struct policy_draft {
    struct ln_name from;            /* the referrer */
    const struct ln_party *parties; /* of the case, the referrer among them */
    size_t parties_count;
    uint32_t request, purpose;
    const uint32_t *contents;
    size_t contents_count;
    const struct ln_section_head *sections;
    size_t sections_count;
    bool is_referral;  /* REFER itself; otherwise a later event of the case */
    bool is_referrers; /* by the referrer's country */
    uint32_t urgency, consent;
    bool has_ground;
    bool is_child;
    const uint32_t *safeguards;
    size_t safeguards_count;
    bool is_emergency;
};

/** `refer` is the event itself where it is the REFER. */
struct policy_draft policy_draft_of(const struct ln_event *event, const struct ln_event *refer);

/** A rule that no agreement can loosen: whom it concerns, and what it asks of an article. */
struct policy_principle {
    uint32_t number;
    const char *title, *source;
    uint32_t request, content, compartment; /* concerned if it has them; 0: any */
    bool is_about_children, spares_emergencies;
    unsigned checks;           /* which of the article's checks must hold */
    struct ln_article demands; /* in the form of an article */
};
/** The table; *out_count rows. */
const struct policy_principle *policy_principles(size_t *out_count);

struct policy_answer {
    int code;                                 /* 0: allowed */
    const struct policy_agreement *agreement; /* that permits it, or came nearest; NULL: none */
    const struct ln_article *article;
    const struct policy_principle *principle; /* LN_E_PRINCIPLE: which */
};

/**
 * Which article permits this at that time? NO_AGREEMENT, AGREEMENT_DATE, OUTSIDE_AGREEMENT,
 * PURPOSE, EMERGENCY_ONLY, NEEDS_CONSENT, CHILD, HANDLING_FLOOR, UNGRADED, PRINCIPLE.
 */
struct policy_answer policy_permits(const struct policy_agreements *agreements,
                                    const struct policy_draft *draft, uint64_t at_ms);
/**
 * Does the article that an event names permit it? As above, or AGREEMENT_VERSION: that
 * agreement is not held, or not signed by all.
 */
struct policy_answer policy_check(const struct policy_agreements *agreements,
                                  const struct ln_digest *agreement, uint32_t article,
                                  const struct policy_draft *draft, uint64_t at_ms);

/**
 * Can anything at all be sent by this article? False: its requests, contents and purposes are
 * all against a principle. Codes of newer lists are given the benefit of the doubt.
 */
bool policy_can_be_used(const struct ln_article *article);

/** The version named by digest; NULL: not held. */
const struct policy_agreement *policy_find(const struct policy_agreements *agreements,
                                           const struct ln_digest *digest);
/** Is it the version in force, at that time, for a new case? */
bool policy_is_in_force(const struct policy_agreements *agreements,
                        const struct policy_agreement *agreement, uint64_t at_ms);
/** The end of its wind-down. */
uint64_t policy_winds_down_ms(const struct policy_agreement *agreement);

/* The checks of an article, as bits for principles. */
enum policy_check_bit {
    POLICY_PURPOSE = 1 << 0,
    POLICY_CONSENT = 1 << 1,
    POLICY_CHILD = 1 << 2,
};

#endif
