/*
 * Showing any file of the ceremony to people, and verifying it.
 */
#include "ceremony.h"

#include "crypto.h"
#include "files.h"
#include "keyfile.h"

#include <liaison/agreement.h>
#include <liaison/vocabulary.h>

#include <qrencode.h>
#include <stdio.h>
#include <string.h>

static const struct ln_code_row kinds[] = {
    {LN_KEY_ROOT, "a country's root key"}, {LN_KEY_NODE, "a node's keys"},
    {LN_KEY_OFFICER, "an officer's keys"}, {LN_KEY_HUB, "a hub's key"},
    {LN_KEY_EPOCH, "an epoch key"},        {0, NULL}};

static void print_bytes(const char *name, const void *bytes, size_t size)
{
    char text[2 * LN_DIGEST_BYTES + 1];
    ln_hex(ln_view(bytes, size), text);
    printf("  %s %s\n", name, text);
}

static void print_time(const char *name, uint64_t time_ms)
{
    char text[LN_TIME_TEXT_SIZE];
    ln_time_text(time_ms, text);
    printf("  %s %.10s\n", name, text);
}

/** Two modules of the code a character, in half blocks: dark on light, with the quiet margin.
 */
static void print_qr(const char *text)
{
    static const char *const blocks[] = {"\u2588", "\u2580", "\u2584", " "};
    QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (code == NULL)
        return;
    const int margin = 2;
    for (int y = -margin; y < code->width + margin; y += 2) {
        fputs("    ", stdout);
        for (int x = -margin; x < code->width + margin; x++) {
            unsigned dark = 0;
            for (int half = 0; half < 2; half++) {
                const int row = y + half;
                if (x >= 0 && x < code->width && row >= 0 && row < code->width &&
                    (code->data[row * code->width + x] & 1))
                    dark |= half == 0 ? 2u : 1u;
            }
            fputs(blocks[dark], stdout);
        }
        fputc('\n', stdout);
    }
    QRcode_free(code);
}

/** Text of others to the end of the line, which it cannot end: the next would look like ours.
 */
static void print_in_line(struct ln_bytes text)
{
    for (size_t i = 0; i < text.size; i++)
        putchar(text.data[i] == '\n' ? ' ' : text.data[i]);
    putchar('\n');
}

static void print_member(const struct ln_member *member)
{
    struct ln_digest fingerprint;
    char text[LN_FINGERPRINT_SIZE];
    ln_roots_fingerprint(member->roots, member->roots_count, &fingerprint);
    ln_fingerprint_text(&fingerprint, text);
    printf("\nmember %s  ", member->id.text);
    print_in_line(member->title);
    printf("  %u of %zu roots sign for it\n  fingerprint  %s\n", member->threshold,
           member->roots_count, text);
    print_qr(text);
}

static int show_roster(const struct ln_signed *file, struct ln_arena *arena)
{
    struct ln_roster roster;
    const int error = ln_roster_open(file->body, arena, &roster);
    if (error != 0)
        return error;
    char federation[LN_ID_TEXT_SIZE];
    ln_id_text(&roster.federation, federation);
    printf("federation roster, version %llu: ", (unsigned long long)roster.version);
    print_in_line(roster.title);
    printf("  federation %s\n  %zu signatures; %u of %zu members must sign the next version\n",
           federation, file->signatures_count, roster.threshold, roster.members_count);
    print_time("made", roster.created_ms);
    print_time("expires", roster.expires_ms);
    for (size_t i = 0; i < roster.hubs_count; i++) {
        printf("\nhub %s  ", roster.hubs[i].id.text);
        print_in_line(roster.hubs[i].endpoints[0]);
        print_bytes("key", roster.hubs[i].transport_key.b, LN_PUBLIC_KEY_BYTES);
    }
    for (size_t i = 0; i < roster.members_count; i++)
        print_member(&roster.members[i]);
    return 0;
}

static const struct ln_code_row statuses[] = {{LN_KEY_ACTIVE, "until"},
                                              {LN_KEY_RETIRED, "retired, until"},
                                              {LN_KEY_REVOKED, "REVOKED, until"},
                                              {0, NULL}};

/** Whoever signs a manifest signs these too. */
static void print_status(uint32_t status, uint64_t until_ms)
{
    char time[LN_TIME_TEXT_SIZE];
    ln_time_text(until_ms, time);
    printf(" %s %.10s\n", ln_code_name(statuses, status), time);
}

