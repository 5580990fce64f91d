/*
 * The table of commands, and what all of them need. It links no key and no store: all it can do
 * is ask.
 */
#include "cli.h"

#include "client.h"
#include "files.h"
#include "process.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT(name, member, argument, help)                               \
    {                                                                    \
        name, OPTIONS_TEXT, offsetof(struct cli, member), argument, help \
    }
#define FLAG(name, member, help)                                     \
    {                                                                \
        name, OPTIONS_FLAG, offsetof(struct cli, member), NULL, help \
    }
#define LIST(name, member, argument, help)                               \
    {                                                                    \
        name, OPTIONS_LIST, offsetof(struct cli, member), argument, help \
    }

static const struct options_row option_rows[] = {
    TEXT("control", control, "DIR",
         "the node's control directory ($LIAISON_CONTROL, /run/liaison)"),
    FLAG("json", wants_json, "print for programs"),
    LIST("to", to, "MEMBER/OFFICE",
         "refer, forward: an addressee; may stand twice. ask: a MEMBER to forward it to"),
    TEXT("request", request, "KIND", "refer: what is asked, as VICTIM_LOCATE_OR_RESCUE"),
    LIST("content", contents, "CONTENT",
         "refer: INFORMATION, VICTIM, SUSPECT or EVIDENCE; several"),
    TEXT("urgency", urgency, "URGENCY",
         "refer: EMERGENCY, URGENT, ROUTINE (default) or ADMINISTRATIVE"),
    TEXT("reason", reason, "TEXT",
         "refer: why it is urgent; agreement reject: why it will not be signed"),
    TEXT("purpose", purpose, "PURPOSE", "refer: INVESTIGATION, VICTIM_PROTECTION, ..."),
    TEXT("consent", consent, "GIVEN|LAWFUL_GROUND|OVERRIDDEN",
         "refer, answer: on what the person's data leave; OVERRIDDEN takes two officers"),
    TEXT("ground", ground, "TEXT", "refer, answer: the ground, where consent was not given"),
    FLAG("child", is_child, "refer: it is about a child"),
    LIST("safeguard", safeguards, "SAFEGUARD",
         "refer: GUARDIAN, BEST_INTERESTS, ...: what is in place; several"),
    FLAG("emergency-article", is_emergency,
         "refer: by the emergency article; a second officer must approve it"),
    TEXT("basis", basis, "TEXT", "refer: the legal basis"),
    LIST("section", sections, "COMPARTMENT.LABEL=TEXT",
         "refer, answer: an entry of a section; several"),
    LIST("handling", handlings, "COMPARTMENT.WORD=TEXT",
         "refer, answer: code, grade, uses, onward, expires of a section; several"),
    LIST("compartment", compartments, "COMPARTMENT",
         "forward, export: a section that leaves, several; ask, revoke: the section"),
    LIST("use", uses, "COURT|FORWARD|EXPORT", "ask: for what; several"),
    TEXT("for", use, "COURT|ANALYSIS", "export: what it is for"),
    TEXT("approve", approve, "OFFICER", "export: as second officer, let this one export it"),
    FLAG("dry-run", is_dry_run, "refer: check, and send nothing"),
    FLAG("template", wants_template, "refer: print a draft to be filled in"),
    TEXT("outcome", outcome, "OUTCOME", "close: INVESTIGATION_OPENED, VICTIM_SAFE, ..."),
    TEXT("root", root, "FINGERPRINT", "verify: the digits that were compared in person"),
    TEXT("out", out, "FILE",
         "courier write: the file's name (default: liaison-MEMBER.courier)"),
    TEXT("fingerprint", fingerprint, "DIGITS",
         "root accept: the digits that the country has told you over another way"),
    FLAG("offices", wants_offices, "status: list whom a referral may be addressed to"),
    TEXT("why", why, "TEXT",
         "with any command: why it is asked; kept in the audit log (no names of persons)"),
    TEXT("case", audit_case, "CASE", "audit show: of this case"),
    TEXT("officer", audit_officer, "OFFICER", "audit show: of this officer"),
    TEXT("from", audit_from, "TIME",
         "audit show: from here on, as 2026-01-31 or \"2026-01-31 09:30\""),
    TEXT("until", audit_until, "TIME", "audit show: before this time"),
    TEXT("passphrase-file", passphrase_file, "FILE", "login: a file of mode 0600"),
    TEXT("passphrase-fd", passphrase_fd, "N", "login: an open descriptor"),
    TEXT("number", version, "VERSION", "agreement: this version (default: the newest)"),
    FLAG("help", wants_help, "this text"),
    FLAG("version", wants_version, "the version"),
    {NULL, OPTIONS_FLAG, 0, NULL, NULL},
};

