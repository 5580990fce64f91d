/*
 * From YAML or options to the door's shapes.
 */
#include "draftfile.h"

#include "drafthandling.h"
#include "files.h"
#include "form.h"

#include <liaison/vocabulary.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char template_text[] =
    "# A referral. Fill in, then: liaison refer FILE\n"
    "to:                      # one or two offices; list them with: liaison status --offices\n"
    "  - TH/th-ahtd\n"
    "request: VICTIM_LOCATE_OR_RESCUE\n"
    "contents: [INFORMATION, VICTIM]   # INFORMATION, VICTIM, SUSPECT, EVIDENCE\n"
    "urgency: ROUTINE         # EMERGENCY, URGENT, ROUTINE, ADMINISTRATIVE\n"
    "# urgency_reason: needed for EMERGENCY and URGENT\n"
    "purpose: VICTIM_PROTECTION   # INVESTIGATION, PROSECUTION, VICTIM_PROTECTION, ...\n"
    "# consent: GIVEN        # or LAWFUL_GROUND or OVERRIDDEN, with consent_ground: ...\n"
    "# child: yes            # with safeguards: [GUARDIAN, BEST_INTERESTS]\n"
    "# emergency_article: yes\n"
    "legal_basis: the agreement or article that you rely on\n"
    "sections:                # each is sealed to the roles that may read it\n"
    "  PROCEDURE:\n"
    "    asked: what you ask for\n"
    "    facts: what is known\n"
    "  # IDENTITY, CONTACT, MEDICAL, INTELLIGENCE, EVIDENCE, LOGISTICS\n"
    "# handling:              # what the other country may do with a section\n"
    "#   INTELLIGENCE: {code: H1, grade: B2, uses: [COURT], onward: [MM], expires: "
    "2027-03-31}\n";

/** All names of the longest list. */
enum { NAMES_SIZE = 512 };

struct reading {
    struct ln_arena *arena;
    struct form_error error;
};

void draftfile_print_template(void)
{
    fputs(template_text, stdout);
}

static struct ln_bytes text_bytes(const char *text)
{
    return text == NULL ? ln_view(NULL, 0) : ln_view(text, strlen(text));
}

static int get_code(struct reading *reading, const struct ln_code_row *list, const char *text,
                    unsigned line, uint32_t *out)
{
    *out = ln_code_number(list, text);
    if (*out != 0)
        return 0;
    char known[NAMES_SIZE] = "";
    for (size_t size = 0; list->name != NULL && size < sizeof known; list++)
        size += (size_t)snprintf(known + size, sizeof known - size, " %s", list->name);
    return form_fail(&reading->error, line, "\"%.40s\" is none of:%s", text, known);
}

static int get_party(struct reading *reading, const char *text, unsigned line,
                     struct ln_party *out)
{
    const char *slash = strchr(text, '/');
    if (slash == NULL ||
        ln_name_from_bytes(ln_view(text, (size_t)(slash - text)), &out->member) != 0 ||
        ln_name_from(slash + 1, &out->office) != 0)
        return form_fail(&reading->error, line, "\"%.60s\" must be MEMBER/OFFICE", text);
    return 0;
}

/* Sections --------------------------------------------------------------------------------- */

static int read_entries(struct reading *reading, const struct form_node *map,
                        struct ln_door_section *out)
{
    struct ln_entry *entries =
        ln_arena_array(reading->arena, form_count(map) + 1, sizeof *entries);
    if (entries == NULL)
        return LN_E_OUT_OF_MEMORY;
    out->entries = entries;
    for (const struct form_node *node = map->first; node != NULL; node = node->next) {
        if (node->kind != FORM_TEXT)
            return form_fail(&reading->error, node->line, "\"%.40s\" must be a text",
                             node->key);
        entries[out->entries_count++] =
            (struct ln_entry){text_bytes(node->key), text_bytes(node->text)};
    }
    return 0;
}

static int read_handling(struct reading *reading, const struct form_node *map,
                         struct ln_door_section *sections, size_t count)
{
    const struct drafthandling draft = {reading->arena, &reading->error, sections, count};
    return drafthandling_read(&draft, map);
}

