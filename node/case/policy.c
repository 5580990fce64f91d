/*
 * An article is a row of conditions; checking is one table of small functions, in the order in
 * which an officer would ask. The one that got furthest names the reason.
 */
#include "policy.h"

/**
 * A version that a newer one has replaced may have been named by a sender who had not yet seen
 * the last signature of the newer: for so long it still counts.
 */
#define CROSSING_MS (7 * LN_DAY_MS)

/* Lists ------------------------------------------------------------------------------------ */

static bool has_compartment(const struct policy_draft *draft, uint32_t compartment)
{
    for (size_t i = 0; i < draft->sections_count; i++) {
        if (draft->sections[i].compartment == compartment)
            return true;
    }
    return false;
}

/** A code of a newer list permits nothing, whoever names it. */
static bool is_known(const struct ln_code_row *list, uint32_t code)
{
    for (; list->name != NULL; list++) {
        if (list->number == code)
            return true;
    }
    return false;
}

/* What an article asks --------------------------------------------------------------------- */

typedef bool check_function(const struct ln_article *article, const struct policy_draft *draft);

static bool has_direction(const struct ln_article *article, const struct policy_draft *draft)
{
    if (article->from_count > 0 &&
        !ln_has_country(article->from, article->from_count, &draft->from))
        return false;
    for (size_t i = 0; i < draft->parties_count && article->to_count > 0; i++) {
        const struct ln_name *member = &draft->parties[i].member;
        if (!ln_name_equal(member, &draft->from) &&
            !ln_has_country(article->to, article->to_count, member))
            return false;
    }
    return true;
}

static bool has_request(const struct ln_article *article, const struct policy_draft *draft)
{
    return is_known(LN_LIST_REQUESTS, draft->request) &&
           ln_has_code(article->requests, article->requests_count, draft->request);
}

static bool has_contents(const struct ln_article *article, const struct policy_draft *draft)
{
    for (size_t i = 0; i < draft->contents_count; i++) {
        if (!is_known(LN_LIST_CONTENTS, draft->contents[i]) ||
            !ln_has_code(article->contents, article->contents_count, draft->contents[i]))
            return false;
    }
    return true;
}

/** A referral's compartments are one list, those of what follows another; the referrer may add.
 */
static bool has_compartments(const struct ln_article *article, const struct policy_draft *draft)
{
    for (size_t i = 0; i < draft->sections_count; i++) {
        const uint32_t compartment = draft->sections[i].compartment;
        const bool is_of_referral =
            ln_has_code(article->compartments, article->compartments_count, compartment);
        const bool is_of_answers =
            ln_has_code(article->answers, article->answers_count, compartment);
        const bool may = draft->is_referral    ? is_of_referral
                         : draft->is_referrers ? is_of_referral || is_of_answers
                                               : is_of_answers;
        if (!may)
            return false;
    }
    return true;
}

static bool has_purpose(const struct ln_article *article, const struct policy_draft *draft)
{
    return is_known(LN_LIST_PURPOSES, draft->purpose) &&
           ln_has_code(article->purposes, article->purposes_count, draft->purpose);
}

static bool fits_emergency(const struct ln_article *article, const struct policy_draft *draft)
{
    return (article->emergency != 0) == draft->is_emergency &&
           (!draft->is_emergency || draft->urgency == LN_URGENCY_EMERGENCY);
}

/** Overridden only in a referral: that is what waits for the second officer. */
static bool has_consent(const struct ln_article *article, const struct policy_draft *draft)
{
    bool is_needed = false;
    for (size_t i = 0; i < article->consent_count; i++)
        is_needed |= has_compartment(draft, article->consent[i]);
    if (!is_needed || draft->consent == LN_CONSENT_GIVEN)
        return true;
    if (!draft->has_ground)
        return false;
    return (draft->consent == LN_CONSENT_OVERRIDDEN && draft->is_referral) ||
           (draft->consent == LN_CONSENT_LAWFUL_GROUND && article->lawful_ground != 0);
}