/* Of whom each command takes options, beside those that all take; each name between spaces. */
#define COMMON_OPTIONS " control json why help version "
#define TERMS_OPTIONS \
    " section handling purpose consent ground child safeguard emergency-article "
#define DRAFT_OPTIONS TERMS_OPTIONS "to request content urgency reason basis "

static const struct command {
    const char *name;
    int (*run)(const struct cli *cli);
    size_t words_max;
    const char *options, *usage, *help;
} commands[] = {
    {"login", command_login, 1, " passphrase-file passphrase-fd ", "login OFFICER",
     "unlock an officer's keys for a session"},
    {"logout", command_logout, 0, "", "logout", "lock them again"},
    {"refer", command_refer, 1, DRAFT_OPTIONS "dry-run template ", "refer FILE|-",
     "send a referral from a draft, or from options"},
    {"inbox", command_inbox, 0, "", "inbox", "cases that others referred to us, newest first"},
    {"outbox", command_outbox, 0, "", "outbox",
     "cases that we referred, and how far each has come"},
    {"show", command_show, 1, "", "show CASE",
     "a case: timeline, receipts, and the sections that you may read"},
    {"receipt", command_receipt, 1, "", "receipt CASE",
     "the signed receipts of what we sent in a case"},
    {"open", command_open, 1, "", "open CASE",
     "open a referral: tells the sender, and opens its sections"},
    {"answer", command_answer, 2, TERMS_OPTIONS, "answer CASE FILE|-",
     "answer, from a file of sections or from options"},
    {"approve", command_approve, 1, "", "approve CASE",
     "let a referral that takes two officers leave, as second officer"},
    {"close", command_close, 1, " outcome ", "close CASE --outcome OUTCOME", "close a case"},
    {"ask", command_ask, 2, " compartment use to ", "ask CASE EVENT --compartment C --use USE",
     "ask the originator for a use, or to forward it to a country"},
    {"grant", command_grant, 2, "", "grant CASE EVENT", "answer an ASK: yes, exactly that"},
    {"deny", command_deny, 2, "", "deny CASE EVENT", "answer an ASK: no"},
    {"correct", command_correct, 3, TERMS_OPTIONS "compartment ", "correct CASE EVENT FILE|-",
     "bring a section of ours anew, from a file or from options"},
    {"revoke", command_revoke, 2, " compartment ", "revoke CASE EVENT",
     "lock what we sent, wherever it is: all of an event, or one --compartment"},
    {"forward", command_forward, 2, DRAFT_OPTIONS "compartment dry-run ",
     "forward CASE [EVENT]",
     "hand sections on to other countries, as a new case (options as refer)"},
    {"pass-on", command_pass_on, 1, TERMS_OPTIONS, "pass-on CASE",
     "sign in a case that we forwarded what its originator corrected or revoked since"},
    {"export", command_export, 1, " for compartment approve ",
     "export CASE --for COURT|ANALYSIS",
     "print the sections that may leave the node for that; the whole case takes two officers"},
    {"evidence", command_evidence, 1, "", "evidence CASE > FILE",
     "write a bundle that proves the exchange"},
    {"verify", command_verify, 1, " root ", "verify FILE --root FINGERPRINT",
     "verify a bundle, without any node"},
    {"courier", command_courier, 2, " out ", "courier write MEMBER | courier read FILE",
     "exchange by stick"},
    {"erase", command_erase, 1, "", "erase CASE",
     "destroy what the sections of a case say, as one of two officers"},
    {"hold", command_hold, 1, "", "hold CASE", "legal hold: nobody erases the case"},
    {"release", command_release, 1, "", "release CASE",
     "lift a legal hold, as one of two officers"},
    {"reopen", command_reopen, 1, "", "reopen MEMBER",
     "open a frozen channel again, as one of two officers"},
    {"agreement", command_agreement, 3, DRAFT_OPTIONS "number ", "agreement list",
     "who may share what; alone: what else it can do"},
    {"root", command_root, 2, " fingerprint ", "root list | root accept COUNTRY",
     "whose roots are trusted; accept that of a country that joined, as one of two officers"},
    {"audit", command_audit, 1, " case officer from until ", "audit show | audit verify",
     "who did what; and whether the log is whole"},
    {"status", command_status, 0, " offices ", "status", "the node's health"},
    {"codes", command_codes, 0, "", "codes", "all refusal codes, with rule and advice"},
};