static void print_node_key(const struct ln_node_key *key)
{
    char hex[2 * LN_PUBLIC_KEY_BYTES + 1];
    ln_hex(ln_view(key->key.b, sizeof key->key.b), hex);
    printf("  node    %-16s %.16s", key->use == LN_NODE_SIGNING ? "signing" : "transport", hex);
    print_status(key->status, key->valid_until_ms);
}

static void print_officer(const struct ln_officer *officer)
{
    printf("  officer %-16s %-20s", officer->id.text, officer->office.text);
    for (size_t i = 0; i < officer->roles_count; i++)
        printf(" %s", ln_code_name(LN_LIST_ROLES, officer->roles[i]));
    print_status(officer->status, officer->valid_until_ms);
}

static int show_manifest(const struct ln_signed *file, struct ln_arena *arena)
{
    struct ln_manifest manifest;
    const int error = ln_manifest_open(file->body, arena, &manifest);
    if (error != 0)
        return error;
    printf("manifest of %s, version %llu\n  %zu signatures\n", manifest.member.text,
           (unsigned long long)manifest.version, file->signatures_count);
    print_time("made", manifest.created_ms);
    print_time("expires", manifest.expires_ms);
    for (size_t i = 0; i < manifest.node_keys_count; i++)
        print_node_key(&manifest.node_keys[i]);
    for (size_t i = 0; i < manifest.offices_count; i++) {
        printf("  office  %-16s %s, ", manifest.offices[i].id.text,
               ln_code_name(LN_LIST_AUTHORITIES, manifest.offices[i].kind));
        print_in_line(manifest.offices[i].title);
    }
    for (size_t i = 0; i < manifest.officers_count; i++)
        print_officer(&manifest.officers[i]);
    for (size_t i = 0; i < manifest.role_keys_count; i++) {
        const struct ln_role_key *key = &manifest.role_keys[i];
        printf("  key of  %-16s %-20s", key->office.text,
               ln_code_name(LN_LIST_COMPARTMENTS, key->compartment));
        print_status(key->status, key->valid_until_ms);
    }
    return 0;
}

static int show_key(const struct ln_key_header *header)
{
    printf("%s, sealed: member %s %s\n", ln_code_name(kinds, header->kind), header->member.text,
           header->name.text);
    for (size_t i = 0; i < header->public_keys_count; i++)
        print_bytes("public", header->public_keys[i].b, LN_PUBLIC_KEY_BYTES);
    if (header->operations != 0)
        printf("  Argon2id with %u passes over %u MiB\n", header->operations,
               header->memory_kib / 1024);
    return 0;
}

static int show_role(const struct ln_role_file *file)
{
    printf("role key of %s for %s, held by", file->office.text,
           ln_code_name(LN_LIST_COMPARTMENTS, file->compartment));
    for (size_t i = 0; i < file->wraps_count; i++)
        printf(" %s", file->wraps[i].officer.text);
    putchar('\n');
    print_bytes("public", file->public_key.b, LN_PUBLIC_KEY_BYTES);
    if (file->shares_needed > 0)
        printf("  recovered by %u of", file->shares_needed);
    for (size_t i = 0; i < file->shares_count; i++)
        printf(" %s", file->shares[i].officer.text);
    if (file->shares_needed > 0)
        putchar('\n');
    return 0;
}

/** The printed form, which is the same at every node; and who has signed so far is for verify.
 */
static int show_agreement(const struct ln_signed *file, struct ln_arena *arena)
{
    AUTO(ln_buffer_wipe) struct ln_buffer text = LN_BUFFER(CEREMONY_FILE_MAX);
    struct ln_agreement agreement;
    int error = ln_agreement_open(file->body, arena, &agreement);
    if (error == 0)
        error = ln_agreement_print(&agreement, &text);
    if (error != 0)
        return error;
    printf("agreement, %zu signatures\n\n", file->signatures_count);
    fwrite(text.data, 1, text.size, stdout);
    return 0;
}

static int show_ending(const struct ln_signed *file, struct ln_arena *arena)
{
    struct ln_ending ending;
    const int error = ln_ending_open(file->body, arena, &ending);
    if (error != 0)
        return error;
    printf("ending of %s, version %llu, by %s, %zu signatures\n  ", ending.agreement.text,
           (unsigned long long)ending.version, ending.member.text, file->signatures_count);
    print_in_line(ending.reason);
    print_time("made", ending.created_ms);
    print_time("ends", ending.ends_ms);
    return 0;
}

