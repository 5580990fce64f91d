/*
 * Tables of events and their sections.
 */
#include <liaison/event.h>

#include "tables.h"

#include "event.pb-c.h"

enum { LABEL_MAX = 64 };

static const struct wire_field author_fields[] = {
    WIRE_NAME(1, REQUIRED, ln_author, member),
    WIRE_NAME(2, REQUIRED, ln_author, office),
    WIRE_NAME(3, REQUIRED, ln_author, officer),
};
WIRE_MESSAGE(author, author, WIRE_NO_LIMIT, false);

static const struct wire_field party_fields[] = {
    WIRE_NAME(1, REQUIRED, ln_party, member),
    WIRE_NAME(2, REQUIRED, ln_party, office),
};
WIRE_MESSAGE(party, party, WIRE_NO_LIMIT, false);

static const struct wire_field country_fields[] = {
    WIRE_NAME(1, REQUIRED, ln_country, member),
};
WIRE_MESSAGE(country, country, WIRE_NO_LIMIT, false);

static const struct wire_field cited_fields[] = {
    WIRE_NAME(1, REQUIRED, ln_cited, member),
    WIRE_FIXED(2, REQUIRED, ln_cited, digest),
};
static WIRE_MESSAGE(cited, cited, WIRE_NO_LIMIT, false);

static const struct wire_field section_head_fields[] = {
    WIRE_CODE(1, REQUIRED, ln_section_head, compartment, LN_COMPARTMENT_LAST),
    WIRE_FIXED(2, REQUIRED, ln_section_head, commitment),
    WIRE_FIXED(3, REQUIRED, ln_section_head, ciphertext_digest),
    WIRE_CODE(4, OPTIONAL, ln_section_head, handling, LN_HANDLING_LAST),
    WIRE_CODE(5, OPTIONAL, ln_section_head, source_grade, LN_SOURCE_LAST),
    WIRE_CODE(6, OPTIONAL, ln_section_head, information_grade, LN_INFORMATION_LAST),
    WIRE_LIST_CODE(7, ln_section_head, uses, 0, LN_USE_FOR_LAST, LN_USE_FOR_LAST),
    WIRE_LIST_PART(8, ln_section_head, onward, 0, LN_ONWARD_COUNTRIES_MAX, ln_wire_country),
    WIRE_TIME(9, OPTIONAL, ln_section_head, expires_ms),
};
static WIRE_MESSAGE(section_head, section_head, WIRE_NO_LIMIT, false);

static const struct wire_field origin_fields[] = {
    WIRE_FIXED(1, REQUIRED, ln_origin, case_id),
    WIRE_FIXED(2, REQUIRED, ln_origin, event),
    WIRE_NAME(3, REQUIRED, ln_origin, member),
    WIRE_LIST_CODE(4, ln_origin, compartments, 1, LN_SECTIONS_MAX, LN_COMPARTMENT_LAST),
};
static WIRE_MESSAGE(origin, origin, WIRE_NO_LIMIT, false);

