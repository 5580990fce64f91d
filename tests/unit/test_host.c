/*
 * What people type and what lies on the disk: forms, settings, options, files.
 */
#include "files.h"
#include "options.h"
#include "settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct ln_arena arena;
static struct form_error form_error;
static char directory[64];

static int start(void **state)
{
    (void)state;
    arena = LN_ARENA(4 * 1024 * 1024);
    snprintf(directory, sizeof directory, "/tmp/liaison-host-XXXXXX");
    return mkdtemp(directory) == NULL;
}

static int stop(void **state)
{
    (void)state;
    char command[96];
    ln_arena_wipe(&arena);
    snprintf(command, sizeof command, "rm -rf %s", directory);
    return system(command);
}

static const char *path_of(const char *name)
{
    static char path[FILES_PATH_SIZE];
    assert_int_equal(files_path(path, "%s/%s", directory, name), 0);
    return path;
}

/* Forms ------------------------------------------------------------------------------------ */

static int read_form(const char *text, const struct form_node **out)
{
    return form_read(ln_view(text, strlen(text)), &arena, out, &form_error);
}

static void form_gives_maps_lists_and_texts_with_their_lines(void **state)
{
    (void)state;
    const struct form_node *root;
    const char *text;
    assert_int_equal(read_form("# first\na: one\nb:\n  - x\n  - 'y'\n", &root), 0);
    assert_int_equal(root->kind, FORM_MAP);
    assert_int_equal(form_get_text(root, "a", true, &text, &form_error), 0);
    assert_string_equal(text, "one");
    const struct form_node *list = form_get(root, "b");
    assert_int_equal(list->kind, FORM_LIST);
    assert_int_equal(form_count(list), 2);
    assert_string_equal(list->first->next->text, "y");
    assert_int_equal(list->first->next->line, 5);
}

static void form_takes_json_as_it_is(void **state)
{
    (void)state;
    const struct form_node *root;
    assert_int_equal(read_form("{\"a\": [\"x\", {\"b\": \"c\"}]}", &root), 0);
    assert_string_equal(form_get(form_get(root, "a")->first->next, "b")->text, "c");
}

static void form_names_the_line_of_what_it_does_not_take(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned line;
        const char *said;
    } rows[] = {
        {"a: 1\nb: 2\na: 3\n", 3, "stands twice"},
        {"a: &x 1\n", 1, "anchors"},
        {"a: 1\nb: *x\n", 2, "aliases"},
        {"a: !!int 1\n", 1, "tags"},
        {"a: &x\n  - 1\n", 1, "anchors"},
        {"a: 1\n---\nb: 2\n", 2, "one document"},
        {"a: 1\nb: [1, 2\n", 3, "expected"},
        {"? [1]\n: 2\n", 1, "a name is expected"},
        {"a: 1\nb: \"\\u202e\"\n", 2, "not allowed"},
        {"", 1, "empty"},
        {"# nothing\n", 1, "empty"},
    };
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        const struct form_node *root;
        assert_int_equal(read_form(rows[i].text, &root), LN_E_DRAFT);
        assert_int_equal(form_error.line, rows[i].line);
        if (strstr(form_error.text, rows[i].said) == NULL)
            fail_msg("%s: %s", rows[i].text, form_error.text);
    }
}

/** An empty file is a view of nothing, which libyaml would assert. */
static void form_of_no_bytes_at_all_is_empty(void **state)
{
    (void)state;
    const struct form_node *root;
    assert_int_equal(form_read(ln_view(NULL, 0), &arena, &root, &form_error), LN_E_DRAFT);
    assert_int_equal(form_error.line, 1);
    assert_non_null(strstr(form_error.text, "empty"));
}

/** Nested so many lists deep. */
static int read_nested(unsigned depth)
{
    char text[2 * FORM_DEPTH_MAX + 8] = "";
    const struct form_node *root;
    for (unsigned i = 0; i < depth; i++)
        text[i] = '[';
    for (unsigned i = 0; i < depth; i++)
        text[depth + i] = ']';
    return read_form(text, &root);
}

