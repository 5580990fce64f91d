/*
 * Rosters: made from a source, signed by roots, merged. Signing serves manifests too.
 */
#include "ceremony.h"

#include <liaison/agreement.h>

#include "crypto.h"
#include "files.h"
#include "keyfile.h"

#include <stdio.h>
#include <string.h>

enum { DAYS_MAX = 3650 };

static const char *const roster_keys[] = {"federation", "version", "title", "days", "threshold",
                                          "code_lists", "members", "hubs",  NULL};
static const char *const member_keys[] = {"id", "title", "threshold", "roots", NULL};
static const char *const hub_keys[] = {"id", "endpoints", "key", NULL};

struct reading {
    struct ln_arena *arena;
    struct form_error *error;
};

static struct ln_bytes text_bytes(const char *text)
{
    return text == NULL ? ln_view(NULL, 0) : ln_view(text, strlen(text));
}

static int read_roots(const struct reading *reading, const struct form_node *map,
                      struct ln_member *out)
{
    const struct form_node *list;
    int result = form_get_list(map, "roots", true, &list, reading->error);
    if (result != 0)
        return result;
    struct ln_public_key *roots =
        ln_arena_array(reading->arena, form_count(list) + 1, sizeof *roots);
    if (roots == NULL)
        return LN_E_OUT_OF_MEMORY;
    out->roots = roots;
    for (const struct form_node *node = list->first; node != NULL; node = node->next) {
        struct ln_public_key *root = &roots[out->roots_count];
        if (node->kind != FORM_TEXT || ln_hex_read(node->text, root->b, sizeof root->b) != 0)
            return form_fail(reading->error, node->line,
                             "a root must be 64 hexadecimal digits");
        out->roots_count++;
    }
    return 0;
}

static int read_member(const struct reading *reading, const struct form_node *map,
                       struct ln_member *out)
{
    uint64_t threshold = 0;
    const char *title = NULL;
    int result = form_check_keys(map, member_keys, reading->error);
    if (result == 0)
        result = form_get_name(map, "id", &out->id, reading->error);
    if (result == 0)
        result = form_get_text(map, "title", false, &title, reading->error);
    if (result == 0)
        result = form_get_number(map, "threshold", 1, LN_ROOTS_MAX, NULL, &threshold,
                                 reading->error);
    out->title = text_bytes(title);
    out->threshold = (uint32_t)threshold;
    return result == 0 ? read_roots(reading, map, out) : result;
}

static int read_hub(const struct reading *reading, const struct form_node *map,
                    struct ln_hub *out)
{
    const struct form_node *list = NULL;
    int result = form_check_keys(map, hub_keys, reading->error);
    if (result == 0)
        result = form_get_name(map, "id", &out->id, reading->error);
    if (result == 0)
        result = form_get_list(map, "endpoints", true, &list, reading->error);
    if (result == 0)
        result = ceremony_get_key(map, "key", &out->transport_key, reading->error);
    if (result != 0)
        return result;
    struct ln_bytes *endpoints =
        ln_arena_array(reading->arena, form_count(list) + 1, sizeof *endpoints);
    if (endpoints == NULL)
        return LN_E_OUT_OF_MEMORY;
    out->endpoints = endpoints;
    for (const struct form_node *node = list->first; node != NULL; node = node->next)
        endpoints[out->endpoints_count++] = text_bytes(node->text);
    return 0;
}

static int read_members(const struct reading *reading, const struct form_node *root,
                        struct ln_roster *out)
{
    const struct form_node *list;
    int result = form_get_list(root, "members", true, &list, reading->error);
    if (result != 0)
        return result;
    struct ln_member *members =
        ln_arena_array(reading->arena, form_count(list) + 1, sizeof *members);
    if (members == NULL)
        return LN_E_OUT_OF_MEMORY;
    out->members = members;
    for (const struct form_node *node = list->first; node != NULL && result == 0;
         node = node->next)
        result = read_member(reading, node, &members[out->members_count++]);
    return result;
}

static int read_hubs(const struct reading *reading, const struct form_node *root,
                     struct ln_roster *out)
{
    const struct form_node *list;
    int result = form_get_list(root, "hubs", true, &list, reading->error);
    if (result != 0)
        return result;
    struct ln_hub *hubs = ln_arena_array(reading->arena, form_count(list) + 1, sizeof *hubs);
    if (hubs == NULL)
        return LN_E_OUT_OF_MEMORY;
    out->hubs = hubs;
    for (const struct form_node *node = list->first; node != NULL && result == 0;
         node = node->next)
        result = read_hub(reading, node, &hubs[out->hubs_count++]);
    return result;
}

