/*
 * Reading a manifest's source. What the source does not say of a key that the version before
 * had, is as it was there; of a new key, what docs/protocol.md, Keys, proposes.
 */
#include "manifestsource.h"

#include "carryover.h"
#include "ceremony.h"

#include <liaison/vocabulary.h>

#include <string.h>

enum { DAYS_MAX = 3650, NODE_DAYS = 365, OFFICER_DAYS = 365, ROLE_DAYS = 90 };

static const char *const manifest_keys[] = {"federation", "member",    "version",     "days",
                                            "node",       "node_keys", "collections", "offices",
                                            "officers",   "role_keys", "forget",      NULL};
static const char *const node_keys[] = {"signing", "transport", "from", "until", NULL};
static const char *const node_key_keys[] = {"use", "key", "status", "from", "until", NULL};
static const char *const collection_keys[] = {"hub", "priority", NULL};
static const char *const office_keys[] = {"id", "title", "kind", NULL};
static const char *const officer_keys[] = {"id",     "office", "roles", "signing", "box",
                                           "status", "from",   "until", NULL};
static const char *const role_key_keys[] = {"office", "compartment", "key", "status",
                                            "from",   "until",       NULL};

static const struct ln_code_row uses[] = {
    {LN_NODE_SIGNING, "signing"}, {LN_NODE_TRANSPORT, "transport"}, {0, NULL}};
static const struct ln_code_row statuses[] = {{LN_KEY_ACTIVE, "active"},
                                              {LN_KEY_RETIRED, "retired"},
                                              {LN_KEY_REVOKED, "revoked"},
                                              {0, NULL}};

static int get_code(const struct manifestsource *source, const struct form_node *map,
                    const char *name, const struct ln_code_row *list, uint32_t fallback,
                    uint32_t *out)
{
    const char *text;
    const int result = form_get_text(map, name, fallback == 0, &text, source->error);
    if (result != 0)
        return result;
    *out = text == NULL ? fallback : ln_code_number(list, text);
    if (*out == 0)
        return form_fail(source->error, form_get(map, name)->line,
                         "\"%.40s\" is not a known %s", text, name);
    return 0;
}

/* Validity and status ---------------------------------------------------------------------- */

/** A day, as 2027-03-31; *out stays where it is not given. */
static int get_day(const struct manifestsource *source, const struct form_node *map,
                   const char *name, uint64_t *out)
{
    const char *text;
    const int result = form_get_text(map, name, false, &text, source->error);
    if (result != 0 || text == NULL || ceremony_day(text, out))
        return result;
    return form_fail(source->error, form_get(map, name)->line,
                     "\"%s\" must be a day, as 2027-03-31", name);
}

struct validity {
    uint64_t from_ms, until_ms;
};

/** As it was in the version before, or from now for so many days; or as the source says. */
static int get_validity(const struct manifestsource *source, const struct form_node *map,
                        const struct validity *before, uint64_t days, uint64_t *out_from_ms,
                        uint64_t *out_until_ms)
{
    struct validity validity = {source->now_ms, source->now_ms + days * LN_DAY_MS};
    if (before->until_ms > 0)
        validity = *before;
    int result = get_day(source, map, "from", &validity.from_ms);
    if (result == 0)
        result = get_day(source, map, "until", &validity.until_ms);
    if (result == 0 && validity.from_ms >= validity.until_ms)
        return form_fail(source->error, map->line, "it ends before it begins");
    *out_from_ms = validity.from_ms;
    *out_until_ms = validity.until_ms;
    return result;
}

/** Of an entry that the version before had with status `before` (0: it had not). */
static int get_status(const struct manifestsource *source, const struct form_node *map,
                      uint32_t before, uint32_t *out)
{
    const int result = get_code(source, map, "status", statuses, LN_KEY_ACTIVE, out);
    if (result == 0 && before == LN_KEY_REVOKED && *out != LN_KEY_REVOKED)
        return form_fail(source->error, map->line,
                         "this was revoked in version %llu: what was revoked stays so, and "
                         "its name is never used again",
                         (unsigned long long)source->previous->version);
    return result;
}