/** `handling` may be NULL. */
static int read_sections(struct reading *reading, const struct form_node *map,
                         const struct form_node *handling, const struct ln_door_section **out,
                         size_t *out_count)
{
    if (map == NULL)
        return read_handling(reading, handling, NULL, 0);
    if (map->kind != FORM_MAP)
        return form_fail(&reading->error, map->line,
                         "\"sections\" must have one name a compartment");
    struct ln_door_section *sections =
        ln_arena_array(reading->arena, form_count(map) + 1, sizeof *sections);
    if (sections == NULL)
        return LN_E_OUT_OF_MEMORY;
    *out = sections;
    for (const struct form_node *node = map->first; node != NULL; node = node->next) {
        struct ln_door_section *section = &sections[(*out_count)++];
        int result = get_code(reading, LN_LIST_COMPARTMENTS, node->key, node->line,
                              &section->compartment);
        if (result == 0 && node->kind != FORM_MAP)
            result = form_fail(&reading->error, node->line, "\"%.40s\" must have entries",
                               node->key);
        if (result == 0)
            result = read_entries(reading, node, section);
        if (result != 0)
            return result;
    }
    return read_handling(reading, handling, sections, *out_count);
}

/** "COMPARTMENT.LABEL=TEXT" */
static int add_option(struct reading *reading, const char *text,
                      struct ln_door_section *sections, size_t *count)
{
    const char *dot = strchr(text, '.'), *equals = strchr(text, '=');
    char name[64];
    uint32_t compartment;
    if (dot == NULL || equals == NULL || equals < dot || (size_t)(dot - text) >= sizeof name)
        return form_fail(&reading->error, 1, "--section must be COMPARTMENT.LABEL=TEXT");
    snprintf(name, sizeof name, "%.*s", (int)(dot - text), text);
    const int result = get_code(reading, LN_LIST_COMPARTMENTS, name, 1, &compartment);
    if (result != 0)
        return result;
    size_t i = 0;
    while (i < *count && sections[i].compartment != compartment)
        i++;
    if (i == *count) {
        sections[i].compartment = compartment;
        sections[i].entries =
            ln_arena_array(reading->arena, OPTIONS_LIST_MAX, sizeof(struct ln_entry));
        if (sections[i].entries == NULL)
            return LN_E_OUT_OF_MEMORY;
        ++*count;
    }
    struct ln_entry *entries = (struct ln_entry *)(uintptr_t)sections[i].entries;
    entries[sections[i].entries_count++] =
        (struct ln_entry){ln_view(dot + 1, (size_t)(equals - dot - 1)), text_bytes(equals + 1)};
    return 0;
}

static int option_sections(struct reading *reading, const struct cli *cli,
                           const struct ln_door_section **out, size_t *out_count)
{
    struct ln_door_section *sections =
        ln_arena_array(reading->arena, OPTIONS_LIST_MAX, sizeof *sections);
    if (sections == NULL)
        return LN_E_OUT_OF_MEMORY;
    int result = 0;
    *out_count = 0;
    for (size_t i = 0; i < cli->sections.count && result == 0; i++)
        result = add_option(reading, cli->sections.texts[i], sections, out_count);
    const struct drafthandling draft = {reading->arena, &reading->error, sections, *out_count};
    for (size_t i = 0; i < cli->handlings.count && result == 0; i++)
        result = drafthandling_option(&draft, cli->handlings.texts[i]);
    *out = sections;
    return result;
}

/* Terms ------------------------------------------------------------------------------------ */

/** The texts of options or of a file, before they are looked up. */
struct terms_texts {
    const char *purpose, *consent, *ground;
    const char *const *safeguards;
    size_t safeguards_count;
    bool is_child, is_emergency;
    unsigned line;
};

