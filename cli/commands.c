#include "cli/commands.h"

#include <string.h>

#include "support/nearest.h"

#define TOPICS "kafka. topic. dev log. "

const struct command commands[] = {
    {.name = "init",
     .operands = "",
     .summary = "Creates topics, publishes schemas, rules and the log's identity, checks Redis.",
     .help = "May be repeated: what is there already is checked, not made again.",
     .settings = TOPICS "redis. lanes rules. schemas. schema.registry",
     .examples = "  jaga init --dev --lanes 2\n",
     .flags = init_flags,
     .run = command_init},
    {.name = "publish",
     .operands = "FILE...",
     .summary = "Publishes events from files, each on its topic.",
     .help =
         "A file holds JSON Lines, CSV or an Avro container; - is standard input. Nothing of a "
         "file\n"
         "that is wrong somewhere is published; file, line and field are named, and the exit code\n"
         "is 1.",
     .settings = TOPICS "schemas. schema.registry input.",
     .examples = "  jaga publish enrollments.jsonl contributions.jsonl\n"
                 "  jaga publish --check claims.jsonl\n"
                 "  cat claims.jsonl | jaga publish -\n",
     .flags = publish_flags,
     .run = command_publish},
    {.name = "generate",
     .operands = "PRESET",
     .summary = "Makes a synthetic population and its events, the same for the same seed.",
     .help = "The events go to Kafka, or as JSON Lines to the file of --out.",
     .settings = TOPICS "schemas. schema.registry",
     .examples = "  jaga generate reported-2024 --scale 0.01\n"
                 "  jaga generate reported-2024 --out events.jsonl\n",
     .flags = generate_flags,
     .run = command_generate},
    {.name = "process",
     .operands = "",
     .summary = "Runs the processor: events in, decisions and payments out, coverage in Redis.",
     .help =
         "Several processes of one group share the lanes. SIGTERM commits the batch in hand, "
         "brings\n"
         "the view up to date and ends with 0; a second signal ends it at once, which is safe too.",
     .settings = TOPICS "redis. group. instance. schema.wait input. batch. commit. view. clock",
     .examples = "  jaga process\n"
                 "  jaga process --drain --clock events\n",
     .flags = process_flags,
     .run = command_process},
    {.name = "try",
     .operands = "FILE...",
     .summary = "Applies events from files and prints the outputs, without Kafka and Redis.",
     .help = "Lines are applied in the order given, all in one lane; - is standard input.\n"
             "Claims for death, injury, scholarship and job loss are decided by the tables of "
             "rules.dir.",
     .settings = "rules. clock input. log.",
     .examples = "  jaga try --clock events history.jsonl\n",
     .flags = try_flags,
     .run = command_try},
    {.name = "read",
     .operands = "TOPIC",
     .summary = "Prints a topic as JSON Lines.",
     .help = "Only what is committed is shown.",
     .settings = TOPICS "schema.registry",
     .examples = "  jaga read decision --where claim_id=C-17\n"
                 "  jaga read exception --where code=PARKED --where source=/bank/demo\n"
                 "  jaga read jaga.payment --follow\n",
     .flags = read_flags,
     .run = command_read},
    {.name = "coverage",
     .operands = "",
     .summary = "Prints coverage by region as Redis shows it: a ranking, or one region in full.",
     .help = "The country first, then provinces and regencies, each from the highest share down. A "
             "share\n"
             "over 100 % is shown as it is; a base that cannot be right is quarantined and named; "
             "without\n"
             "a base there is no share. Colours and bars are for terminals alone, and NO_COLOR "
             "turns\n"
             "colours off. Thousands have commas; --json has plain numbers.",
     .settings = TOPICS "redis. input. rules.",
     .examples = "  jaga coverage\n"
                 "  jaga coverage --level province --watch\n"
                 "  jaga coverage --region 36.74\n"
                 "  jaga coverage --as-of 2024-08-07 --json\n"
                 "  jaga coverage --as-of 2024-08-07 --known-at 2024-03-22T17:00:00Z\n",
     .flags = coverage_flags,
     .run = command_coverage},
    {.name = "dashboard",
     .operands = "",
     .summary = "Serves a page and a JSON API over what Redis shows, until it is stopped.",
     .help =
         "The page is in Indonesian and English and works without scripts; /api/v1 has the same\n"
         "figures as JSON, /metrics is for Prometheus (docs/dashboard.md). It only reads, and "
         "asks\n"
         "nobody who they are: put a proxy before it where not everybody may look.",
     .settings = TOPICS "redis. rules. dashboard.",
     .examples = "  jaga dashboard\n"
                 "  jaga dashboard --dashboard.address 127.0.0.1:9000\n",
     .flags = dashboard_flags,
     .run = command_dashboard},
    {.name = "audit",
     .operands = "",
     .summary = "Recomputes everything from the topics or an archive, and compares.",
     .help =
         "Each lane's journal is followed, its inputs are applied again, and decisions, payments,\n"
         "exceptions and digests are compared byte for byte. The exit code is 0 when all of it\n"
         "agrees, 1 when something differs (the first place of each lane is named), 2 when it\n"
         "could not be looked at. input.bytes-max must be what the processor had.",
     .settings = TOPICS "redis. input.",
     .examples = "  jaga audit\n"
                 "  jaga audit --topics-only --as-of 2024-03-22T17:00:00Z\n"
                 "  jaga audit --archive /srv/archive --json\n",
     .flags = audit_flags,
     .run = command_audit},
    {.name = "explain",
     .operands = "CLAIM_ID|PAYMENT_ID",
     .summary = "Says why a claim stands as it does: tests, facts, rows of law, events, payments.",
     .help =
         "Decisions and payments are found on their topics and computed again from the events of\n"
         "their participant. The exit code is 1 when there is no such id, when several "
         "participants\n"
         "have it, or when what is recorded is not what the events come to. Only ids are shown.",
     .settings = TOPICS "input.",
     .examples = "  jaga explain C-17\n"
                 "  jaga explain C-17 --archive /srv/archive --json\n",
     .flags = explain_flags,
     .run = command_explain},
    {.name = "history",
     .operands = "PARTICIPANT",
     .summary = "Prints every event of a participant with what became of it.",
     .help =
         "In the order in which they were applied, with the outputs each caused. With --as-of,\n"
         "--known-at or --sequence the participant's state follows. The exit code is 1 when there\n"
         "is no event of the participant. Only ids are shown.",
     .settings = TOPICS "input.",
     .examples = "  jaga history P-17\n"
                 "  jaga history P-17 --as-of 2024-02-14 --json\n"
                 "  jaga history P-17 --known-at 2024-03-22T17:00:00Z\n",
     .flags = history_flags,
     .run = command_history},
    {.name = "rebuild",
     .operands = "",
     .summary = "Fills an empty Redis from the topics, for jaga process to go on from.",
     .help =
         "Every lane's log is applied again and compared with its journal; a Redis that holds a\n"
         "lane already is left as it is. input.bytes-max must be what the processor had.",
     .settings = TOPICS "redis. input.",
     .examples = "  jaga rebuild --redis.address 127.0.0.1:6380\n",
     .flags = rebuild_flags,
     .run = command_rebuild},
    {.name = "archive",
     .operands = "DIR",
     .summary = "Keeps all topics as Avro files with a manifest and hashes.",
     .help =
         "Run it again and it goes on where the archive ends; what is there is not read again.\n"
         "Ctrl-C keeps every finished file. With --verify the exit code is 1 when a file is not\n"
         "what the manifest says.",
     .settings = TOPICS,
     .examples = "  jaga archive /srv/archive\n"
                 "  jaga archive /srv/archive --verify\n",
     .flags = archive_flags,
     .run = command_archive},
    {.name = "rules lint",
     .operands = "[DIR]",
     .summary = "Says everything that is wrong with the tables of the law, by file and line.",
     .help = "The folder is that of rules.dir when none is named. Rows that must be reviewed soon "
             "are\n"
             "warnings. The exit code is 1 when there is a finding.",
     .settings = "rules. log.",
     .examples = "  jaga rules lint\n"
                 "  jaga rules lint /srv/rules --on 2027-12-01 --json\n",
     .flags = rules_lint_flags,
     .run = command_rules_lint},
    {.name = "rules show",
     .operands = "",
     .summary = "Prints the rows of law in force on a day, with article and whether verified.",
     .help = "Without --case lists of codes are left out. The exit code is 1 when there is no such "
             "row.",
     .settings = "rules. log. kafka. topic.",
     .examples = "  jaga rules show --on 2024-02-14 --case JKM\n"
                 "  jaga rules show --on 2027-03-01 --recorded 2026-11-30 --case JP --json\n"
                 "  jaga rules show --of log --text > bundle.txt\n",
     .flags = rules_show_flags,
     .run = command_rules_show},
    {.name = "rules price",
     .operands = "",
     .summary = "Says what a month, a project or a package costs, by which rows of law.",
     .help =
         "PU, PU_STATE: --wage and --risk-group. BPU: --income, or --wage for the base itself.\n"
         "JAKON: --contract, or --wages. PMI: --package before, 24, 12 or 6, or --extra-months.\n"
         "The exit code is 1 when the relief named does not hold there, or nothing is priced.",
     .settings = "rules. log. kafka. topic.",
     .examples = "  jaga rules price --segment PU --risk-group 1 --wage 20000000 --month 2026-03\n"
                 "  jaga rules price --segment BPU --programmes JKK,JKM --income 2500000 \\\n"
                 "      --month 2026-04 --relief PP50-2025 --category PETANI\n"
                 "  jaga rules price --segment JAKON --contract 1000000000\n"
                 "  jaga rules price --segment PMI --package 24 --extra-months 2 --json\n",
     .flags = rules_price_flags,
     .run = command_rules_price},
    {.name = "rules diff",
     .operands = "A B",
     .summary = "Says what differs between two bundles of law: rows and fields.",
     .help = "A and B: a folder of tables, a file with a bundle, a hash on the rules topic (its "
             "first\n"
             "digits will do), or log for the bundle in force there. The exit code is 1 when they\n"
             "differ.",
     .settings = "rules. log. kafka. topic.",
     .examples = "  jaga rules diff rules /srv/rules\n"
                 "  jaga rules diff log rules --json\n",
     .flags = rules_diff_flags,
     .run = command_rules_diff},
    {.name = "rules publish",
     .operands = "[DIR]",
     .summary =
         "Puts the tables of the law on their topic; each lane uses them from its next batch on.",
     .help = "The folder is that of rules.dir when none is named. What jaga rules lint finds is "
             "refused,\n"
             "with exit code 1. What is in force already is not published again.",
     .settings = TOPICS "rules.",
     .examples = "  jaga rules publish\n"
                 "  jaga rules publish /srv/rules --json\n",
     .flags = rules_publish_flags,
     .run = command_rules_publish},
    {.name = "rules rehearse",
     .operands = "BUNDLE",
     .summary = "Lists the recorded claims that another bundle of law would decide otherwise.",
     .help = "The log is applied again with that bundle from its beginning; nothing is put out. "
             "BUNDLE\n"
             "is named as for jaga rules diff. The exit code is 1 when some decision would differ.",
     .settings = TOPICS "rules. input.",
     .examples = "  jaga rules rehearse /srv/rules\n"
                 "  jaga rules rehearse /srv/rules --archive /srv/archive --json\n",
     .flags = rules_rehearse_flags,
     .run = command_rules_rehearse},
    {.name = "status",
     .operands = "",
     .summary = "Prints lanes, lag, freshness, claims, exceptions, and what is wrong.",
     .help = "The exit code is 1 when a lane stands still (it has events to go, or Redis is behind "
             "its\n"
             "journal, and nothing moved for 3 seconds), 2 when Kafka or Redis could not be asked "
             "or\n"
             "Redis holds no figures yet, else 0. Lag that grows, lanes that nobody owns, old "
             "figures\n"
             "and batches that do not match are named and leave it at 0. With --watch it is 0.",
     .settings = TOPICS "redis. group.",
     .examples = "  jaga status\n"
                 "  jaga status --watch=5\n",
     .flags = status_flags,
     .run = command_status},
    {.name = "checkpoint",
     .operands = "",
     .summary = "Signs how far the journals have come and what is in them.",
     .help =
         "What was signed before is compared with the journals first. The exit code is 1, and\n"
         "nothing is signed, when they contradict each other; a lane that has nothing new is not\n"
         "signed again.",
     .settings = TOPICS,
     .examples = "  jaga checkpoint --new-key auditor.key\n"
                 "  jaga checkpoint --key auditor.key\n",
     .flags = checkpoint_flags,
     .run = command_checkpoint},
    {.name = "verify",
     .operands = "FILE",
     .summary = "Checks an evidence file and prints what it proves; needs no server.",
     .help = "The exit code is 0 when it is proven, 1 when it is not, 2 when the file or the key "
             "cannot\n"
             "be read. - is standard input.",
     .settings = "log.",
     .examples = "  jaga verify evidence.json --public-key auditor.key.pub\n",
     .flags = verify_flags,
     .run = command_verify},
    {.name = "config",
     .operands = "",
     .summary = "Prints the settings in force and where each comes from.",
     .help =
         "A setting has one name as a flag, in the environment and in the file of --config (or of\n"
         "JAGA_CONFIG); a flag goes before the environment, that before the file, that before the\n"
         "default. In the file, ${NAME} is the environment's NAME, and a section kafka { } hands\n"
         "settings to librdkafka under its own names.",
     .settings = "",
     .examples = "  jaga config --config jaga.conf\n"
                 "  jaga config --sample > jaga.conf\n",
     .flags = config_flags,
     .run = command_config},
};
const size_t command_count = sizeof commands / sizeof *commands;

