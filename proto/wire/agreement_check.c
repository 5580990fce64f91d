/*
 * What an agreement must not contradict, and which articles could never be used: a table of
 * checks, each with the words that the person who wrote it reads.
 */
#include <liaison/agreement.h>

#include "crypto.h"

enum { LANGUAGE_SIZE = 3 }; /* ISO 639-3 */

void ln_agreement_text_digest(struct ln_bytes text, struct ln_digest *out)
{
    digest_parts("liaison/1 text", &text, 1, out);
}

/* The agreement itself --------------------------------------------------------------------- */

static bool parties_differ(const struct ln_agreement *agreement)
{
    for (size_t i = 0; i < agreement->parties_count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (ln_name_equal(&agreement->parties[i].member, &agreement->parties[k].member))
                return false;
        }
    }
    return true;
}

static bool dates_fit(const struct ln_agreement *agreement)
{
    return agreement->from_ms < agreement->until_ms;
}

static bool has_previous(const struct ln_agreement *agreement)
{
    return (agreement->version == 1) == ln_digest_is_zero(&agreement->previous);
}

static bool numbers_ascend(const struct ln_agreement *agreement)
{
    for (size_t i = 1; i < agreement->articles_count; i++) {
        if (agreement->articles[i].number <= agreement->articles[i - 1].number)
            return false;
    }
    return true;
}

static bool ladder_ascends(const struct ln_agreement *agreement)
{
    for (size_t i = 0; i < agreement->ladder_count; i++) {
        if (!ln_agreement_has_party(agreement, &agreement->ladder[i].member) ||
            (i > 0 && agreement->ladder[i].after_ms < agreement->ladder[i - 1].after_ms))
            return false;
    }
    return true;
}

static bool texts_differ(const struct ln_agreement *agreement)
{
    for (size_t i = 0; i < agreement->texts_count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (ln_bytes_equal(agreement->texts[i].language, agreement->texts[k].language))
                return false;
        }
    }
    return true;
}

static bool languages_fit(const struct ln_agreement *agreement)
{
    for (size_t i = 0; i < agreement->texts_count; i++) {
        if (agreement->texts[i].language.size != LANGUAGE_SIZE)
            return false;
    }
    for (size_t i = 0; i < agreement->languages_count; i++) {
        if (agreement->languages[i].size != LANGUAGE_SIZE)
            return false;
    }
    return true;
}

static const struct {
    bool (*holds)(const struct ln_agreement *agreement);
    const char *text;
} whole_checks[] = {
    {parties_differ, "a party stands twice"},
    {dates_fit, "it ends before it is in force"},
    {has_previous, "a version above 1 must name the version before, and version 1 must not"},
    {numbers_ascend, "the articles' numbers must ascend"},
    {ladder_ascends, "the ladder must name offices of parties, later ones later"},
    {languages_fit, "a language is three letters of ISO 639-3, as khm"},
    {texts_differ, "there are two texts in one language"},
};

/* Its articles ----------------------------------------------------------------------------- */

static bool all_parties(const struct ln_agreement *agreement, const struct ln_country *list,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!ln_agreement_has_party(agreement, &list[i].member))
            return false;
    }
    return true;
}

static bool names_parties(const struct ln_agreement *agreement,
                          const struct ln_article *article)
{
    return all_parties(agreement, article->from, article->from_count) &&
           all_parties(agreement, article->to, article->to_count);
}

/** Somebody must be able to send to somebody else. */
static bool has_direction(const struct ln_agreement *agreement,
                          const struct ln_article *article)
{
    (void)agreement;
    return article->from_count != 1 || article->to_count != 1 ||
           !ln_name_equal(&article->from[0].member, &article->to[0].member);
}

/** Consent to what the article does not let pass says nothing, or was meant otherwise. */
static bool consent_fits(const struct ln_agreement *agreement, const struct ln_article *article)
{
    (void)agreement;
    for (size_t i = 0; i < article->consent_count; i++) {
        if (!ln_has_code(article->compartments, article->compartments_count,
                         article->consent[i]) &&
            !ln_has_code(article->answers, article->answers_count, article->consent[i]))
            return false;
    }
    return article->lawful_ground == 0 || article->consent_count > 0;
}

