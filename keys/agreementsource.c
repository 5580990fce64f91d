/*
 * One function a part of the source; an article's plain entries stand in tables.
 */
#include "agreementsource.h"

#include "ceremony.h"
#include "files.h"

#include <liaison/vocabulary.h>

#include <stdio.h>
#include <string.h>

enum { DAYS_MAX = 36500, HOURS_MAX = 24 * 3650, TEXT_MAX = 16 * 1024 * 1024 };

static const char *const agreement_keys[] = {
    "id",        "version", "title",  "parties",  "in_force", "notice_days", "wind_down_days",
    "languages", "texts",   "ladder", "articles", NULL};
static const char *const in_force_keys[] = {"from", "until", NULL};
static const char *const text_keys[] = {"language", "title", "file", NULL};
static const char *const step_keys[] = {"after_hours", "office", NULL};
static const char *const article_keys[] = {
    "number",    "title",     "source",  "from",           "to",       "requests",   "contents",
    "purposes",  "referral",  "answers", "consent",        "children", "safeguards", "onward",
    "onward_to", "kept_days", "clocks",  "handling_floor", "graded",   "emergency",  NULL};
static const char *const consent_keys[] = {"for", "lawful_ground", NULL};
static const char *const clock_keys[] = {"acknowledge_hours", "act_hours", NULL};

static int get_text(const struct agreementsource *source, const struct form_node *map,
                    const char *key, bool is_needed, struct ln_bytes *out)
{
    const char *text = NULL;
    const int result = form_get_text(map, key, is_needed, &text, source->error);
    *out = text == NULL ? ln_view(NULL, 0) : ln_view(text, strlen(text));
    return result;
}

/** Needed, unless `fallback` says what stands for it. */
static int get_u32(const struct agreementsource *source, const struct form_node *map,
                   const char *key, uint64_t least, const uint64_t *fallback, uint32_t *out)
{
    const uint64_t most = least == 0 ? DAYS_MAX : UINT32_MAX;
    uint64_t number = 0;
    const int result = form_get_number(map, key, least, most, fallback, &number, source->error);
    *out = (uint32_t)number;
    return result;
}

/** yes or no; missing is no. */
static int get_flag(const struct agreementsource *source, const struct form_node *map,
                    const char *key, uint32_t *out)
{
    const char *text = NULL;
    const int result = form_get_text(map, key, false, &text, source->error);
    *out = text != NULL && strcmp(text, "yes") == 0;
    if (result != 0 || text == NULL || *out != 0 || strcmp(text, "no") == 0)
        return result;
    return form_fail(source->error, form_get(map, key)->line, "\"%s\" must be yes or no", key);
}

/** The code of a word; `fallback` where it is missing, NULL: 0. */
static int get_code(const struct agreementsource *source, const struct form_node *map,
                    const char *key, const struct ln_code_row *list, const char *fallback,
                    uint32_t *out)
{
    const char *text = NULL;
    const int result = form_get_text(map, key, false, &text, source->error);
    const char *word = text == NULL ? fallback : text;
    *out = word == NULL ? 0 : ln_code_number(list, word);
    if (result != 0 || word == NULL || *out != 0)
        return result;
    return form_fail(source->error, form_get(map, key)->line,
                     "\"%.40s\" is not a known code of \"%s\"", word, key);
}

static int get_day(const struct agreementsource *source, const struct form_node *map,
                   const char *key, uint64_t *out)
{
    const char *text;
    const int result = form_get_text(map, key, true, &text, source->error);
    if (result != 0 || ceremony_day(text, out))
        return result;
    return form_fail(source->error, form_get(map, key)->line,
                     "\"%s\" must be a day, as 2027-03-31", key);
}

/* Lists ------------------------------------------------------------------------------------ */

/** A list of the map: how many entries it may have, and room for so many; 0 where missing. */
static int take_list(const struct agreementsource *source, const struct form_node *map,
                     const char *key, bool is_needed, size_t size,
                     const struct form_node **out_first, void **out_room)
{
    const struct form_node *list = NULL;
    const int result = form_get_list(map, key, is_needed, &list, source->error);
    *out_first = NULL;
    *out_room = NULL;
    if (result != 0 || list == NULL)
        return result;
    *out_first = list->first;
    *out_room = ln_arena_array(source->arena, form_count(list) + 1, size);
    return *out_room == NULL ? LN_E_OUT_OF_MEMORY : 0;
}

