/*
 * Each key is made by the command that a real ceremony uses; what it prints goes into the
 * country's source.
 */
#include "exercisemember.h"

#include <liaison/vocabulary.h>

#include <stdio.h>
#include <string.h>

enum { OFFICERS_MAX = 64 };

static const char *const office_keys[] = {"id", "title", "kind", "officers", NULL};
static const char *const officer_keys[] = {"id", "roles", NULL};

/* Officers and role keys ------------------------------------------------------------------- */

struct officers {
    struct {
        char id[LN_NAME_MAX + 1];
        char box[2 * LN_PUBLIC_KEY_BYTES + 1];
        const struct form_node *roles;
    } list[OFFICERS_MAX];
    size_t count;
};

static bool reads(const struct form_node *roles, uint32_t compartment)
{
    for (const struct form_node *role = roles->first; role != NULL; role = role->next) {
        if (ln_role_reads(ln_code_number(LN_LIST_ROLES, role->text), compartment))
            return true;
    }
    return false;
}

static int add_roles(struct ln_buffer *source, const struct form_node *roles)
{
    int error = ln_buffer_add_text(source, "    roles: [");
    for (const struct form_node *role = roles->first; role != NULL && error == 0;
         role = role->next)
        error = ln_buffer_format(source, "%s%s", role == roles->first ? "" : ", ", role->text);
    return error == 0 ? ln_buffer_add_text(source, "]\n") : error;
}

static int make_officer(const struct exercise *making, const char *member,
                        const char *directory, const struct form_node *node, const char *office,
                        struct officers *officers, struct ln_buffer *source)
{
    AUTO(ln_buffer_wipe) struct ln_buffer lines = LN_BUFFER(4096);
    char passphrase[FILES_PATH_SIZE], name[96];
    const char *id = NULL;
    const struct form_node *roles = NULL;
    int error = form_check_keys(node, officer_keys, making->error);
    if (error == 0)
        error = form_get_text(node, "id", true, &id, making->error);
    if (error == 0)
        error = form_get_list(node, "roles", true, &roles, making->error);
    if (error == 0 && (officers->count == OFFICERS_MAX || strlen(id) > LN_NAME_MAX))
        error = form_fail(making->error, node->line, "too many officers, or too long a name");
    if (error != 0)
        return error;
    snprintf(name, sizeof name, "%s", id);
    error = exercise_passphrase(making, name, passphrase);
    const struct ceremony ceremony = {
        .member = member, .name = id, .out = directory, .passphrase_file = passphrase};
    if (error == 0)
        error = exercise_run(command_officer_new, &ceremony, &lines);
    if (error == 0)
        error = ln_buffer_format(source, "  - id: %s\n    office: %s\n", id, office);
    if (error == 0)
        error = add_roles(source, roles);
    if (error == 0)
        error = exercise_add_lines(source, "    ", &lines);
    if (error != 0)
        return error;
    snprintf(officers->list[officers->count].id, sizeof officers->list[0].id, "%s", id);
    officers->list[officers->count].roles = roles;
    const char *box = strstr((const char *)lines.data, "box: ");
    snprintf(officers->list[officers->count].box, sizeof officers->list[0].box, "%s", box + 5);
    officers->count++;
    return 0;
}

static int make_role_key(const char *directory, const char *office,
                         const struct ln_code_row *compartment, const struct officers *officers,
                         struct ln_buffer *source)
{
    AUTO(ln_buffer_wipe) struct ln_buffer lines = LN_BUFFER(4096);
    char holders[OPTIONS_LIST_MAX][LN_NAME_MAX + 2 * LN_PUBLIC_KEY_BYTES + 2];
    struct ceremony ceremony = {
        .office = office, .compartment = compartment->name, .out = directory};
    for (size_t i = 0; i < officers->count && ceremony.holders.count < OPTIONS_LIST_MAX; i++) {
        if (!reads(officers->list[i].roles, compartment->number))
            continue;
        char *holder = holders[ceremony.holders.count];
        snprintf(holder, sizeof holders[0], "%s=%s", officers->list[i].id,
                 officers->list[i].box);
        ceremony.holders.texts[ceremony.holders.count++] = holder;
    }
    if (ceremony.holders.count == 0)
        return 0; /* nobody of this office may read it */
    int error = exercise_run(command_role_new, &ceremony, &lines);
    if (error == 0)
        error = ln_buffer_format(source, "  - office: %s\n    compartment: %s\n", office,
                                 compartment->name);
    return error == 0 ? exercise_add_lines(source, "    ", &lines) : error;
}

