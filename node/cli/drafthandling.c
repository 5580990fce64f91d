/*
 * Words to numbers, by one table.
 */
#include "drafthandling.h"

#include <liaison/vocabulary.h>

#include <stdio.h>
#include <string.h>

enum { OPTION_LINE = 1, WORD_MAX = 32 };

/** One text for one word: false, if it is not understood. */
typedef bool set_function(struct ln_door_handling *handling, const char *text);

static bool set_code(struct ln_door_handling *handling, const char *text)
{
    handling->handling = ln_code_number(LN_LIST_HANDLINGS, text);
    return handling->handling != 0;
}

/** "B2": the source, then the information. */
static bool set_grade(struct ln_door_handling *handling, const char *text)
{
    const char source[] = {text[0], '\0'};
    handling->source_grade = ln_code_number(LN_LIST_SOURCE_GRADES, source);
    if (handling->source_grade == 0)
        return false;
    handling->information_grade = ln_code_number(LN_LIST_INFORMATION_GRADES, text + 1);
    return handling->information_grade != 0;
}

static bool add_use(struct ln_door_handling *handling, const char *text)
{
    uint32_t *uses = (uint32_t *)(uintptr_t)handling->uses;
    const uint32_t use = ln_code_number(LN_LIST_USES, text);
    if (use == 0 || handling->uses_count == LN_USE_FOR_LAST)
        return false;
    uses[handling->uses_count++] = use;
    return true;
}

static bool add_country(struct ln_door_handling *handling, const char *text)
{
    struct ln_country *onward = (struct ln_country *)(uintptr_t)handling->onward;
    return handling->onward_count < LN_ONWARD_COUNTRIES_MAX &&
           ln_name_from(text, &onward[handling->onward_count++].member) == 0;
}

static bool set_expiry(struct ln_door_handling *handling, const char *text)
{
    return ln_day_read(text, &handling->expires_ms);
}

static const struct word {
    const char *name;
    set_function *set;
    bool is_list;
    const char *form;
} words[] = {
    {"code", set_code, false, "one of H0, H1, H2, H3"},
    {"grade", set_grade, false, "a source (A, B, C, X) and a number (1 to 4), as B2"},
    {"uses", add_use, true, "COURT, FORWARD or EXPORT"},
    {"onward", add_country, true, "countries, as VN"},
    {"expires", set_expiry, false, "a day, as 2027-03-31"},
};

static const struct word *find_word(const char *name, size_t size)
{
    for (size_t i = 0; i < LN_COUNT(words); i++) {
        if (strlen(words[i].name) == size && memcmp(words[i].name, name, size) == 0)
            return &words[i];
    }
    return NULL;
}

static int set(const struct drafthandling *draft, const struct word *word,
               struct ln_door_handling *handling, const char *text, unsigned line)
{
    return word->set(handling, text)
               ? 0
               : form_fail(draft->error, line, "handling: \"%s\" must be %s", word->name,
                           word->form);
}

/** The handling of the section of that compartment; made if it has none yet. */
static int handling_of(const struct drafthandling *draft, const char *compartment,
                       unsigned line, struct ln_door_handling **out)
{
    const uint32_t number = ln_code_number(LN_LIST_COMPARTMENTS, compartment);
    size_t i = 0;
    while (i < draft->count && draft->sections[i].compartment != number)
        i++;
    if (number == 0 || i == draft->count)
        return form_fail(draft->error, line, "handling: there is no section \"%.40s\"",
                         compartment);
    *out = (struct ln_door_handling *)(uintptr_t)draft->sections[i].handling;
    if (*out != NULL)
        return 0;
    *out = ln_arena_take(draft->arena, sizeof **out);
    uint32_t *uses = ln_arena_array(draft->arena, LN_USE_FOR_LAST, sizeof *uses);
    struct ln_country *onward =
        ln_arena_array(draft->arena, LN_ONWARD_COUNTRIES_MAX, sizeof *onward);
    if (*out == NULL || uses == NULL || onward == NULL)
        return LN_E_OUT_OF_MEMORY;
    **out = (struct ln_door_handling){.uses = uses, .onward = onward};
    draft->sections[i].handling = *out;
    return 0;
}

/* Files ------------------------------------------------------------------------------------ */

static int read_word(const struct drafthandling *draft, const struct form_node *node,
                     struct ln_door_handling *handling)
{
    const struct word *word = find_word(node->key, strlen(node->key));
    if (word == NULL)
        return form_fail(draft->error, node->line, "handling: \"%.40s\" is not known",
                         node->key);
    if (node->kind != (word->is_list ? FORM_LIST : FORM_TEXT))
        return form_fail(draft->error, node->line, "handling: \"%s\" must be %s%s", word->name,
                         word->is_list ? "a list of " : "", word->form);
    if (!word->is_list)
        return set(draft, word, handling, node->text, node->line);
    int result = 0;
    for (const struct form_node *entry = node->first; entry != NULL && result == 0;
         entry = entry->next)
        result = set(draft, word, handling, entry->kind == FORM_TEXT ? entry->text : "",
                     entry->line);
    return result;
}

int drafthandling_read(const struct drafthandling *draft, const struct form_node *map)
{
    if (map == NULL)
        return 0;
    if (map->kind != FORM_MAP)
        return form_fail(draft->error, map->line,
                         "\"handling\" must have one name a compartment");
    for (const struct form_node *node = map->first; node != NULL; node = node->next) {
        struct ln_door_handling *handling = NULL;
        int result = handling_of(draft, node->key, node->line, &handling);
        if (result == 0 && node->kind != FORM_MAP)
            result = form_fail(draft->error, node->line,
                               "handling: \"%.40s\" must have entries, as code: H1", node->key);
        for (const struct form_node *word = result == 0 ? node->first : NULL;
             word != NULL && result == 0; word = word->next)
            result = read_word(draft, word, handling);
        if (result != 0)
            return result;
    }
    return 0;
}

/* Options ---------------------------------------------------------------------------------- */

int drafthandling_option(const struct drafthandling *draft, const char *text)
{
    const char *dot = strchr(text, '.'), *equals = strchr(text, '=');
    char compartment[WORD_MAX];
    if (dot == NULL || equals == NULL || equals < dot ||
        (size_t)(dot - text) >= sizeof compartment)
        return form_fail(draft->error, OPTION_LINE,
                         "--handling must be COMPARTMENT.WORD=TEXT, as INTELLIGENCE.grade=B2");
    snprintf(compartment, sizeof compartment, "%.*s", (int)(dot - text), text);
    const struct word *word = find_word(dot + 1, (size_t)(equals - dot - 1));
    if (word == NULL)
        return form_fail(draft->error, OPTION_LINE,
                         "--handling knows code, grade, uses, onward and expires");
    struct ln_door_handling *handling = NULL;
    const int result = handling_of(draft, compartment, OPTION_LINE, &handling);
    return result == 0 ? set(draft, word, handling, equals + 1, OPTION_LINE) : result;
}