static void print_help(FILE *out)
{
    fputs("liaison: case referrals between national focal points\n\nCommands:\n", out);
    for (size_t i = 0; i < LN_COUNT(commands); i++)
        fprintf(out, "  liaison %-40s %s\n", commands[i].usage, commands[i].help);
    fputs("\nA case may be named by the first characters of its number (4 at "
          "least).\n\nOptions:\n",
          out);
    options_help(option_rows, out);
    fputs("\nExit codes:\n", out);
#define EXIT_LINE(name, number, help) fprintf(out, "  %d  %s\n", number, help);
    CLI_EXITS(EXIT_LINE)
#undef EXIT_LINE
}

static int exit_of(int error)
{
    static const struct {
        int error, exit;
    } exits[] = {
        {0, CLI_EXIT_DONE},
        {LN_E_USAGE, CLI_EXIT_USAGE},
        {LN_E_NOT_RUNNING, CLI_EXIT_NOT_RUNNING},
        {LN_E_UNANSWERED, CLI_EXIT_UNANSWERED},
        {LN_E_NO_SESSION, CLI_EXIT_NO_SESSION},
        {LN_E_LOGIN, CLI_EXIT_NO_SESSION},
        {LN_E_LOGIN_DELAY, CLI_EXIT_NO_SESSION},
        {LN_E_NO_CASE, CLI_EXIT_NOT_FOUND},
        {LN_E_NOT_FOUND, CLI_EXIT_NOT_FOUND},
        {LN_E_DRAFT, CLI_EXIT_DRAFT},
        {LN_E_NOT_ANCHORED, CLI_EXIT_NOT_PROVED},
        {LN_E_FINGERPRINT, CLI_EXIT_NOT_PROVED},
        {LN_E_SIGNATURE, CLI_EXIT_NOT_PROVED},
        {LN_E_AUDIT_CUT, CLI_EXIT_NOT_PROVED},
        {LN_E_AUDIT_REWRITTEN, CLI_EXIT_NOT_PROVED},
        {LN_E_AUDIT_ROLLED_BACK, CLI_EXIT_NOT_PROVED},
    };
    for (size_t i = 0; i < LN_COUNT(exits); i++) {
        if (exits[i].error == error)
            return exits[i].exit;
    }
    return CLI_EXIT_REFUSED;
}

static const struct command *find_command(struct cli *cli)
{
    for (size_t i = 0; cli->words_count > 0 && i < LN_COUNT(commands); i++) {
        if (strcmp(cli->words[0], commands[i].name) != 0)
            continue;
        cli->words_count--;
        memmove(cli->words, cli->words + 1, cli->words_count * sizeof cli->words[0]);
        return &commands[i];
    }
    return NULL;
}

/**
 * What was typed may name a victim: every user of the machine could read it in the list of
 * processes. So the words are taken out of there, first of all.
 */
static void take_words(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const size_t size = strlen(argv[i]);
        char *copy = ln_allocate(size + 1);
        memcpy(copy, argv[i], size + 1);
        explicit_bzero(argv[i], size);
        argv[i] = copy;
    }
}

