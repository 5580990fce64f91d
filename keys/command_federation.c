/*
 * A whole federation for exercises and tests, made by the same commands that a real ceremony
 * uses, one after the other. All keys are in one hand: never for real cases.
 *
 * It writes the sources as well, so that they can be read as examples.
 */
#include "exercisemember.h"

#include "crypto.h"

#include <liaison/agreement.h>

#include <stdio.h>
#include <string.h>

static const char *const federation_keys[] = {"title",   "threshold",  "hubs",
                                              "members", "agreements", NULL};
static const char *const hub_keys[] = {"id", "endpoint", NULL};
static const char *const member_keys[] = {"id", "title", "roots", "threshold", "offices", NULL};

/* Members ---------------------------------------------------------------------------------- */

static int for_each_member(struct exercise *making,
                           int (*work)(struct exercise *making, const struct form_node *member,
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

/* Agreements ------------------------------------------------------------------------------- */

/** OUT/agreements/NAME, where the source is called NAME.yaml. */
static int agreement_path(const struct exercise *making, const struct form_node *node,
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
static int make_agreement(struct exercise *making, const struct form_node *node)
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

static int make_agreements(struct exercise *making)
{
    int error = 0;
    const struct form_node *node =
        making->agreements == NULL ? NULL : making->agreements->first;
    for (; node != NULL && error == 0; node = node->next)
        error = make_agreement(making, node);
    return error;
}

/** With one root, those agreements of which its country is a party. */
static int sign_agreements(struct exercise *making, const char *id, const char *key,
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
static int sign_member(struct exercise *making, const struct form_node *member, const char *id)
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

/* Together --------------------------------------------------------------------------------- */

static int make_hubs(struct exercise *making)
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
            error = exercise_passphrase(making, id, passphrase);
        if (error == 0)
            error = files_path(path, "%s/%s.key", making->out, id);
        const struct ceremony ceremony = {
            .name = id, .out = path, .passphrase_file = passphrase};
        if (error == 0)
            error = exercise_run(command_hub_new, &ceremony, &line);
        if (error == 0)
            error = ln_buffer_format(&making->roster, "  - id: %s\n    endpoints: [\"%s\"]\n",
                                     id, endpoint);
        if (error == 0)
            error = exercise_add_lines(&making->roster, "    ", &line);
    }
    return error;
}

static int make_roster(struct exercise *making)
{
    char source_path[FILES_PATH_SIZE], out[FILES_PATH_SIZE];
    int error = files_path(source_path, "%s/roster.yaml", making->out);
    if (error == 0)
        error = files_path(out, "%s/roster", making->out);
    if (error == 0)
        error = exercise_write_source(source_path, &making->roster);
    const struct ceremony ceremony = {.source = source_path, .out = out};
    return error == 0 ? command_roster_make(&ceremony) : error;
}

static int write_fingerprints(const struct exercise *making)
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

static int begin(struct exercise *making, const struct form_node *root)
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

static int make_all(struct exercise *making, const struct form_node *root)
{
    int error = begin(making, root);
    if (error == 0)
        error = for_each_member(making, exercisemember_begin);
    if (error == 0)
        error = make_hubs(making);
    if (error == 0)
        error = make_roster(making);
    if (error == 0)
        error = for_each_member(making, exercisemember_finish);
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
    struct exercise making = {.out = ceremony->out,
                              .source_path = ceremony->source,
                              .error = &form_error,
                              .roster = LN_BUFFER(EXERCISE_SOURCE_MAX)};
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