/** The three lists of a manifest that grow office by office. */
struct manifest_parts {
    struct ln_buffer offices, officers, role_keys;
};

static int make_office(const struct exercise *making, const char *member, const char *directory,
                       const struct form_node *node, struct manifest_parts *parts)
{
    struct officers officers = {.count = 0};
    const char *id = NULL, *title = NULL, *kind = NULL;
    const struct form_node *list = NULL;
    int error = form_check_keys(node, office_keys, making->error);
    if (error == 0)
        error = form_get_text(node, "id", true, &id, making->error);
    if (error == 0)
        error = form_get_text(node, "title", true, &title, making->error);
    if (error == 0)
        error = form_get_text(node, "kind", true, &kind, making->error);
    if (error == 0)
        error = form_get_list(node, "officers", true, &list, making->error);
    if (error == 0)
        error = ln_buffer_format(&parts->offices, "  - id: %s\n    title: %s\n    kind: %s\n",
                                 id, title, kind);
    for (const struct form_node *officer = error == 0 ? list->first : NULL;
         officer != NULL && error == 0; officer = officer->next)
        error =
            make_officer(making, member, directory, officer, id, &officers, &parts->officers);
    for (const struct ln_code_row *row = LN_LIST_COMPARTMENTS; row->name != NULL && error == 0;
         row++)
        error = make_role_key(directory, id, row, &officers, &parts->role_keys);
    return error;
}

/* Members ---------------------------------------------------------------------------------- */

static int make_roots(struct exercise *making, const struct form_node *member, const char *id)
{
    uint64_t roots = 0, threshold = 0;
    const char *title = NULL;
    int error = form_get_number(member, "roots", 1, LN_ROOTS_MAX, NULL, &roots, making->error);
    if (error == 0)
        error = form_get_number(member, "threshold", 1, roots, NULL, &threshold, making->error);
    if (error == 0)
        error = form_get_text(member, "title", true, &title, making->error);
    if (error == 0)
        error = ln_buffer_format(&making->roster,
                                 "  - id: %s\n    title: %s\n    threshold: %llu\n    roots:\n",
                                 id, title, (unsigned long long)threshold);
    for (uint64_t i = 1; i <= roots && error == 0; i++) {
        AUTO(ln_buffer_wipe) struct ln_buffer line = LN_BUFFER(4096);
        char name[96], path[FILES_PATH_SIZE], passphrase[FILES_PATH_SIZE];
        snprintf(name, sizeof name, "%.32s-root-%llu", id, (unsigned long long)i);
        error = exercise_passphrase(making, name, passphrase);
        if (error == 0)
            error =
                files_path(path, "%s/%s/root-%llu.key", making->out, id, (unsigned long long)i);
        const struct ceremony ceremony = {
            .member = id, .name = name, .out = path, .passphrase_file = passphrase};
        if (error == 0)
            error = exercise_run(command_root_new, &ceremony, &line);
        if (error == 0) /* "root: <key>" */
            error = ln_buffer_format(&making->roster, "      - %.64s\n",
                                     (const char *)line.data + 6);
    }
    return error;
}

static int add_collections(const struct exercise *making, struct ln_buffer *source)
{
    int error = ln_buffer_add_text(source, "collections:\n");
    unsigned priority = 10;
    for (const struct form_node *hub = making->hubs->first; hub != NULL && error == 0;
         hub = hub->next) {
        const char *id = NULL;
        error = form_get_text(hub, "id", true, &id, making->error);
        if (error == 0)
            error = ln_buffer_format(source, "  - hub: %s\n    priority: %u\n", id, priority);
        priority += 10;
    }
    return error;
}

