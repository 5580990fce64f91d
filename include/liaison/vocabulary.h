/*
 * Code lists: protocol codes (closed, a stranger's unknown one is refused) and vocabulary codes
 * (open: an unknown one from a newer list is kept, shown as unknown, and permits nothing).
 *
 * Numbers are for ever. Source: docs/cases.md; COMMIT SPA IV; IOM HTCDS 2.0.
 */
#ifndef LIAISON_VOCABULARY_H
#define LIAISON_VOCABULARY_H

#include <liaison/base.h>

/* clang-format off */
/* Protocol codes */
#define LN_CASE_KINDS(X) X(1, REFERRAL)
#define LN_ACTIONS(X) \
    X(1, REFER) X(2, OPEN) X(3, ANSWER) X(4, CLOSE) X(5, APPROVE) X(6, ASK) X(7, GRANT) \
    X(8, DENY) X(9, CORRECT) X(10, REVOKE)
#define LN_URGENCIES(X) X(1, EMERGENCY) X(2, URGENT) X(3, ROUTINE) X(4, ADMINISTRATIVE)
#define LN_COMPARTMENTS(X) \
    X(1, PROCEDURE) X(2, IDENTITY) X(3, CONTACT) X(4, MEDICAL) X(5, INTELLIGENCE) \
    X(6, EVIDENCE) X(7, LOGISTICS)
#define LN_ROLES(X) \
    X(1, POLICE) X(2, INTELLIGENCE) X(3, PROSECUTOR) X(4, WELFARE) X(5, MEDICAL) \
    X(6, BORDER_LIAISON) X(7, SUPERVISOR) X(8, AUDITOR) X(9, OPERATOR)
#define LN_HANDLINGS(X) X(1, H0) X(2, H1) X(3, H2) X(4, H3)
#define LN_SOURCE_GRADES(ROW) ROW(1, A) ROW(2, B) ROW(3, C) ROW(4, X)
#define LN_INFORMATION_GRADES(X) X(1, 1) X(2, 2) X(3, 3) X(4, 4)
#define LN_USES(X) X(1, COURT) X(2, FORWARD) X(3, EXPORT)
#define LN_ONWARDS(X) X(1, NONE) X(2, WITH_PERMISSION) X(3, LISTED)
#define LN_CHILDRENS(X) X(1, FORBIDDEN) X(2, ALLOWED) X(3, WITH_SAFEGUARDS)
#define LN_CONSENTS(X) X(1, GIVEN) X(2, LAWFUL_GROUND) X(3, OVERRIDDEN)
/* Of this node only: what an entry of its audit log says was done */
#define LN_AUDIT_ACTIONS(X) \
    X(1, OTHER) X(2, LOGIN) X(3, LOGOUT) X(4, REFER) X(5, CHECK) X(6, INBOX) X(7, OUTBOX) \
    X(8, SHOW) X(9, OPEN) X(10, ANSWER) X(11, CLOSE) X(12, EVIDENCE) X(13, COURIER_WRITE) \
    X(14, COURIER_READ) X(15, REOPEN) X(16, AUDIT_SHOW) X(17, AUDIT_VERIFY) X(18, APPROVE) \
    X(19, AGREEMENTS) X(20, PROPOSE) X(21, REJECT) X(22, ACCEPT_ROOT) X(23, EXPORT_COURT) \
    X(24, FORWARD) X(25, ASK) X(26, GRANT) X(27, DENY) X(28, CORRECT) X(29, REVOKE) \
    X(30, PASS_ON) X(31, EXPORT_ANALYSIS) X(32, APPROVE_EXPORT) X(33, ERASE) X(34, HOLD) \
    X(35, RELEASE) X(40, STARTED) X(41, STATEMENTS) X(42, BACKED_UP) X(43, RESTORED) X(44, LOST) X(45, ROLLED_BACK) X(46, REWRITTEN)

/* Vocabulary codes */
#define LN_REQUESTS(X) \
    X(1, SPONTANEOUS_INFORMATION) X(2, INFORMATION_REQUEST) X(3, IDENTITY_VERIFICATION) \
    X(4, VICTIM_IDENTIFICATION_NOTICE) X(5, VICTIM_LOCATE_OR_RESCUE) X(6, SUSPECT_LOCATE) \
    X(7, WITNESS_CONTACT) X(8, EVIDENCE_PRESERVATION) X(9, EVIDENCE_TRANSFER) \
    X(10, MLA_PRE_CONSULTATION) X(11, JOINT_OPERATION_PROPOSAL) X(12, PROCEEDINGS_STATUS) \
    X(13, BROKER_NOTICE) X(14, HOTLINE_LEAD) X(15, THIRD_STATE_ASSISTANCE) \
    X(16, FAMILY_TRACING) X(17, REMOTE_TESTIMONY) X(18, COMPENSATION_OR_WAGES) \
    X(19, CASE_OUTCOME) X(20, REPATRIATION_REQUEST) X(21, TEST_MESSAGE)