static void form_is_nested_as_deep_as_the_limit_and_no_deeper(void **state)
{
    (void)state;
    assert_int_equal(read_nested(FORM_DEPTH_MAX), 0);
    assert_int_equal(read_nested(FORM_DEPTH_MAX + 1), LN_E_DRAFT);
    assert_non_null(strstr(form_error.text, "levels deep"));
}

static void form_is_as_large_as_the_limit_and_no_larger(void **state)
{
    (void)state;
    static char text[FORM_SIZE_MAX + 2];
    const struct form_node *root;
    memset(text, 'x', FORM_SIZE_MAX);
    assert_int_equal(read_form(text, &root), 0);
    text[FORM_SIZE_MAX] = 'x';
    assert_int_equal(read_form(text, &root), LN_E_TOO_LARGE);
}

static void form_that_needs_more_than_its_arena_is_refused(void **state)
{
    (void)state;
    struct ln_arena small = LN_ARENA(64);
    const struct form_node *root;
    assert_int_equal(form_read(LN_LITERAL("{a: b, c: d}"), &small, &root, &form_error),
                     LN_E_OUT_OF_MEMORY);
    ln_arena_wipe(&small);
}

static void form_numbers_keep_to_their_range(void **state)
{
    (void)state;
    static const char *const refused[] = {"a: 4\n",  "a: 11\n",  "a: -5\n",
                                          "a: 5x\n", "a: ''\n",  "a: 99999999999999999999\n",
                                          "a: +5\n", "a: [5]\n", "a: ' 5'\n"};
    const struct form_node *root;
    uint64_t number, fallback = 7;
    for (size_t i = 0; i < LN_COUNT(refused); i++) {
        assert_int_equal(read_form(refused[i], &root), 0);
        assert_int_equal(form_get_number(root, "a", 5, 10, NULL, &number, &form_error),
                         LN_E_DRAFT);
    }
    assert_int_equal(read_form("a: 5\nb: 10\n", &root), 0);
    assert_int_equal(form_get_number(root, "a", 5, 10, NULL, &number, &form_error), 0);
    assert_int_equal(number, 5);
    assert_int_equal(form_get_number(root, "b", 5, 10, NULL, &number, &form_error), 0);
    assert_int_equal(form_get_number(root, "c", 5, 10, &fallback, &number, &form_error), 0);
    assert_int_equal(number, 7);
    assert_int_equal(form_get_number(root, "c", 5, 10, NULL, &number, &form_error), LN_E_DRAFT);
}

static void form_names_are_names(void **state)
{
    (void)state;
    const struct form_node *root;
    struct ln_name name;
    assert_int_equal(read_form("a: kh-police-1\nb: kh police\n", &root), 0);
    assert_int_equal(form_get_name(root, "a", &name, &form_error), 0);
    assert_string_equal(name.text, "kh-police-1");
    assert_int_equal(form_get_name(root, "b", &name, &form_error), LN_E_DRAFT);
    assert_int_equal(form_error.line, 2);
    assert_int_equal(form_get_name(root, "c", &name, &form_error), LN_E_DRAFT);
}

/* Settings --------------------------------------------------------------------------------- */

struct settings {
    const char *word, *other;
    uint64_t number;
    struct settings_list list;
};

static const struct settings_row settings_rows[] = {
    {"word", SETTINGS_TEXT, offsetof(struct settings, word), true, NULL, 0, 0, "a word"},
    {"other", SETTINGS_TEXT, offsetof(struct settings, other), false, "else", 0, 0, "another"},
    {"number", SETTINGS_NUMBER, offsetof(struct settings, number), false, "15", 1, 20, "some"},
    {"list", SETTINGS_LIST, offsetof(struct settings, list), false, NULL, 0, 0, "several"},
    {NULL, SETTINGS_TEXT, 0, false, NULL, 0, 0, NULL},
};