static int read_codes(const struct agreementsource *source, const struct form_node *map,
                      const char *key, bool is_needed, const struct ln_code_row *known,
                      const uint32_t **out, size_t *out_count)
{
    const struct form_node *node;
    void *room;
    const int result = take_list(source, map, key, is_needed, sizeof(uint32_t), &node, &room);
    uint32_t *codes = room;
    for (; result == 0 && node != NULL; node = node->next) {
        const char *text = node->kind == FORM_TEXT ? node->text : "";
        codes[*out_count] = ln_code_number(known, text);
        if (codes[(*out_count)++] == 0)
            return form_fail(source->error, node->line,
                             "\"%.40s\" is not a known code of \"%s\"", text, key);
    }
    *out = codes;
    return result;
}

static int read_countries(const struct agreementsource *source, const struct form_node *map,
                          const char *key, bool is_needed, const struct ln_country **out,
                          size_t *out_count)
{
    const struct form_node *node;
    void *room;
    const int result =
        take_list(source, map, key, is_needed, sizeof(struct ln_country), &node, &room);
    struct ln_country *countries = room;
    for (; result == 0 && node != NULL; node = node->next) {
        if (node->kind != FORM_TEXT ||
            ln_name_from(node->text, &countries[(*out_count)++].member) != 0)
            return form_fail(source->error, node->line, "\"%s\" must be names of members", key);
    }
    *out = countries;
    return result;
}

/* Articles --------------------------------------------------------------------------------- */

