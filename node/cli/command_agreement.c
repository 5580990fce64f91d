/*
 * agreement: list, show, diff, permits, propose, amend, end, reject.
 */
#include "cli.h"
#include "files.h"
#include "output.h"

#include <liaison/agreement.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PRINT_MAX = 1024 * 1024, LINES_MAX = 8192, PARTIES_TEXT_SIZE = 128 };

struct answer {
    struct ln_arena arena;
    struct ln_door_reply reply;
};

static void wipe(struct answer *answer)
{
    ln_arena_wipe(&answer->arena);
}

static int ask(const struct cli *cli, struct ln_door_agreement *asked, struct answer *out)
{
    struct ln_door_request request = {.agreement = asked};
    return cli_ask(cli, &request, &out->arena, &out->reply);
}

/** The name and, of --number, the version. */
static int name_asked(const struct cli *cli, size_t index, struct ln_door_agreement *out)
{
    const int error = cli_need_name(cli, index, "the agreement's name", &out->id);
    if (error == 0 && cli->version != NULL) {
        char *end;
        out->version = strtoull(cli->version, &end, 10);
        if (*end != '\0' || out->version == 0)
            return cli_say(LN_E_USAGE, LN_LITERAL("--number must be a version"));
    }
    return error;
}

/* list ------------------------------------------------------------------------------------- */

static const char *countries(const struct ln_country *list, size_t count,
                             char out[static PARTIES_TEXT_SIZE])
{
    size_t size = 0;
    out[0] = '\0';
    for (size_t i = 0; i < count; i++)
        size += (size_t)snprintf(out + size, PARTIES_TEXT_SIZE - size, "%s%s",
                                 i == 0 ? "" : " ", list[i].member.text);
    return count == 0 ? "-" : out;
}

static json_t *countries_json(const struct ln_country *list, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_string(list[i].member.text));
    return array;
}

static json_t *row_json(const struct ln_door_agreement_row *row)
{
    return json_pack("{s:s, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:s, s:o}", "id",
                     row->id.text, "version", (json_int_t)row->version, "digest",
                     output_json_digest(&row->digest), "title", output_json_bytes(row->title),
                     "status", output_json_bytes(row->status), "from",
                     output_json_time(row->from_ms), "ends", output_json_time(row->ends_ms),
                     "parties", countries_json(row->parties, row->parties_count), "signed_by",
                     countries_json(row->signed_by, row->signed_by_count), "rejected_by",
                     row->rejected_by.text, "ended_by", row->ended_by.text, "reason",
                     output_json_bytes(row->reason));
}

static void add_row(struct libscols_table *table, const struct ln_door_agreement_row *row)
{
    char version[24], from[OUTPUT_TIME_SIZE], ends[OUTPUT_TIME_SIZE], status[48];
    char parties[PARTIES_TEXT_SIZE], signers[PARTIES_TEXT_SIZE];
    snprintf(version, sizeof version, "%llu", (unsigned long long)row->version);
    snprintf(status, sizeof status, "%.*s", (int)row->status.size,
             (const char *)row->status.data);
    output_time(row->from_ms, from);
    output_time(row->ends_ms, ends);
    from[10] = ends[10] = '\0'; /* the day */
    const char *cells[] = {
        row->id.text,
        version,
        status,
        countries(row->parties, row->parties_count, parties),
        countries(row->signed_by, row->signed_by_count, signers),
        from,
        ends,
    };
    output_row(table, cells);
}

static void print_word(const struct ln_door_agreement_row *row)
{
    const bool is_rejected = row->rejected_by.text[0] != '\0';
    if (!is_rejected && row->ended_by.text[0] == '\0')
        return;
    printf("%s version %llu was %s by %s: ", row->id.text, (unsigned long long)row->version,
           is_rejected ? "rejected" : "ended",
           is_rejected ? row->rejected_by.text : row->ended_by.text);
    output_in_line(row->reason);
    putchar('\n');
}