/* Whether `name` is "first second", or `first` alone when there is no second word. */
static bool is_named(const char *name, const char *first, const char *second)
{
    const size_t length = strlen(first);
    if (strncmp(name, first, length) != 0) {
        return false;
    }
    return second == NULL ? name[length] == '\0'
                          : name[length] == ' ' && strcmp(name + length + 1, second) == 0;
}

const struct command *command_find(const char *first, const char *second)
{
    for (size_t i = 0; i < command_count; i++) {
        if (is_named(commands[i].name, first, second)) {
            return &commands[i];
        }
    }
    return NULL;
}

bool command_is_of(const struct command *command, const char *group)
{
    const size_t length = strlen(group);
    return strncmp(command->name, group, length) == 0 && command->name[length] == ' ';
}

bool command_is_group(const char *name)
{
    bool found = false;
    for (size_t i = 0; i < command_count; i++) {
        found = found || command_is_of(&commands[i], name);
    }
    return found;
}

const char *command_nearest(const char *name, const char *group)
{
    const char *names[sizeof commands / sizeof *commands];
    size_t count = 0;
    for (size_t i = 0; i < command_count; i++) {
        if (group == NULL) {
            names[count++] = commands[i].name;
        } else if (command_is_of(&commands[i], group)) {
            names[count++] = commands[i].name + strlen(group) + 1;
        }
    }
    return nearest_word(name, names, count);
}