static bool belongs(const char *options, const char *name)
{
    char between[64];
    snprintf(between, sizeof between, " %s ", name);
    return strstr(options, between) != NULL;
}

/**
 * A word or an option that a command would pass over is a mistake whose author believes that it
 * was heeded: "open CASE --dry-run" tells another country.
 */
static bool fits(const struct command *command, const struct cli *cli)
{
    if (cli_need_no_more(cli, command->words_max, command->usage) != 0)
        return false;
    for (const struct options_row *row = option_rows; row->name != NULL; row++) {
        if (!options_is_given(row, cli) || belongs(COMMON_OPTIONS, row->name) ||
            belongs(command->options, row->name))
            continue;
        fprintf(stderr, "liaison: --%s is no option of %s; add --help\n", row->name,
                command->name);
        return false;
    }
    return true;
}

/** What was printed but did not get where it was to go was not done. */
static int finish(int error)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return error;
    const char *reason = strerror(errno);
    const int said = cli_say(LN_E_SYSTEM, ln_view(reason, strlen(reason)));
    return error == 0 ? said : error;
}

int cli_run(int argc, char **argv)
{
    struct cli cli = {.control = NULL};
    if (process_no_core() != 0)
        return exit_of(cli_say(LN_E_SYSTEM, ln_view(NULL, 0)));
    take_words(argc, argv);
    if (options_read(argc, argv, option_rows, &cli, cli.words, CLI_WORDS_MAX,
                     &cli.words_count) != 0)
        return CLI_EXIT_USAGE;
    if (cli.wants_version) {
        puts("liaison " LIAISON_VERSION);
        return CLI_EXIT_DONE;
    }
    if (cli.wants_help || cli.words_count == 0) {
        print_help(cli.wants_help ? stdout : stderr);
        return cli.wants_help ? CLI_EXIT_DONE : CLI_EXIT_USAGE;
    }
    const struct command *command = find_command(&cli);
    if (command == NULL) {
        fprintf(stderr, "liaison: %s is not a command; add --help\n", cli.words[0]);
        return CLI_EXIT_USAGE;
    }
    if (!fits(command, &cli))
        return CLI_EXIT_USAGE;
    if (cli.control == NULL)
        cli.control = getenv("LIAISON_CONTROL");
    if (cli.control == NULL)
        cli.control = "/run/liaison";
    return exit_of(finish(command->run(&cli)));
}

/* What commands share ---------------------------------------------------------------------- */

int cli_say(int error, struct ln_bytes detail)
{
    const struct ln_code *code = ln_code_of(error);
    fprintf(stderr, "liaison: %s", code->text);
    if (detail.size > 0)
        fprintf(stderr, ": %.*s", (int)detail.size, (const char *)detail.data);
    fprintf(stderr, " (%s)\n  rule: %s\n  do:   %s\n", code->name, code->rule, code->advice);
    return error;
}

int cli_say_both(void)
{
    fputs("liaison: a file or options, not both: what would count? add --help\n", stderr);
    return LN_E_USAGE;
}

int cli_need_word(const struct cli *cli, size_t index, const char *what, const char **out)
{
    if (index < cli->words_count) {
        *out = cli->words[index];
        return 0;
    }
    fprintf(stderr, "liaison: %s is missing; add --help\n", what);
    return LN_E_USAGE;
}

int cli_event(const char *text, struct ln_name *out_member, uint64_t *out_number)
{
    const char *dot = strchr(text, '.');
    char *end = NULL;
    if (dot != NULL && isdigit((unsigned char)dot[1]) &&
        ln_name_from_bytes(ln_view(text, (size_t)(dot - text)), out_member) == 0) {
        *out_number = strtoull(dot + 1, &end, 10);
        if (*end == '\0' && *out_number <= UINT32_MAX)
            return 0;
    }
    fprintf(stderr, "liaison: \"%.40s\" must be an event as show prints it: KH.1\n", text);
    return LN_E_USAGE;
}