static int list(const struct cli *cli)
{
    static const char *const columns[] = {"AGREEMENT", "VERSION", "STATUS", "PARTIES",
                                          "SIGNED BY", "FROM",    "UNTIL",  NULL};
    AUTO(wipe) struct answer answer = {.arena = LN_ARENA(CLI_ARENA)};
    struct ln_door_agreement asked = {.verb = LN_DOOR_AGREEMENT_LIST};
    const int error = ask(cli, &asked, &answer);
    if (error != 0)
        return error;
    const struct ln_door_reply *reply = &answer.reply;
    if (cli->wants_json) {
        json_t *rows = json_array();
        for (size_t i = 0; i < reply->agreements_count; i++)
            json_array_append_new(rows, row_json(&reply->agreements[i]));
        output_json(rows);
        return 0;
    }
    if (reply->agreements_count == 0) {
        puts("no agreement is held: only test messages pass");
        return 0;
    }
    struct libscols_table *table = output_table(columns);
    for (size_t i = 0; i < reply->agreements_count; i++)
        add_row(table, &reply->agreements[i]);
    output_table_print(table);
    for (size_t i = 0; i < reply->agreements_count; i++)
        print_word(&reply->agreements[i]);
    return 0;
}

/* show, diff ------------------------------------------------------------------------------- */

static int print_literal(struct ln_bytes literal, struct ln_arena *arena, struct ln_buffer *out)
{
    struct ln_signed signed_body;
    struct ln_agreement agreement;
    int error = ln_signed_open(literal, arena, &signed_body);
    if (error == 0)
        error = signed_body.type == LN_TYPE_AGREEMENT
                    ? ln_agreement_open(signed_body.body, arena, &agreement)
                    : LN_E_WRONG_TYPE;
    return error == 0 ? ln_agreement_print(&agreement, out) : error;
}

/** The printed form of one version that the node holds. */
static int print_held(const struct cli *cli, struct ln_door_agreement *asked,
                      struct answer *answer, struct ln_buffer *out)
{
    asked->verb = LN_DOOR_AGREEMENT_SHOW;
    const int error = ask(cli, asked, answer);
    return error == 0 ? print_literal(answer->reply.file, &answer->arena, out) : error;
}

static int show(const struct cli *cli)
{
    AUTO(wipe) struct answer answer = {.arena = LN_ARENA(CLI_ARENA)};
    AUTO(ln_buffer_wipe) struct ln_buffer text = LN_BUFFER(PRINT_MAX);
    struct ln_door_agreement asked = {.verb = LN_DOOR_AGREEMENT_SHOW};
    int error = name_asked(cli, 1, &asked);
    if (error == 0)
        error = print_held(cli, &asked, &answer, &text);
    if (error != 0)
        return error;
    const struct ln_door_agreement_row *row = &answer.reply.agreements[0];
    if (cli->wants_json) {
        json_t *shown = row_json(row);
        json_object_set_new(shown, "text", output_json_bytes(ln_buffer_view(&text)));
        output_json(shown);
        return 0;
    }
    char signers[PARTIES_TEXT_SIZE];
    printf("%.*s; signed by: %s\n", (int)row->status.size, (const char *)row->status.data,
           countries(row->signed_by, row->signed_by_count, signers));
    print_word(row);
    fwrite(text.data, 1, text.size, stdout);
    return 0;
}

struct lines {
    struct ln_bytes list[LINES_MAX];
    size_t count;
};

static void split(struct ln_bytes text, struct lines *out)
{
    const uint8_t *at = text.data, *end = text.data + text.size;
    out->count = 0;
    while (at < end && out->count < LINES_MAX) {
        const uint8_t *newline = memchr(at, '\n', (size_t)(end - at));
        const uint8_t *stop = newline == NULL ? end : newline;
        out->list[out->count++] = ln_view(at, (size_t)(stop - at));
        at = stop + 1;
    }
}

/** Where a line of `a` stands next in `b`; b's count: nowhere before `limit`. */
static size_t find_line(const struct lines *b, size_t from, struct ln_bytes line)
{
    while (from < b->count && !ln_bytes_equal(b->list[from], line))
        from++;
    return from;
}

