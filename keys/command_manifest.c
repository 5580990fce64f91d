/*
 * Manifests: a country's node, hubs, offices, officers and role keys, from a source.
 */
#include "ceremony.h"

#include "files.h"

#include <liaison/vocabulary.h>

#include <stdio.h>
#include <string.h>

enum { DAYS_MAX = 3650 };

static const char *const manifest_keys[] = {"federation", "member",      "version", "days",
                                            "node",       "collections", "offices", "officers",
                                            "role_keys",  NULL};
static const char *const node_keys[] = {"signing", "transport", NULL};
static const char *const collection_keys[] = {"hub", "priority", NULL};
static const char *const office_keys[] = {"id", "title", "kind", NULL};
static const char *const officer_keys[] = {"id",  "office", "roles", "signing",
                                           "box", "status", NULL};
static const char *const role_key_keys[] = {"office", "compartment", "key", "status", NULL};

static const struct ln_code_row statuses[] = {{LN_KEY_ACTIVE, "active"},
                                              {LN_KEY_RETIRED, "retired"},
                                              {LN_KEY_REVOKED, "revoked"},
                                              {0, NULL}};

struct reading {
    struct ln_arena *arena;
    struct form_error *error;
    struct ln_manifest *manifest;
};

static int get_code(const struct reading *reading, const struct form_node *map,
                    const char *name, const struct ln_code_row *list, uint32_t fallback,
                    uint32_t *out)
{
    const char *text;
    const int result = form_get_text(map, name, fallback == 0, &text, reading->error);
    if (result != 0)
        return result;
    *out = text == NULL ? fallback : ln_code_number(list, text);
    if (*out == 0)
        return form_fail(reading->error, form_get(map, name)->line,
                         "\"%.40s\" is not a known %s", text, name);
    return 0;
}

static int read_node(const struct reading *reading, const struct form_node *root)
{
    const struct form_node *node = form_get(root, "node");
    if (node == NULL)
        return form_fail(reading->error, root->line, "\"node\" is missing");
    struct ln_manifest *manifest = reading->manifest;
    struct ln_node_key *keys = ln_arena_array(reading->arena, 2, sizeof *keys);
    if (keys == NULL)
        return LN_E_OUT_OF_MEMORY;
    const struct ln_node_key blank = {.valid_from_ms = manifest->created_ms,
                                      .valid_until_ms = manifest->expires_ms,
                                      .status = LN_KEY_ACTIVE};
    keys[0] = keys[1] = blank;
    keys[0].use = LN_NODE_SIGNING;
    keys[1].use = LN_NODE_TRANSPORT;
    int result = form_check_keys(node, node_keys, reading->error);
    if (result == 0)
        result = ceremony_get_key(node, "signing", &keys[0].key, reading->error);
    if (result == 0)
        result = ceremony_get_key(node, "transport", &keys[1].key, reading->error);
    manifest->node_keys = keys;
    manifest->node_keys_count = 2;
    return result;
}

static int read_collection(const struct reading *reading, const struct form_node *map,
                           void *entry)
{
    struct ln_collection *out = entry;
    static const uint64_t first = 0;
    uint64_t priority = 0;
    int result = form_check_keys(map, collection_keys, reading->error);
    if (result == 0)
        result = form_get_name(map, "hub", &out->hub, reading->error);
    if (result == 0)
        result = form_get_number(map, "priority", 0, 65535, &first, &priority, reading->error);
    out->priority = (uint32_t)priority;
    return result;
}

static int read_office(const struct reading *reading, const struct form_node *map, void *entry)
{
    struct ln_office *out = entry;
    const char *title = NULL;
    int result = form_check_keys(map, office_keys, reading->error);
    if (result == 0)
        result = form_get_name(map, "id", &out->id, reading->error);
    if (result == 0)
        result = form_get_text(map, "title", false, &title, reading->error);
    if (title != NULL)
        out->title = ln_view(title, strlen(title));
    return result == 0 ? get_code(reading, map, "kind", LN_LIST_AUTHORITIES, 0, &out->kind)
                       : result;
}

static int read_roles(const struct reading *reading, const struct form_node *map,
                      struct ln_officer *out)
{
    const struct form_node *list;
    const int result = form_get_list(map, "roles", true, &list, reading->error);
    if (result != 0)
        return result;
    uint32_t *roles = ln_arena_array(reading->arena, form_count(list) + 1, sizeof *roles);
    if (roles == NULL)
        return LN_E_OUT_OF_MEMORY;
    out->roles = roles;
    for (const struct form_node *node = list->first; node != NULL; node = node->next) {
        const uint32_t role =
            node->kind == FORM_TEXT ? ln_code_number(LN_LIST_ROLES, node->text) : 0;
        if (role == 0)
            return form_fail(reading->error, node->line, "this is not a known role");
        roles[out->roles_count++] = role;
    }
    return 0;
}

static int read_officer(const struct reading *reading, const struct form_node *map, void *entry)
{
    struct ln_officer *out = entry;
    out->valid_from_ms = reading->manifest->created_ms;
    out->valid_until_ms = reading->manifest->expires_ms;
    int result = form_check_keys(map, officer_keys, reading->error);
    if (result == 0)
        result = form_get_name(map, "id", &out->id, reading->error);
    if (result == 0)
        result = form_get_name(map, "office", &out->office, reading->error);
    if (result == 0)
        result = read_roles(reading, map, out);
    if (result == 0)
        result = ceremony_get_key(map, "signing", &out->signing_key, reading->error);
    if (result == 0)
        result = ceremony_get_key(map, "box", &out->box_key, reading->error);
    return result == 0 ? get_code(reading, map, "status", statuses, LN_KEY_ACTIVE, &out->status)
                       : result;
}

