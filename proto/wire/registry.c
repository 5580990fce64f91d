/*
 * Every message that a stranger's bytes may be opened as: fuzz targets, tests and docs walk
 * this list.
 */
#include <liaison/agreement.h>
#include <liaison/courier.h>
#include <liaison/door.h>
#include <liaison/event.h>
#include <liaison/evidence.h>
#include <liaison/hub.h>
#include <liaison/keyfile.h>
#include <liaison/letter.h>
#include <liaison/roster.h>
#include <liaison/signed.h>

static const struct ln_wire *const all[] = {
    &ln_wire_signed,       &ln_wire_roster,          &ln_wire_manifest,
    &ln_wire_epoch,        &ln_wire_event,           &ln_wire_event_item,
    &ln_wire_section_body, &ln_wire_letter,          &ln_wire_receipt,
    &ln_wire_item,         &ln_wire_packet,          &ln_wire_note,
    &ln_wire_envelope,     &ln_wire_envelope_header, &ln_wire_to_hub,
    &ln_wire_from_hub,     &ln_wire_courier,         &ln_wire_key_header,
    &ln_wire_key_file,     &ln_wire_role_file,       &ln_wire_evidence,
    &ln_wire_door_request, &ln_wire_door_reply,      &ln_wire_agreement,
    &ln_wire_rejection,    &ln_wire_ending,          NULL,
};

const struct ln_wire *const *ln_wire_all(void)
{
    return all;
}
