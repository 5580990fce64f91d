/*
 * The table of commands, the options they share, and the small things that all of them need.
 */
#include "ceremony.h"

#include "crypto.h"
#include "daemon.h"
#include "files.h"
#include "process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(name, member, argument, help)                                    \
    {                                                                         \
        name, OPTIONS_TEXT, offsetof(struct ceremony, member), argument, help \
    }

static const struct options_row option_rows[] = {
    TEXT("member", member, "ID", "the country, as in the roster: KH"),
    TEXT("name", name, "NAME",
         "a pseudonym for an officer, a name for a hub or a root's holder"),
    TEXT("office", office, "ID", "the office that a role key belongs to"),
    TEXT("compartment", compartment, "NAME",
         "the compartment that a role key opens: PROCEDURE"),
    {"holder", OPTIONS_LIST, offsetof(struct ceremony, holders), "NAME[=BOX_KEY]",
     "an officer who holds the role key; without the key as --manifest has the officer; may "
     "stand several times"},
    {"recovery", OPTIONS_LIST, offsetof(struct ceremony, recovery), "NAME[=BOX_KEY]",
     "an officer who gets a share of the role key; may stand several times"},
    TEXT("recovery-threshold", recovery_threshold, "K",
         "how many of them recover the key together, 2 or more"),
    {"share", OPTIONS_LIST, offsetof(struct ceremony, shares), "OFFICER_KEY[=PASSPHRASE_FILE]",
     "the key file of an officer who has a share; may stand several times"},
    TEXT("manifest", manifest, "FILE", "the country's manifest, which has the officers"),
    TEXT("source", source, "FILE", "the YAML text that a statement is made from"),
    TEXT("previous", previous, "FILE", "the version before, for a new version"),
    TEXT("roster", roster, "FILE", "the roster that a manifest is verified with"),
    TEXT("key", key, "FILE", "the root key that signs; the key file that is opened"),
    TEXT("root", root, "FINGERPRINT", "the digits that were compared in person"),
    TEXT("on", day, "DAY", "the day on which an agreement ends: 2027-03-31"),
    TEXT("reason", reason, "TEXT", "why it ends: read by all parties"),
    TEXT("out", out, "PATH", "where the result goes; never over a file that is there"),
    TEXT("passphrase-file", passphrase_file, "FILE",
         "read the passphrase from a file of mode 0600"),
    TEXT("passphrase-fd", passphrase_fd, "N", "read the passphrase from an open descriptor"),
    {"help", OPTIONS_FLAG, offsetof(struct ceremony, wants_help), NULL, "this text"},
    {"version", OPTIONS_FLAG, offsetof(struct ceremony, wants_version), NULL, "the version"},
    {NULL, OPTIONS_FLAG, 0, NULL, NULL},
};