static bool protects_child(const struct ln_article *article, const struct policy_draft *draft)
{
    if (!draft->is_child || article->children == LN_CHILDREN_ALLOWED)
        return true;
    if (article->children != LN_CHILDREN_WITH_SAFEGUARDS)
        return false;
    for (size_t i = 0; i < article->safeguards_count; i++) {
        if (!ln_has_code(draft->safeguards, draft->safeguards_count, article->safeguards[i]))
            return false;
    }
    return true;
}

static bool keeps_floor(const struct ln_article *article, const struct policy_draft *draft)
{
    for (size_t i = 0; i < draft->sections_count; i++) {
        if (draft->sections[i].handling < article->handling_floor)
            return false;
    }
    return true;
}

static bool is_graded(const struct ln_article *article, const struct policy_draft *draft)
{
    for (size_t i = 0; i < draft->sections_count && article->graded; i++) {
        const struct ln_section_head *section = &draft->sections[i];
        if (section->compartment == LN_COMPARTMENT_INTELLIGENCE &&
            (section->source_grade == 0 || section->information_grade == 0))
            return false;
    }
    return true;
}

static const struct {
    check_function *holds;
    int code;
    unsigned bit; /* for principles */
} checks[] = {
    {has_direction, LN_E_OUTSIDE_AGREEMENT, 0},
    {has_request, LN_E_OUTSIDE_AGREEMENT, 0},
    {has_contents, LN_E_OUTSIDE_AGREEMENT, 0},
    {has_compartments, LN_E_OUTSIDE_AGREEMENT, 0},
    {has_purpose, LN_E_PURPOSE, POLICY_PURPOSE},
    {fits_emergency, LN_E_EMERGENCY_ONLY, 0},
    {has_consent, LN_E_NEEDS_CONSENT, POLICY_CONSENT},
    {protects_child, LN_E_CHILD, POLICY_CHILD},
    {keeps_floor, LN_E_HANDLING_FLOOR, 0},
    {is_graded, LN_E_UNGRADED, 0},
};

/** How many checks hold before one does not; all of them: it permits the draft. */
static size_t progress(const struct ln_article *article, const struct policy_draft *draft)
{
    size_t i = 0;
    while (i < LN_COUNT(checks) && checks[i].holds(article, draft))
        i++;
    return i;
}

static int code_of(size_t progress)
{
    return progress == LN_COUNT(checks) ? 0 : checks[progress].code;
}

/* Principles ------------------------------------------------------------------------------- */

static bool concerns(const struct policy_principle *principle, const struct policy_draft *draft)
{
    if (principle->spares_emergencies && draft->is_emergency)
        return false;
    if (principle->is_about_children && !draft->is_child)
        return false;
    return (principle->request == 0 || principle->request == draft->request) &&
           (principle->content == 0 ||
            ln_has_code(draft->contents, draft->contents_count, principle->content)) &&
           (principle->compartment == 0 || has_compartment(draft, principle->compartment));
}

static bool is_kept(const struct policy_principle *principle, const struct policy_draft *draft)
{
    for (size_t i = 0; i < LN_COUNT(checks); i++) {
        if ((checks[i].bit & principle->checks) != 0 &&
            !checks[i].holds(&principle->demands, draft))
            return false;
    }
    return true;
}

/** Two officers may override what an article asks, not a principle. */
static const struct policy_principle *broken_principle(const struct policy_draft *asked)
{
    size_t count;
    struct policy_draft bare = *asked;
    const struct policy_draft *draft = &bare;
    if (bare.consent == LN_CONSENT_OVERRIDDEN)
        bare.consent = 0;
    const struct policy_principle *principles = policy_principles(&count);
    for (size_t i = 0; i < count; i++) {
        if (concerns(&principles[i], draft) && !is_kept(&principles[i], draft))
            return &principles[i];
    }
    return NULL;
}

/* Agreements and dates --------------------------------------------------------------------- */

const struct policy_agreement *policy_find(const struct policy_agreements *agreements,
                                           const struct ln_digest *digest)
{
    for (size_t i = 0; i < agreements->count; i++) {
        if (ln_digest_equal(&agreements->list[i].digest, digest))
            return &agreements->list[i];
    }
    return NULL;
}