static const struct {
    const char *key;
    bool is_needed;
    const struct ln_code_row *known;
    size_t offset, count_offset;
} code_rows[] = {
#define CODES(key, is_needed, known, member)                        \
    {                                                               \
        key, is_needed, known, offsetof(struct ln_article, member), \
            offsetof(struct ln_article, member##_count)             \
    }
    CODES("requests", true, LN_LIST_REQUESTS, requests),
    CODES("contents", true, LN_LIST_CONTENTS, contents),
    CODES("purposes", true, LN_LIST_PURPOSES, purposes),
    CODES("referral", false, LN_LIST_COMPARTMENTS, compartments),
    CODES("answers", false, LN_LIST_COMPARTMENTS, answers),
    CODES("safeguards", false, LN_LIST_SAFEGUARDS, safeguards),
#undef CODES
};

static int read_code_rows(const struct agreementsource *source, const struct form_node *map,
                          struct ln_article *out)
{
    int result = 0;
    uint8_t *base = (uint8_t *)out;
    for (size_t i = 0; i < LN_COUNT(code_rows) && result == 0; i++)
        result = read_codes(source, map, code_rows[i].key, code_rows[i].is_needed,
                            code_rows[i].known,
                            (const uint32_t **)(void *)(base + code_rows[i].offset),
                            (size_t *)(void *)(base + code_rows[i].count_offset));
    return result;
}

static int read_direction(const struct agreementsource *source, const struct form_node *map,
                          struct ln_article *out)
{
    int result = read_countries(source, map, "from", false, &out->from, &out->from_count);
    if (result == 0)
        result = read_countries(source, map, "to", false, &out->to, &out->to_count);
    if (result == 0)
        result = read_countries(source, map, "onward_to", false, &out->onward_to,
                                &out->onward_to_count);
    return result == 0 ? get_code(source, map, "onward", LN_LIST_ONWARDS, "NONE", &out->onward)
                       : result;
}

static int read_consent(const struct agreementsource *source, const struct form_node *map,
                        struct ln_article *out)
{
    const struct form_node *node = form_get(map, "consent");
    if (node == NULL)
        return 0;
    int result = form_check_keys(node, consent_keys, source->error);
    if (result == 0)
        result = read_codes(source, node, "for", true, LN_LIST_COMPARTMENTS, &out->consent,
                            &out->consent_count);
    return result == 0 ? get_flag(source, node, "lawful_ground", &out->lawful_ground) : result;
}

static int read_clock(const struct agreementsource *source, const struct form_node *node,
                      struct ln_clocks *out)
{
    uint64_t acknowledge = 0, act = 0;
    out->urgency = ln_code_number(LN_LIST_URGENCIES, node->key);
    if (out->urgency == 0)
        return form_fail(source->error, node->line, "\"%.40s\" is not an urgency", node->key);
    int result = form_check_keys(node, clock_keys, source->error);
    if (result == 0)
        result = form_get_number(node, "acknowledge_hours", 1, HOURS_MAX, NULL, &acknowledge,
                                 source->error);
    if (result == 0)
        result = form_get_number(node, "act_hours", 1, HOURS_MAX, NULL, &act, source->error);
    out->acknowledge_ms = acknowledge * LN_HOUR_MS;
    out->act_ms = act * LN_HOUR_MS;
    return result;
}

static int read_clocks(const struct agreementsource *source, const struct form_node *map,
                       struct ln_article *out)
{
    const struct form_node *node = form_get(map, "clocks");
    if (node == NULL)
        return 0;
    if (node->kind != FORM_MAP)
        return form_fail(source->error, node->line, "\"clocks\" must have one urgency a line");
    struct ln_clocks *clocks =
        ln_arena_array(source->arena, form_count(node) + 1, sizeof *clocks);
    if (clocks == NULL)
        return LN_E_OUT_OF_MEMORY;
    out->clocks = clocks;
    int result = 0;
    for (const struct form_node *row = node->first; row != NULL && result == 0; row = row->next)
        result = read_clock(source, row, &clocks[out->clocks_count++]);
    return result;
}

static int read_conditions(const struct agreementsource *source, const struct form_node *map,
                           struct ln_article *out)
{
    int result =
        get_code(source, map, "children", LN_LIST_CHILDRENS, "FORBIDDEN", &out->children);
    if (result == 0)
        result = get_code(source, map, "handling_floor", LN_LIST_HANDLINGS, NULL,
                          &out->handling_floor);
    if (result == 0)
        result = get_flag(source, map, "graded", &out->graded);
    if (result == 0)
        result = get_u32(source, map, "kept_days", 1, NULL, &out->retention_days);
    if (result == 0)
        result = get_flag(source, map, "emergency", &out->emergency);
    return result == 0 ? read_clocks(source, map, out) : result;
}

static int read_article(const struct agreementsource *source, const struct form_node *map,
                        struct ln_article *out)
{
    int result = form_check_keys(map, article_keys, source->error);
    if (result == 0)
        result = get_u32(source, map, "number", 1, NULL, &out->number);
    if (result == 0)
        result = get_text(source, map, "title", true, &out->title);
    if (result == 0)
        result = get_text(source, map, "source", false, &out->source);
    if (result == 0)
        result = read_direction(source, map, out);
    if (result == 0)
        result = read_code_rows(source, map, out);
    if (result == 0)
        result = read_consent(source, map, out);
    return result == 0 ? read_conditions(source, map, out) : result;
}

static int read_articles(const struct agreementsource *source, const struct form_node *root)
{
    struct ln_agreement *agreement = source->agreement;
    const struct form_node *node;
    void *room;
    int result =
        take_list(source, root, "articles", true, sizeof(struct ln_article), &node, &room);
    struct ln_article *articles = room;
    agreement->articles = articles;
    for (; result == 0 && node != NULL; node = node->next)
        result = read_article(source, node, &articles[agreement->articles_count++]);
    return result;
}

/* Texts, languages, ladder ----------------------------------------------------------------- */

/** A file beside the source. */
static int digest_file(const struct agreementsource *source, const char *name,
                       struct ln_digest *out)
{
    AUTO(ln_buffer_wipe) struct ln_buffer text = LN_BUFFER(TEXT_MAX);
    char path[FILES_PATH_SIZE];
    const char *slash = strrchr(source->path, '/');
    const int size = slash == NULL ? 0 : (int)(slash - source->path) + 1;
    int error = files_path(path, "%.*s%s", size, source->path, name);
    if (error == 0) {
        error = files_read(path, &text);
        if (error != 0)
            return ceremony_about(path, error);
    }
    if (error == 0)
        ln_agreement_text_digest(ln_buffer_view(&text), out);
    return error;
}

static int read_text(const struct agreementsource *source, const struct form_node *map,
                     struct ln_agreement_text *out)
{
    const char *file = NULL;
    int result = form_check_keys(map, text_keys, source->error);
    if (result == 0)
        result = get_text(source, map, "language", true, &out->language);
    if (result == 0)
        result = get_text(source, map, "title", true, &out->title);
    if (result == 0)
        result = form_get_text(map, "file", true, &file, source->error);
    return result == 0 ? digest_file(source, file, &out->digest) : result;
}

static int read_texts(const struct agreementsource *source, const struct form_node *root)
{
    struct ln_agreement *agreement = source->agreement;
    const struct form_node *node;
    void *room;
    int result =
        take_list(source, root, "texts", true, sizeof(struct ln_agreement_text), &node, &room);
    struct ln_agreement_text *texts = room;
    agreement->texts = texts;
    for (; result == 0 && node != NULL; node = node->next)
        result = read_text(source, node, &texts[agreement->texts_count++]);
    return result;
}

static int read_languages(const struct agreementsource *source, const struct form_node *root)
{
    struct ln_agreement *agreement = source->agreement;
    const struct form_node *node;
    void *room;
    const int result =
        take_list(source, root, "languages", true, sizeof(struct ln_bytes), &node, &room);
    struct ln_bytes *languages = room;
    agreement->languages = languages;
    for (; result == 0 && node != NULL; node = node->next) {
        const char *text = node->kind == FORM_TEXT ? node->text : "";
        languages[agreement->languages_count++] = ln_view(text, strlen(text));
    }
    return result;
}

static int read_step(const struct agreementsource *source, const struct form_node *map,
                     struct ln_step *out)
{
    uint64_t hours = 0;
    const char *office = NULL;
    int result = form_check_keys(map, step_keys, source->error);
    if (result == 0)
        result = form_get_number(map, "after_hours", 1, HOURS_MAX, NULL, &hours, source->error);
    if (result == 0)
        result = form_get_text(map, "office", true, &office, source->error);
    if (result != 0)
        return result;
    out->after_ms = hours * LN_HOUR_MS;
    const char *slash = strchr(office, '/');
    if (slash == NULL ||
        ln_name_from_bytes(ln_view(office, (size_t)(slash - office)), &out->member) != 0 ||
        ln_name_from(slash + 1, &out->office) != 0)
        return form_fail(source->error, map->line, "\"%.60s\" must be MEMBER/OFFICE", office);
    return 0;
}

static int read_ladder(const struct agreementsource *source, const struct form_node *root)
{
    struct ln_agreement *agreement = source->agreement;
    const struct form_node *node;
    void *room;
    int result = take_list(source, root, "ladder", false, sizeof(struct ln_step), &node, &room);
    struct ln_step *ladder = room;
    agreement->ladder = ladder;
    for (; result == 0 && node != NULL; node = node->next)
        result = read_step(source, node, &ladder[agreement->ladder_count++]);
    return result;
}

/* Together --------------------------------------------------------------------------------- */

static int read_dates(const struct agreementsource *source, const struct form_node *root)
{
    static const uint64_t no_days = 0;
    struct ln_agreement *agreement = source->agreement;
    const struct form_node *dates = form_get(root, "in_force");
    if (dates == NULL)
        return form_fail(source->error, root->line, "\"in_force\" is missing");
    int result = form_check_keys(dates, in_force_keys, source->error);
    if (result == 0)
        result = get_day(source, dates, "from", &agreement->from_ms);
    if (result == 0)
        result = get_day(source, dates, "until", &agreement->until_ms);
    if (result == 0)
        result = get_u32(source, root, "notice_days", 0, NULL, &agreement->notice_days);
    return result == 0 ? get_u32(source, root, "wind_down_days", 0, &no_days,
                                 &agreement->wind_down_days)
                       : result;
}

static int read_head(const struct agreementsource *source, const struct form_node *root)
{
    static const uint64_t first_version = 1;
    struct ln_agreement *agreement = source->agreement;
    int result = form_check_keys(root, agreement_keys, source->error);
    if (result == 0)
        result = form_get_name(root, "id", &agreement->id, source->error);
    if (result == 0)
        result = form_get_number(root, "version", 1, UINT32_MAX, &first_version,
                                 &agreement->version, source->error);
    if (result == 0)
        result = get_text(source, root, "title", true, &agreement->title);
    return result == 0 ? read_countries(source, root, "parties", true, &agreement->parties,
                                        &agreement->parties_count)
                       : result;
}

int agreementsource_read(const struct agreementsource *source, const struct form_node *root)
{
    int result = read_head(source, root);
    if (result == 0)
        result = read_dates(source, root);
    if (result == 0)
        result = read_languages(source, root);
    if (result == 0)
        result = read_texts(source, root);
    if (result == 0)
        result = read_ladder(source, root);
    return result == 0 ? read_articles(source, root) : result;
}