static const struct command {
    const char *first, *second; /* the command's words */
    int (*run)(const struct ceremony *ceremony);
    const char *usage, *help;
} commands[] = {
    {"root", "new", command_root_new, "root new --member ID --name HOLDER --out FILE",
     "make one root key of a country, sealed under its holder's passphrase"},
    {"node", "new", command_node_new, "node new --member ID --out DIR",
     "make a node's keys: DIR/node.key"},
    {"node", "rotate", command_node_rotate, "node rotate --key NODE_KEY --out FILE",
     "the same with new signing and transport keys, for the same store"},
    {"officer", "new", command_officer_new, "officer new --member ID --name NAME --out DIR",
     "make an officer's keys: DIR/officers/NAME.key"},
    {"role", "new", command_role_new,
     "role new --office ID --compartment NAME --holder NAME[=BOX_KEY]... [--manifest FILE] "
     "[--recovery NAME[=BOX_KEY]... --recovery-threshold K] --out DIR",
     "make a role key wrapped to its officers: DIR/roles/OFFICE-COMPARTMENT.key"},
    {"role", "rotate", command_role_rotate,
     "role rotate ROLE_FILE... --manifest FILE [--recovery NAME... --recovery-threshold K]",
     "make the next key of a role beside the old one, wrapped to who holds it now"},
    {"role", "share", command_role_share,
     "role share ROLE_FILE... --key OFFICER_KEY --holder NAME[=BOX_KEY]... [--manifest FILE]",
     "an officer who holds role keys wraps them to others"},
    {"role", "drop", command_role_drop, "role drop ROLE_FILE... --name OFFICER",
     "take role keys, and shares of them, from an officer who leaves"},
    {"role", "recover", command_role_recover,
     "role recover ROLE_FILE... --share OFFICER_KEY[=PASSPHRASE_FILE]... "
     "--holder NAME[=BOX_KEY]... [--manifest FILE]",
     "officers who have shares wrap the role keys to others, when no holder is left"},
    {"hub", "new", command_hub_new, "hub new --name NAME --out FILE", "make a hub's key"},
    {"roster", "make", command_roster_make,
     "roster make --source FILE [--previous FILE] --out FILE",
     "make a federation roster, to be signed"},
    {"manifest", "make", command_manifest_make,
     "manifest make --source FILE [--previous FILE] --out FILE",
     "make a country manifest, to be signed"},
    {"agreement", "make", command_agreement_make,
     "agreement make --source FILE --roster FILE [--previous FILE] --out FILE",
     "make an agreement, to be signed by every party"},
    {"agreement", "end", command_agreement_end,
     "agreement end FILE --member ID --on DAY --reason TEXT --out FILE",
     "make the ending of an agreement, to be signed by that country"},
    {"agreement", "sign", command_sign, "agreement sign FILE... --key ROOT_KEY",
     "add a root's signature to agreements or endings; the same as sign"},
    {"sign", NULL, command_sign, "sign FILE... --key ROOT_KEY",
     "add a root's signature to rosters, manifests, agreements, endings"},
    {"merge", NULL, command_merge, "merge FILE FILE... --out FILE",
     "put the signatures of several copies together"},
    {"show", NULL, command_show, "show FILE...",
     "show what is in a file, with fingerprints and QR"},
    {"verify", NULL, command_verify, "verify FILE --root FINGERPRINT [--roster FILE]",
     "verify a roster, or with its roster a manifest, an agreement, an ending; or that a key "
     "file "
     "opens"},
    {"federation", NULL, command_federation, "federation --source FILE --out DIR",
     "FOR EXERCISES: make a whole federation at once, all keys in one hand"},
};

static void print_help(FILE *out)
{
    fputs("liaison-keys: the offline ceremony of a Liaison federation\n\nCommands:\n", out);
    for (size_t i = 0; i < LN_COUNT(commands); i++)
        fprintf(out, "  liaison-keys %s\n      %s\n", commands[i].usage, commands[i].help);
    fputs("\nOptions:\n", out);
    options_help(option_rows, out);
    fputs("\nWithout --passphrase-file or --passphrase-fd the passphrase is asked at the "
          "terminal.\n"
          "Exit codes: 0 done, 1 refused, 2 the command line is not understood.\n",
          out);
}

static const struct command *find_command(struct ceremony *ceremony)
{
    for (size_t i = 0; i < LN_COUNT(commands); i++) {
        const struct command *command = &commands[i];
        const size_t words = command->second == NULL ? 1 : 2;
        if (ceremony->words_count < words || strcmp(ceremony->words[0], command->first) != 0 ||
            (words == 2 && strcmp(ceremony->words[1], command->second) != 0))
            continue;
        ceremony->words_count -= words;
        memmove(ceremony->words, ceremony->words + words,
                ceremony->words_count * sizeof ceremony->words[0]);
        return command;
    }
    return NULL;
}

int ceremony_run(int argc, char **argv)
{
    struct ceremony ceremony = {.member = NULL};
    int error = options_read(argc, argv, option_rows, &ceremony, ceremony.words,
                             CEREMONY_WORDS_MAX, &ceremony.words_count);
    if (error != 0)
        return 2;
    if (ceremony.wants_version) {
        puts("liaison-keys " LIAISON_VERSION);
        return 0;
    }
    const struct command *command = find_command(&ceremony);
    if (!ceremony.wants_help && command == NULL && ceremony.words_count > 0) {
        fprintf(stderr, "liaison-keys: %s%s%s is not a command; add --help\n",
                ceremony.words[0], ceremony.words_count > 1 ? " " : "",
                ceremony.words_count > 1 ? ceremony.words[1] : "");
        return 2;
    }
    if (ceremony.wants_help || command == NULL) {
        print_help(ceremony.wants_help ? stdout : stderr);
        return ceremony.wants_help ? 0 : 2;
    }
    error = process_no_core();
    if (error == 0)
        error = crypto_start();
    if (error == 0)
        error = command->run(&ceremony);
    if (error == 0 && (fflush(stdout) != 0 || ferror(stdout)))
        error = LN_E_SYSTEM; /* what was to be compared is not there */
    return error == 0 ? 0 : daemon_say("liaison-keys", error);
}