uint64_t policy_winds_down_ms(const struct policy_agreement *agreement)
{
    return agreement->ends_ms + agreement->agreement->wind_down_days * LN_DAY_MS;
}

static bool covers(const struct policy_agreement *agreement, const struct policy_draft *draft)
{
    for (size_t i = 0; i < draft->parties_count; i++) {
        if (!ln_agreement_has_party(agreement->agreement, &draft->parties[i].member))
            return false;
    }
    return true;
}

/** An id that was used for others, too, takes nothing from those who had it. */
static bool has_same_parties(const struct ln_agreement *a, const struct ln_agreement *b)
{
    for (size_t i = 0; i < a->parties_count; i++) {
        if (!ln_agreement_has_party(b, &a->parties[i].member))
            return false;
    }
    return a->parties_count == b->parties_count;
}

/** When a newer version of it came into force; 0: none has by then. */
static uint64_t replaced_ms(const struct policy_agreements *agreements,
                            const struct policy_agreement *agreement, uint64_t at_ms)
{
    uint64_t replaced = 0;
    for (size_t i = 0; i < agreements->count; i++) {
        const struct ln_agreement *other = agreements->list[i].agreement;
        if (ln_name_equal(&other->id, &agreement->agreement->id) &&
            has_same_parties(other, agreement->agreement) &&
            other->version > agreement->agreement->version && other->from_ms <= at_ms &&
            (replaced == 0 || other->from_ms < replaced))
            replaced = other->from_ms;
    }
    return replaced;
}

bool policy_is_in_force(const struct policy_agreements *agreements,
                        const struct policy_agreement *agreement, uint64_t at_ms)
{
    return at_ms >= agreement->agreement->from_ms && at_ms < agreement->ends_ms &&
           replaced_ms(agreements, agreement, at_ms) == 0;
}

/** Also what was in force until just now, or is being wound down. */
static bool may_be_named(const struct policy_agreements *agreements,
                         const struct policy_agreement *agreement,
                         const struct policy_draft *draft, uint64_t at_ms)
{
    const uint64_t replaced = replaced_ms(agreements, agreement, at_ms);
    const uint64_t end =
        draft->is_referral ? agreement->ends_ms : policy_winds_down_ms(agreement);
    return at_ms >= agreement->agreement->from_ms && at_ms < end &&
           (replaced == 0 || at_ms < replaced + CROSSING_MS);
}

/* Answers ---------------------------------------------------------------------------------- */

/** Headers alone in a case that has begun, and test messages. */
static bool needs_no_agreement(const struct policy_draft *draft)
{
    return draft->sections_count == 0 &&
           (!draft->is_referral || draft->request == LN_REQUEST_TEST_MESSAGE);
}

static bool serves(const struct policy_agreements *agreements,
                   const struct policy_agreement *agreement, const struct policy_draft *draft,
                   uint64_t at_ms)
{
    if (draft->is_referral)
        return policy_is_in_force(agreements, agreement, at_ms);
    return at_ms >= agreement->agreement->from_ms && at_ms < policy_winds_down_ms(agreement) &&
           replaced_ms(agreements, agreement, at_ms) == 0;
}

struct policy_answer policy_permits(const struct policy_agreements *agreements,
                                    const struct policy_draft *draft, uint64_t at_ms)
{
    const struct policy_principle *broken = broken_principle(draft);
    if (broken != NULL)
        return (struct policy_answer){.code = LN_E_PRINCIPLE, .principle = broken};
    if (needs_no_agreement(draft))
        return (struct policy_answer){.code = 0};
    struct policy_answer answer = {.code = LN_E_NO_AGREEMENT};
    size_t best = 0;
    for (size_t i = 0; i < agreements->count; i++) {
        const struct policy_agreement *agreement = &agreements->list[i];
        if (!covers(agreement, draft))
            continue;
        if (!serves(agreements, agreement, draft, at_ms)) {
            if (answer.agreement == NULL)
                answer.code = LN_E_AGREEMENT_DATE;
            continue;
        }
        for (size_t k = 0; k < agreement->agreement->articles_count; k++) {
            const struct ln_article *article = &agreement->agreement->articles[k];
            const size_t got = progress(article, draft);
            if (answer.agreement != NULL && got <= best)
                continue;
            best = got;
            answer = (struct policy_answer){code_of(got), agreement, article, NULL};
        }
    }
    return answer;
}