/** Lines of an article differ within the article: its heading is found again first. */
static bool is_heading(struct ln_bytes line)
{
    return line.size > 8 && memcmp(line.data, "Article ", 8) == 0;
}

/** An article's heading is said once, before the first line in which it differs. */
struct printing {
    struct ln_bytes heading; /* not said yet; empty: none */
    size_t differences;
};

static void print_lines(struct printing *printing, const struct lines *lines, size_t from,
                        size_t to, char sign)
{
    if (from < to && printing->heading.size > 0)
        printf("  %.*s\n", (int)printing->heading.size, (const char *)printing->heading.data);
    if (from < to)
        printing->heading = ln_view(NULL, 0);
    for (size_t i = from; i < to; i++)
        printf("%c %.*s\n", sign, (int)lines->list[i].size, (const char *)lines->list[i].data);
    printing->differences += to - from;
}

/** Does a heading stand between two places? Then what is behind it is of another article. */
static bool crosses_heading(const struct lines *lines, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        if (is_heading(lines->list[i]))
            return true;
    }
    return false;
}

static size_t print_diff(const struct lines *a, const struct lines *b)
{
    struct printing printing = {.differences = 0};
    size_t j = 0;
    for (size_t i = 0; i < a->count; i++) {
        const size_t found = find_line(b, j, a->list[i]);
        if (found == b->count || (crosses_heading(b, j, found) && !is_heading(a->list[i]))) {
            print_lines(&printing, a, i, i + 1, '-');
            continue;
        }
        print_lines(&printing, b, j, found, '+');
        if (is_heading(a->list[i]))
            printing.heading = a->list[i];
        j = found + 1;
    }
    print_lines(&printing, b, j, b->count, '+');
    return printing.differences;
}

/** agreement diff NAME FILE: what the file changes against the version held. */
static int diff(const struct cli *cli)
{
    AUTO(wipe) struct answer answer = {.arena = LN_ARENA(CLI_ARENA)};
    AUTO(ln_buffer_wipe) struct ln_buffer before = LN_BUFFER(PRINT_MAX);
    AUTO(ln_buffer_wipe) struct ln_buffer after = LN_BUFFER(PRINT_MAX);
    AUTO(ln_buffer_wipe) struct ln_buffer file = LN_BUFFER(LN_BODY_MAX);
    struct ln_door_agreement asked = {.verb = LN_DOOR_AGREEMENT_SHOW};
    const char *path = NULL;
    int error = name_asked(cli, 1, &asked);
    if (error == 0)
        error = cli_need_word(cli, 2, "the file of the other version", &path);
    if (error == 0)
        error = files_read(path, &file);
    if (error != 0)
        return cli_say(error, path == NULL ? ln_view(NULL, 0) : ln_view(path, strlen(path)));
    error = print_held(cli, &asked, &answer, &before);
    if (error == 0)
        error = print_literal(ln_buffer_view(&file), &answer.arena, &after);
    if (error != 0)
        return error;
    struct lines *lines = ln_allocate(2 * sizeof *lines);
    split(ln_buffer_view(&before), &lines[0]);
    split(ln_buffer_view(&after), &lines[1]);
    if (print_diff(&lines[0], &lines[1]) == 0)
        puts("no difference");
    ln_release(lines, 2 * sizeof *lines);
    return 0;
}

/* propose, amend, end, reject -------------------------------------------------------------- */

/** The node takes both; whoever declares an end must not be told so of a next version. */
static int check_type(struct ln_bytes file, uint32_t type)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CLI_ARENA);
    struct ln_signed signed_body;
    const int error = ln_signed_open(file, &arena, &signed_body);
    return error == 0 && signed_body.type != type ? LN_E_WRONG_TYPE : error;
}

