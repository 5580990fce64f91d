/*
 * Agreements: who may share what with whom, as rules that nodes enforce; how one is rejected,
 * and how one ends.
 *
 * Source: docs/protocol.md, Agreements; docs/cases.md, Agreements; COMMIT SPA IV, Output 6.1.2.
 * An agreement is signed by the roots of every party; a rejection by an officer of one; an
 * ending by the roots of one.
 */
#ifndef LIAISON_AGREEMENT_H
#define LIAISON_AGREEMENT_H

#include <liaison/event.h>
#include <liaison/roster.h>

enum {
    LN_ARTICLES_MAX = 128,
    LN_AGREEMENT_TEXTS_MAX = 16,
    LN_AGREEMENT_STEPS_MAX = 8,
    LN_LANGUAGES_MAX = 16,
    LN_ARTICLE_CODES_MAX = 64, /* of any list of an article */
    LN_AGREEMENT_TITLE_MAX = 200,
    LN_ARTICLE_TEXT_MAX = 1000,
    LN_AGREEMENT_SIZE_MAX = 64 * 1024,
};

/** How long an addressee has, by urgency. Milliseconds. */
struct ln_clocks {
    uint32_t urgency;
    uint64_t acknowledge_ms, act_ms;
};

/**
 * One rule: what it names it permits, and nothing else. Empty `from` or `to`: any party. All
 * other lists permit only what stands in them.
 */
struct ln_article {
    uint32_t number; /* ascending within the agreement */
    struct ln_bytes title, source;
    const struct ln_country *from, *to;
    size_t from_count, to_count;
    const uint32_t *requests, *contents, *purposes; /* vocabulary */
    size_t requests_count, contents_count, purposes_count;
    const uint32_t *compartments; /* that a referral may carry */
    size_t compartments_count;
    const uint32_t *answers; /* compartments that later events of the case may carry */
    size_t answers_count;
    const uint32_t *consent; /* compartments that may leave with consent only */
    size_t consent_count;
    uint32_t lawful_ground;  /* 1: a stated lawful ground stands in for consent */
    uint32_t handling_floor; /* the least restrictive code allowed; 0: none */
    uint32_t graded;         /* 1: INTELLIGENCE must be graded */
    uint32_t onward;         /* enum ln_onward */
    const struct ln_country *onward_to;
    size_t onward_to_count;
    uint32_t children;          /* enum ln_children */
    const uint32_t *safeguards; /* vocabulary: all needed, where children is WITH_SAFEGUARDS */
    size_t safeguards_count;
    const struct ln_clocks *clocks;
    size_t clocks_count;
    uint32_t retention_days;
    uint32_t emergency; /* 1: the emergency article: two officers, flagged on both sides */
};

/** The human text in one language, by digest: "liaison/1 text" 0x00 bytes of the file. */
struct ln_agreement_text {
    struct ln_bytes language; /* ISO 639-3 */
    struct ln_bytes title;
    struct ln_digest digest;
};

/** Whom a matter goes to when it is not dealt with in time. */
struct ln_step {
    uint64_t after_ms; /* past the clock */
    struct ln_name member, office;
};

struct ln_agreement {
    struct ln_id federation;
    struct ln_name id;
    uint64_t version;
    struct ln_digest previous; /* zero in version 1 */
    uint64_t created_ms, from_ms, until_ms;
    const struct ln_country *parties;
    size_t parties_count;
    struct ln_bytes title;
    const struct ln_agreement_text *texts;
    size_t texts_count;
    const struct ln_bytes *languages; /* ISO 639-3, in which messages are written */
    size_t languages_count;
    const struct ln_step *ladder;
    size_t ladder_count;
    uint32_t notice_days;    /* between an ending and the end */
    uint32_t wind_down_days; /* after the end, in which begun cases may be answered */
    const struct ln_article *articles;
    size_t articles_count;
};
LN_WIRE(agreement)

struct ln_rejection {
    struct ln_id federation;
    struct ln_name agreement;
    uint64_t version;
    struct ln_digest digest; /* of the agreement */
    struct ln_author author;
    uint64_t manifest_version;
    struct ln_digest manifest_digest;
    struct ln_bytes reason;
    uint64_t created_ms;
};
LN_WIRE(rejection)

struct ln_ending {
    struct ln_id federation;
    struct ln_name agreement;
    uint64_t version;
    struct ln_digest digest; /* of the agreement */
    struct ln_name member;   /* whose roots sign */
    struct ln_bytes reason;
    uint64_t created_ms, ends_ms;
};
LN_WIRE(ending)

/** What is wrong with an agreement, for the person who writes it. */
struct ln_agreement_fault {
    uint32_t article; /* 0: the agreement itself */
    const char *text; /* never NULL after LN_E_AGREEMENT_SOURCE */
};

/**
 * Contradictions, and articles that no document can satisfy. Needs nothing but the shape.
 * LN_E_AGREEMENT_SOURCE, with out_fault filled (NULL: not wanted).
 */
LN_CHECKED int ln_agreement_check(const struct ln_agreement *agreement,
                                  struct ln_agreement_fault *out_fault);

static inline bool ln_agreement_has_party(const struct ln_agreement *agreement,
                                          const struct ln_name *member)
{
    return ln_has_country(agreement->parties, agreement->parties_count, member);
}

/** NULL: there is no article of that number. */
static inline const struct ln_article *ln_agreement_article(
    const struct ln_agreement *agreement, uint32_t number)
{
    for (size_t i = 0; i < agreement->articles_count; i++) {
        if (agreement->articles[i].number == number)
            return &agreement->articles[i];
    }
    return NULL;
}

/** The digest of a human text. */
void ln_agreement_text_digest(struct ln_bytes text, struct ln_digest *out);

/**
 * Appends the printed form: for reading, comparing and discussing; one fact a line, articles in
 * their order, so that two printed forms can be compared line by line.
 */
LN_CHECKED int ln_agreement_print(const struct ln_agreement *agreement, struct ln_buffer *out);

#endif
