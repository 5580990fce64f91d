/*
 * A whole federation for exercises and tests, made by the same commands that a real ceremony
 * uses, one after the other. All keys are in one hand: never for real cases.
 *
 * It writes the sources as well, so that they can be read as examples.
 */
#include "ceremony.h"

#include "crypto.h"
#include "files.h"

#include <liaison/agreement.h>
#include <liaison/vocabulary.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SOURCE_MAX = FORM_SIZE_MAX, OFFICERS_MAX = 64 };

static const char *const federation_keys[] = {"title",   "threshold",  "hubs",
                                              "members", "agreements", NULL};
static const char *const hub_keys[] = {"id", "endpoint", NULL};
static const char *const member_keys[] = {"id", "title", "roots", "threshold", "offices", NULL};
static const char *const office_keys[] = {"id", "title", "kind", "officers", NULL};
static const char *const officer_keys[] = {"id", "roles", NULL};

struct making {
    const char *out;
    const char *source_path;
    struct form_error *error;
    const struct form_node *hubs, *members, *agreements; /* the last may be NULL */
    struct ln_buffer roster;
    char federation[LN_ID_TEXT_SIZE];
};

/* Passphrases ------------------------------------------------------------------------------ */

static int new_passphrase(const struct making *making, const char *name,
                          char out[static FILES_PATH_SIZE])
{
    struct ln_id random;
    char text[LN_ID_TEXT_SIZE];
    crypto_random(random.b, sizeof random.b);
    ln_id_text(&random, text);
    const int error = files_path(out, "%s/passphrases/%s", making->out, name);
    return error == 0 ? files_write(out, ln_view(text, strlen(text)), 0600, FILES_KEEP) : error;
}

/* Running a command and keeping what it prints --------------------------------------------- */

/** A zero stands behind what was printed, and is not counted. */
static int run_captured(int (*command)(const struct ceremony *ceremony),
                        const struct ceremony *ceremony, struct ln_buffer *out)
{
    char *text = NULL;
    size_t size = 0;
    FILE *before = stdout, *capture = open_memstream(&text, &size);
    if (capture == NULL)
        return LN_E_SYSTEM;
    fflush(stdout);
    stdout = capture;
    int error = command(ceremony);
    stdout = before;
    fclose(capture);
    if (error == 0)
        error = ln_buffer_add(out, text, size + 1);
    if (error == 0)
        out->size--;
    free(text);
    return error;
}

/** "name: value" lines under an indentation, as an entry of a list. */
static int add_lines(struct ln_buffer *out, const char *indent, const struct ln_buffer *lines)
{
    int error = 0;
    const char *line = (const char *)lines->data, *end = line + lines->size;
    while (line < end && error == 0) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        const int size = (int)((newline == NULL ? end : newline) - line);
        error = ln_buffer_format(out, "%s%.*s\n", indent, size, line);
        line += size + 1;
    }
    return error;
}

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

static int make_officer(const struct making *making, const char *member, const char *directory,
                        const struct form_node *node, const char *office,
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
    error = new_passphrase(making, name, passphrase);
    const struct ceremony ceremony = {
        .member = member, .name = id, .out = directory, .passphrase_file = passphrase};
    if (error == 0)
        error = run_captured(command_officer_new, &ceremony, &lines);
    if (error == 0)
        error = ln_buffer_format(source, "  - id: %s\n    office: %s\n", id, office);
    if (error == 0)
        error = add_roles(source, roles);
    if (error == 0)
        error = add_lines(source, "    ", &lines);
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
    int error = run_captured(command_role_new, &ceremony, &lines);
    if (error == 0)
        error = ln_buffer_format(source, "  - office: %s\n    compartment: %s\n", office,
                                 compartment->name);
    return error == 0 ? add_lines(source, "    ", &lines) : error;
}

/** The three lists of a manifest that grow office by office. */
struct manifest_parts {
    struct ln_buffer offices, officers, role_keys;
};