static int read_settings(const char *text, struct settings *out)
{
    const char *path = path_of("settings");
    assert_int_equal(files_write(path, ln_view(text, strlen(text)), 0600, FILES_REPLACE), 0);
    return settings_read(path, settings_rows, &arena, out, &form_error);
}

static void settings_fill_the_struct_and_its_defaults(void **state)
{
    (void)state;
    struct settings settings;
    assert_int_equal(read_settings("word: yes\nlist: [a, b]\n", &settings), 0);
    assert_string_equal(settings.word, "yes");
    assert_string_equal(settings.other, "else");
    assert_int_equal(settings.number, 15);
    assert_int_equal(settings.list.count, 2);
    assert_string_equal(settings.list.texts[1], "b");
}

static void settings_that_do_not_fit_the_table_name_their_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned line;
    } rows[] = {{"other: x\n", 1},
                {"word: x\nunknown: y\n", 2},
                {"word: x\nnumber: 21\n", 2},
                {"word: x\n\nlist: word\n", 3},
                {"word: x\nlist:\n  - [a]\n", 3},
                {"word: [x]\n", 1},
                {"just text\n", 1},
                {"word: x\nword: y\n", 2}};
    struct settings settings;
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        assert_int_equal(read_settings(rows[i].text, &settings), LN_E_SETTINGS);
        assert_int_equal(form_error.line, rows[i].line);
    }
    assert_int_equal(
        settings_read(path_of("none"), settings_rows, &arena, &settings, &form_error),
        LN_E_NOT_FOUND);
}

/* Options ---------------------------------------------------------------------------------- */

struct line {
    const char *text;
    bool is_set;
    struct options_list list;
};

static const struct options_row option_rows[] = {
    {"text", OPTIONS_TEXT, offsetof(struct line, text), "WORD", "a word"},
    {"set", OPTIONS_FLAG, offsetof(struct line, is_set), NULL, "a flag"},
    {"list", OPTIONS_LIST, offsetof(struct line, list), "WORD", "words"},
    {NULL, OPTIONS_FLAG, 0, NULL, NULL},
};

static int read_line(struct line *line, const char **rest, size_t *rest_count, int argc,
                     const char *const *words)
{
    char *argv[16] = {(char *)(uintptr_t) "program"};
    for (int i = 0; i < argc; i++)
        argv[i + 1] = (char *)(uintptr_t)words[i];
    *line = (struct line){.text = NULL};
    return options_read(argc + 1, argv, option_rows, line, rest, 2, rest_count);
}

static void options_are_read_by_their_table(void **state)
{
    (void)state;
    static const char *const words[] = {"-",     "--text", "a",      "--list", "x",
                                        "--set", "--list", "--text", "--list", "y"};
    struct line line;
    const char *rest[2];
    size_t rest_count;
    assert_int_equal(read_line(&line, rest, &rest_count, 10, words), 0);
    assert_string_equal(line.text, "a");
    assert_true(line.is_set);
    assert_int_equal(line.list.count, 3);
    assert_string_equal(line.list.texts[1], "--text"); /* what follows is the argument */
    assert_int_equal(rest_count, 1);
    assert_string_equal(rest[0], "-");
}

static void options_that_are_not_in_the_table_are_refused(void **state)
{
    (void)state;
    static const char *const rows[][3] = {{"--unknown"},  {"--text"},      {"-t"},
                                          {"--tex", "a"}, {"a", "b", "c"}, {"--list"},
                                          {"--set=yes"}};
    static const int counts[] = {1, 1, 1, 2, 3, 1, 1};
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        struct line line;
        const char *rest[2];
        size_t rest_count;
        assert_int_equal(read_line(&line, rest, &rest_count, counts[i], rows[i]), LN_E_USAGE);
    }
}