static int make_node(const struct exercise *making, const char *id, const char *directory,
                     struct ln_buffer *source)
{
    AUTO(ln_buffer_wipe) struct ln_buffer lines = LN_BUFFER(4096);
    char name[96], passphrase[FILES_PATH_SIZE];
    snprintf(name, sizeof name, "%.32s-node", id);
    int error = exercise_passphrase(making, name, passphrase);
    const struct ceremony ceremony = {
        .member = id, .out = directory, .passphrase_file = passphrase};
    if (error == 0)
        error = exercise_run(command_node_new, &ceremony, &lines);
    if (error == 0)
        error = ln_buffer_add_text(source, "node:\n");
    return error == 0 ? exercise_add_lines(source, "  ", &lines) : error;
}

static int add_parts(struct ln_buffer *source, const struct manifest_parts *parts)
{
    int error = ln_buffer_add_text(source, "offices:\n");
    if (error == 0)
        error = ln_buffer_add_bytes(source, ln_buffer_view(&parts->offices));
    if (error == 0)
        error = ln_buffer_add_text(source, "officers:\n");
    if (error == 0)
        error = ln_buffer_add_bytes(source, ln_buffer_view(&parts->officers));
    if (error == 0)
        error = ln_buffer_add_text(source, "role_keys:\n");
    return error == 0 ? ln_buffer_add_bytes(source, ln_buffer_view(&parts->role_keys)) : error;
}

static void parts_wipe(struct manifest_parts *parts)
{
    ln_buffer_wipe(&parts->offices);
    ln_buffer_wipe(&parts->officers);
    ln_buffer_wipe(&parts->role_keys);
}

static int make_manifest(const struct exercise *making, const struct form_node *member,
                         const char *id)
{
    AUTO(ln_buffer_wipe) struct ln_buffer source = LN_BUFFER(EXERCISE_SOURCE_MAX);
    AUTO(parts_wipe)
    struct manifest_parts parts = {LN_BUFFER(EXERCISE_SOURCE_MAX),
                                   LN_BUFFER(EXERCISE_SOURCE_MAX),
                                   LN_BUFFER(EXERCISE_SOURCE_MAX)};
    char directory[FILES_PATH_SIZE], source_path[FILES_PATH_SIZE], out[FILES_PATH_SIZE];
    const struct form_node *offices = NULL;
    int error = form_get_list(member, "offices", true, &offices, making->error);
    if (error == 0)
        error = files_path(directory, "%s/%s/node", making->out, id);
    if (error == 0)
        error = ln_buffer_format(&source, "federation: %s\nmember: %s\nversion: 1\n",
                                 making->federation, id);
    if (error == 0)
        error = make_node(making, id, directory, &source);
    if (error == 0)
        error = add_collections(making, &source);
    for (const struct form_node *node = error == 0 ? offices->first : NULL;
         node != NULL && error == 0; node = node->next)
        error = make_office(making, id, directory, node, &parts);
    if (error == 0)
        error = add_parts(&source, &parts);
    if (error == 0)
        error = files_path(source_path, "%s/%s/manifest.yaml", making->out, id);
    if (error == 0)
        error = files_path(out, "%s/%s/manifest", making->out, id);
    if (error == 0)
        error = exercise_write_source(source_path, &source);
    const struct ceremony ceremony = {.source = source_path, .out = out};
    return error == 0 ? command_manifest_make(&ceremony) : error;
}

int exercisemember_begin(struct exercise *making, const struct form_node *member,
                         const char *id)
{
    char path[FILES_PATH_SIZE];
    int error = files_path(path, "%s/%s", making->out, id);
    if (error == 0)
        error = files_make_directory(path);
    return error == 0 ? make_roots(making, member, id) : error;
}

int exercisemember_finish(struct exercise *making, const struct form_node *member,
                          const char *id)
{
    fprintf(stderr, "  %s: node, offices, officers\n", id);
    return make_manifest(making, member, id);
}