/* What all commands need ------------------------------------------------------------------- */

int ceremony_need(const char *value, const char *option)
{
    if (value != NULL)
        return 0;
    fprintf(stderr, "--%s is needed\n", option);
    return LN_E_USAGE;
}

int ceremony_need_name(const char *value, const char *option, struct ln_name *out)
{
    const int error = ceremony_need(value, option);
    return error == 0 ? ln_name_from(value, out) : error;
}

int ceremony_passphrase(const struct ceremony *ceremony, bool is_new, struct ln_buffer *out)
{
    const struct files_passphrase source = {
        .descriptor = ceremony->passphrase_fd,
        .file = ceremony->passphrase_file,
        .prompt = is_new ? "new passphrase (12 characters at least)" : "passphrase",
        .is_new = is_new,
    };
    const int error = files_passphrase(&source, out);
    const char *from = source.descriptor != NULL ? "--passphrase-fd" : source.file;
    if (error == LN_E_PASSPHRASE && from == NULL)
        from = "the terminal, if there is one (--passphrase-file, --passphrase-fd)";
    return from == NULL ? error : ceremony_about(from, error);
}

int ceremony_say(const char *path, const struct form_error *error)
{
    fprintf(stderr, "%s, line %u: %s\n", path, error->line, error->text);
    return LN_E_DRAFT;
}

int ceremony_read_source(const char *path, struct ln_buffer *text, struct ln_arena *arena,
                         const struct form_node **out)
{
    struct form_error form_error;
    int error = ceremony_need(path, "source");
    if (error == 0)
        error = ceremony_about(path, files_read(path, text));
    if (error == 0)
        error = form_read(ln_buffer_view(text), arena, out, &form_error);
    return error == LN_E_DRAFT ? ceremony_say(path, &form_error) : error;
}

int ceremony_about(const char *path, int error)
{
    if (error != 0)
        fprintf(stderr, "%s:\n", path);
    return error;
}

int ceremony_read_signed(const char *path, struct ln_arena *arena, struct ln_signed *out)
{
    AUTO(ln_buffer_wipe) struct ln_buffer bytes = LN_BUFFER(CEREMONY_FILE_MAX);
    int error = files_read(path, &bytes);
    if (error == 0)
        error = ln_signed_open(ln_buffer_view(&bytes), arena, out);
    return ceremony_about(path, error);
}

int ceremony_write_signed(const char *path, const struct ln_signed *signed_body, bool is_new)
{
    AUTO(ln_buffer_wipe) struct ln_buffer bytes = LN_BUFFER(CEREMONY_FILE_MAX);
    int error = ceremony_need(path, "out");
    if (error == 0)
        error = ln_signed_build(signed_body, &bytes);
    if (error == 0)
        error = files_write(path, ln_buffer_view(&bytes), 0644,
                            is_new ? FILES_KEEP : FILES_REPLACE);
    return path == NULL ? error : ceremony_about(path, error);
}

bool ceremony_day(const char *text, uint64_t *out_ms)
{
    return ln_day_read(text, out_ms);
}

int ceremony_get_key(const struct form_node *map, const char *name, struct ln_public_key *out,
                     struct form_error *error)
{
    const char *text;
    const int result = form_get_text(map, name, true, &text, error);
    if (result != 0)
        return result;
    if (ln_hex_read(text, out->b, sizeof out->b) != 0)
        return form_fail(error, form_get(map, name)->line,
                         "\"%s\" must be 64 hexadecimal digits", name);
    return 0;
}