static int make_terms(struct reading *reading, const struct terms_texts *texts,
                      const struct ln_door_terms **out)
{
    struct ln_door_terms *terms = ln_arena_take(reading->arena, sizeof *terms);
    uint32_t *safeguards =
        ln_arena_array(reading->arena, texts->safeguards_count + 1, sizeof *safeguards);
    if (terms == NULL || safeguards == NULL)
        return LN_E_OUT_OF_MEMORY;
    *terms = (struct ln_door_terms){.consent_ground = text_bytes(texts->ground),
                                    .child = texts->is_child,
                                    .safeguards = safeguards,
                                    .safeguards_count = texts->safeguards_count,
                                    .emergency = texts->is_emergency};
    int result = 0;
    if (texts->purpose != NULL)
        result =
            get_code(reading, LN_LIST_PURPOSES, texts->purpose, texts->line, &terms->purpose);
    if (result == 0 && texts->consent != NULL)
        result =
            get_code(reading, LN_LIST_CONSENTS, texts->consent, texts->line, &terms->consent);
    for (size_t i = 0; i < texts->safeguards_count && result == 0; i++)
        result = get_code(reading, LN_LIST_SAFEGUARDS, texts->safeguards[i], texts->line,
                          &safeguards[i]);
    *out = terms;
    return result;
}

static int option_terms(struct reading *reading, const struct cli *cli,
                        const struct ln_door_terms **out)
{
    const struct terms_texts texts = {
        .purpose = cli->purpose,
        .consent = cli->consent,
        .ground = cli->ground,
        .safeguards = cli->safeguards.texts,
        .safeguards_count = cli->safeguards.count,
        .is_child = cli->is_child,
        .is_emergency = cli->is_emergency,
        .line = 1,
    };
    return make_terms(reading, &texts, out);
}

/** yes or no, of a file; missing is no. */
static int get_flag(struct reading *reading, const struct form_node *map, const char *key,
                    bool *out)
{
    const char *text;
    const int result = form_get_text(map, key, false, &text, &reading->error);
    *out = text != NULL && strcmp(text, "yes") == 0;
    return result == 0 && text != NULL && !*out && strcmp(text, "no") != 0
               ? form_fail(&reading->error, form_get(map, key)->line,
                           "\"%s\" must be yes or no", key)
               : result;
}

static int read_safeguards(struct reading *reading, const struct form_node *root,
                           struct terms_texts *out)
{
    const struct form_node *list;
    const int result = form_get_list(root, "safeguards", false, &list, &reading->error);
    if (result != 0 || list == NULL)
        return result;
    const char **texts = ln_arena_array(reading->arena, form_count(list) + 1, sizeof *texts);
    if (texts == NULL)
        return LN_E_OUT_OF_MEMORY;
    for (const struct form_node *node = list->first; node != NULL; node = node->next)
        texts[out->safeguards_count++] = node->kind == FORM_TEXT ? node->text : "";
    out->safeguards = texts;
    return 0;
}

static int read_terms(struct reading *reading, const struct form_node *root,
                      const struct ln_door_terms **out)
{
    struct terms_texts texts = {.line = root->line};
    int result = form_get_text(root, "purpose", false, &texts.purpose, &reading->error);
    if (result == 0)
        result = form_get_text(root, "consent", false, &texts.consent, &reading->error);
    if (result == 0)
        result = form_get_text(root, "consent_ground", false, &texts.ground, &reading->error);
    if (result == 0)
        result = get_flag(reading, root, "child", &texts.is_child);
    if (result == 0)
        result = get_flag(reading, root, "emergency_article", &texts.is_emergency);
    if (result == 0)
        result = read_safeguards(reading, root, &texts);
    return result == 0 ? make_terms(reading, &texts, out) : result;
}

/* Files ------------------------------------------------------------------------------------ */

static int read_file(struct reading *reading, const char *path, const struct form_node **out)
{
    AUTO(ln_buffer_wipe) struct ln_buffer text = LN_BUFFER(FORM_SIZE_MAX);
    const int error =
        strcmp(path, "-") == 0 ? files_read_open(STDIN_FILENO, &text) : files_read(path, &text);
    return error == 0 ? form_read(ln_buffer_view(&text), reading->arena, out, &reading->error)
                      : error;
}

/** Says what is wrong, once, here; options have no lines. */
static int finish(const struct reading *reading, const char *path, int error)
{
    if (path != NULL && strcmp(path, "-") == 0)
        path = "standard input";
    if (error != LN_E_DRAFT)
        return error == 0 ? 0 : cli_say(error, text_bytes(path));
    if (path == NULL)
        fprintf(stderr, "%s\n", reading->error.text);
    else
        fprintf(stderr, "%s, line %u: %s\n", path, reading->error.line, reading->error.text);
    return cli_say(error, ln_view(NULL, 0));
}