static int send_file(const struct cli *cli, uint32_t type, const char *done)
{
    AUTO(wipe) struct answer answer = {.arena = LN_ARENA(CLI_ARENA)};
    AUTO(ln_buffer_wipe) struct ln_buffer file = LN_BUFFER(LN_BODY_MAX);
    struct ln_door_agreement asked = {.verb = LN_DOOR_AGREEMENT_PROPOSE};
    const char *path = NULL;
    int error = cli_need_word(cli, 1, "the signed file", &path);
    if (error != 0)
        return error;
    error = files_read(path, &file);
    if (error == 0)
        error = check_type(ln_buffer_view(&file), type);
    if (error != 0)
        return cli_say(error, ln_view(path, strlen(path)));
    asked.file = ln_buffer_view(&file);
    error = ask(cli, &asked, &answer);
    if (error != 0)
        return error;
    if (cli->wants_json)
        output_json(json_pack("{s:b}", "new", (int)answer.reply.count));
    else
        printf("%s; it goes to the other parties%s\n", done,
               answer.reply.count == 0 ? " again: it was here already" : "");
    return 0;
}

static int propose(const struct cli *cli)
{
    return send_file(cli, LN_TYPE_AGREEMENT, "proposed");
}

static int amend(const struct cli *cli)
{
    return send_file(cli, LN_TYPE_AGREEMENT, "the next version is proposed");
}

static int end(const struct cli *cli)
{
    return send_file(cli, LN_TYPE_ENDING, "the ending is declared");
}

static int reject(const struct cli *cli)
{
    AUTO(wipe) struct answer answer = {.arena = LN_ARENA(CLI_ARENA)};
    struct ln_door_agreement asked = {.verb = LN_DOOR_AGREEMENT_REJECT};
    int error = name_asked(cli, 1, &asked);
    if (error == 0 && (cli->reason == NULL || cli->reason[0] == '\0'))
        return cli_say(LN_E_USAGE, LN_LITERAL("--reason says why, to all parties"));
    if (error != 0)
        return error;
    asked.reason = ln_view(cli->reason, strlen(cli->reason));
    error = ask(cli, &asked, &answer);
    if (error == 0 && cli->wants_json)
        output_json(json_pack("{s:b}", "rejected", 1));
    else if (error == 0)
        puts("rejected, signed by you; the other parties are told");
    return error;
}

/** "May I send this?", from the same draft or options as refer. */
static int permits(const struct cli *cli)
{
    struct cli asked = *cli;
    asked.words_count--;
    memmove(asked.words, asked.words + 1, asked.words_count * sizeof asked.words[0]);
    return command_refer_as(&asked, true);
}

static const struct {
    const char *name;
    int (*run)(const struct cli *cli);
    size_t words; /* behind the verb */
    const char *usage, *help;
} verbs[] = {
    {"list", list, 0, "list", "every version, who signed it, and what holds"},
    {"show", show, 1, "show NAME [--number VERSION]", "the rules, one fact a line"},
    {"diff", diff, 2, "diff NAME FILE", "what a file changes against the version held"},
    {"permits", permits, 1, "permits FILE|-",
     "may I send this? by which article? nothing is sent"},
    {"propose", propose, 1, "propose FILE",
     "give a version, signed by our roots, to the parties"},
    {"amend", amend, 1, "amend FILE", "the same for the next version of one that is held"},
    {"end", end, 1, "end FILE", "declare the end, signed by our roots"},
    {"reject", reject, 1, "reject NAME --reason TEXT",
     "say that this version will not be signed"},
};

static void print_verbs(FILE *out)
{
    fputs("liaison agreement: who may share what\n\n", out);
    for (size_t i = 0; i < LN_COUNT(verbs); i++)
        fprintf(out, "  liaison agreement %-32s %s\n", verbs[i].usage, verbs[i].help);
    fputs("\nAgreements are written and signed offline: liaison-keys agreement --help\n", out);
}

int command_agreement(const struct cli *cli)
{
    if (cli->words_count == 0) {
        print_verbs(stdout);
        return 0;
    }
    for (size_t i = 0; i < LN_COUNT(verbs); i++) {
        if (strcmp(verbs[i].name, cli->words[0]) != 0)
            continue;
        char usage[64];
        snprintf(usage, sizeof usage, "agreement %s", verbs[i].usage);
        const int error = cli_need_no_more(cli, 1 + verbs[i].words, usage);
        return error == 0 ? verbs[i].run(cli) : error;
    }
    print_verbs(stderr);
    return LN_E_USAGE;
}
