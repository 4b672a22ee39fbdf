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

/* Each returns an exit code and has said what went wrong; its own flags stand beside it. */
int command_archive(const struct settings *settings, const struct arguments *arguments);
int command_audit(const struct settings *settings, const struct arguments *arguments);
int command_checkpoint(const struct settings *settings, const struct arguments *arguments);
int command_config(const struct settings *settings, const struct arguments *arguments);
int command_coverage(const struct settings *settings, const struct arguments *arguments);
int command_dashboard(const struct settings *settings, const struct arguments *arguments);
int command_explain(const struct settings *settings, const struct arguments *arguments);
int command_generate(const struct settings *settings, const struct arguments *arguments);
int command_history(const struct settings *settings, const struct arguments *arguments);
int command_init(const struct settings *settings, const struct arguments *arguments);
int command_process(const struct settings *settings, const struct arguments *arguments);
int command_publish(const struct settings *settings, const struct arguments *arguments);
int command_read(const struct settings *settings, const struct arguments *arguments);
int command_rebuild(const struct settings *settings, const struct arguments *arguments);
int command_rules_diff(const struct settings *settings, const struct arguments *arguments);
int command_rules_lint(const struct settings *settings, const struct arguments *arguments);
int command_rules_price(const struct settings *settings, const struct arguments *arguments);
int command_rules_publish(const struct settings *settings, const struct arguments *arguments);
int command_rules_rehearse(const struct settings *settings, const struct arguments *arguments);
int command_rules_show(const struct settings *settings, const struct arguments *arguments);
int command_status(const struct settings *settings, const struct arguments *arguments);
int command_try(const struct settings *settings, const struct arguments *arguments);
int command_verify(const struct settings *settings, const struct arguments *arguments);

extern const struct flag archive_flags[];
extern const struct flag audit_flags[];
extern const struct flag checkpoint_flags[];
extern const struct flag config_flags[];
extern const struct flag coverage_flags[];
extern const struct flag dashboard_flags[];
extern const struct flag explain_flags[];
extern const struct flag generate_flags[];
extern const struct flag history_flags[];
extern const struct flag init_flags[];
extern const struct flag process_flags[];
extern const struct flag publish_flags[];
extern const struct flag read_flags[];
extern const struct flag rebuild_flags[];
extern const struct flag rules_diff_flags[];
extern const struct flag rules_lint_flags[];
extern const struct flag rules_price_flags[];
extern const struct flag rules_publish_flags[];
extern const struct flag rules_rehearse_flags[];
extern const struct flag rules_show_flags[];
extern const struct flag status_flags[];
extern const struct flag try_flags[];
extern const struct flag verify_flags[];

#endif