static int read_addressees(struct reading *reading, const struct form_node *root,
                           struct ln_door_refer *out)
{
    const struct form_node *list;
    int result = form_get_list(root, "to", true, &list, &reading->error);
    if (result != 0)
        return result;
    struct ln_party *parties =
        ln_arena_array(reading->arena, form_count(list) + 1, sizeof *parties);
    if (parties == NULL)
        return LN_E_OUT_OF_MEMORY;
    out->addressees = parties;
    for (const struct form_node *node = list->first; node != NULL && result == 0;
         node = node->next)
        result = get_party(reading, node->kind == FORM_TEXT ? node->text : "", node->line,
                           &parties[out->addressees_count++]);
    return result;
}

static int read_contents(struct reading *reading, const struct form_node *root,
                         struct ln_door_refer *out)
{
    const struct form_node *list;
    int result = form_get_list(root, "contents", true, &list, &reading->error);
    if (result != 0)
        return result;
    uint32_t *contents = ln_arena_array(reading->arena, form_count(list) + 1, sizeof *contents);
    if (contents == NULL)
        return LN_E_OUT_OF_MEMORY;
    out->contents = contents;
    for (const struct form_node *node = list->first; node != NULL && result == 0;
         node = node->next)
        result = get_code(reading, LN_LIST_CONTENTS, node->kind == FORM_TEXT ? node->text : "",
                          node->line, &contents[out->contents_count++]);
    return result;
}

static int read_refer(struct reading *reading, const struct form_node *root,
                      struct ln_door_refer *out)
{
    static const char *const keys[] = {"to",
                                       "request",
                                       "contents",
                                       "urgency",
                                       "urgency_reason",
                                       "purpose",
                                       "consent",
                                       "child",
                                       "safeguards",
                                       "emergency_article",
                                       "consent_ground",
                                       "legal_basis",
                                       "sections",
                                       "handling",
                                       NULL};
    const char *request = NULL, *urgency = NULL, *reason = NULL, *basis = NULL;
    int result = form_check_keys(root, keys, &reading->error);
    if (result == 0)
        result = form_get_text(root, "request", true, &request, &reading->error);
    if (result == 0)
        result = get_code(reading, LN_LIST_REQUESTS, request, form_get(root, "request")->line,
                          &out->request);
    if (result == 0)
        result = form_get_text(root, "urgency", false, &urgency, &reading->error);
    if (result == 0)
        result = get_code(reading, LN_LIST_URGENCIES, urgency == NULL ? "ROUTINE" : urgency,
                          urgency == NULL ? root->line : form_get(root, "urgency")->line,
                          &out->urgency);
    if (result == 0)
        result = form_get_text(root, "urgency_reason", false, &reason, &reading->error);
    if (result == 0)
        result = form_get_text(root, "legal_basis", false, &basis, &reading->error);
    out->urgency_reason = text_bytes(reason);
    out->legal_basis = text_bytes(basis);
    if (result == 0)
        result = read_addressees(reading, root, out);
    if (result == 0)
        result = read_contents(reading, root, out);
    if (result == 0)
        result = read_terms(reading, root, &out->terms);
    return result == 0
               ? read_sections(reading, form_get(root, "sections"), form_get(root, "handling"),
                               &out->sections, &out->sections_count)
               : result;
}

int draftfile_refer(const struct cli *cli, const char *path, struct ln_arena *arena,
                    struct ln_door_refer *out)
{
    (void)cli;
    struct reading reading = {.arena = arena};
    const struct form_node *root;
    int error = read_file(&reading, path, &root);
    if (error == 0)
        error = read_refer(&reading, root, out);
    return finish(&reading, path, error);
}

