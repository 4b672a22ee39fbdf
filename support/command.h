/* The commands of jaga. Each is written where its programs live (producers/, consumers/, cli/) and
   listed once, in cli/commands.c. */
#ifndef JAGA_SUPPORT_COMMAND_H
#define JAGA_SUPPORT_COMMAND_H

#include "support/flags.h"
#include "support/settings.h"

/* EXIT_SUCCESS: done, or it agrees. The others: the answer is no (differs, mismatch, refused
   input); it could not be done; wrong words on the command line. */
#define EXIT_ANSWER_NO 1
#define EXIT_NOT_DONE 2
#define EXIT_WRONG_USAGE 64

/* Says an error on stderr, as "jaga <command>: detail", and returns its exit code: 0 when there is
   none, EXIT_WRONG_USAGE for USAGE, else EXIT_NOT_DONE. */
int command_report(const char *command, const struct error *error);

/* Each returns an exit code and has said what went wrong. */
int command_init(const struct settings *settings, const struct arguments *arguments);
int command_publish(const struct settings *settings, const struct arguments *arguments);
int command_generate(const struct settings *settings, const struct arguments *arguments);
int command_process(const struct settings *settings, const struct arguments *arguments);
int command_try(const struct settings *settings, const struct arguments *arguments);
int command_read(const struct settings *settings, const struct arguments *arguments);
int command_coverage(const struct settings *settings, const struct arguments *arguments);
int command_audit(const struct settings *settings, const struct arguments *arguments);
int command_rebuild(const struct settings *settings, const struct arguments *arguments);
int command_history(const struct settings *settings, const struct arguments *arguments);
int command_explain(const struct settings *settings, const struct arguments *arguments);
int command_status(const struct settings *settings, const struct arguments *arguments);
int command_checkpoint(const struct settings *settings, const struct arguments *arguments);
int command_archive(const struct settings *settings, const struct arguments *arguments);
int command_config(const struct settings *settings, const struct arguments *arguments);

/* Each command's own flags, defined beside its function. */
extern const struct flag archive_flags[], audit_flags[], checkpoint_flags[], config_flags[],
    coverage_flags[], explain_flags[], generate_flags[], history_flags[], init_flags[],
    process_flags[], publish_flags[], read_flags[], rebuild_flags[], status_flags[], try_flags[];

#endif
