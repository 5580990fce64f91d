/*
 * The common guiding principles (Output 6.1.3) as rules: each has the form of an article, and
 * says whom it concerns and where it comes from. An agreement may ask for more, never for less.
 *
 * docs/cases.md, Principles, is this table in words; a test holds them together.
 */
#include "policy.h"

#define LIST(name, ...) static const uint32_t name[] = {__VA_ARGS__}
#define OF(member, name) .member = (name), .member##_count = LN_COUNT(name)

LIST(medical, LN_COMPARTMENT_MEDICAL);
LIST(best_interests, LN_SAFEGUARD_BEST_INTERESTS);
LIST(child_return, LN_SAFEGUARD_GUARDIAN, LN_SAFEGUARD_BEST_INTERESTS,
     LN_SAFEGUARD_VERIFIED_CARER);
LIST(for_return, LN_PURPOSE_VICTIM_PROTECTION, LN_PURPOSE_RETURN_AND_REINTEGRATION);
LIST(for_family, LN_PURPOSE_VICTIM_PROTECTION, LN_PURPOSE_FAMILY_REUNION,
     LN_PURPOSE_RETURN_AND_REINTEGRATION);

static const struct policy_principle principles[] = {
    {
        .number = 1,
        .title = "What a doctor or counsellor knows of a person leaves with consent only",
        .source = "Trafficking in Persons Protocol (2000), article 6(1) and (3)",
        .compartment = LN_COMPARTMENT_MEDICAL,
        .spares_emergencies = true,
        .checks = POLICY_CONSENT,
        .demands = {OF(consent, medical)},
    },
    {
        .number = 2,
        .title = "In an emergency a lawful ground may stand in for that consent, and is stated",
        .source = "Trafficking in Persons Protocol (2000), article 6(1) and (5)",
        .compartment = LN_COMPARTMENT_MEDICAL,
        .checks = POLICY_CONSENT,
        .demands = {OF(consent, medical), .lawful_ground = 1},
    },
    {
        .number = 3,
        .title = "A child's best interests come first, and were determined",
        .source =
            "Convention on the Rights of the Child (1989), article 3(1); UNICEF Guidelines "
            "on the Protection of Child Victims of Trafficking (2006)",
        .content = LN_CONTENT_VICTIM,
        .is_about_children = true,
        .checks = POLICY_CHILD,
        .demands = {.children = LN_CHILDREN_WITH_SAFEGUARDS, OF(safeguards, best_interests)},
    },
    {
        .number = 4,
        .title = "A child is returned to a verified carer, with a guardian",
        .source = "Trafficking in Persons Protocol (2000), articles 6(4) and 8(2); UNICEF "
                  "Guidelines on the Protection of Child Victims of Trafficking (2006)",
        .request = LN_REQUEST_REPATRIATION_REQUEST,
        .is_about_children = true,
        .checks = POLICY_CHILD,
        .demands = {.children = LN_CHILDREN_WITH_SAFEGUARDS, OF(safeguards, child_return)},
    },
    {
        .number = 5,
        .title = "A return is asked for the person's own sake",
        .source = "Trafficking in Persons Protocol (2000), article 8(2)",
        .request = LN_REQUEST_REPATRIATION_REQUEST,
        .checks = POLICY_PURPOSE,
        .demands = {OF(purposes, for_return)},
    },
    {
        .number = 6,
        .title = "Where a family lives is told to protect, to reunite and to return",
        .source = "Trafficking in Persons Protocol (2000), article 6(1)",
        .compartment = LN_COMPARTMENT_CONTACT,
        .checks = POLICY_PURPOSE,
        .demands = {OF(purposes, for_family)},
    },
};

const struct policy_principle *policy_principles(size_t *out_count)
{
    *out_count = LN_COUNT(principles);
    return principles;
}