static int need_options(struct reading *reading, const struct cli *cli)
{
    const struct {
        const char *name;
        bool is_given;
    } needed[] = {{"--to", cli->to.count > 0},
                  {"--request", cli->request != NULL},
                  {"--content", cli->contents.count > 0}};
    for (size_t i = 0; i < LN_COUNT(needed); i++) {
        if (!needed[i].is_given)
            return form_fail(&reading->error, 1,
                             "%s is missing: without a file, --to, --request and --content are "
                             "needed",
                             needed[i].name);
    }
    return 0;
}

static int refer_options(struct reading *reading, const struct cli *cli,
                         struct ln_door_refer *out)
{
    struct ln_party *parties =
        ln_arena_array(reading->arena, OPTIONS_LIST_MAX, sizeof *parties);
    uint32_t *contents = ln_arena_array(reading->arena, OPTIONS_LIST_MAX, sizeof *contents);
    if (parties == NULL || contents == NULL)
        return LN_E_OUT_OF_MEMORY;
    int result = need_options(reading, cli);
    if (result == 0)
        result = get_code(reading, LN_LIST_REQUESTS, cli->request, 1, &out->request);
    if (result == 0)
        result = get_code(reading, LN_LIST_URGENCIES,
                          cli->urgency == NULL ? "ROUTINE" : cli->urgency, 1, &out->urgency);
    for (size_t i = 0; i < cli->to.count && result == 0; i++)
        result = get_party(reading, cli->to.texts[i], 1, &parties[out->addressees_count++]);
    for (size_t i = 0; i < cli->contents.count && result == 0; i++)
        result = get_code(reading, LN_LIST_CONTENTS, cli->contents.texts[i], 1,
                          &contents[out->contents_count++]);
    out->addressees = parties;
    out->contents = contents;
    out->urgency_reason = text_bytes(cli->reason);
    out->legal_basis = text_bytes(cli->basis);
    if (result == 0)
        result = option_terms(reading, cli, &out->terms);
    return result == 0 ? option_sections(reading, cli, &out->sections, &out->sections_count)
                       : result;
}

int draftfile_refer_options(const struct cli *cli, struct ln_arena *arena,
                            struct ln_door_refer *out)
{
    struct reading reading = {.arena = arena};
    return finish(&reading, NULL, refer_options(&reading, cli, out));
}

bool draftfile_has_options(const struct cli *cli)
{
    const char *const texts[] = {cli->request, cli->urgency, cli->reason, cli->basis,
                                 cli->purpose, cli->consent, cli->ground};
    for (size_t i = 0; i < LN_COUNT(texts); i++) {
        if (texts[i] != NULL)
            return true;
    }
    return cli->to.count + cli->contents.count + cli->sections.count + cli->handlings.count +
                   cli->safeguards.count >
               0 ||
           cli->is_child || cli->is_emergency;
}

/** A file is sections alone, or sections with what is said of them. */
static int read_answer(struct reading *reading, const struct form_node *root,
                       struct ln_door_act *out)
{
    static const char *const keys[] = {"sections", "handling",   "consent", "consent_ground",
                                       "child",    "safeguards", NULL};
    if (root->kind != FORM_MAP || form_get(root, "sections") == NULL)
        return read_sections(reading, root, NULL, &out->sections, &out->sections_count);
    int result = form_check_keys(root, keys, &reading->error);
    if (result == 0)
        result = read_terms(reading, root, &out->terms);
    return result == 0
               ? read_sections(reading, form_get(root, "sections"), form_get(root, "handling"),
                               &out->sections, &out->sections_count)
               : result;
}

int draftfile_answer(const struct cli *cli, const char *path, struct ln_arena *arena,
                     struct ln_door_act *out)
{
    struct reading reading = {.arena = arena};
    const struct form_node *root;
    int error = option_terms(&reading, cli, &out->terms);
    if (error == 0 && path == NULL)
        error = option_sections(&reading, cli, &out->sections, &out->sections_count);
    else if (error == 0)
        error = read_file(&reading, path, &root);
    if (error == 0 && path != NULL)
        error = read_answer(&reading, root, out);
    return finish(&reading, path, error);
}

int draftfile_terms(const struct cli *cli, struct ln_arena *arena,
                    const struct ln_door_terms **out)
{
    struct reading reading = {.arena = arena};
    return finish(&reading, "options", option_terms(&reading, cli, out));
}