static int make_office(const struct making *making, const char *member, const char *directory,
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

static int make_roots(struct making *making, const struct form_node *member, const char *id)
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
        error = new_passphrase(making, name, passphrase);
        if (error == 0)
            error =
                files_path(path, "%s/%s/root-%llu.key", making->out, id, (unsigned long long)i);
        const struct ceremony ceremony = {
            .member = id, .name = name, .out = path, .passphrase_file = passphrase};
        if (error == 0)
            error = run_captured(command_root_new, &ceremony, &line);
        if (error == 0) /* "root: <key>" */
            error = ln_buffer_format(&making->roster, "      - %.64s\n",
                                     (const char *)line.data + 6);
    }
    return error;
}

static int write_source(const char *path, const struct ln_buffer *text)
{
    return files_write(path, ln_buffer_view(text), 0644, FILES_KEEP);
}

static int add_collections(const struct making *making, struct ln_buffer *source)
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

static int make_node(const struct making *making, const char *id, const char *directory,
                     struct ln_buffer *source)
{
    AUTO(ln_buffer_wipe) struct ln_buffer lines = LN_BUFFER(4096);
    char name[96], passphrase[FILES_PATH_SIZE];
    snprintf(name, sizeof name, "%.32s-node", id);
    int error = new_passphrase(making, name, passphrase);
    const struct ceremony ceremony = {
        .member = id, .out = directory, .passphrase_file = passphrase};
    if (error == 0)
        error = run_captured(command_node_new, &ceremony, &lines);
    if (error == 0)
        error = ln_buffer_add_text(source, "node:\n");
    return error == 0 ? add_lines(source, "  ", &lines) : error;
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

static int make_manifest(const struct making *making, const struct form_node *member,
                         const char *id)
{
    AUTO(ln_buffer_wipe) struct ln_buffer source = LN_BUFFER(SOURCE_MAX);
    AUTO(parts_wipe)
    struct manifest_parts parts = {LN_BUFFER(SOURCE_MAX), LN_BUFFER(SOURCE_MAX),
                                   LN_BUFFER(SOURCE_MAX)};
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
        error = write_source(source_path, &source);
    const struct ceremony ceremony = {.source = source_path, .out = out};
    return error == 0 ? command_manifest_make(&ceremony) : error;
}

/* Together --------------------------------------------------------------------------------- */

static int for_each_member(struct making *making,
                           int (*work)(struct making *making, const struct form_node *member,
                                       const char *id))
{
    int error = 0;
    for (const struct form_node *member = making->members->first; member != NULL && error == 0;
         member = member->next) {
        const char *id = NULL;
        error = form_check_keys(member, member_keys, making->error);
        if (error == 0)
            error = form_get_text(member, "id", true, &id, making->error);
        if (error == 0)
            error = work(making, member, id);
    }
    return error;
}

static int begin_member(struct making *making, const struct form_node *member, const char *id)
{
    char path[FILES_PATH_SIZE];
    int error = files_path(path, "%s/%s", making->out, id);
    if (error == 0)
        error = files_make_directory(path);
    return error == 0 ? make_roots(making, member, id) : error;
}

static int finish_member(struct making *making, const struct form_node *member, const char *id)
{
    fprintf(stderr, "  %s: node, offices, officers\n", id);
    return make_manifest(making, member, id);
}

/* Agreements ------------------------------------------------------------------------------- */

/** OUT/agreements/NAME, where the source is called NAME.yaml. */
static int agreement_path(const struct making *making, const struct form_node *node,
                          char out[static FILES_PATH_SIZE])
{
    const char *text = node->kind == FORM_TEXT ? node->text : "";
    const char *slash = strrchr(text, '/'), *name = slash == NULL ? text : slash + 1;
    const char *dot = strrchr(name, '.');
    const size_t size = dot == NULL ? strlen(name) : (size_t)(dot - name);
    return size == 0
               ? form_fail(making->error, node->line, "\"agreements\" must name YAML sources")
               : files_path(out, "%s/agreements/%.*s", making->out, (int)size, name);
}

/** A source is looked for beside the federation's. */
static int make_agreement(struct making *making, const struct form_node *node)
{
    char source[FILES_PATH_SIZE], roster[FILES_PATH_SIZE], out[FILES_PATH_SIZE];
    const char *slash = strrchr(making->source_path, '/');
    const int size = slash == NULL ? 0 : (int)(slash - making->source_path) + 1;
    int error = agreement_path(making, node, out);
    if (error == 0)
        error = files_path(roster, "%s/roster", making->out);
    if (error == 0)
        error = files_path(source, "%.*s%s", node->text[0] == '/' ? 0 : size,
                           making->source_path, node->text);
    const struct ceremony ceremony = {.source = source, .roster = roster, .out = out};
    return error == 0 ? command_agreement_make(&ceremony) : error;
}

static int make_agreements(struct making *making)
{
    int error = 0;
    const struct form_node *node =
        making->agreements == NULL ? NULL : making->agreements->first;
    for (; node != NULL && error == 0; node = node->next)
        error = make_agreement(making, node);
    return error;
}

/** With one root, those agreements of which its country is a party. */
static int sign_agreements(struct making *making, const char *id, const char *key,
                           const char *passphrase)
{
    int error = 0;
    const struct form_node *node =
        making->agreements == NULL ? NULL : making->agreements->first;
    for (; node != NULL && error == 0; node = node->next) {
        AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CEREMONY_ARENA);
        char path[FILES_PATH_SIZE];
        struct ln_signed file;
        struct ln_agreement agreement;
        struct ln_name member;
        error = agreement_path(making, node, path);
        if (error == 0)
            error = ceremony_read_signed(path, &arena, &file);
        if (error == 0)
            error = ln_agreement_open(file.body, &arena, &agreement);
        if (error == 0)
            error = ln_name_from(id, &member);
        const struct ceremony ceremony = {
            .key = key, .passphrase_file = passphrase, .words = {path}, .words_count = 1};
        if (error == 0 && ln_agreement_has_party(&agreement, &member))
            error = command_sign(&ceremony);
    }
    return error;
}