static void options_that_the_line_says_are_known_as_given(void **state)
{
    (void)state;
    static const char *const rows[][2] = {{"--text", "a"}, {"--set"}, {"--list", "x"}};
    static const int counts[] = {2, 1, 2};
    for (size_t i = 0; i < LN_COUNT(rows); i++) {
        struct line line;
        const char *rest[2];
        size_t rest_count;
        assert_int_equal(read_line(&line, rest, &rest_count, counts[i], rows[i]), 0);
        for (size_t k = 0; k < LN_COUNT(rows); k++)
            assert_int_equal(options_is_given(&option_rows[k], &line), k == i);
    }
}

/* Files ------------------------------------------------------------------------------------ */

static unsigned mode_of(const char *name)
{
    struct stat status;
    assert_int_equal(stat(path_of(name), &status), 0);
    return status.st_mode & 0777;
}

static void file_is_written_whole_with_its_mode_and_nothing_beside(void **state)
{
    (void)state;
    AUTO(ln_buffer_wipe) struct ln_buffer content = LN_BUFFER(100);
    assert_int_equal(files_write(path_of("a"), LN_LITERAL("one"), 0600, FILES_KEEP), 0);
    assert_int_equal(mode_of("a"), 0600);
    assert_int_equal(files_write(path_of("a"), LN_LITERAL("two"), 0600, FILES_KEEP),
                     LN_E_EXISTS);
    assert_int_equal(files_read(path_of("a"), &content), 0);
    assert_true(ln_bytes_equal(ln_buffer_view(&content), LN_LITERAL("one")));
    ln_buffer_clear(&content);
    assert_int_equal(files_write(path_of("a"), LN_LITERAL("three"), 0644, FILES_REPLACE), 0);
    assert_int_equal(mode_of("a"), 0644);
    assert_int_equal(files_read(path_of("a"), &content), 0);
    assert_true(ln_bytes_equal(ln_buffer_view(&content), LN_LITERAL("three")));
    char command[128];
    snprintf(command, sizeof command, "test \"$(ls -A %s)\" = a", directory);
    assert_int_equal(system(command), 0);
}

static void file_larger_than_the_buffer_is_refused(void **state)
{
    (void)state;
    struct ln_buffer fits = LN_BUFFER(5), is_full = LN_BUFFER(4);
    assert_int_equal(files_write(path_of("a"), LN_LITERAL("12345"), 0600, FILES_KEEP), 0);
    assert_int_equal(files_read(path_of("a"), &fits), 0);
    assert_int_equal(files_read(path_of("a"), &is_full), LN_E_TOO_LARGE);
    assert_int_equal(files_read(path_of("b"), &is_full), LN_E_NOT_FOUND);
    ln_buffer_wipe(&fits);
    ln_buffer_wipe(&is_full);
}

static void secret_file_that_others_can_read_is_refused(void **state)
{
    (void)state;
    static const unsigned open_to_others[] = {0640, 0620, 0604, 0602, 0610, 0601};
    struct ln_buffer content = LN_BUFFER(100);
    assert_int_equal(files_write(path_of("a"), LN_LITERAL("x"), 0600, FILES_KEEP), 0);
    assert_int_equal(files_read_secret(path_of("a"), &content), 0);
    for (size_t i = 0; i < LN_COUNT(open_to_others); i++) {
        assert_int_equal(chmod(path_of("a"), open_to_others[i]), 0);
        assert_int_equal(files_read_secret(path_of("a"), &content), LN_E_FILE_MODE);
    }
    ln_buffer_wipe(&content);
}

