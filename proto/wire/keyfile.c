/*
 * Tables of key files.
 */
#include <liaison/keyfile.h>
#include <liaison/roster.h>
#include <liaison/vocabulary.h>

#include "wire.h"

#include "keyfile.pb-c.h"

enum { MAGIC_MAX = 32 };

static const struct wire_field key_header_fields[] = {
    WIRE_TEXT(1, REQUIRED, ln_key_header, magic, 1, MAGIC_MAX),
    WIRE_CODE(2, REQUIRED, ln_key_header, kind, LN_KEY_KIND_LAST),
    WIRE_NAME(3, OPTIONAL, ln_key_header, member),
    WIRE_NAME(4, OPTIONAL, ln_key_header, name),
    WIRE_FIXED(5, REQUIRED, ln_key_header, salt),
    WIRE_U32(6, OPTIONAL, ln_key_header, operations, 0, UINT32_MAX),
    WIRE_U32(7, OPTIONAL, ln_key_header, memory_kib, 0, UINT32_MAX),
    WIRE_LIST_FIXED(8, ln_key_header, public_keys, 0, LN_KEY_SECRETS_MAX),
    WIRE_U64(9, OPTIONAL, ln_key_header, number, 0, WIRE_VERSION_MAX),
    WIRE_U64(10, OPTIONAL, ln_key_header, starts_ms, 0, WIRE_TIME_MAX),
    WIRE_U64(11, OPTIONAL, ln_key_header, ends_ms, 0, WIRE_TIME_MAX),
};
WIRE_MESSAGE(key_header, key_header, LN_KEY_FILE_MAX, false);

static const struct wire_field key_file_fields[] = {
    WIRE_BYTES(1, REQUIRED, ln_key_file, header, 1, LN_KEY_FILE_MAX),
    WIRE_BYTES(2, REQUIRED, ln_key_file, sealed, 1, 512),
};
WIRE_MESSAGE(key_file, key_file, LN_KEY_FILE_MAX, false);

static const struct wire_field role_wrap_fields[] = {
    WIRE_NAME(1, REQUIRED, ln_role_wrap, officer),
    WIRE_FIXED(2, REQUIRED, ln_role_wrap, encapsulated),
    WIRE_FIXED(3, REQUIRED, ln_role_wrap, sealed_key),
};
static WIRE_MESSAGE(role_wrap, role_wrap, 256, false);

static const struct wire_field role_share_fields[] = {
    WIRE_NAME(1, REQUIRED, ln_role_share, officer),
    WIRE_U32(2, REQUIRED, ln_role_share, number, 1, LN_ROLE_SHARES_MAX),
    WIRE_FIXED(3, REQUIRED, ln_role_share, check),
    WIRE_FIXED(4, REQUIRED, ln_role_share, encapsulated),
    WIRE_FIXED(5, REQUIRED, ln_role_share, sealed_share),
};
static WIRE_MESSAGE(role_share, role_share, 256, false);

static const struct wire_field role_file_fields[] = {
    WIRE_TEXT(1, REQUIRED, ln_role_file, magic, 1, MAGIC_MAX),
    WIRE_NAME(2, REQUIRED, ln_role_file, office),
    WIRE_CODE(3, REQUIRED, ln_role_file, compartment, LN_COMPARTMENT_LAST),
    WIRE_FIXED(4, REQUIRED, ln_role_file, public_key),
    WIRE_LIST_PART(5, ln_role_file, wraps, 0, LN_OFFICERS_MAX, ln_wire_role_wrap),
    WIRE_U32(6, OPTIONAL, ln_role_file, shares_needed, 0, LN_ROLE_SHARES_MAX),
    WIRE_LIST_PART(7, ln_role_file, shares, 0, LN_ROLE_SHARES_MAX, ln_wire_role_share),
};
WIRE_MESSAGE(role_file, role_file, LN_ROLE_FILE_MAX, false);