static int read_role_key(const struct reading *reading, const struct form_node *map,
                         void *entry)
{
    struct ln_role_key *out = entry;
    out->valid_from_ms = reading->manifest->created_ms;
    out->valid_until_ms = reading->manifest->expires_ms;
    int result = form_check_keys(map, role_key_keys, reading->error);
    if (result == 0)
        result = form_get_name(map, "office", &out->office, reading->error);
    if (result == 0)
        result =
            get_code(reading, map, "compartment", LN_LIST_COMPARTMENTS, 0, &out->compartment);
    if (result == 0)
        result = ceremony_get_key(map, "key", &out->key, reading->error);
    return result == 0 ? get_code(reading, map, "status", statuses, LN_KEY_ACTIVE, &out->status)
                       : result;
}

/** The manifest's lists: where each goes, and who reads an entry. */
static const struct list_row {
    const char *name;
    bool is_needed;
    size_t offset, count_offset, entry_size;
    int (*read)(const struct reading *reading, const struct form_node *map, void *entry);
} lists[] = {
#define LIST(name, needed, shape, reader)                                            \
    {                                                                                \
#name, needed, offsetof(struct ln_manifest, name),                           \
            offsetof(struct ln_manifest, name##_count), sizeof(struct shape), reader \
    }
    LIST(collections, true, ln_collection, read_collection),
    LIST(offices, true, ln_office, read_office),
    LIST(officers, false, ln_officer, read_officer),
    LIST(role_keys, false, ln_role_key, read_role_key),
#undef LIST
};

static int read_list(const struct reading *reading, const struct form_node *root,
                     const struct list_row *row)
{
    const struct form_node *list;
    int result = form_get_list(root, row->name, row->is_needed, &list, reading->error);
    const size_t count = form_count(result == 0 ? list : NULL);
    if (result != 0 || count == 0)
        return result;
    uint8_t *entries = ln_arena_array(reading->arena, count, row->entry_size);
    if (entries == NULL)
        return LN_E_OUT_OF_MEMORY;
    uint8_t *manifest = (uint8_t *)reading->manifest;
    *(void **)(void *)(manifest + row->offset) = entries;
    *(size_t *)(void *)(manifest + row->count_offset) = count;
    for (const struct form_node *node = list->first; node != NULL && result == 0;
         node = node->next) {
        result = row->read(reading, node, entries);
        entries += row->entry_size;
    }
    return result;
}

static int read_manifest(const struct reading *reading, const struct form_node *root)
{
    static const uint64_t first_version = 1, days_default = 365;
    struct ln_manifest *manifest = reading->manifest;
    uint64_t days = 0;
    const char *federation = NULL;
    int result = form_check_keys(root, manifest_keys, reading->error);
    if (result == 0)
        result = form_get_text(root, "federation", true, &federation, reading->error);
    if (result == 0 && ln_id_read(federation, &manifest->federation) != 0)
        result = form_fail(reading->error, root->line,
                           "\"federation\" must be 26 letters and digits");
    if (result == 0)
        result = form_get_name(root, "member", &manifest->member, reading->error);
    if (result == 0)
        result = form_get_number(root, "version", 1, UINT32_MAX, &first_version,
                                 &manifest->version, reading->error);
    if (result == 0)
        result =
            form_get_number(root, "days", 1, DAYS_MAX, &days_default, &days, reading->error);
    manifest->created_ms = ln_now_ms(&LN_CLOCK_SYSTEM);
    manifest->expires_ms = manifest->created_ms + days * LN_DAY_MS;
    if (result == 0)
        result = read_node(reading, root);
    for (size_t i = 0; i < LN_COUNT(lists) && result == 0; i++)
        result = read_list(reading, root, &lists[i]);
    return result;
}

int command_manifest_make(const struct ceremony *ceremony)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CEREMONY_ARENA);
    AUTO(ln_buffer_wipe) struct ln_buffer text = LN_BUFFER(FORM_SIZE_MAX);
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(LN_BODY_MAX);
    struct form_error form_error;
    struct ln_manifest manifest = {.version = 0};
    const struct reading reading = {&arena, &form_error, &manifest};
    const struct form_node *root;
    struct ln_signed previous;
    int error = ceremony_read_source(ceremony->source, &text, &arena, &root);
    if (error == 0)
        error = read_manifest(&reading, root);
    if (error == LN_E_DRAFT)
        return ceremony_say(ceremony->source, &form_error);
    if (error == 0 && ceremony->previous != NULL) {
        error = ceremony_read_signed(ceremony->previous, &arena, &previous);
        if (error == 0)
            ln_signed_digest(&previous, &manifest.previous);
    }
    if (error == 0)
        error = ln_manifest_build(&manifest, &body);
    const struct ln_signed unsigned_manifest = {.type = LN_TYPE_MANIFEST,
                                                .body = ln_buffer_view(&body)};
    return error == 0 ? ceremony_write_signed(ceremony->out, &unsigned_manifest, true) : error;
}
