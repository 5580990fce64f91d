/*
 * Tables of agreements, rejections and endings.
 */
#include <liaison/agreement.h>

#include "tables.h"

#include "agreement.pb-c.h"

enum { DAYS_MAX = 36500, LANGUAGE_SIZE = 3 };

#define CODES(n, member) \
    WIRE_LIST_CODE(n, ln_article, member, 0, LN_ARTICLE_CODES_MAX, UINT32_MAX)
#define COMPARTMENTS(n, member) \
    WIRE_LIST_CODE(n, ln_article, member, 0, LN_COMPARTMENT_LAST, LN_COMPARTMENT_LAST)

static const struct wire_field clocks_fields[] = {
    WIRE_CODE(1, REQUIRED, ln_clocks, urgency, LN_URGENCY_LAST),
    WIRE_TIME(2, REQUIRED, ln_clocks, acknowledge_ms),
    WIRE_TIME(3, REQUIRED, ln_clocks, act_ms),
};
static WIRE_MESSAGE(clocks, clocks, WIRE_NO_LIMIT, false);

static const struct wire_field article_fields[] = {
    WIRE_U32(1, REQUIRED, ln_article, number, 1, UINT32_MAX),
    WIRE_TEXT(2, REQUIRED, ln_article, title, 1, LN_AGREEMENT_TITLE_MAX),
    WIRE_TEXT(3, OPTIONAL, ln_article, source, 0, LN_ARTICLE_TEXT_MAX),
    WIRE_LIST_PART(4, ln_article, from, 0, LN_PARTIES_MAX, ln_wire_country),
    WIRE_LIST_PART(5, ln_article, to, 0, LN_PARTIES_MAX, ln_wire_country),
    WIRE_LIST_CODE(6, ln_article, requests, 1, LN_ARTICLE_CODES_MAX, UINT32_MAX),
    WIRE_LIST_CODE(7, ln_article, contents, 1, LN_ARTICLE_CODES_MAX, UINT32_MAX),
    WIRE_LIST_CODE(8, ln_article, purposes, 1, LN_ARTICLE_CODES_MAX, UINT32_MAX),
    COMPARTMENTS(9, compartments),
    COMPARTMENTS(10, answers),
    COMPARTMENTS(11, consent),
    WIRE_U32(12, OPTIONAL, ln_article, lawful_ground, 0, 1),
    WIRE_CODE(13, OPTIONAL, ln_article, handling_floor, LN_HANDLING_LAST),
    WIRE_U32(14, OPTIONAL, ln_article, graded, 0, 1),
    WIRE_CODE(15, REQUIRED, ln_article, onward, LN_ONWARD_LAST),
    WIRE_LIST_PART(16, ln_article, onward_to, 0, LN_MEMBERS_MAX, ln_wire_country),
    WIRE_CODE(17, REQUIRED, ln_article, children, LN_CHILDREN_LAST),
    CODES(18, safeguards),
    WIRE_LIST_PART(19, ln_article, clocks, 0, LN_URGENCY_LAST, ln_wire_clocks),
    WIRE_U32(20, REQUIRED, ln_article, retention_days, 1, DAYS_MAX),
    WIRE_U32(21, OPTIONAL, ln_article, emergency, 0, 1),
};
static WIRE_MESSAGE(article, article, WIRE_NO_LIMIT, false);

static const struct wire_field agreement_text_fields[] = {
    WIRE_TEXT(1, REQUIRED, ln_agreement_text, language, 1, LANGUAGE_SIZE),
    WIRE_TEXT(2, REQUIRED, ln_agreement_text, title, 1, LN_AGREEMENT_TITLE_MAX),
    WIRE_FIXED(3, REQUIRED, ln_agreement_text, digest),
};
static WIRE_MESSAGE(agreement_text, agreement_text, WIRE_NO_LIMIT, false);

static const struct wire_field step_fields[] = {
    WIRE_TIME(1, REQUIRED, ln_step, after_ms),
    WIRE_NAME(2, REQUIRED, ln_step, member),
    WIRE_NAME(3, REQUIRED, ln_step, office),
};
static WIRE_MESSAGE(step, step, WIRE_NO_LIMIT, false);

static const struct wire_field agreement_fields[] = {
    WIRE_FIXED(1, REQUIRED, ln_agreement, federation),
    WIRE_NAME(2, REQUIRED, ln_agreement, id),
    WIRE_U64(3, REQUIRED, ln_agreement, version, 1, WIRE_VERSION_MAX),
    WIRE_FIXED(4, OPTIONAL, ln_agreement, previous),
    WIRE_TIME(5, REQUIRED, ln_agreement, created_ms),
    WIRE_TIME(6, REQUIRED, ln_agreement, from_ms),
    WIRE_TIME(7, REQUIRED, ln_agreement, until_ms),
    WIRE_LIST_PART(8, ln_agreement, parties, 2, LN_PARTIES_MAX, ln_wire_country),
    WIRE_TEXT(9, REQUIRED, ln_agreement, title, 1, LN_AGREEMENT_TITLE_MAX),
    WIRE_LIST_PART(10, ln_agreement, texts, 1, LN_AGREEMENT_TEXTS_MAX, ln_wire_agreement_text),
    WIRE_LIST_TEXT(11, ln_agreement, languages, 1, LN_LANGUAGES_MAX, LANGUAGE_SIZE),
    WIRE_LIST_PART(12, ln_agreement, ladder, 0, LN_AGREEMENT_STEPS_MAX, ln_wire_step),
    WIRE_U32(13, REQUIRED, ln_agreement, notice_days, 0, DAYS_MAX),
    WIRE_U32(14, REQUIRED, ln_agreement, wind_down_days, 0, DAYS_MAX),
    WIRE_LIST_PART(15, ln_agreement, articles, 1, LN_ARTICLES_MAX, ln_wire_article),
};
WIRE_MESSAGE(agreement, agreement, LN_AGREEMENT_SIZE_MAX, false);

static const struct wire_field rejection_fields[] = {
    WIRE_FIXED(1, REQUIRED, ln_rejection, federation),
    WIRE_NAME(2, REQUIRED, ln_rejection, agreement),
    WIRE_U64(3, REQUIRED, ln_rejection, version, 1, WIRE_VERSION_MAX),
    WIRE_FIXED(4, REQUIRED, ln_rejection, digest),
    WIRE_PART(5, ln_rejection, author, ln_wire_author),
    WIRE_U64(6, REQUIRED, ln_rejection, manifest_version, 1, WIRE_VERSION_MAX),
    WIRE_FIXED(7, REQUIRED, ln_rejection, manifest_digest),
    WIRE_TEXT(8, REQUIRED, ln_rejection, reason, 1, LN_REASON_MAX),
    WIRE_TIME(9, REQUIRED, ln_rejection, created_ms),
};
WIRE_MESSAGE(rejection, rejection, 2048, false);

static const struct wire_field ending_fields[] = {
    WIRE_FIXED(1, REQUIRED, ln_ending, federation),
    WIRE_NAME(2, REQUIRED, ln_ending, agreement),
    WIRE_U64(3, REQUIRED, ln_ending, version, 1, WIRE_VERSION_MAX),
    WIRE_FIXED(4, REQUIRED, ln_ending, digest),
    WIRE_NAME(5, REQUIRED, ln_ending, member),
    WIRE_TEXT(6, REQUIRED, ln_ending, reason, 1, LN_REASON_MAX),
    WIRE_TIME(7, REQUIRED, ln_ending, created_ms),
    WIRE_TIME(8, REQUIRED, ln_ending, ends_ms),
};
WIRE_MESSAGE(ending, ending, 2048, false);