/* The node --------------------------------------------------------------------------------- */

static int finish_node_key(const struct manifestsource *source, const struct form_node *map,
                           struct ln_node_key *out)
{
    const struct ln_node_key *before =
        carryover_node_key(source->previous, out->use, &out->key);
    const struct validity validity = {before == NULL ? 0 : before->valid_from_ms,
                                      before == NULL ? 0 : before->valid_until_ms};
    const int result =
        get_status(source, map, before == NULL ? 0 : before->status, &out->status);
    return result == 0 ? get_validity(source, map, &validity, NODE_DAYS, &out->valid_from_ms,
                                      &out->valid_until_ms)
                       : result;
}

static int read_other_node_key(const struct manifestsource *source, const struct form_node *map,
                               struct ln_node_key *out)
{
    int result = form_check_keys(map, node_key_keys, source->error);
    if (result == 0)
        result = get_code(source, map, "use", uses, 0, &out->use);
    if (result == 0)
        result = ceremony_get_key(map, "key", &out->key, source->error);
    return result == 0 ? finish_node_key(source, map, out) : result;
}

static int read_current_node_key(const struct manifestsource *source,
                                 const struct form_node *node, uint32_t use,
                                 struct ln_node_key *out)
{
    out->use = use;
    const int result =
        ceremony_get_key(node, ln_code_name(uses, use), &out->key, source->error);
    return result == 0 ? finish_node_key(source, node, out) : result;
}

/** The two keys in use, and of `node_keys` whatever else is to be said. */
static int read_node(const struct manifestsource *source, const struct form_node *root)
{
    const struct form_node *node = form_get(root, "node"), *others = NULL;
    if (node == NULL)
        return form_fail(source->error, root->line, "\"node\" is missing");
    struct ln_manifest *manifest = source->manifest;
    int result = form_check_keys(node, node_keys, source->error);
    if (result == 0)
        result = form_get_list(root, "node_keys", false, &others, source->error);
    if (result != 0)
        return result;
    const size_t others_count = others == NULL ? 0 : form_count(others);
    const size_t carried = source->previous == NULL ? 0 : source->previous->node_keys_count;
    struct ln_node_key *keys =
        ln_arena_array(source->arena, 2 + others_count + carried, sizeof *keys);
    if (keys == NULL)
        return LN_E_OUT_OF_MEMORY;
    result = read_current_node_key(source, node, LN_NODE_SIGNING, &keys[0]);
    if (result == 0)
        result = read_current_node_key(source, node, LN_NODE_TRANSPORT, &keys[1]);
    size_t count = 2;
    for (const struct form_node *other = others_count == 0 ? NULL : others->first;
         other != NULL && result == 0; other = other->next)
        result = read_other_node_key(source, other, &keys[count++]);
    manifest->node_keys = keys;
    manifest->node_keys_count = count;
    return result;
}

/* Offices, officers, role keys ------------------------------------------------------------- */

static int read_collection(const struct manifestsource *source, const struct form_node *map,
                           void *entry)
{
    struct ln_collection *out = entry;
    static const uint64_t first = 0;
    uint64_t priority = 0;
    int result = form_check_keys(map, collection_keys, source->error);
    if (result == 0)
        result = form_get_name(map, "hub", &out->hub, source->error);
    if (result == 0)
        result = form_get_number(map, "priority", 0, 65535, &first, &priority, source->error);
    out->priority = (uint32_t)priority;
    return result;
}

static int read_office(const struct manifestsource *source, const struct form_node *map,
                       void *entry)
{
    struct ln_office *out = entry;
    const char *title = NULL;
    int result = form_check_keys(map, office_keys, source->error);
    if (result == 0)
        result = form_get_name(map, "id", &out->id, source->error);
    if (result == 0)
        result = form_get_text(map, "title", false, &title, source->error);
    if (title != NULL)
        out->title = ln_view(title, strlen(title));
    return result == 0 ? get_code(source, map, "kind", LN_LIST_AUTHORITIES, 0, &out->kind)
                       : result;
}

