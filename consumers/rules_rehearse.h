/* `jaga rules rehearse BUNDLE`: what another bundle would have decided. */
#ifndef JAGA_CONSUMERS_RULES_REHEARSE_H
#define JAGA_CONSUMERS_RULES_REHEARSE_H

#include "support/flags.h"
#include "support/settings.h"

/* `folder` holds the tables; --archive and --json are among the arguments. `*differs`: some
   decision would be another. */
struct error rules_rehearse(const struct settings *settings, const struct arguments *arguments,
                            const char *folder, bool *differs);

#endif