static bool onward_fits(const struct ln_agreement *agreement, const struct ln_article *article)
{
    (void)agreement;
    return (article->onward == LN_ONWARD_LISTED) == (article->onward_to_count > 0);
}

static bool onward_leaves(const struct ln_agreement *agreement,
                          const struct ln_article *article)
{
    for (size_t i = 0; i < article->onward_to_count; i++) {
        if (ln_agreement_has_party(agreement, &article->onward_to[i].member))
            return false;
    }
    return true;
}

static bool children_fit(const struct ln_agreement *agreement, const struct ln_article *article)
{
    (void)agreement;
    return (article->children == LN_CHILDREN_WITH_SAFEGUARDS) ==
           (article->safeguards_count > 0);
}

static bool grading_fits(const struct ln_agreement *agreement, const struct ln_article *article)
{
    (void)agreement;
    return article->graded == 0 ||
           ln_has_code(article->compartments, article->compartments_count,
                       LN_COMPARTMENT_INTELLIGENCE) ||
           ln_has_code(article->answers, article->answers_count, LN_COMPARTMENT_INTELLIGENCE);
}

static bool clocks_fit(const struct ln_agreement *agreement, const struct ln_article *article)
{
    (void)agreement;
    for (size_t i = 0; i < article->clocks_count; i++) {
        if (article->clocks[i].act_ms < article->clocks[i].acknowledge_ms)
            return false;
        for (size_t k = 0; k < i; k++) {
            if (article->clocks[k].urgency == article->clocks[i].urgency)
                return false;
        }
    }
    return true;
}

/** The emergency article counts in hours: clocks for other urgencies were meant otherwise. */
static bool emergency_fits(const struct ln_agreement *agreement,
                           const struct ln_article *article)
{
    (void)agreement;
    for (size_t i = 0; article->emergency && i < article->clocks_count; i++) {
        if (article->clocks[i].urgency != LN_URGENCY_EMERGENCY)
            return false;
    }
    return true;
}

static const struct {
    bool (*holds)(const struct ln_agreement *agreement, const struct ln_article *article);
    const char *text;
} article_checks[] = {
    {names_parties, "it names a country that is no party"},
    {has_direction, "from and to are the same single country: nothing could be sent by it"},
    {consent_fits, "it asks consent for a compartment that it does not let pass, or accepts a "
                   "lawful ground where it asks no consent"},
    {onward_fits, "countries for onward sharing belong to LISTED, and LISTED needs them"},
    {onward_leaves, "a party needs no onward sharing"},
    {children_fit, "safeguards belong to WITH_SAFEGUARDS, and WITH_SAFEGUARDS needs them"},
    {grading_fits, "it asks for grading and lets no INTELLIGENCE pass"},
    {clocks_fit, "an urgency has two clocks, or must be acted on before it is acknowledged"},
    {emergency_fits, "the emergency article has clocks for EMERGENCY only"},
};

static int fail(struct ln_agreement_fault *out_fault, uint32_t article, const char *text)
{
    if (out_fault != NULL)
        *out_fault = (struct ln_agreement_fault){article, text};
    return LN_E_AGREEMENT_SOURCE;
}

int ln_agreement_check(const struct ln_agreement *agreement,
                       struct ln_agreement_fault *out_fault)
{
    for (size_t i = 0; i < LN_COUNT(whole_checks); i++) {
        if (!whole_checks[i].holds(agreement))
            return fail(out_fault, 0, whole_checks[i].text);
    }
    for (size_t i = 0; i < agreement->articles_count; i++) {
        const struct ln_article *article = &agreement->articles[i];
        for (size_t k = 0; k < LN_COUNT(article_checks); k++) {
            if (!article_checks[k].holds(agreement, article))
                return fail(out_fault, article->number, article_checks[k].text);
        }
    }
    return 0;
}