/** Every root signs the roster, its country's manifest, and its country's agreements. */
static int sign_member(struct making *making, const struct form_node *member, const char *id)
{
    uint64_t roots = 0;
    int error = form_get_number(member, "roots", 1, LN_ROOTS_MAX, NULL, &roots, making->error);
    for (uint64_t i = 1; i <= roots && error == 0; i++) {
        char key[FILES_PATH_SIZE], passphrase[FILES_PATH_SIZE], roster[FILES_PATH_SIZE],
            manifest[FILES_PATH_SIZE];
        error = files_path(key, "%s/%s/root-%llu.key", making->out, id, (unsigned long long)i);
        if (error == 0)
            error = files_path(passphrase, "%s/passphrases/%s-root-%llu", making->out, id,
                               (unsigned long long)i);
        if (error == 0)
            error = files_path(roster, "%s/roster", making->out);
        if (error == 0)
            error = files_path(manifest, "%s/%s/manifest", making->out, id);
        const struct ceremony ceremony = {.key = key,
                                          .passphrase_file = passphrase,
                                          .words = {roster, manifest},
                                          .words_count = 2};
        if (error == 0)
            error = command_sign(&ceremony);
        if (error == 0)
            error = sign_agreements(making, id, key, passphrase);
    }
    return error;
}

static int make_hubs(struct making *making)
{
    char path[FILES_PATH_SIZE], passphrase[FILES_PATH_SIZE];
    int error = ln_buffer_add_text(&making->roster, "hubs:\n");
    for (const struct form_node *hub = making->hubs->first; hub != NULL && error == 0;
         hub = hub->next) {
        AUTO(ln_buffer_wipe) struct ln_buffer line = LN_BUFFER(4096);
        const char *id = NULL, *endpoint = NULL;
        error = form_check_keys(hub, hub_keys, making->error);
        if (error == 0)
            error = form_get_text(hub, "id", true, &id, making->error);
        if (error == 0)
            error = form_get_text(hub, "endpoint", true, &endpoint, making->error);
        if (error == 0)
            error = new_passphrase(making, id, passphrase);
        if (error == 0)
            error = files_path(path, "%s/%s.key", making->out, id);
        const struct ceremony ceremony = {
            .name = id, .out = path, .passphrase_file = passphrase};
        if (error == 0)
            error = run_captured(command_hub_new, &ceremony, &line);
        if (error == 0)
            error = ln_buffer_format(&making->roster, "  - id: %s\n    endpoints: [\"%s\"]\n",
                                     id, endpoint);
        if (error == 0)
            error = add_lines(&making->roster, "    ", &line);
    }
    return error;
}