static const struct {
    uint32_t type;
    int (*show)(const struct ln_signed *file, struct ln_arena *arena);
} statements[] = {
    {LN_TYPE_ROSTER, show_roster},
    {LN_TYPE_MANIFEST, show_manifest},
    {LN_TYPE_AGREEMENT, show_agreement},
    {LN_TYPE_ENDING, show_ending},
};

/** Tells by its content what a file is. */
static int show_bytes(struct ln_bytes bytes, struct ln_arena *arena)
{
    struct ln_key_header header;
    struct ln_role_file role;
    struct ln_signed file;
    if (keyfile_peek(bytes, arena, &header) == 0)
        return show_key(&header);
    if (ln_role_file_open(bytes, arena, &role) == 0)
        return show_role(&role);
    const int error = ln_signed_open(bytes, arena, &file);
    for (size_t i = 0; error == 0 && i < LN_COUNT(statements); i++) {
        if (statements[i].type == file.type)
            return statements[i].show(&file, arena);
    }
    return error == 0 ? LN_E_WRONG_TYPE : error;
}

int command_show(const struct ceremony *ceremony)
{
    int error = ceremony->words_count == 0 ? LN_E_USAGE : 0;
    for (size_t i = 0; i < ceremony->words_count && error == 0; i++) {
        AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CEREMONY_ARENA);
        AUTO(ln_buffer_wipe) struct ln_buffer bytes = LN_BUFFER(CEREMONY_FILE_MAX);
        error = ceremony_about(ceremony->words[i], files_read(ceremony->words[i], &bytes));
        if (error == 0)
            error = show_bytes(ln_buffer_view(&bytes), &arena);
    }
    return error;
}

/* Verifying -------------------------------------------------------------------------------- */

static void destroy_trust(struct ln_trust **trust)
{
    ln_trust_destroy(trust);
}

static int verify_key(const struct ceremony *ceremony, const char *path, uint32_t kind)
{
    static const size_t secrets[] = {
        [LN_KEY_ROOT] = 1, [LN_KEY_NODE] = 4, [LN_KEY_OFFICER] = 2, [LN_KEY_HUB] = 1};
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CEREMONY_ARENA);
    AUTO(ln_buffer_wipe) struct ln_buffer passphrase = LN_BUFFER(FILES_PASSPHRASE_MAX);
    struct ln_key_header header;
    if (kind >= LN_COUNT(secrets) || secrets[kind] == 0)
        return LN_E_WRONG_TYPE;
    uint8_t *opened = secret_take(LN_KEY_SECRETS_MAX * LN_KEY_SECRET_BYTES);
    int error = ceremony_passphrase(ceremony, false, &passphrase);
    const struct keyfile_lock lock = {.passphrase = ln_buffer_view(&passphrase)};
    if (error == 0)
        error = ceremony_about(
            path, keyfile_open(path, kind, &lock, &arena, &header, opened, secrets[kind]));
    secret_release(opened);
    return error;
}

static int verify_statement(const struct ceremony *ceremony, struct ln_bytes bytes)
{
    AUTO(destroy_trust) struct ln_trust *trust = ln_trust_new();
    AUTO(ln_buffer_wipe) struct ln_buffer roster = LN_BUFFER(CEREMONY_FILE_MAX);
    if (ceremony->root == NULL)
        return LN_E_NOT_ANCHORED;
    if (ceremony->roster == NULL)
        return ln_trust_anchor(trust, bytes, ceremony->root);
    int error = ceremony_about(ceremony->roster, files_read(ceremony->roster, &roster));
    if (error == 0)
        error = ln_trust_anchor(trust, ln_buffer_view(&roster), ceremony->root);
    if (error != 0)
        return error;
    error = ln_trust_take(trust, bytes);
    if (error == LN_E_WRONG_TYPE)
        error = agreement_verify(trust, bytes);
    return error > 0 ? 0 : error;
}

int command_verify(const struct ceremony *ceremony)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CEREMONY_ARENA);
    AUTO(ln_buffer_wipe) struct ln_buffer bytes = LN_BUFFER(CEREMONY_FILE_MAX);
    struct ln_key_header header;
    if (ceremony->words_count != 1)
        return LN_E_USAGE;
    int error = ceremony_about(ceremony->words[0], files_read(ceremony->words[0], &bytes));
    if (error != 0)
        return error;
    if (keyfile_peek(ln_buffer_view(&bytes), &arena, &header) == 0)
        error = verify_key(ceremony, ceremony->words[0], header.kind);
    else
        error = verify_statement(ceremony, ln_buffer_view(&bytes));
    if (error == 0)
        printf("%s: verified\n", ceremony->words[0]);
    return error;
}
