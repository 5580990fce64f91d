/*
 * Tables of the statements about who is who. What they prove together is trust.c's matter.
 */
#include <liaison/roster.h>
#include <liaison/vocabulary.h>

#include "wire.h"

#include "roster.pb-c.h"

enum { TITLE_MAX = 200, ENDPOINT_MAX = 200, STATUS_LAST = LN_KEY_REVOKED };

static const struct wire_field member_fields[] = {
    WIRE_NAME(1, REQUIRED, ln_member, id),
    WIRE_TEXT(2, OPTIONAL, ln_member, title, 0, TITLE_MAX),
    WIRE_U32(3, REQUIRED, ln_member, threshold, 1, LN_ROOTS_MAX),
    WIRE_LIST_FIXED(4, ln_member, roots, 1, LN_ROOTS_MAX),
};
static WIRE_MESSAGE(member, member, WIRE_NO_LIMIT, false);

static const struct wire_field hub_fields[] = {
    WIRE_NAME(1, REQUIRED, ln_hub, id),
    WIRE_LIST_TEXT(2, ln_hub, endpoints, 1, LN_ENDPOINTS_MAX, ENDPOINT_MAX),
    WIRE_FIXED(3, REQUIRED, ln_hub, transport_key),
};
static WIRE_MESSAGE(hub, hub, WIRE_NO_LIMIT, false);

static const struct wire_field roster_fields[] = {
    WIRE_FIXED(1, REQUIRED, ln_roster, federation),
    WIRE_U64(2, REQUIRED, ln_roster, version, 1, WIRE_VERSION_MAX),
    WIRE_FIXED(3, OPTIONAL, ln_roster, previous),
    WIRE_TIME(4, REQUIRED, ln_roster, created_ms),
    WIRE_TIME(5, REQUIRED, ln_roster, expires_ms),
    WIRE_TEXT(6, OPTIONAL, ln_roster, title, 0, TITLE_MAX),
    WIRE_U32(7, REQUIRED, ln_roster, threshold, 1, LN_MEMBERS_MAX),
    WIRE_LIST_PART(8, ln_roster, members, 1, LN_MEMBERS_MAX, ln_wire_member),
    WIRE_LIST_PART(9, ln_roster, hubs, 0, LN_HUBS_MAX, ln_wire_hub),
    WIRE_U32(10, REQUIRED, ln_roster, code_lists, 1, UINT32_MAX),
};
WIRE_MESSAGE(roster, roster, LN_BODY_MAX, false);

static const struct wire_field office_fields[] = {
    WIRE_NAME(1, REQUIRED, ln_office, id),
    WIRE_TEXT(2, OPTIONAL, ln_office, title, 0, TITLE_MAX),
    WIRE_VOCABULARY(3, REQUIRED, ln_office, kind),
};
static WIRE_MESSAGE(office, office, WIRE_NO_LIMIT, false);

static const struct wire_field officer_fields[] = {
    WIRE_NAME(1, REQUIRED, ln_officer, id),
    WIRE_NAME(2, REQUIRED, ln_officer, office),
    WIRE_LIST_CODE(3, ln_officer, roles, 1, LN_ROLES_MAX, LN_ROLE_LAST),
    WIRE_FIXED(4, REQUIRED, ln_officer, signing_key),
    WIRE_FIXED(5, REQUIRED, ln_officer, box_key),
    WIRE_TIME(6, REQUIRED, ln_officer, valid_from_ms),
    WIRE_TIME(7, REQUIRED, ln_officer, valid_until_ms),
    WIRE_CODE(8, REQUIRED, ln_officer, status, STATUS_LAST),
};
static WIRE_MESSAGE(officer, officer, WIRE_NO_LIMIT, false);

static const struct wire_field node_key_fields[] = {
    WIRE_CODE(1, REQUIRED, ln_node_key, use, LN_NODE_TRANSPORT),
    WIRE_FIXED(2, REQUIRED, ln_node_key, key),
    WIRE_TIME(3, REQUIRED, ln_node_key, valid_from_ms),
    WIRE_TIME(4, REQUIRED, ln_node_key, valid_until_ms),
    WIRE_CODE(5, REQUIRED, ln_node_key, status, STATUS_LAST),
};
static WIRE_MESSAGE(node_key, node_key, WIRE_NO_LIMIT, false);

static const struct wire_field role_key_fields[] = {
    WIRE_NAME(1, REQUIRED, ln_role_key, office),
    WIRE_CODE(2, REQUIRED, ln_role_key, compartment, LN_COMPARTMENT_LAST),
    WIRE_FIXED(3, REQUIRED, ln_role_key, key),
    WIRE_TIME(4, REQUIRED, ln_role_key, valid_from_ms),
    WIRE_TIME(5, REQUIRED, ln_role_key, valid_until_ms),
    WIRE_CODE(6, REQUIRED, ln_role_key, status, STATUS_LAST),
};
static WIRE_MESSAGE(role_key, role_key, WIRE_NO_LIMIT, false);

static const struct wire_field collection_fields[] = {
    WIRE_NAME(1, REQUIRED, ln_collection, hub),
    WIRE_U32(2, REQUIRED, ln_collection, priority, 0, 65535),
};
static WIRE_MESSAGE(collection, collection, WIRE_NO_LIMIT, false);

static const struct wire_field manifest_fields[] = {
    WIRE_FIXED(1, REQUIRED, ln_manifest, federation),
    WIRE_NAME(2, REQUIRED, ln_manifest, member),
    WIRE_U64(3, REQUIRED, ln_manifest, version, 1, WIRE_VERSION_MAX),
    WIRE_FIXED(4, OPTIONAL, ln_manifest, previous),
    WIRE_TIME(5, REQUIRED, ln_manifest, created_ms),
    WIRE_TIME(6, REQUIRED, ln_manifest, expires_ms),
    WIRE_LIST_PART(7, ln_manifest, node_keys, 1, LN_NODE_KEYS_MAX, ln_wire_node_key),
    WIRE_LIST_PART(8, ln_manifest, collections, 1, LN_HUBS_MAX, ln_wire_collection),
    WIRE_LIST_PART(9, ln_manifest, offices, 1, LN_OFFICES_MAX, ln_wire_office),
    WIRE_LIST_PART(10, ln_manifest, officers, 0, LN_OFFICERS_MAX, ln_wire_officer),
    WIRE_LIST_PART(11, ln_manifest, role_keys, 0, LN_ROLE_KEYS_MAX, ln_wire_role_key),
};
WIRE_MESSAGE(manifest, manifest, LN_BODY_MAX, false);

static const struct wire_field epoch_fields[] = {
    WIRE_FIXED(1, REQUIRED, ln_epoch, federation),
    WIRE_NAME(2, REQUIRED, ln_epoch, member),
    WIRE_U64(3, REQUIRED, ln_epoch, number, 1, WIRE_VERSION_MAX),
    WIRE_FIXED(4, REQUIRED, ln_epoch, key),
    WIRE_TIME(5, REQUIRED, ln_epoch, starts_ms),
    WIRE_TIME(6, REQUIRED, ln_epoch, ends_ms),
    WIRE_U64(7, REQUIRED, ln_epoch, oldest_openable, 1, WIRE_VERSION_MAX),
};
WIRE_MESSAGE(epoch, epoch, 512, false);
