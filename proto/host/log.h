/*
 * What a daemon says: one line an entry on stderr, words and ids, never anything of a case.
 */
#ifndef LOG_H
#define LOG_H

enum log_level { LOG_AS_ERROR = 3, LOG_AS_WARNING = 4, LOG_AS_NOTICE = 5, LOG_AS_DEBUG = 7 };

/** Once: the program's name; entries above `most` are dropped. */
void log_start(const char *program, enum log_level most);
/** `format` is like printf's; the text is words and key=value pairs. */
__attribute__((format(printf, 2, 3))) void log_line(enum log_level level, const char *format,
                                                    ...);

#endif
