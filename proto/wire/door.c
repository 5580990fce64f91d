/*
 * Tables of the control door.
 */
#include <liaison/agreement.h>
#include <liaison/door.h>
#include <liaison/letter.h>
#include <liaison/roster.h>

#include "tables.h"

#include "door.pb-c.h"

#define DOOR_PART(message, schema)                    \
    static const struct ln_wire ln_wire_##message = { \
        .name = #message,                             \
        .descriptor = &pb__##schema##__descriptor,    \
        .shape_size = sizeof(struct ln_##message),    \
        .size_max = LN_DOOR_FRAME_MAX,                \
        .fields = message##_fields,                   \
        .fields_count = LN_COUNT(message##_fields),   \
    }

/* Requests --------------------------------------------------------------------------------- */

static const struct wire_field door_handling_fields[] = {
    WIRE_CODE(1, OPTIONAL, ln_door_handling, handling, LN_HANDLING_LAST),
    WIRE_CODE(2, OPTIONAL, ln_door_handling, source_grade, LN_SOURCE_LAST),
    WIRE_CODE(3, OPTIONAL, ln_door_handling, information_grade, LN_INFORMATION_LAST),
    WIRE_LIST_CODE(4, ln_door_handling, uses, 0, LN_USE_FOR_LAST, LN_USE_FOR_LAST),
    WIRE_LIST_PART(5, ln_door_handling, onward, 0, LN_ONWARD_COUNTRIES_MAX, ln_wire_country),
    WIRE_U64(6, OPTIONAL, ln_door_handling, expires_ms, 0, WIRE_TIME_MAX),
};
DOOR_PART(door_handling, door_handling);

static const struct wire_field door_section_fields[] = {
    WIRE_CODE(1, REQUIRED, ln_door_section, compartment, LN_COMPARTMENT_LAST),
    WIRE_LIST_PART(2, ln_door_section, entries, 1, LN_ENTRIES_MAX, ln_wire_entry),
    WIRE_PART_AT(3, ln_door_section, handling, ln_wire_door_handling),
};
DOOR_PART(door_section, door_section);

static const struct wire_field door_login_fields[] = {
    WIRE_NAME(1, REQUIRED, ln_door_login, officer),
    WIRE_BYTES(2, REQUIRED, ln_door_login, passphrase, 1, LN_DOOR_PASSPHRASE_MAX),
};
DOOR_PART(door_login, door_login);

static const struct ln_wire ln_wire_door_empty = {
    .name = "door_empty",
    .descriptor = &pb__door_empty__descriptor,
    .shape_size = sizeof(struct ln_door_empty),
    .size_max = 16,
};

static const struct wire_field door_terms_fields[] = {
    WIRE_VOCABULARY(1, OPTIONAL, ln_door_terms, purpose),
    WIRE_CODE(2, OPTIONAL, ln_door_terms, consent, LN_CONSENT_LAST),
    WIRE_TEXT(3, OPTIONAL, ln_door_terms, consent_ground, 0, LN_REASON_MAX),
    WIRE_U32(4, OPTIONAL, ln_door_terms, child, 0, 1),
    WIRE_LIST_CODE(5, ln_door_terms, safeguards, 0, LN_SAFEGUARDS_MAX, UINT32_MAX),
    WIRE_U32(6, OPTIONAL, ln_door_terms, emergency, 0, 1),
};
DOOR_PART(door_terms, door_terms);

static const struct wire_field door_refer_fields[] = {
    WIRE_LIST_PART(1, ln_door_refer, addressees, 1, LN_PARTIES_MAX - 1, ln_wire_party),
    WIRE_VOCABULARY(2, REQUIRED, ln_door_refer, request),
    WIRE_LIST_CODE(3, ln_door_refer, contents, 1, 16, UINT32_MAX),
    WIRE_CODE(4, REQUIRED, ln_door_refer, urgency, LN_URGENCY_LAST),
    WIRE_TEXT(5, OPTIONAL, ln_door_refer, urgency_reason, 0, LN_REASON_MAX),
    WIRE_TEXT(6, OPTIONAL, ln_door_refer, legal_basis, 0, LN_REASON_MAX),
    WIRE_LIST_PART(7, ln_door_refer, sections, 0, LN_SECTIONS_MAX, ln_wire_door_section),
    WIRE_U32(8, OPTIONAL, ln_door_refer, dry_run, 0, 1),
    WIRE_PART_AT(9, ln_door_refer, terms, ln_wire_door_terms),
};
DOOR_PART(door_refer, door_refer);

static const struct wire_field door_list_fields[] = {
    WIRE_CODE(1, REQUIRED, ln_door_list, box, LN_DOOR_OUTBOX),
};
DOOR_PART(door_list, door_list);

static const struct wire_field door_show_fields[] = {
    WIRE_TEXT(1, REQUIRED, ln_door_show, case_prefix, 1, LN_DOOR_PREFIX_MAX),
};
DOOR_PART(door_show, door_show);

static const struct wire_field door_export_fields[] = {
    WIRE_TEXT(1, REQUIRED, ln_door_export, case_prefix, 1, LN_DOOR_PREFIX_MAX),
    WIRE_CODE(2, REQUIRED, ln_door_export, use, LN_USE_FOR_LAST),
    WIRE_LIST_CODE(3, ln_door_export, compartments, 0, LN_SECTIONS_MAX, LN_COMPARTMENT_LAST),
    WIRE_NAME(4, OPTIONAL, ln_door_export, approves),
};
DOOR_PART(door_export, door_export);

static const struct wire_field door_forward_fields[] = {
    WIRE_TEXT(1, REQUIRED, ln_door_forward, case_prefix, 1, LN_DOOR_PREFIX_MAX),
    WIRE_NAME(2, OPTIONAL, ln_door_forward, member),
    WIRE_U64(3, OPTIONAL, ln_door_forward, number, 0, UINT32_MAX),
    WIRE_LIST_CODE(4, ln_door_forward, compartments, 1, LN_SECTIONS_MAX, LN_COMPARTMENT_LAST),
    WIRE_PART_AT(5, ln_door_forward, refer, ln_wire_door_refer),
};
DOOR_PART(door_forward, door_forward);

static const struct wire_field door_target_fields[] = {
    WIRE_NAME(1, REQUIRED, ln_door_target, member),
    WIRE_U64(2, REQUIRED, ln_door_target, number, 1, UINT32_MAX),
    WIRE_CODE(3, OPTIONAL, ln_door_target, compartment, LN_COMPARTMENT_LAST),
    WIRE_LIST_CODE(4, ln_door_target, uses, 0, LN_USE_FOR_LAST, LN_USE_FOR_LAST),
    WIRE_LIST_PART(5, ln_door_target, countries, 0, LN_ONWARD_COUNTRIES_MAX, ln_wire_country),
};
DOOR_PART(door_target, door_target);

static const struct wire_field door_pass_on_fields[] = {
    WIRE_TEXT(1, REQUIRED, ln_door_pass_on, case_prefix, 1, LN_DOOR_PREFIX_MAX),
    WIRE_PART_AT(2, ln_door_pass_on, terms, ln_wire_door_terms),
};
DOOR_PART(door_pass_on, door_pass_on);

static const struct wire_field door_erase_fields[] = {
    WIRE_TEXT(1, REQUIRED, ln_door_erase, case_prefix, 1, LN_DOOR_PREFIX_MAX),
    WIRE_CODE(2, REQUIRED, ln_door_erase, verb, LN_DOOR_ERASE_LAST),
};
DOOR_PART(door_erase, door_erase);

static const struct wire_field door_act_fields[] = {
    WIRE_TEXT(1, REQUIRED, ln_door_act, case_prefix, 1, LN_DOOR_PREFIX_MAX),
    WIRE_CODE(2, REQUIRED, ln_door_act, action, LN_ACTION_LAST),
    WIRE_LIST_PART(3, ln_door_act, sections, 0, LN_SECTIONS_MAX, ln_wire_door_section),
    WIRE_VOCABULARY(4, OPTIONAL, ln_door_act, outcome),
    WIRE_PART_AT(5, ln_door_act, terms, ln_wire_door_terms),
    WIRE_PART_AT(6, ln_door_act, target, ln_wire_door_target),
};
DOOR_PART(door_act, door_act);

static const struct wire_field door_courier_fields[] = {
    WIRE_NAME(1, OPTIONAL, ln_door_courier, to),
    WIRE_BYTES(2, OPTIONAL, ln_door_courier, file, 0, LN_DOOR_FRAME_MAX),
};
DOOR_PART(door_courier, door_courier);

static const struct wire_field door_reopen_fields[] = {
    WIRE_NAME(1, REQUIRED, ln_door_reopen, member),
};
DOOR_PART(door_reopen, door_reopen);

static const struct wire_field door_agreement_fields[] = {
    WIRE_CODE(1, REQUIRED, ln_door_agreement, verb, LN_DOOR_AGREEMENT_LAST),
    WIRE_NAME(2, OPTIONAL, ln_door_agreement, id),
    WIRE_U64(3, OPTIONAL, ln_door_agreement, version, 0, WIRE_VERSION_MAX),
    WIRE_BYTES(4, OPTIONAL, ln_door_agreement, file, 0, LN_BODY_MAX),
    WIRE_TEXT(5, OPTIONAL, ln_door_agreement, reason, 0, LN_REASON_MAX),
};
DOOR_PART(door_agreement, door_agreement);

static const struct wire_field door_root_accept_fields[] = {
    WIRE_NAME(1, REQUIRED, ln_door_root_accept, member),
    WIRE_TEXT(2, REQUIRED, ln_door_root_accept, digits, 1, LN_DOOR_DIGITS_MAX),
};
DOOR_PART(door_root_accept, door_root_accept);

static const struct wire_field door_audit_fields[] = {
    WIRE_TEXT(1, OPTIONAL, ln_door_audit, case_prefix, 0, LN_DOOR_PREFIX_MAX),
    WIRE_NAME(2, OPTIONAL, ln_door_audit, officer),
    WIRE_U64(3, OPTIONAL, ln_door_audit, from_ms, 0, WIRE_TIME_MAX),
    WIRE_U64(4, OPTIONAL, ln_door_audit, until_ms, 0, WIRE_TIME_MAX),
};
DOOR_PART(door_audit, door_audit);

static const struct wire_field door_request_fields[] = {
    WIRE_FIXED(1, OPTIONAL, ln_door_request, token),
    WIRE_PART_AT(2, ln_door_request, login, ln_wire_door_login),
    WIRE_PART_AT(3, ln_door_request, logout, ln_wire_door_empty),
    WIRE_PART_AT(4, ln_door_request, refer, ln_wire_door_refer),
    WIRE_PART_AT(5, ln_door_request, list, ln_wire_door_list),
    WIRE_PART_AT(6, ln_door_request, show, ln_wire_door_show),
    WIRE_PART_AT(7, ln_door_request, act, ln_wire_door_act),
    WIRE_PART_AT(8, ln_door_request, evidence, ln_wire_door_show),
    WIRE_PART_AT(9, ln_door_request, courier_write, ln_wire_door_courier),
    WIRE_PART_AT(10, ln_door_request, courier_read, ln_wire_door_courier),
    WIRE_PART_AT(11, ln_door_request, status, ln_wire_door_empty),
    WIRE_PART_AT(12, ln_door_request, reopen, ln_wire_door_reopen),
    WIRE_PART_AT(20, ln_door_request, agreement, ln_wire_door_agreement),
    WIRE_PART_AT(30, ln_door_request, root_list, ln_wire_door_empty),
    WIRE_PART_AT(31, ln_door_request, root_accept, ln_wire_door_root_accept),
    WIRE_PART_AT(40, ln_door_request, audit_show, ln_wire_door_audit),
    WIRE_PART_AT(41, ln_door_request, audit_verify, ln_wire_door_empty),
    WIRE_TEXT(42, OPTIONAL, ln_door_request, why, 0, LN_AUDIT_PURPOSE_MAX),
    WIRE_PART_AT(50, ln_door_request, export, ln_wire_door_export),
    WIRE_PART_AT(51, ln_door_request, forward, ln_wire_door_forward),
    WIRE_PART_AT(52, ln_door_request, pass_on, ln_wire_door_pass_on),
    WIRE_PART_AT(53, ln_door_request, erase, ln_wire_door_erase),
};
WIRE_MESSAGE(door_request, door_request, LN_DOOR_FRAME_MAX, false);

/* Replies ---------------------------------------------------------------------------------- */

static const struct wire_field door_party_fields[] = {
    WIRE_NAME(1, REQUIRED, ln_door_party, member),
    WIRE_NAME(2, REQUIRED, ln_door_party, office),
    WIRE_U32(3, OPTIONAL, ln_door_party, status, 0, UINT32_MAX),
};
DOOR_PART(door_party, door_party);

static const struct wire_field door_row_fields[] = {
    WIRE_FIXED(1, REQUIRED, ln_door_row, case_id),
    WIRE_U32(2, OPTIONAL, ln_door_row, urgency, 0, UINT32_MAX),
    WIRE_U32(3, OPTIONAL, ln_door_row, request, 0, UINT32_MAX),
    WIRE_NAME(4, OPTIONAL, ln_door_row, from),
    WIRE_LIST_PART(5, ln_door_row, parties, 0, LN_PARTIES_MAX, ln_wire_door_party),
    WIRE_TIME(6, REQUIRED, ln_door_row, updated_ms),
    WIRE_U32(7, OPTIONAL, ln_door_row, events, 0, UINT32_MAX),
    WIRE_U32(8, OPTIONAL, ln_door_row, unread, 0, UINT32_MAX),
    WIRE_U32(9, OPTIONAL, ln_door_row, delivery, 0, UINT32_MAX),
    WIRE_U32(20, OPTIONAL, ln_door_row, duties, 0, UINT32_MAX),
    WIRE_U32(21, OPTIONAL, ln_door_row, is_late, 0, 1),
    WIRE_LIST_PART(22, ln_door_row, escalated, 0, LN_AGREEMENT_STEPS_MAX, ln_wire_door_party),
    WIRE_U32(23, OPTIONAL, ln_door_row, is_locked, 0, 1),
    WIRE_U32(24, OPTIONAL, ln_door_row, is_erased, 0, 1),
};
DOOR_PART(door_row, door_row);

static const struct wire_field door_delivery_fields[] = {
    WIRE_NAME(1, REQUIRED, ln_door_delivery, member),
    WIRE_U32(2, REQUIRED, ln_door_delivery, status, 0, UINT32_MAX),
    WIRE_U32(3, OPTIONAL, ln_door_delivery, code, 0, UINT32_MAX),
    WIRE_U64(4, OPTIONAL, ln_door_delivery, when_ms, 0, WIRE_TIME_MAX),
    WIRE_U64(5, OPTIONAL, ln_door_delivery, generation, 0, WIRE_VERSION_MAX),
    WIRE_U64(6, OPTIONAL, ln_door_delivery, sequence, 0, WIRE_VERSION_MAX),
    WIRE_FIXED(7, OPTIONAL, ln_door_delivery, letter),
    WIRE_U32(8, OPTIONAL, ln_door_delivery, is_late, 0, 1),
};
DOOR_PART(door_delivery, door_delivery);

static const struct wire_field door_section_view_fields[] = {
    WIRE_U32(1, REQUIRED, ln_door_section_view, compartment, 0, UINT32_MAX),
    WIRE_U32(2, OPTIONAL, ln_door_section_view, code, 0, UINT32_MAX),
    WIRE_LIST_PART(3, ln_door_section_view, entries, 0, LN_ENTRIES_MAX, ln_wire_entry),
    WIRE_PART_AT(4, ln_door_section_view, handling, ln_wire_door_handling),
    WIRE_U32(5, OPTIONAL, ln_door_section_view, standing, 0, UINT32_MAX),
};
DOOR_PART(door_section_view, door_section_view);

static const struct wire_field door_event_fields[] = {
    WIRE_FIXED(1, REQUIRED, ln_door_event, digest),
    WIRE_PART(2, ln_door_event, author, ln_wire_author),
    WIRE_U32(3, REQUIRED, ln_door_event, action, 0, UINT32_MAX),
    WIRE_U64(4, REQUIRED, ln_door_event, number, 1, UINT32_MAX),
    WIRE_TIME(5, REQUIRED, ln_door_event, created_ms),
    WIRE_TIME(6, REQUIRED, ln_door_event, received_ms),
    WIRE_U32(7, REQUIRED, ln_door_event, effect, 0, UINT32_MAX),
    WIRE_U32(8, OPTIONAL, ln_door_event, code, 0, UINT32_MAX),
    WIRE_U32(9, OPTIONAL, ln_door_event, outcome, 0, UINT32_MAX),
    WIRE_LIST_PART(10, ln_door_event, sections, 0, LN_SECTIONS_MAX, ln_wire_door_section_view),
    WIRE_LIST_PART(11, ln_door_event, deliveries, 0, 64, ln_wire_door_delivery),
    WIRE_NAME(12, OPTIONAL, ln_door_event, target_member),
    WIRE_U64(13, OPTIONAL, ln_door_event, target_number, 0, UINT32_MAX),
    WIRE_U32(14, OPTIONAL, ln_door_event, target_compartment, 0, UINT32_MAX),
    WIRE_LIST_CODE(15, ln_door_event, asked_uses, 0, LN_USE_FOR_LAST, LN_USE_FOR_LAST),
    WIRE_LIST_PART(16, ln_door_event, asked_countries, 0, LN_ONWARD_COUNTRIES_MAX,
                   ln_wire_country),
    WIRE_FIXED(17, OPTIONAL, ln_door_event, origin_case),
    WIRE_NAME(18, OPTIONAL, ln_door_event, origin_member),
};
DOOR_PART(door_event, door_event);

static const struct wire_field door_permit_fields[] = {
    WIRE_NAME(1, REQUIRED, ln_door_permit, agreement),
    WIRE_U64(2, REQUIRED, ln_door_permit, version, 1, WIRE_VERSION_MAX),
    WIRE_U32(3, REQUIRED, ln_door_permit, article, 1, UINT32_MAX),
    WIRE_TEXT(4, REQUIRED, ln_door_permit, title, 1, LN_AGREEMENT_TITLE_MAX),
    WIRE_U64(5, OPTIONAL, ln_door_permit, acknowledge_ms, 0, WIRE_TIME_MAX),
    WIRE_U64(6, OPTIONAL, ln_door_permit, act_ms, 0, WIRE_TIME_MAX),
    WIRE_U32(7, OPTIONAL, ln_door_permit, retention_days, 0, UINT32_MAX),
    WIRE_U32(8, OPTIONAL, ln_door_permit, onward, 0, UINT32_MAX),
};
DOOR_PART(door_permit, door_permit);

static const struct wire_field door_case_fields[] = {
    WIRE_FIXED(1, REQUIRED, ln_door_case, case_id),
    WIRE_U32(2, OPTIONAL, ln_door_case, kind, 0, UINT32_MAX),
    WIRE_U32(3, OPTIONAL, ln_door_case, urgency, 0, UINT32_MAX),
    WIRE_U32(4, OPTIONAL, ln_door_case, request, 0, UINT32_MAX),
    WIRE_LIST_CODE(5, ln_door_case, contents, 0, 16, UINT32_MAX),
    WIRE_TEXT(6, OPTIONAL, ln_door_case, legal_basis, 0, LN_REASON_MAX),
    WIRE_TEXT(7, OPTIONAL, ln_door_case, urgency_reason, 0, LN_REASON_MAX),
    WIRE_U32(8, OPTIONAL, ln_door_case, is_disputed, 0, 1),
    WIRE_LIST_PART(9, ln_door_case, parties, 0, LN_PARTIES_MAX, ln_wire_door_party),
    WIRE_LIST_PART(10, ln_door_case, events, 0, LN_DOOR_EVENTS_MAX, ln_wire_door_event),
    WIRE_PART_AT(11, ln_door_case, permit, ln_wire_door_permit),
    WIRE_VOCABULARY(12, OPTIONAL, ln_door_case, purpose),
    WIRE_U32(13, OPTIONAL, ln_door_case, child, 0, 1),
    WIRE_U32(14, OPTIONAL, ln_door_case, emergency, 0, 1),
    WIRE_U32(15, OPTIONAL, ln_door_case, needs_second, 0, 1),
    WIRE_U64(16, OPTIONAL, ln_door_case, keep_until_ms, 0, WIRE_TIME_MAX),
    WIRE_CODE(17, OPTIONAL, ln_door_case, consent, LN_CONSENT_LAST),
    WIRE_TEXT(18, OPTIONAL, ln_door_case, consent_ground, 0, LN_REASON_MAX),
    WIRE_U32(30, OPTIONAL, ln_door_case, duties, 0, UINT32_MAX),
    WIRE_U32(31, OPTIONAL, ln_door_case, is_late, 0, 1),
    WIRE_LIST_PART(32, ln_door_case, escalated, 0, LN_AGREEMENT_STEPS_MAX, ln_wire_door_party),
    WIRE_U64(33, OPTIONAL, ln_door_case, erased_ms, 0, WIRE_TIME_MAX),
    WIRE_U64(34, OPTIONAL, ln_door_case, held_ms, 0, WIRE_TIME_MAX),
    WIRE_NAME(35, OPTIONAL, ln_door_case, held_by),
};
DOOR_PART(door_case, door_case);

static const struct wire_field door_hub_fields[] = {
    WIRE_NAME(1, REQUIRED, ln_door_hub, hub),
    WIRE_U32(2, REQUIRED, ln_door_hub, state, 0, UINT32_MAX),
    WIRE_U64(3, OPTIONAL, ln_door_hub, since_ms, 0, WIRE_TIME_MAX),
};
DOOR_PART(door_hub, door_hub);

static const struct wire_field door_peer_fields[] = {
    WIRE_NAME(1, REQUIRED, ln_door_peer, member),
    WIRE_U32(2, OPTIONAL, ln_door_peer, open_letters, 0, UINT32_MAX),
    WIRE_U32(3, OPTIONAL, ln_door_peer, waiting, 0, UINT32_MAX),
    WIRE_U32(4, OPTIONAL, ln_door_peer, frozen, 0, UINT32_MAX),
    WIRE_U32(5, OPTIONAL, ln_door_peer, is_restoring, 0, 1),
    WIRE_U64(6, OPTIONAL, ln_door_peer, heard_ms, 0, WIRE_TIME_MAX),
    WIRE_U32(7, OPTIONAL, ln_door_peer, missing, 0, UINT32_MAX),
    WIRE_U32(8, OPTIONAL, ln_door_peer, can_seal, 0, 1),
    WIRE_U64(9, OPTIONAL, ln_door_peer, manifest_version, 0, WIRE_VERSION_MAX),
    WIRE_U64(10, OPTIONAL, ln_door_peer, manifest_expires_ms, 0, WIRE_TIME_MAX),
    WIRE_U64(11, OPTIONAL, ln_door_peer, lacking_version, 0, WIRE_VERSION_MAX),
    WIRE_NAME(12, OPTIONAL, ln_door_peer, lacking_member),
    WIRE_U32(20, OPTIONAL, ln_door_peer, standing, 0, UINT32_MAX),
};
DOOR_PART(door_peer, door_peer);

static const struct wire_field door_refusal_fields[] = {
    WIRE_U32(1, REQUIRED, ln_door_refusal, code, 0, UINT32_MAX),
    WIRE_U64(2, REQUIRED, ln_door_refusal, count, 0, UINT64_MAX),
};
DOOR_PART(door_refusal, door_refusal);

static const struct wire_field door_office_fields[] = {
    WIRE_NAME(1, REQUIRED, ln_door_office, member),
    WIRE_NAME(2, REQUIRED, ln_door_office, office),
    WIRE_TEXT(3, OPTIONAL, ln_door_office, title, 0, LN_REASON_MAX),
};
DOOR_PART(door_office, door_office);

static const struct wire_field door_expiry_fields[] = {
    WIRE_CODE(1, REQUIRED, ln_door_expiry, kind, LN_DOOR_EXPIRY_LAST),
    WIRE_NAME(2, OPTIONAL, ln_door_expiry, member),
    WIRE_NAME(3, OPTIONAL, ln_door_expiry, name),
    WIRE_U32(4, OPTIONAL, ln_door_expiry, compartment, 0, UINT32_MAX),
    WIRE_TIME(5, REQUIRED, ln_door_expiry, expires_ms),
};
DOOR_PART(door_expiry, door_expiry);

static const struct wire_field door_status_fields[] = {
    WIRE_NAME(1, REQUIRED, ln_door_status, member),
    WIRE_U64(2, REQUIRED, ln_door_status, roster_version, 0, WIRE_VERSION_MAX),
    WIRE_U64(3, REQUIRED, ln_door_status, roster_expires_ms, 0, WIRE_TIME_MAX),
    WIRE_U64(4, REQUIRED, ln_door_status, epoch, 0, WIRE_VERSION_MAX),
    WIRE_U64(5, REQUIRED, ln_door_status, epoch_ends_ms, 0, WIRE_TIME_MAX),
    WIRE_U32(6, OPTIONAL, ln_door_status, proofs, 0, UINT32_MAX),
    WIRE_LIST_PART(7, ln_door_status, hubs, 0, LN_HUBS_MAX, ln_wire_door_hub),
    WIRE_LIST_PART(8, ln_door_status, peers, 0, LN_MEMBERS_MAX, ln_wire_door_peer),
    WIRE_LIST_PART(9, ln_door_status, refusals, 0, 256, ln_wire_door_refusal),
    WIRE_LIST_PART(10, ln_door_status, offices, 0, 1024, ln_wire_door_office),
    WIRE_TIME(11, REQUIRED, ln_door_status, time_ms),
    WIRE_LIST_PART(12, ln_door_status, expiries, 0, LN_DOOR_EXPIRIES_MAX, ln_wire_door_expiry),
    WIRE_U32(30, OPTIONAL, ln_door_status, duties, 0, UINT32_MAX),
    WIRE_U32(31, OPTIONAL, ln_door_status, locked, 0, UINT32_MAX),
};
DOOR_PART(door_status, door_status);

static const struct wire_field door_agreement_row_fields[] = {
    WIRE_NAME(1, REQUIRED, ln_door_agreement_row, id),
    WIRE_U64(2, REQUIRED, ln_door_agreement_row, version, 1, WIRE_VERSION_MAX),
    WIRE_FIXED(3, REQUIRED, ln_door_agreement_row, digest),
    WIRE_TEXT(4, REQUIRED, ln_door_agreement_row, title, 1, LN_AGREEMENT_TITLE_MAX),
    WIRE_TEXT(5, REQUIRED, ln_door_agreement_row, status, 1, LN_RULE_MAX),
    WIRE_TIME(6, REQUIRED, ln_door_agreement_row, from_ms),
    WIRE_TIME(7, REQUIRED, ln_door_agreement_row, ends_ms),
    WIRE_LIST_PART(8, ln_door_agreement_row, parties, 0, LN_PARTIES_MAX, ln_wire_country),
    WIRE_LIST_PART(9, ln_door_agreement_row, signed_by, 0, LN_PARTIES_MAX, ln_wire_country),
    WIRE_NAME(10, OPTIONAL, ln_door_agreement_row, rejected_by),
    WIRE_TEXT(11, OPTIONAL, ln_door_agreement_row, reason, 0, LN_REASON_MAX),
    WIRE_NAME(12, OPTIONAL, ln_door_agreement_row, ended_by),
};
DOOR_PART(door_agreement_row, door_agreement_row);

static const struct wire_field door_root_fields[] = {
    WIRE_NAME(1, REQUIRED, ln_door_root, member),
    WIRE_U32(2, OPTIONAL, ln_door_root, standing, 0, UINT32_MAX),
    WIRE_U32(3, REQUIRED, ln_door_root, threshold, 1, LN_ROOTS_MAX),
    WIRE_U32(4, REQUIRED, ln_door_root, roots, 1, LN_ROOTS_MAX),
    WIRE_FIXED(5, OPTIONAL, ln_door_root, fingerprint),
    WIRE_NAME(6, OPTIONAL, ln_door_root, first),
    WIRE_NAME(7, OPTIONAL, ln_door_root, second),
    WIRE_U64(8, OPTIONAL, ln_door_root, when_ms, 0, WIRE_TIME_MAX),
};
DOOR_PART(door_root, door_root);

static const struct wire_field door_audit_row_fields[] = {
    WIRE_PART(1, ln_door_audit_row, place, ln_wire_place),
    WIRE_PART(2, ln_door_audit_row, entry, ln_wire_audit_entry),
};
DOOR_PART(door_audit_row, door_audit_row);

static const struct wire_field door_audit_finding_fields[] = {
    WIRE_U32(1, OPTIONAL, ln_door_audit_finding, code, 0, UINT32_MAX),
    WIRE_NAME(2, OPTIONAL, ln_door_audit_finding, about),
    WIRE_NAME(3, OPTIONAL, ln_door_audit_finding, witness),
    WIRE_U64(4, OPTIONAL, ln_door_audit_finding, generation, 0, WIRE_VERSION_MAX),
    WIRE_U64(5, OPTIONAL, ln_door_audit_finding, sequence, 0, WIRE_VERSION_MAX),
    WIRE_U64(6, OPTIONAL, ln_door_audit_finding, count, 0, UINT64_MAX),
    WIRE_U64(7, OPTIONAL, ln_door_audit_finding, when_ms, 0, WIRE_TIME_MAX),
};
DOOR_PART(door_audit_finding, door_audit_finding);

static const struct wire_field door_audit_witness_fields[] = {
    WIRE_NAME(1, REQUIRED, ln_door_audit_witness, member),
    WIRE_PART_AT(2, ln_door_audit_witness, ours, ln_wire_place),
    WIRE_PART_AT(3, ln_door_audit_witness, theirs, ln_wire_place),
};
DOOR_PART(door_audit_witness, door_audit_witness);

static const struct wire_field door_audit_verdict_fields[] = {
    WIRE_PART_AT(1, ln_door_audit_verdict, head, ln_wire_place),
    WIRE_U64(2, OPTIONAL, ln_door_audit_verdict, entries, 0, UINT64_MAX),
    WIRE_LIST_PART(3, ln_door_audit_verdict, findings, 0, LN_DOOR_FINDINGS_MAX,
                   ln_wire_door_audit_finding),
    WIRE_LIST_PART(4, ln_door_audit_verdict, witnesses, 0, LN_MEMBERS_MAX,
                   ln_wire_door_audit_witness),
    WIRE_U64(5, OPTIONAL, ln_door_audit_verdict, findings_all, 0, UINT64_MAX),
};
DOOR_PART(door_audit_verdict, door_audit_verdict);

static const struct wire_field door_reply_fields[] = {
    WIRE_U32(1, REQUIRED, ln_door_reply, code, 0, UINT32_MAX),
    WIRE_TEXT(2, OPTIONAL, ln_door_reply, detail, 0, LN_DOOR_DETAIL_MAX),
    WIRE_FIXED(3, OPTIONAL, ln_door_reply, token),
    WIRE_FIXED(4, OPTIONAL, ln_door_reply, case_id),
    WIRE_LIST_PART(5, ln_door_reply, rows, 0, LN_DOOR_ROWS_MAX, ln_wire_door_row),
    WIRE_PART_AT(6, ln_door_reply, view, ln_wire_door_case),
    WIRE_PART_AT(7, ln_door_reply, status, ln_wire_door_status),
    WIRE_BYTES(8, OPTIONAL, ln_door_reply, file, 0, LN_DOOR_FRAME_MAX),
    WIRE_U64(9, OPTIONAL, ln_door_reply, count, 0, UINT64_MAX),
    WIRE_U64(10, OPTIONAL, ln_door_reply, refused, 0, UINT64_MAX),
    WIRE_PART_AT(20, ln_door_reply, permit, ln_wire_door_permit),
    WIRE_LIST_PART(21, ln_door_reply, agreements, 0, LN_DOOR_AGREEMENTS_MAX,
                   ln_wire_door_agreement_row),
    WIRE_LIST_PART(30, ln_door_reply, roots, 0, LN_MEMBERS_MAX, ln_wire_door_root),
    WIRE_LIST_PART(40, ln_door_reply, audit, 0, LN_DOOR_AUDIT_MAX, ln_wire_door_audit_row),
    WIRE_PART_AT(41, ln_door_reply, verdict, ln_wire_door_audit_verdict),
};
WIRE_MESSAGE(door_reply, door_reply, LN_DOOR_FRAME_MAX, false);