static int read_federation(const struct reading *reading, const struct form_node *root,
                           struct ln_id *out)
{
    const char *text;
    const int result = form_get_text(root, "federation", true, &text, reading->error);
    if (result != 0)
        return result;
    if (strcmp(text, "new") == 0) {
        crypto_random(out->b, sizeof out->b);
        return 0;
    }
    if (ln_id_read(text, out) != 0)
        return form_fail(reading->error, form_get(root, "federation")->line,
                         "\"federation\" must be new, or 26 letters and digits");
    return 0;
}

static int read_roster(const struct reading *reading, const struct form_node *root,
                       struct ln_roster *out)
{
    static const uint64_t first_version = 1, first_lists = 1, days_default = 730;
    uint64_t threshold = 0, days = 0, code_lists = 0;
    const char *title = NULL;
    int result = form_check_keys(root, roster_keys, reading->error);
    if (result == 0)
        result = read_federation(reading, root, &out->federation);
    if (result == 0)
        result = form_get_number(root, "version", 1, UINT32_MAX, &first_version, &out->version,
                                 reading->error);
    if (result == 0)
        result = form_get_text(root, "title", false, &title, reading->error);
    if (result == 0)
        result =
            form_get_number(root, "days", 1, DAYS_MAX, &days_default, &days, reading->error);
    if (result == 0)
        result = form_get_number(root, "threshold", 1, LN_MEMBERS_MAX, NULL, &threshold,
                                 reading->error);
    if (result == 0)
        result = form_get_number(root, "code_lists", 1, UINT32_MAX, &first_lists, &code_lists,
                                 reading->error);
    if (result != 0)
        return result;
    out->title = text_bytes(title);
    out->threshold = (uint32_t)threshold;
    out->code_lists = (uint32_t)code_lists;
    out->created_ms = ln_now_ms(&LN_CLOCK_SYSTEM);
    out->expires_ms = out->created_ms + days * LN_DAY_MS;
    result = read_members(reading, root, out);
    return result == 0 ? read_hubs(reading, root, out) : result;
}

int command_roster_make(const struct ceremony *ceremony)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CEREMONY_ARENA);
    AUTO(ln_buffer_wipe) struct ln_buffer text = LN_BUFFER(FORM_SIZE_MAX);
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(LN_BODY_MAX);
    struct form_error form_error = {0};
    const struct reading reading = {&arena, &form_error};
    const struct form_node *root;
    struct ln_roster roster = {.version = 0};
    struct ln_signed previous;
    int error = ceremony_read_source(ceremony->source, &text, &arena, &root);
    if (error == 0)
        error = read_roster(&reading, root, &roster);
    if (error == LN_E_DRAFT && form_error.line > 0)
        return ceremony_say(ceremony->source, &form_error);
    if (error == 0 && ceremony->previous != NULL) {
        error = ceremony_read_signed(ceremony->previous, &arena, &previous);
        if (error == 0)
            ln_signed_digest(&previous, &roster.previous);
    }
    if (error == 0)
        error = ln_roster_build(&roster, &body);
    const struct ln_signed unsigned_roster = {.type = LN_TYPE_ROSTER,
                                              .body = ln_buffer_view(&body)};
    return error == 0 ? ceremony_write_signed(ceremony->out, &unsigned_roster, true) : error;
}

/* Signing ---------------------------------------------------------------------------------- */

static void release_secret(uint8_t **secret)
{
    secret_release(*secret);
}

static int sign_with_root(void *context, struct ln_bytes message,
                          uint8_t out_signature[static LN_SIGNATURE_BYTES])
{
    sign_make(context, message, out_signature);
    return 0;
}