static void directory_that_others_can_enter_is_refused(void **state)
{
    (void)state;
    assert_int_equal(files_make_directory(path_of("d")), 0);
    assert_int_equal(mode_of("d"), 0700);
    assert_int_equal(files_make_directory(path_of("d")), 0);
    assert_int_equal(chmod(path_of("d"), 0750), 0);
    assert_int_equal(files_make_directory(path_of("d")), LN_E_FILE_MODE);
    assert_int_equal(files_write(path_of("f"), LN_LITERAL("x"), 0600, FILES_KEEP), 0);
    assert_int_equal(files_make_directory(path_of("f")), LN_E_SYSTEM);
}

static int passphrase(const char *content, bool is_new, struct ln_buffer *out)
{
    const struct files_passphrase source = {NULL, path_of("p"), "", is_new};
    assert_int_equal(
        files_write(path_of("p"), ln_view(content, strlen(content)), 0600, FILES_REPLACE), 0);
    ln_buffer_clear(out);
    return files_passphrase(&source, out);
}

static void passphrase_is_a_line_and_not_empty(void **state)
{
    (void)state;
    AUTO(ln_buffer_wipe) struct ln_buffer out = LN_BUFFER(FILES_PASSPHRASE_MAX);
    assert_int_equal(passphrase("secret\n", false, &out), 0);
    assert_true(ln_bytes_equal(ln_buffer_view(&out), LN_LITERAL("secret")));
    assert_int_equal(passphrase("secret\n\n", false, &out), 0);
    assert_true(ln_bytes_equal(ln_buffer_view(&out), LN_LITERAL("secret\n")));
    assert_int_equal(passphrase("\n", false, &out), LN_E_PASSPHRASE);
    assert_int_equal(passphrase("", false, &out), LN_E_PASSPHRASE);
    assert_int_equal(passphrase("eleven char\n", true, &out), LN_E_NEW_PASSPHRASE);
    assert_int_equal(passphrase("twelve chars\n", true, &out), 0);
}

static void descriptor_of_a_passphrase_is_a_number(void **state)
{
    (void)state;
    static const char *const refused[] = {"abc", "", "-1", "3x", " 3", "99999999999"};
    AUTO(ln_buffer_wipe) struct ln_buffer out = LN_BUFFER(FILES_PASSPHRASE_MAX);
    for (size_t i = 0; i < LN_COUNT(refused); i++) {
        const struct files_passphrase source = {.descriptor = refused[i]};
        assert_int_equal(files_passphrase(&source, &out), LN_E_USAGE);
    }
    int ends[2];
    char text[16];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "secret\n", 7), 7);
    close(ends[1]);
    snprintf(text, sizeof text, "%d", ends[0]);
    const struct files_passphrase source = {.descriptor = text};
    assert_int_equal(files_passphrase(&source, &out), 0);
    assert_true(ln_bytes_equal(ln_buffer_view(&out), LN_LITERAL("secret")));
    close(ends[0]);
}

#define RULE(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RULE(form_gives_maps_lists_and_texts_with_their_lines),
        RULE(form_takes_json_as_it_is),
        RULE(form_names_the_line_of_what_it_does_not_take),
        RULE(form_of_no_bytes_at_all_is_empty),
        RULE(form_is_nested_as_deep_as_the_limit_and_no_deeper),
        RULE(form_is_as_large_as_the_limit_and_no_larger),
        RULE(form_that_needs_more_than_its_arena_is_refused),
        RULE(form_numbers_keep_to_their_range),
        RULE(form_names_are_names),
        RULE(settings_fill_the_struct_and_its_defaults),
        RULE(settings_that_do_not_fit_the_table_name_their_line),
        RULE(options_are_read_by_their_table),
        RULE(options_that_are_not_in_the_table_are_refused),
        RULE(options_that_the_line_says_are_known_as_given),
        RULE(file_is_written_whole_with_its_mode_and_nothing_beside),
        RULE(file_larger_than_the_buffer_is_refused),
        RULE(secret_file_that_others_can_read_is_refused),
        RULE(directory_that_others_can_enter_is_refused),
        RULE(passphrase_is_a_line_and_not_empty),
        RULE(descriptor_of_a_passphrase_is_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
