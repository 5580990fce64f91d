/*
 * evidence, verify: what convinces a third party, with no node and no hub.
 */
#include "cli.h"
#include "files.h"
#include "output.h"

#include <liaison/evidence.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

int command_evidence(const struct cli *cli)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CLI_ARENA);
    struct ln_door_show what;
    struct ln_door_request request = {.evidence = &what};
    struct ln_door_reply reply;
    const char *prefix = NULL;
    int error = cli_need_word(cli, 0, "the case's number", &prefix);
    if (error != 0)
        return error;
    if (isatty(STDOUT_FILENO)) {
        fputs("liaison: a bundle is not for the screen: liaison evidence CASE > FILE\n",
              stderr);
        return LN_E_USAGE;
    }
    what.case_prefix = ln_view(prefix, strlen(prefix));
    error = cli_ask(cli, &request, &arena, &reply);
    if (error == 0 && fwrite(reply.file.data, 1, reply.file.size, stdout) != reply.file.size)
        error = cli_say(LN_E_SYSTEM, ln_view(NULL, 0));
    return error;
}

/* Verifying -------------------------------------------------------------------------------- */

static const char *receipt_word(const struct ln_proof *proof)
{
    static const char *const words[] = {"no receipt", "DELIVERED", "REFUSED", "NOT_IN_TIME"};
    return proof->receipt < LN_COUNT(words) ? words[proof->receipt] : "UNKNOWN";
}

static void print_proof(const struct ln_proof *proof)
{
    char sent[OUTPUT_TIME_SIZE], received[OUTPUT_TIME_SIZE];
    output_time(proof->created_ms, sent);
    output_time(proof->received_ms, received);
    printf("      %s's node sent it to %s at %s in letter %llu.%llu: %s", proof->from.text,
           proof->to.text, sent, (unsigned long long)proof->generation,
           (unsigned long long)proof->sequence, receipt_word(proof));
    if (proof->receipt != 0)
        printf(", signed by %s's node at %s", proof->to.text, received);
    putchar('\n');
}

static void print_report(const struct ln_evidence_report *report)
{
    char id[LN_ID_TEXT_SIZE];
    ln_id_text(&report->case_id, id);
    printf("case %s, anchored in the roots of %s\n", id, report->anchor.text);
    for (size_t i = 0; i < report->findings_count; i++) {
        const struct ln_finding *finding = &report->findings[i];
        char time[OUTPUT_TIME_SIZE];
        if (finding->event->action == 0) { /* nothing of it could be read */
            printf("  an event that cannot be read: %s\n", ln_code_of(finding->problem)->text);
            continue;
        }
        output_time(finding->event->created_ms, time);
        printf("  %s  %-7s %s/%s, %s: %s\n", time,
               ln_code_name(LN_LIST_ACTIONS, finding->event->action),
               finding->event->author.member.text, finding->event->author.office.text,
               finding->event->author.officer.text,
               finding->problem == 0 ? "signature holds" : ln_code_of(finding->problem)->text);
        for (size_t k = 0; k < finding->proofs_count; k++)
            print_proof(&finding->proofs[k]);
    }
    if (report->problems_count == 0)
        puts("everything in this bundle holds");
    else
        printf("%zu %s NOT hold\n", report->problems_count,
               report->problems_count == 1 ? "body in this bundle does"
                                           : "bodies in this bundle do");
}

static json_t *report_json(const struct ln_evidence_report *report)
{
    json_t *findings = json_array();
    for (size_t i = 0; i < report->findings_count; i++) {
        const struct ln_finding *finding = &report->findings[i];
        json_t *proofs = json_array();
        for (size_t k = 0; k < finding->proofs_count; k++) {
            const struct ln_proof *proof = &finding->proofs[k];
            json_array_append_new(
                proofs,
                json_pack("{s:s, s:s, s:I, s:I, s:o, s:s, s:o}", "from", proof->from.text, "to",
                          proof->to.text, "generation", (json_int_t)proof->generation,
                          "sequence", (json_int_t)proof->sequence, "sent",
                          output_json_time(proof->created_ms), "receipt", receipt_word(proof),
                          "received", output_json_time(proof->received_ms)));
        }
        json_array_append_new(
            findings, json_pack("{s:o, s:s, s:s, s:s, s:o, s:s, s:o}", "event",
                                output_json_digest(&finding->digest), "action",
                                ln_code_name(LN_LIST_ACTIONS, finding->event->action), "member",
                                finding->event->author.member.text, "officer",
                                finding->event->author.officer.text, "created",
                                output_json_time(finding->event->created_ms), "problem",
                                finding->problem == 0 ? "" : ln_code_of(finding->problem)->name,
                                "letters", proofs));
    }
    return json_pack("{s:o, s:s, s:i, s:o}", "case", output_json_id(&report->case_id), "anchor",
                     report->anchor.text, "problems", (int)report->problems_count, "events",
                     findings);
}

int command_verify(const struct cli *cli)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CLI_ARENA);
    AUTO(ln_buffer_wipe) struct ln_buffer bundle = LN_BUFFER(LN_EVIDENCE_MAX);
    struct ln_evidence_report report = {.findings_count = 0};
    const char *path = NULL;
    int error = cli_need_word(cli, 0, "the bundle's file", &path);
    if (error != 0)
        return error;
    error = files_read(path, &bundle);
    if (error != 0)
        return cli_say(error, ln_view(path, strlen(path)));
    error = ln_evidence_verify(ln_buffer_view(&bundle), cli->root, &arena, &report);
    if (report.findings_count > 0 && cli->wants_json)
        output_json(report_json(&report));
    else if (report.findings_count > 0)
        print_report(&report);
    if (error == 0)
        return 0;
    cli_say(error, ln_view(NULL, 0));
    return LN_E_SIGNATURE; /* whatever is wrong with it: it is not proved */
}