int cli_compartments(const struct cli *cli, struct ln_arena *arena, const uint32_t **out_codes,
                     size_t *out_count)
{
    uint32_t *codes = ln_arena_array(arena, OPTIONS_LIST_MAX, sizeof *codes);
    if (codes == NULL)
        return LN_E_OUT_OF_MEMORY;
    for (size_t i = 0; i < cli->compartments.count; i++) {
        const char *name = cli->compartments.texts[i];
        codes[i] = ln_code_number(LN_LIST_COMPARTMENTS, name);
        if (codes[i] == 0)
            return cli_say(LN_E_UNKNOWN_CODE, ln_view(name, strlen(name)));
    }
    *out_codes = codes;
    *out_count = cli->compartments.count;
    return 0;
}

int cli_need_no_more(const struct cli *cli, size_t count, const char *usage)
{
    if (cli->words_count <= count)
        return 0;
    fprintf(stderr, "liaison: %s is one word too many for: liaison %s\n", cli->words[count],
            usage);
    return LN_E_USAGE;
}

int cli_need_name(const struct cli *cli, size_t index, const char *what, struct ln_name *out)
{
    const char *text = NULL;
    int error = cli_need_word(cli, index, what, &text);
    if (error != 0)
        return error;
    error = ln_name_from(text, out);
    return error == 0 ? 0 : cli_say(error, ln_view(text, strlen(text)));
}

int cli_need_code(const struct ln_code_row *list, const char *text, const char *option,
                  uint32_t *out)
{
    *out = text == NULL ? 0 : ln_code_number(list, text);
    if (*out != 0)
        return 0;
    fprintf(stderr, "liaison: %s%s%s", option, text == NULL ? "" : " ",
            text == NULL ? "" : text);
    fputs(text == NULL ? " is needed, one of:" : " is none of:", stderr);
    for (; list->name != NULL; list++)
        fprintf(stderr, " %s", list->name);
    fputc('\n', stderr);
    return LN_E_USAGE;
}

static const char *directory_of(const char *variable)
{
    const char *directory = getenv(variable);
    return directory == NULL || directory[0] == '\0' ? NULL : directory;
}

/** Not in /tmp: there another user could lay a file of that name first. */
int cli_token_path(const struct cli *cli, char out[static CLI_TOKEN_FILE_SIZE])
{
    const char *runtime = directory_of("XDG_RUNTIME_DIR"), *home = directory_of("HOME");
    char name[128];
    size_t size = 0;
    for (const char *c = cli->control; *c != '\0' && size < sizeof name - 1; c++)
        name[size++] = *c == '/' ? '-' : *c;
    name[size] = '\0';
    if (runtime != NULL)
        return files_path(out, "%s/liaison-session%s", runtime, name);
    return home == NULL ? LN_E_USAGE : files_path(out, "%s/.liaison-session%s", home, name);
}

static void load_token(const struct cli *cli, struct ln_door_token *out)
{
    AUTO(ln_buffer_wipe) struct ln_buffer text = LN_BUFFER(sizeof out->b);
    char path[CLI_TOKEN_FILE_SIZE];
    if (cli_token_path(cli, path) == 0 && files_read_secret(path, &text) == 0 &&
        text.size == sizeof out->b)
        memcpy(out->b, text.data, sizeof out->b);
}

/** One line, for a person who looks at it, that is gone with the answer; seconds 0: it is here.
 */
static void show_waiting(unsigned seconds)
{
    static bool is_shown;
    if ((seconds == 0 && !is_shown) || !isatty(STDERR_FILENO))
        return;
    if (seconds == 0)
        fputs("\r\033[K", stderr);
    else
        fprintf(stderr, "\rthe node is working at it: %u s", seconds);
    is_shown = seconds > 0;
}

int cli_ask(const struct cli *cli, struct ln_door_request *request, struct ln_arena *arena,
            struct ln_door_reply *out_reply)
{
    load_token(cli, &request->token);
    if (cli->why != NULL)
        request->why = ln_view(cli->why, strlen(cli->why));
    const int error = client_ask(cli->control, request, show_waiting, arena, out_reply);
    show_waiting(0);
    if (error != 0)
        return cli_say(error, ln_view(NULL, 0));
    return out_reply->code == 0 ? 0 : cli_say(-(int)out_reply->code, out_reply->detail);
}
