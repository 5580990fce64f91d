/*
 * The code lists as tables: one row a code, in the order of the numbers.
 */
#include <liaison/vocabulary.h>

#include <string.h>

#define ROW(number, name) {number, #name},
#define LIST(name, codes) const struct ln_code_row LN_LIST_##name[] = {codes(ROW){0, NULL}}

LIST(CASE_KINDS, LN_CASE_KINDS);
LIST(ACTIONS, LN_ACTIONS);
LIST(URGENCIES, LN_URGENCIES);
LIST(COMPARTMENTS, LN_COMPARTMENTS);
LIST(ROLES, LN_ROLES);
LIST(REQUESTS, LN_REQUESTS);
LIST(CONTENTS, LN_CONTENTS);
LIST(OUTCOMES, LN_OUTCOMES);
LIST(AUTHORITIES, LN_AUTHORITIES);
LIST(HANDLINGS, LN_HANDLINGS);
LIST(SOURCE_GRADES, LN_SOURCE_GRADES);
LIST(INFORMATION_GRADES, LN_INFORMATION_GRADES);
LIST(USES, LN_USES);
LIST(ONWARDS, LN_ONWARDS);
LIST(CHILDRENS, LN_CHILDRENS);
LIST(CONSENTS, LN_CONSENTS);
LIST(PURPOSES, LN_PURPOSES);
LIST(SAFEGUARDS, LN_SAFEGUARDS);
LIST(AUDIT_ACTIONS, LN_AUDIT_ACTIONS);

const char *ln_code_name(const struct ln_code_row *list, uint32_t number)
{
    for (; list->name != NULL; list++) {
        if (list->number == number)
            return list->name;
    }
    return "UNKNOWN";
}

uint32_t ln_code_number(const struct ln_code_row *list, const char *name)
{
    for (; list->name != NULL; list++) {
        if (strcmp(list->name, name) == 0)
            return list->number;
    }
    return 0;
}

/* Who may read what: need-to-know is a matter of keys, and this table says who is given which.
 */

#define READS(role, compartment)                     \
    {                                                \
        LN_ROLE_##role, LN_COMPARTMENT_##compartment \
    }

static const struct {
    uint32_t role, compartment;
} reads[] = {
    READS(POLICE, PROCEDURE),  READS(PROSECUTOR, PROCEDURE),
    READS(WELFARE, PROCEDURE), READS(POLICE, IDENTITY),
    READS(WELFARE, IDENTITY),  READS(WELFARE, CONTACT),
    READS(MEDICAL, MEDICAL),   READS(INTELLIGENCE, INTELLIGENCE),
    READS(POLICE, EVIDENCE),   READS(PROSECUTOR, EVIDENCE),
    READS(WELFARE, LOGISTICS), READS(BORDER_LIAISON, LOGISTICS),
    READS(POLICE, LOGISTICS),
};

bool ln_role_reads(uint32_t role, uint32_t compartment)
{
    for (size_t i = 0; i < LN_COUNT(reads); i++) {
        if (reads[i].role == role && reads[i].compartment == compartment)
            return true;
    }
    return false;
}