#define LN_CONTENTS(X) X(1, INFORMATION) X(2, VICTIM) X(3, SUSPECT) X(4, EVIDENCE)
#define LN_OUTCOMES(X) \
    X(1, NO_ACTION) X(2, INVESTIGATION_OPENED) X(3, ARREST) X(4, INDICTMENT) X(5, CONVICTION) \
    X(6, ACQUITTAL) X(7, ASSETS_FROZEN) X(8, COMPENSATION_ORDERED) X(9, VICTIM_FOUND) \
    X(10, VICTIM_SAFE) X(11, NO_TRACE)
#define LN_AUTHORITIES(X) \
    X(1, LAW_ENFORCEMENT) X(2, PROSECUTION) X(3, COURT) X(4, SOCIAL_WELFARE) \
    X(5, IMMIGRATION) X(6, BORDER_LIAISON_OFFICE) X(7, CONSULATE) X(8, HOTLINE) X(9, HEALTH) \
    X(10, LEGAL_AID) X(11, SHELTER) X(12, NGO) X(13, INTERNATIONAL_ORGANISATION) \
    X(14, LOCAL_GOVERNMENT) X(15, LABOUR) X(16, TASK_FORCE)
#define LN_PURPOSES(X) \
    X(1, INVESTIGATION) X(2, PROSECUTION) X(3, VICTIM_PROTECTION) X(4, FAMILY_REUNION) \
    X(5, RETURN_AND_REINTEGRATION) X(6, PREVENTION) X(7, COORDINATION)
#define LN_SAFEGUARDS(X) \
    X(1, GUARDIAN) X(2, BEST_INTERESTS) X(3, VERIFIED_CARER) X(4, CHILD_INTERVIEWER) \
    X(5, SEPARATE_FROM_ADULTS)
/* clang-format on */