static int make_roster(struct making *making)
{
    char source_path[FILES_PATH_SIZE], out[FILES_PATH_SIZE];
    int error = files_path(source_path, "%s/roster.yaml", making->out);
    if (error == 0)
        error = files_path(out, "%s/roster", making->out);
    if (error == 0)
        error = write_source(source_path, &making->roster);
    const struct ceremony ceremony = {.source = source_path, .out = out};
    return error == 0 ? command_roster_make(&ceremony) : error;
}

static int write_fingerprints(const struct making *making)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CEREMONY_ARENA);
    char path[FILES_PATH_SIZE];
    struct ln_signed file;
    struct ln_roster roster;
    int error = files_path(path, "%s/roster", making->out);
    if (error == 0)
        error = ceremony_read_signed(path, &arena, &file);
    if (error == 0)
        error = ln_roster_open(file.body, &arena, &roster);
    for (size_t i = 0; error == 0 && i < roster.members_count; i++) {
        struct ln_digest digest;
        char text[LN_FINGERPRINT_SIZE];
        ln_roots_fingerprint(roster.members[i].roots, roster.members[i].roots_count, &digest);
        ln_fingerprint_text(&digest, text);
        error = files_path(path, "%s/%s/fingerprint", making->out, roster.members[i].id.text);
        if (error == 0)
            error = files_write(path, ln_view(text, strlen(text)), 0644, FILES_KEEP);
    }
    return error;
}

static int begin(struct making *making, const struct form_node *root)
{
    uint64_t threshold = 0;
    const char *title = NULL;
    char path[FILES_PATH_SIZE];
    struct ln_id federation;
    int error = form_check_keys(root, federation_keys, making->error);
    if (error == 0)
        error = form_get_text(root, "title", true, &title, making->error);
    if (error == 0)
        error = form_get_number(root, "threshold", 1, LN_MEMBERS_MAX, NULL, &threshold,
                                making->error);
    if (error == 0)
        error = form_get_list(root, "hubs", true, &making->hubs, making->error);
    if (error == 0)
        error = form_get_list(root, "members", true, &making->members, making->error);
    if (error == 0)
        error = form_get_list(root, "agreements", false, &making->agreements, making->error);
    if (error == 0)
        error = files_make_directory(making->out);
    if (error == 0)
        error = files_path(path, "%s/agreements", making->out);
    if (error == 0)
        error = files_make_directory(path);
    if (error == 0)
        error = files_path(path, "%s/passphrases", making->out);
    if (error == 0)
        error = files_make_directory(path);
    crypto_random(federation.b, sizeof federation.b);
    ln_id_text(&federation, making->federation);
    return error == 0
               ? ln_buffer_format(
                     &making->roster,
                     "federation: %s\nversion: 1\ntitle: %s\nthreshold: %llu\nmembers:\n",
                     making->federation, title, (unsigned long long)threshold)
               : error;
}

static int make_all(struct making *making, const struct form_node *root)
{
    int error = begin(making, root);
    if (error == 0)
        error = for_each_member(making, begin_member);
    if (error == 0)
        error = make_hubs(making);
    if (error == 0)
        error = make_roster(making);
    if (error == 0)
        error = for_each_member(making, finish_member);
    if (error == 0)
        error = make_agreements(making);
    if (error == 0)
        error = for_each_member(making, sign_member);
    return error == 0 ? write_fingerprints(making) : error;
}

int command_federation(const struct ceremony *ceremony)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CEREMONY_ARENA);
    AUTO(ln_buffer_wipe) struct ln_buffer text = LN_BUFFER(FORM_SIZE_MAX);
    struct form_error form_error;
    struct making making = {.out = ceremony->out,
                            .source_path = ceremony->source,
                            .error = &form_error,
                            .roster = LN_BUFFER(SOURCE_MAX)};
    const struct form_node *root;
    int error = ceremony_need(ceremony->out, "out");
    if (error == 0)
        error = ceremony_read_source(ceremony->source, &text, &arena, &root);
    if (error != 0)
        return error;
    fputs("FOR EXERCISES ONLY: one hand holds every key of this federation.\n", stderr);
    form_error = (struct form_error){0};
    error = make_all(&making, root);
    ln_buffer_wipe(&making.roster);
    return error == LN_E_DRAFT && form_error.line > 0
               ? ceremony_say(ceremony->source, &form_error)
               : error;
}