/** The federation that a statement names: its signature is bound to it. */
static int federation_of(const struct ln_signed *statement, struct ln_arena *arena,
                         struct ln_id *out)
{
    struct ln_roster roster;
    struct ln_manifest manifest;
    struct ln_agreement agreement;
    struct ln_ending ending;
    int error = LN_E_WRONG_TYPE;
    if (statement->type == LN_TYPE_ROSTER) {
        error = ln_roster_open(statement->body, arena, &roster);
        *out = error == 0 ? roster.federation : *out;
    } else if (statement->type == LN_TYPE_MANIFEST) {
        error = ln_manifest_open(statement->body, arena, &manifest);
        *out = error == 0 ? manifest.federation : *out;
    } else if (statement->type == LN_TYPE_AGREEMENT) {
        error = ln_agreement_open(statement->body, arena, &agreement);
        *out = error == 0 ? agreement.federation : *out;
    } else if (statement->type == LN_TYPE_ENDING) {
        error = ln_ending_open(statement->body, arena, &ending);
        *out = error == 0 ? ending.federation : *out;
    }
    return error;
}

/** Adds signatures that are not there yet, by key id. */
static int add_signatures(const struct ln_signed *from, struct ln_signature *signatures,
                          size_t *count)
{
    for (size_t i = 0; i < from->signatures_count; i++) {
        size_t k = 0;
        while (k < *count &&
               !ln_key_id_equal(&signatures[k].key_id, &from->signatures[i].key_id))
            k++;
        if (k < *count)
            continue;
        if (*count == LN_SIGNATURES_MAX)
            return LN_E_TOO_MANY;
        signatures[(*count)++] = from->signatures[i];
    }
    return 0;
}

static int sign_file(const char *path, const struct ln_signer *signer)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CEREMONY_ARENA);
    struct ln_signature signatures[LN_SIGNATURES_MAX];
    size_t count = 0;
    struct ln_signed statement;
    struct ln_id federation = {{0}};
    struct ln_signature made;
    int error = ceremony_read_signed(path, &arena, &statement);
    if (error == 0)
        error = federation_of(&statement, &arena, &federation);
    if (error == 0)
        error = ln_sign_shape(statement.type, &federation, statement.body, signer, &made);
    if (error != 0)
        return error;
    const struct ln_signed ours = {.signatures = &made, .signatures_count = 1};
    error = add_signatures(&ours, signatures, &count);
    if (error == 0)
        error = add_signatures(&statement, signatures, &count);
    statement.signatures = signatures;
    statement.signatures_count = count;
    return error == 0 ? ceremony_write_signed(path, &statement, false) : error;
}

int command_sign(const struct ceremony *ceremony)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CEREMONY_ARENA);
    AUTO(ln_buffer_wipe) struct ln_buffer passphrase = LN_BUFFER(FILES_PASSPHRASE_MAX);
    AUTO(release_secret) uint8_t *seed = secret_take(LN_KEY_SECRET_BYTES);
    AUTO(release_secret) uint8_t *secret = secret_take(CRYPTO_SIGN_SECRET_BYTES);
    struct ln_key_header header;
    struct ln_public_key key;
    int error = ceremony_need(ceremony->key, "key");
    if (error == 0)
        error = ceremony_passphrase(ceremony, false, &passphrase);
    const struct keyfile_lock lock = {.passphrase = ln_buffer_view(&passphrase)};
    if (error == 0)
        error = ceremony_about(ceremony->key, keyfile_open(ceremony->key, LN_KEY_ROOT, &lock,
                                                           &arena, &header, seed, 1));
    if (error != 0)
        return error;
    sign_keys_from_seed(seed, &key, secret);
    struct ln_signer signer = {.sign = sign_with_root, .context = secret};
    ln_key_id_of(LN_USE_ROOT, &key, &signer.key_id);
    for (size_t i = 0; i < ceremony->words_count && error == 0; i++)
        error = sign_file(ceremony->words[i], &signer);
    return error;
}

int command_merge(const struct ceremony *ceremony)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CEREMONY_ARENA);
    struct ln_signature signatures[LN_SIGNATURES_MAX];
    struct ln_signed merged = {.type = 0};
    size_t count = 0;
    int error = ceremony->words_count < 2 ? LN_E_USAGE : 0;
    for (size_t i = 0; i < ceremony->words_count && error == 0; i++) {
        struct ln_signed copy;
        error = ceremony_read_signed(ceremony->words[i], &arena, &copy);
        if (error == 0 && i > 0 &&
            (copy.type != merged.type || !ln_bytes_equal(copy.body, merged.body)))
            error = LN_E_FORK;
        if (error == 0)
            error = add_signatures(&copy, signatures, &count);
        merged = copy;
    }
    merged.signatures = signatures;
    merged.signatures_count = count;
    return error == 0 ? ceremony_write_signed(ceremony->out, &merged, true) : error;
}