static int read_roles(const struct manifestsource *source, const struct form_node *map,
                      struct ln_officer *out)
{
    const struct form_node *list;
    const int result = form_get_list(map, "roles", true, &list, source->error);
    if (result != 0)
        return result;
    uint32_t *roles = ln_arena_array(source->arena, form_count(list) + 1, sizeof *roles);
    if (roles == NULL)
        return LN_E_OUT_OF_MEMORY;
    out->roles = roles;
    for (const struct form_node *node = list->first; node != NULL; node = node->next) {
        const uint32_t role =
            node->kind == FORM_TEXT ? ln_code_number(LN_LIST_ROLES, node->text) : 0;
        if (role == 0)
            return form_fail(source->error, node->line, "this is not a known role");
        roles[out->roles_count++] = role;
    }
    return 0;
}

/** New keys of an officer have a validity of their own. */
static int finish_officer(const struct manifestsource *source, const struct form_node *map,
                          struct ln_officer *out)
{
    const struct ln_officer *before = carryover_officer(source->previous, &out->id);
    const struct ln_officer *other = carryover_same_keys(source->previous, out);
    const bool has_same_keys = before != NULL && memcmp(&before->signing_key, &out->signing_key,
                                                        sizeof out->signing_key) == 0;
    const struct validity validity = {has_same_keys ? before->valid_from_ms : 0,
                                      has_same_keys ? before->valid_until_ms : 0};
    if (other != NULL)
        return form_fail(source->error, map->line,
                         "these are keys of \"%s\": another name needs keys of its own",
                         other->id.text);
    const int result =
        get_status(source, map, before == NULL ? 0 : before->status, &out->status);
    return result == 0 ? get_validity(source, map, &validity, OFFICER_DAYS, &out->valid_from_ms,
                                      &out->valid_until_ms)
                       : result;
}

static int read_officer(const struct manifestsource *source, const struct form_node *map,
                        void *entry)
{
    struct ln_officer *out = entry;
    int result = form_check_keys(map, officer_keys, source->error);
    if (result == 0)
        result = form_get_name(map, "id", &out->id, source->error);
    if (result == 0)
        result = form_get_name(map, "office", &out->office, source->error);
    if (result == 0)
        result = read_roles(source, map, out);
    if (result == 0)
        result = ceremony_get_key(map, "signing", &out->signing_key, source->error);
    if (result == 0)
        result = ceremony_get_key(map, "box", &out->box_key, source->error);
    return result == 0 ? finish_officer(source, map, out) : result;
}

static int read_role_key(const struct manifestsource *source, const struct form_node *map,
                         void *entry)
{
    struct ln_role_key *out = entry;
    int result = form_check_keys(map, role_key_keys, source->error);
    if (result == 0)
        result = form_get_name(map, "office", &out->office, source->error);
    if (result == 0)
        result =
            get_code(source, map, "compartment", LN_LIST_COMPARTMENTS, 0, &out->compartment);
    if (result == 0)
        result = ceremony_get_key(map, "key", &out->key, source->error);
    if (result != 0)
        return result;
    const struct ln_role_key *before = carryover_role_key(source->previous, &out->key);
    const struct validity validity = {before == NULL ? 0 : before->valid_from_ms,
                                      before == NULL ? 0 : before->valid_until_ms};
    result = get_status(source, map, before == NULL ? 0 : before->status, &out->status);
    return result == 0 ? get_validity(source, map, &validity, ROLE_DAYS, &out->valid_from_ms,
                                      &out->valid_until_ms)
                       : result;
}