#define LN_DEFINE(prefix, number, name) prefix##name = (number),
#define LN_DEFINE_CASE_KIND(n, name) LN_DEFINE(LN_CASE_KIND_, n, name)
#define LN_DEFINE_ACTION(n, name) LN_DEFINE(LN_ACTION_, n, name)
#define LN_DEFINE_URGENCY(n, name) LN_DEFINE(LN_URGENCY_, n, name)
#define LN_DEFINE_COMPARTMENT(n, name) LN_DEFINE(LN_COMPARTMENT_, n, name)
#define LN_DEFINE_ROLE(n, name) LN_DEFINE(LN_ROLE_, n, name)
#define LN_DEFINE_REQUEST(n, name) LN_DEFINE(LN_REQUEST_, n, name)
#define LN_DEFINE_CONTENT(n, name) LN_DEFINE(LN_CONTENT_, n, name)
#define LN_DEFINE_OUTCOME(n, name) LN_DEFINE(LN_OUTCOME_, n, name)
#define LN_DEFINE_AUTHORITY(n, name) LN_DEFINE(LN_AUTHORITY_, n, name)
#define LN_DEFINE_HANDLING(n, name) LN_DEFINE(LN_HANDLING_, n, name)
#define LN_DEFINE_SOURCE_GRADE(n, name) LN_DEFINE(LN_SOURCE_, n, name)
#define LN_DEFINE_INFORMATION_GRADE(n, name) LN_DEFINE(LN_INFORMATION_, n, name)
#define LN_DEFINE_USE(n, name) LN_DEFINE(LN_USE_FOR_, n, name)
#define LN_DEFINE_ONWARD(n, name) LN_DEFINE(LN_ONWARD_, n, name)
#define LN_DEFINE_CHILDREN(n, name) LN_DEFINE(LN_CHILDREN_, n, name)
#define LN_DEFINE_CONSENT(n, name) LN_DEFINE(LN_CONSENT_, n, name)
#define LN_DEFINE_PURPOSE(n, name) LN_DEFINE(LN_PURPOSE_, n, name)
#define LN_DEFINE_SAFEGUARD(n, name) LN_DEFINE(LN_SAFEGUARD_, n, name)
#define LN_DEFINE_AUDIT_ACTION(n, name) LN_DEFINE(LN_AUDIT_, n, name)
enum ln_audit_action {
    LN_AUDIT_ACTIONS(LN_DEFINE_AUDIT_ACTION) LN_AUDIT_LAST = LN_AUDIT_REWRITTEN
};
enum ln_case_kind {
    LN_CASE_KINDS(LN_DEFINE_CASE_KIND) LN_CASE_KIND_LAST = LN_CASE_KIND_REFERRAL
};
enum ln_action { LN_ACTIONS(LN_DEFINE_ACTION) LN_ACTION_LAST = LN_ACTION_REVOKE };
enum ln_urgency { LN_URGENCIES(LN_DEFINE_URGENCY) LN_URGENCY_LAST = LN_URGENCY_ADMINISTRATIVE };
enum ln_compartment {
    LN_COMPARTMENTS(LN_DEFINE_COMPARTMENT) LN_COMPARTMENT_LAST = LN_COMPARTMENT_LOGISTICS
};
enum ln_role { LN_ROLES(LN_DEFINE_ROLE) LN_ROLE_LAST = LN_ROLE_OPERATOR };
enum ln_handling { LN_HANDLINGS(LN_DEFINE_HANDLING) LN_HANDLING_LAST = LN_HANDLING_H3 };
enum ln_source_grade { LN_SOURCE_GRADES(LN_DEFINE_SOURCE_GRADE) LN_SOURCE_LAST = LN_SOURCE_X };
enum ln_information_grade {
    LN_INFORMATION_GRADES(LN_DEFINE_INFORMATION_GRADE) LN_INFORMATION_LAST = LN_INFORMATION_4
};
enum ln_use { LN_USES(LN_DEFINE_USE) LN_USE_FOR_LAST = LN_USE_FOR_EXPORT };
enum ln_onward { LN_ONWARDS(LN_DEFINE_ONWARD) LN_ONWARD_LAST = LN_ONWARD_LISTED };
enum ln_children {
    LN_CHILDRENS(LN_DEFINE_CHILDREN) LN_CHILDREN_LAST = LN_CHILDREN_WITH_SAFEGUARDS
};
enum ln_consent { LN_CONSENTS(LN_DEFINE_CONSENT) LN_CONSENT_LAST = LN_CONSENT_OVERRIDDEN };
enum ln_request { LN_REQUESTS(LN_DEFINE_REQUEST) };
enum ln_content { LN_CONTENTS(LN_DEFINE_CONTENT) };
enum ln_outcome { LN_OUTCOMES(LN_DEFINE_OUTCOME) };
enum ln_authority { LN_AUTHORITIES(LN_DEFINE_AUTHORITY) };
enum ln_purpose { LN_PURPOSES(LN_DEFINE_PURPOSE) };
enum ln_safeguard { LN_SAFEGUARDS(LN_DEFINE_SAFEGUARD) };

/** One code of a list; a list ends with a row whose name is NULL. */
struct ln_code_row {
    uint32_t number;
    const char *name;
};

extern const struct ln_code_row LN_LIST_CASE_KINDS[], LN_LIST_ACTIONS[], LN_LIST_URGENCIES[],
    LN_LIST_COMPARTMENTS[], LN_LIST_ROLES[], LN_LIST_REQUESTS[], LN_LIST_CONTENTS[],
    LN_LIST_OUTCOMES[], LN_LIST_AUTHORITIES[], LN_LIST_HANDLINGS[], LN_LIST_SOURCE_GRADES[],
    LN_LIST_INFORMATION_GRADES[], LN_LIST_USES[], LN_LIST_ONWARDS[], LN_LIST_CHILDRENS[],
    LN_LIST_CONSENTS[], LN_LIST_PURPOSES[], LN_LIST_SAFEGUARDS[], LN_LIST_AUDIT_ACTIONS[];

/** The code's name; "UNKNOWN" for a number the list does not have. */
const char *ln_code_name(const struct ln_code_row *list, uint32_t number);
/** The number of a name, exactly as written; 0 if the list does not have it. */
uint32_t ln_code_number(const struct ln_code_row *list, const char *name);

/** Does the code stand in the list? */
static inline bool ln_has_code(const uint32_t *codes, size_t count, uint32_t code)
{
    for (size_t i = 0; i < count; i++) {
        if (codes[i] == code)
            return true;
    }
    return false;
}

/**
 * May an officer of this role hold the key of this compartment? Deny by default. Source:
 * docs/cases.md, Compartments.
 */
bool ln_role_reads(uint32_t role, uint32_t compartment);

#endif
