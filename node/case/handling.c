/*
 * Two tables: what a code blocks, and which code holds where none was said.
 */
#include "handling.h"

#define BLOCKS(use) (1u << LN_USE_FOR_##use)

static const unsigned blocked[] = {
    [LN_HANDLING_H0] = 0,
    [LN_HANDLING_H1] = BLOCKS(COURT),
    [LN_HANDLING_H2] = BLOCKS(COURT) | BLOCKS(FORWARD),
    [LN_HANDLING_H3] = BLOCKS(COURT) | BLOCKS(FORWARD) | BLOCKS(EXPORT),
};

/** What names people goes no further, and intelligence into no court, unless somebody says so.
 */
static const uint32_t defaults[] = {
    [LN_COMPARTMENT_PROCEDURE] = LN_HANDLING_H0,    [LN_COMPARTMENT_IDENTITY] = LN_HANDLING_H2,
    [LN_COMPARTMENT_CONTACT] = LN_HANDLING_H2,      [LN_COMPARTMENT_MEDICAL] = LN_HANDLING_H2,
    [LN_COMPARTMENT_INTELLIGENCE] = LN_HANDLING_H1, [LN_COMPARTMENT_EVIDENCE] = LN_HANDLING_H0,
    [LN_COMPARTMENT_LOGISTICS] = LN_HANDLING_H2,
};

_Static_assert(LN_COUNT(blocked) == LN_HANDLING_LAST + 1, "a row for every code");
_Static_assert(LN_COUNT(defaults) == LN_COMPARTMENT_LAST + 1, "a row for every compartment");

uint32_t handling_code(const struct ln_section_head *head)
{
    if (head->handling != 0)
        return head->handling;
    return head->compartment < LN_COUNT(defaults) && defaults[head->compartment] != 0
               ? defaults[head->compartment]
               : LN_HANDLING_LAST;
}

/** Countries that are named are allowed, whatever the code says; and no others then. */
static int allows_country(const struct ln_section_head *head, const struct ln_name *to,
                          bool by_code)
{
    if (to == NULL)
        return LN_E_ONWARD;
    if (head->onward_count > 0)
        return ln_has_country(head->onward, head->onward_count, to) ? 0 : LN_E_ONWARD;
    return by_code ? 0 : LN_E_HANDLING;
}

int handling_allows(const struct ln_section_head *head, uint32_t use, const struct ln_name *to,
                    uint64_t now_ms)
{
    if (head->expires_ms != 0 && now_ms >= head->expires_ms)
        return LN_E_SECTION_EXPIRED;
    if (use == HANDLING_READ)
        return 0;
    const uint32_t code = handling_code(head);
    if (use > LN_USE_FOR_LAST || code > LN_HANDLING_LAST)
        return LN_E_HANDLING;
    const bool by_code =
        (blocked[code] & (1u << use)) == 0 || ln_has_code(head->uses, head->uses_count, use);
    if (use == LN_USE_FOR_FORWARD)
        return allows_country(head, to, by_code);
    return by_code ? 0 : LN_E_HANDLING;
}

uint64_t handling_kept_until_ms(const struct ln_article *article, uint64_t created_ms)
{
    return article == NULL ? 0 : created_ms + article->retention_days * LN_DAY_MS;
}

int handling_onward(const struct ln_article *article, const struct ln_section_head *head,
                    bool is_granted, const struct ln_name *to)
{
    bool may = false;
    if (article != NULL && article->onward == LN_ONWARD_LISTED)
        may = ln_has_country(article->onward_to, article->onward_to_count, to);
    else if (article != NULL && article->onward == LN_ONWARD_WITH_PERMISSION)
        may = is_granted || ln_has_code(head->uses, head->uses_count, LN_USE_FOR_FORWARD) ||
              ln_has_country(head->onward, head->onward_count, to);
    return may ? 0 : LN_E_ONWARD;
}