/** The manifest's lists: where each goes, and who reads an entry. */
static const struct list_row {
    const char *name;
    bool is_needed;
    size_t offset, count_offset, entry_size;
    int (*read)(const struct manifestsource *source, const struct form_node *map, void *entry);
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

static int read_list(const struct manifestsource *source, const struct form_node *root,
                     const struct list_row *row)
{
    const struct form_node *list;
    int result = form_get_list(root, row->name, row->is_needed, &list, source->error);
    const size_t count = result == 0 && list != NULL ? form_count(list) : 0;
    const uint8_t *previous = (const uint8_t *)source->previous;
    const size_t carried =
        previous == NULL ? 0 : *(const size_t *)(const void *)(previous + row->count_offset);
    if (result != 0 || count + carried == 0)
        return result;
    uint8_t *entries = ln_arena_array(source->arena, count + carried, row->entry_size);
    if (entries == NULL)
        return LN_E_OUT_OF_MEMORY;
    uint8_t *manifest = (uint8_t *)source->manifest;
    *(void **)(void *)(manifest + row->offset) = entries;
    *(size_t *)(void *)(manifest + row->count_offset) = count;
    for (const struct form_node *node = count == 0 ? NULL : list->first;
         node != NULL && result == 0; node = node->next) {
        result = row->read(source, node, entries);
        entries += row->entry_size;
    }
    return result;
}

/* The whole -------------------------------------------------------------------------------- */

static int read_federation(const struct manifestsource *source, const struct form_node *root)
{
    const char *text;
    const int result = form_get_text(root, "federation", true, &text, source->error);
    if (result == 0 && ln_id_read(text, &source->manifest->federation) != 0)
        return form_fail(source->error, form_get(root, "federation")->line,
                         "\"federation\" must be 26 letters and digits");
    return result;
}

/** One above the version before, where the source does not say. */
static int read_version(const struct manifestsource *source, const struct form_node *root)
{
    const uint64_t next = source->previous == NULL ? 1 : source->previous->version + 1;
    struct ln_manifest *manifest = source->manifest;
    const int result = form_get_number(root, "version", 1, UINT32_MAX, &next,
                                       &manifest->version, source->error);
    if (result != 0 || manifest->version == next)
        return result;
    return form_fail(source->error, form_get(root, "version")->line,
                     source->previous == NULL
                         ? "only version 1 can do without --previous (%llu)"
                         : "with this --previous the version must be %llu",
                     (unsigned long long)next);
}

static int check_previous(const struct manifestsource *source, const struct form_node *root)
{
    const struct ln_manifest *manifest = source->manifest, *previous = source->previous;
    if (previous == NULL || (ln_id_equal(&manifest->federation, &previous->federation) &&
                             ln_name_equal(&manifest->member, &previous->member)))
        return 0;
    return form_fail(source->error, root->line,
                     "the version before is of %s, or of another federation",
                     previous->member.text);
}

static int read_head(const struct manifestsource *source, const struct form_node *root)
{
    static const uint64_t days_default = 365;
    struct ln_manifest *manifest = source->manifest;
    uint64_t days = 0;
    int result = form_check_keys(root, manifest_keys, source->error);
    if (result == 0)
        result = read_federation(source, root);
    if (result == 0)
        result = form_get_name(root, "member", &manifest->member, source->error);
    if (result == 0)
        result = check_previous(source, root);
    if (result == 0)
        result = read_version(source, root);
    if (result == 0)
        result =
            form_get_number(root, "days", 1, DAYS_MAX, &days_default, &days, source->error);
    manifest->created_ms = source->now_ms;
    manifest->expires_ms = source->now_ms + days * LN_DAY_MS;
    return result;
}

int manifestsource_read(const struct manifestsource *source, const struct form_node *root)
{
    const struct form_node *forget = NULL;
    int result = read_head(source, root);
    if (result == 0)
        result = read_node(source, root);
    for (size_t i = 0; i < LN_COUNT(lists) && result == 0; i++)
        result = read_list(source, root, &lists[i]);
    if (result == 0)
        result = form_get_list(root, "forget", false, &forget, source->error);
    if (result != 0 || source->previous == NULL)
        return result;
    return carryover_apply(source->previous, forget, source->manifest, source->error);
}
