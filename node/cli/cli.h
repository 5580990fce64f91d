/*
 * The commands of `liaison`: one table, one function each; what they share.
 */
#ifndef CLI_H
#define CLI_H

#include <liaison/door.h>
#include <liaison/vocabulary.h>

#include "options.h"

#include <jansson.h>

enum { CLI_WORDS_MAX = 8, CLI_TOKEN_FILE_SIZE = 1024 };

#define CLI_ARENA ((size_t)96 << 20)

/** Exit codes that scripts can use; printed by --help. */
/* clang-format off */
#define CLI_EXITS(X)                                             \
    X(DONE, 0, "done")                                           \
    X(REFUSED, 1, "refused; the line on stderr names the rule")  \
    X(USAGE, 2, "the command line is not understood")            \
    X(NOT_RUNNING, 3, "no node answers at the control door")     \
    X(NO_SESSION, 4, "nobody is logged in, or the login failed") \
    X(NOT_FOUND, 5, "there is no such case or file")             \
    X(DRAFT, 6, "the draft is not right; the line is named")     \
    X(NOT_PROVED, 7, "verification failed")                      \
    X(UNANSWERED, 8, "no answer: it may have been done; look before you do it again")
/* clang-format on */

#define CLI_EXIT_ENUM(name, number, help) CLI_EXIT_##name = (number),
enum cli_exit { CLI_EXITS(CLI_EXIT_ENUM) };
#undef CLI_EXIT_ENUM

/** What the command line said. */
struct cli {
    const char *control;
    bool wants_json, wants_help, wants_version;
    const char *passphrase_fd, *passphrase_file;
    const char *root, *outcome, *urgency, *reason, *basis, *request, *out;
    const char *purpose, *consent, *ground, *version, *fingerprint, *use, *approve;
    const char *why, *audit_case, *audit_officer, *audit_from, *audit_until;
    struct options_list to, contents, sections, safeguards, handlings, compartments, uses;
    bool is_child, is_emergency;
    bool is_dry_run, wants_template, wants_offices;
    const char *words[CLI_WORDS_MAX];
    size_t words_count;
};

/** main's work. */
int cli_run(int argc, char **argv);

int command_login(const struct cli *cli);
int command_logout(const struct cli *cli);
int command_refer(const struct cli *cli);
/** The same, or only the question whether it would be sent. */
int command_refer_as(const struct cli *cli, bool is_dry_run);
int command_inbox(const struct cli *cli);
int command_outbox(const struct cli *cli);
int command_show(const struct cli *cli);
int command_receipt(const struct cli *cli);
int command_open(const struct cli *cli);
int command_answer(const struct cli *cli);
int command_close(const struct cli *cli);
int command_evidence(const struct cli *cli);
int command_verify(const struct cli *cli);
int command_courier(const struct cli *cli);
int command_status(const struct cli *cli);
int command_erase(const struct cli *cli);
int command_hold(const struct cli *cli);
int command_release(const struct cli *cli);
int command_reopen(const struct cli *cli);
int command_approve(const struct cli *cli);
int command_agreement(const struct cli *cli);
int command_root(const struct cli *cli);
int command_audit(const struct cli *cli);
int command_ask(const struct cli *cli);
int command_grant(const struct cli *cli);
int command_deny(const struct cli *cli);
int command_correct(const struct cli *cli);
int command_revoke(const struct cli *cli);
int command_pass_on(const struct cli *cli);
int command_export(const struct cli *cli);
int command_forward(const struct cli *cli);
int command_codes(const struct cli *cli);

/**
 * Fills in the session's token, asks the node, and says on stderr why it refused. 0, or a code.
 */
LN_CHECKED int cli_ask(const struct cli *cli, struct ln_door_request *request,
                       struct ln_arena *arena, struct ln_door_reply *out_reply);
/** Where this user's session with this node is kept; LN_E_USAGE: nowhere that is the user's. */
LN_CHECKED int cli_token_path(const struct cli *cli, char out[static CLI_TOKEN_FILE_SIZE]);
/** Says a refusal on stderr: what, which rule, what to do. Returns `error`. */
int cli_say(int error, struct ln_bytes detail);
/** "KH.1", as `show` prints it: the first event of Cambodia. LN_E_USAGE with a line. */
LN_CHECKED int cli_event(const char *text, struct ln_name *out_member, uint64_t *out_number);
/** The codes of every --compartment, in the arena; a name that is none is said. */
LN_CHECKED int cli_compartments(const struct cli *cli, struct ln_arena *arena,
                                const uint32_t **out_codes, size_t *out_count);
/** A draft comes from a file or from options; returns LN_E_USAGE. */
int cli_say_both(void);
/** The one word behind the command: LN_E_USAGE with a line that says what is missing. */
LN_CHECKED int cli_need_word(const struct cli *cli, size_t index, const char *what,
                             const char **out);
/** So many words at most: one more would be passed over in silence, a second draft for one. */
LN_CHECKED int cli_need_no_more(const struct cli *cli, size_t count, const char *usage);
/** The same for a name: what is no name is said too. */
LN_CHECKED int cli_need_name(const struct cli *cli, size_t index, const char *what,
                             struct ln_name *out);
/** The number of a code of a list; without a text or with another one LN_E_USAGE with a line
 * that names all there are. */
LN_CHECKED int cli_need_code(const struct ln_code_row *list, const char *text,
                             const char *option, uint32_t *out);

#endif
