/*
 * Tables of the audit log. They are checked like a stranger's bytes: a disk is one.
 */
#include <liaison/audit.h>

#include "tables.h"

#include "audit.pb-c.h"

enum { ENTRY_MAX = 1024, NOTE_MAX = 40 * 1024 };

static const struct wire_field audit_entry_fields[] = {
    WIRE_TIME(1, REQUIRED, ln_audit_entry, when_ms),
    WIRE_U32(2, REQUIRED, ln_audit_entry, action, 1, UINT32_MAX),
    WIRE_U32(3, OPTIONAL, ln_audit_entry, code, 0, UINT32_MAX),
    WIRE_NAME(4, OPTIONAL, ln_audit_entry, officer),
    WIRE_LIST_CODE(5, ln_audit_entry, roles, 0, LN_ROLES_MAX, UINT32_MAX),
    WIRE_FIXED(6, OPTIONAL, ln_audit_entry, case_id),
    WIRE_NAME(7, OPTIONAL, ln_audit_entry, member),
    WIRE_LIST_CODE(8, ln_audit_entry, shown, 0, LN_COMPARTMENT_LAST, UINT32_MAX),
    WIRE_LIST_CODE(9, ln_audit_entry, shut, 0, LN_COMPARTMENT_LAST, UINT32_MAX),
    WIRE_U32(10, OPTIONAL, ln_audit_entry, count, 0, UINT32_MAX),
    WIRE_TEXT(11, OPTIONAL, ln_audit_entry, purpose, 0, LN_AUDIT_PURPOSE_MAX),
    WIRE_PART_AT(12, ln_audit_entry, place, ln_wire_place),
    WIRE_PART_AT(13, ln_audit_entry, follows, ln_wire_place),
    WIRE_NAME(14, OPTIONAL, ln_audit_entry, second),
};
WIRE_MESSAGE(audit_entry, audit_entry, ENTRY_MAX, false);

static const struct wire_field audit_record_fields[] = {
    WIRE_BYTES(1, REQUIRED, ln_audit_record, entry, 1, ENTRY_MAX),
    WIRE_FIXED(2, REQUIRED, ln_audit_record, head),
};
WIRE_MESSAGE(audit_record, audit_record, 2 * ENTRY_MAX, false);

static const struct wire_field witness_record_fields[] = {
    WIRE_PART_AT(1, ln_witness_record, theirs, ln_wire_place),
    WIRE_BYTES(2, OPTIONAL, ln_witness_record, theirs_note, 0, NOTE_MAX),
    WIRE_PART_AT(3, ln_witness_record, confirmed, ln_wire_place),
    WIRE_PART_AT(4, ln_witness_record, ours, ln_wire_place),
    WIRE_U32(5, OPTIONAL, ln_witness_record, restoring, 0, 1),
    WIRE_U32(6, OPTIONAL, ln_witness_record, forgot, 0, 1),
    WIRE_U32(7, OPTIONAL, ln_witness_record, alarm, 0, UINT32_MAX),
    WIRE_U64(8, OPTIONAL, ln_witness_record, alarm_ms, 0, WIRE_TIME_MAX),
    WIRE_U64(9, OPTIONAL, ln_witness_record, found_ms, 0, WIRE_TIME_MAX),
};
WIRE_MESSAGE(witness_record, witness_record, NOTE_MAX + 1024, false);