struct policy_answer policy_check(const struct policy_agreements *agreements,
                                  const struct ln_digest *agreement, uint32_t article,
                                  const struct policy_draft *draft, uint64_t at_ms)
{
    struct policy_answer answer = {.principle = broken_principle(draft)};
    if (answer.principle != NULL) {
        answer.code = LN_E_PRINCIPLE;
        return answer;
    }
    if (needs_no_agreement(draft))
        return answer;
    if (ln_digest_is_zero(agreement)) {
        answer.code = LN_E_OUTSIDE_AGREEMENT;
        return answer;
    }
    answer.agreement = policy_find(agreements, agreement);
    if (answer.agreement == NULL)
        answer.code = LN_E_AGREEMENT_VERSION;
    else if (!covers(answer.agreement, draft))
        answer.code = LN_E_NO_AGREEMENT;
    else if (!may_be_named(agreements, answer.agreement, draft, at_ms))
        answer.code = LN_E_AGREEMENT_DATE;
    if (answer.code != 0)
        return answer;
    answer.article = ln_agreement_article(answer.agreement->agreement, article);
    answer.code = answer.article == NULL ? LN_E_OUTSIDE_AGREEMENT
                                         : code_of(progress(answer.article, draft));
    return answer;
}

struct policy_draft policy_draft_of(const struct ln_event *event, const struct ln_event *refer)
{
    const struct ln_event *about = event->child != 0 ? event : refer;
    return (struct policy_draft){
        .from = refer->author.member,
        .parties = refer->parties,
        .parties_count = refer->parties_count,
        .request = refer->request,
        .purpose = refer->purpose,
        .contents = refer->contents,
        .contents_count = refer->contents_count,
        .sections = event->sections,
        .sections_count = event->sections_count,
        .is_referral = event == refer,
        .is_referrers = ln_name_equal(&event->author.member, &refer->author.member),
        .urgency = refer->urgency,
        .consent = event->consent,
        .has_ground = event->consent_ground.size > 0,
        .is_child = about->child != 0,
        .safeguards = about->safeguards,
        .safeguards_count = about->safeguards_count,
        .is_emergency = refer->emergency != 0,
    };
}

/* Could it ever be used? ------------------------------------------------------------------- */

/** With consent and without sections, children or grading to be asked for. */
static bool passes(const struct ln_article *article, uint32_t request, uint32_t content,
                   uint32_t purpose)
{
    const struct policy_draft draft = {
        .request = request,
        .purpose = purpose,
        .contents = &content,
        .contents_count = 1,
        .is_referral = true,
        .urgency = LN_URGENCY_EMERGENCY,
        .consent = LN_CONSENT_GIVEN,
        .is_emergency = article->emergency != 0,
    };
    for (size_t i = 1; i < LN_COUNT(checks);
         i++) { /* its direction is the agreement's matter */
        if (!checks[i].holds(article, &draft))
            return false;
    }
    return broken_principle(&draft) == NULL;
}

static bool has_unknown(const struct ln_code_row *list, const uint32_t *codes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!is_known(list, codes[i]))
            return true;
    }
    return false;
}

/** What a newer version makes of its own codes is not for us to say. */
static bool is_of_newer_lists(const struct ln_article *article)
{
    return has_unknown(LN_LIST_REQUESTS, article->requests, article->requests_count) ||
           has_unknown(LN_LIST_CONTENTS, article->contents, article->contents_count) ||
           has_unknown(LN_LIST_PURPOSES, article->purposes, article->purposes_count);
}

bool policy_can_be_used(const struct ln_article *article)
{
    if (is_of_newer_lists(article))
        return true;
    for (size_t i = 0; i < article->requests_count; i++) {
        for (size_t k = 0; k < article->purposes_count; k++) {
            for (size_t j = 0; j < article->contents_count; j++) {
                if (passes(article, article->requests[i], article->contents[j],
                           article->purposes[k]))
                    return true;
            }
        }
    }
    return false;
}