static const struct wire_field event_fields[] = {
    WIRE_FIXED(1, REQUIRED, ln_event, federation),
    WIRE_FIXED(2, REQUIRED, ln_event, case_id),
    WIRE_CODE(3, REQUIRED, ln_event, case_kind, LN_CASE_KIND_LAST),
    WIRE_CODE(4, REQUIRED, ln_event, action, LN_ACTION_LAST),
    WIRE_PART(5, ln_event, author, ln_wire_author),
    WIRE_U64(6, REQUIRED, ln_event, number, 1, UINT32_MAX),
    WIRE_FIXED(7, OPTIONAL, ln_event, previous),
    WIRE_LIST_PART(8, ln_event, seen, 0, LN_SEEN_MAX, ln_wire_cited),
    WIRE_TIME(9, REQUIRED, ln_event, created_ms),
    WIRE_CODE(10, REQUIRED, ln_event, urgency, LN_URGENCY_LAST),
    WIRE_TEXT(11, OPTIONAL, ln_event, urgency_reason, 0, LN_REASON_MAX),
    WIRE_LIST_PART(12, ln_event, parties, 0, LN_PARTIES_MAX, ln_wire_party),
    WIRE_VOCABULARY(13, OPTIONAL, ln_event, request),
    WIRE_LIST_CODE(14, ln_event, contents, 0, 16, UINT32_MAX),
    WIRE_TEXT(15, OPTIONAL, ln_event, legal_basis, 0, LN_REASON_MAX),
    WIRE_VOCABULARY(16, OPTIONAL, ln_event, outcome),
    WIRE_U64(17, REQUIRED, ln_event, manifest_version, 1, WIRE_VERSION_MAX),
    WIRE_FIXED(18, REQUIRED, ln_event, manifest_digest),
    WIRE_LIST_PART(19, ln_event, sections, 0, LN_SECTIONS_MAX, ln_wire_section_head),
    WIRE_FIXED(20, OPTIONAL, ln_event, agreement),
    WIRE_U32(21, OPTIONAL, ln_event, article, 0, UINT32_MAX),
    WIRE_VOCABULARY(22, OPTIONAL, ln_event, purpose),
    WIRE_CODE(23, OPTIONAL, ln_event, consent, LN_CONSENT_LAST),
    WIRE_TEXT(24, OPTIONAL, ln_event, consent_ground, 0, LN_REASON_MAX),
    WIRE_U32(25, OPTIONAL, ln_event, child, 0, 1),
    WIRE_LIST_CODE(26, ln_event, safeguards, 0, LN_SAFEGUARDS_MAX, UINT32_MAX),
    WIRE_U32(27, OPTIONAL, ln_event, emergency, 0, 1),
    WIRE_PART_AT(28, ln_event, origin, ln_wire_origin),
    WIRE_FIXED(29, OPTIONAL, ln_event, target),
    WIRE_CODE(30, OPTIONAL, ln_event, target_compartment, LN_COMPARTMENT_LAST),
    WIRE_LIST_CODE(31, ln_event, asked_uses, 0, LN_USE_FOR_LAST, LN_USE_FOR_LAST),
    WIRE_LIST_PART(32, ln_event, asked_countries, 0, LN_ONWARD_COUNTRIES_MAX, ln_wire_country),
};
WIRE_MESSAGE(event, event, 16 * 1024, false);

static const struct wire_field wrap_fields[] = {
    WIRE_FIXED(1, REQUIRED, ln_wrap, role_key_id),
    WIRE_FIXED(2, REQUIRED, ln_wrap, encapsulated),
    WIRE_FIXED(3, REQUIRED, ln_wrap, sealed_key),
};
static WIRE_MESSAGE(wrap, wrap, WIRE_NO_LIMIT, false);

static const struct wire_field section_fields[] = {
    WIRE_BYTES(1, REQUIRED, ln_section, ciphertext, LN_SECTION_EXTRA_BYTES,
               LN_SECTION_MAX + LN_SECTION_EXTRA_BYTES),
    WIRE_LIST_PART(2, ln_section, wraps, 0, LN_WRAPS_MAX, ln_wire_wrap),
};
static WIRE_MESSAGE(section, section, WIRE_NO_LIMIT, false);

static const struct wire_field event_item_fields[] = {
    WIRE_PART(1, ln_event_item, event, ln_wire_signed),
    WIRE_LIST_PART(2, ln_event_item, sections, 0, LN_SECTIONS_MAX, ln_wire_section),
};
WIRE_MESSAGE(event_item, event_item, LN_EVENT_ITEM_MAX, false);

static const struct wire_field entry_fields[] = {
    WIRE_TEXT(1, REQUIRED, ln_entry, label, 1, LABEL_MAX),
    WIRE_TEXT(2, REQUIRED, ln_entry, text, 0, LN_SECTION_MAX),
};
WIRE_MESSAGE(entry, entry, WIRE_NO_LIMIT, false);

static const struct wire_field section_body_fields[] = {
    WIRE_LIST_PART(1, ln_section_body, entries, 1, LN_ENTRIES_MAX, ln_wire_entry),
};
WIRE_MESSAGE(section_body, section_body, LN_SECTION_MAX, false);
