/*
 * The offline ceremony: root, node, officer, role and hub keys; rosters and manifests made from
 * a YAML source, signed, shown and verified. Linked without any network code.
 *
 * Commands print what other files need of a new key (its public half, as YAML) on stdout, and
 * what is wrong on stderr. Only the top level (ceremony_run) prints errors of code.
 */
#ifndef CEREMONY_H
#define CEREMONY_H

#include <liaison/keyfile.h>
#include <liaison/roster.h>

#include "form.h"
#include "options.h"

enum {
    CEREMONY_WORDS_MAX = 256,
    CEREMONY_FILE_MAX = 256 * 1024,
    CEREMONY_ARENA = 8 * 1024 * 1024
};

/** What any command may be told; each uses some of it. */
struct ceremony {
    const char *member, *name, *office, *compartment;
    const char *source, *out, *previous, *roster, *manifest, *root, *key;
    const char *passphrase_fd, *passphrase_file;
    struct options_list holders, recovery, shares;
    const char *recovery_threshold;
    const char *reason, *day;
    bool wants_help, wants_version;
    const char *words[CEREMONY_WORDS_MAX]; /* behind the command's name */
    size_t words_count;
};

/** main's work. The exit code. */
int ceremony_run(int argc, char **argv);

/* One function a command. */
int command_root_new(const struct ceremony *ceremony);
int command_node_new(const struct ceremony *ceremony);
int command_officer_new(const struct ceremony *ceremony);
int command_node_rotate(const struct ceremony *ceremony);
int command_role_new(const struct ceremony *ceremony);
int command_role_rotate(const struct ceremony *ceremony);
int command_role_share(const struct ceremony *ceremony);
int command_role_drop(const struct ceremony *ceremony);
int command_role_recover(const struct ceremony *ceremony);
int command_hub_new(const struct ceremony *ceremony);
int command_roster_make(const struct ceremony *ceremony);
int command_manifest_make(const struct ceremony *ceremony);
int command_sign(const struct ceremony *ceremony);
int command_merge(const struct ceremony *ceremony);
int command_show(const struct ceremony *ceremony);
int command_verify(const struct ceremony *ceremony);
int command_agreement_make(const struct ceremony *ceremony);
int command_agreement_end(const struct ceremony *ceremony);
/**
 * Is an agreement signed by all its parties, an ending by its country? Says of each party
 * whether it has signed. LN_E_TOO_FEW_SIGNATURES, SIGNATURE, WRONG_TYPE, or of opening.
 */
LN_CHECKED int agreement_verify(const struct ln_trust *trust, struct ln_bytes bytes);
int command_federation(const struct ceremony *ceremony);

/** `--name` must be there: LN_E_USAGE, and a line that says which is missing. */
LN_CHECKED int ceremony_need(const char *value, const char *option);
LN_CHECKED int ceremony_need_name(const char *value, const char *option, struct ln_name *out);
/**
 * The passphrase of the command line's choice; a new one is asked twice and must have 12
 * characters.
 */
LN_CHECKED int ceremony_passphrase(const struct ceremony *ceremony, bool is_new,
                                   struct ln_buffer *out);
/** Reads a YAML source, and says on stderr what is wrong with it and where. */
LN_CHECKED int ceremony_read_source(const char *path, struct ln_buffer *text,
                                    struct ln_arena *arena, const struct form_node **out);
/** Says what is wrong in a source; returns LN_E_DRAFT. */
int ceremony_say(const char *path, const struct form_error *error);
/** The Signed in a file. */
/** Says on stderr which file an error is about. Returns `error`. */
int ceremony_about(const char *path, int error);
LN_CHECKED int ceremony_read_signed(const char *path, struct ln_arena *arena,
                                    struct ln_signed *out);
LN_CHECKED int ceremony_write_signed(const char *path, const struct ln_signed *signed_body,
                                     bool is_new);
/** The beginning (UTC) of a day as 2027-03-31; *out stays where it is none. */
bool ceremony_day(const char *text, uint64_t *out_ms);
/** A key of a map, in 64 hexadecimal digits. */
LN_CHECKED int ceremony_get_key(const struct form_node *map, const char *name,
                                struct ln_public_key *out, struct form_error *error);

#endif
