/* main.c: magpie-bench, a load generator for Magpie and its rivals: the options, and what it found, a line for
 * each figure: "name value". t/bench/run starts it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crowd.h"
#include "load.h"
#include "login.h"
#include "senders.h"
#include "usage.h"

enum { LONGEST_S = 330 };

static const struct target *const targets[] = { &target_magpie, &target_nchan, &target_bosh };
static const struct target *target;
static struct login login;

static const char usage_text[] =
    "magpie-bench --target magpie|nchan|bosh --host 127.0.0.1:PORT [OPTION]...\n"
    "  --readers N       who wait (500)\n"
    "  --senders N       connections that send (50); reader r is a friend of sender r % N\n"
    "  --users N         how many people there are (--readers)\n"
    "  --groups F:N,...  groups of the readers F to F + N - 1: two of five messages go to them\n"
    "  --groups-only     all messages go to groups, each sent by its first member\n"
    "  --first-group N   which of the server's groups the first of these is (0)\n"
    "  --rate R          R messages a second, however long answers take; else each sender sends the next\n"
    "                    message when all have the one before; negative: none at all\n"
    "  --seconds S       for how long it is measured (10), --warm S: after so long (1)\n"
    "  --messages N      at most (2000000)\n"
    "  --life            people also read, and change their presence\n"
    "  --strike COMMAND  run when a second has been measured; until all readers wait at a new place\n"
    "  --login PASSWORD  nobody waits: --senders log in, as one user after the other\n"
    "  --hash HASH       of that password: how long it takes alone is told beside\n"
    "  --process N=P,... a name, and process ids: what they and their descendants use\n";

static void __attribute__((noreturn)) refuse(const char *what)
{
	(void)fprintf(stderr, "magpie-bench: %s\n%s", what, usage_text);
	exit(2);
}

static double
number(const char *text, double least, double most)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end != '\0' || !(value >= least && value <= most))
		refuse(text);
	return value;
}

static void
read_groups(char *text)
{
	char *rest = NULL;

	for (char *at = strtok_r(text, ",", &rest); at != NULL; at = strtok_r(NULL, ",", &rest)) {
		struct group *g = &options.groups[options.group_count];

		if (options.group_count++ == GROUPS_MAX ||
		    sscanf(at, "%u:%u", &g->first, &g->size) != 2)
			refuse("--groups");
	}
}

static void
print_latency(const char *name, const struct hist *h)
{
	static const struct {
		const char *name;
		double part;
	} parts[] = { { "p50", 0.5 }, { "p90", 0.9 }, { "p99", 0.99 }, { "max", 1 } };

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		printf(
		    "%s.%s_us %lld\n", name, parts[i].name, (long long)hist_at(h, parts[i].part));
}

/* What the processes used meanwhile: for each of so many deliveries (or logins), of a core, and in memory. */
static void
print_usage(const struct usage *begin, const struct usage *end, uint64_t count)
{
	double seconds = (double)(end->at_us - begin->at_us) / 1e6, all = 0, all_pss = 0;

	for (int i = 0; i < usage_groups; i++) {
		double cpu = (double)usage_cpu_us(begin, end, i);

		if (count > 0)
			printf("cpu_us.%s %.1f\n", usage_names[i], cpu / (double)count);
		printf("core_percent.%s %.1f\n", usage_names[i], cpu / seconds / 1e4);
		printf("pss_kib.%s %lld\n", usage_names[i], (long long)end->pss_kib[i]);
		all += cpu;
		all_pss += (double)end->pss_kib[i];
	}
	if (count > 0)
		printf("cpu_us.all %.1f\n", all / (double)count);
	printf("core_percent.all %.1f\npss_kib.all %.0f\n", all / seconds / 1e4, all_pss);
	printf(
	    "generator_core_percent %.1f\n", (double)(end->own_us - begin->own_us) / seconds / 1e4);
}

/* What the readers cost that came and wait, each. */
static void
print_parked(const struct load_result *r)
{
	double all = 0;

	for (int i = 0; i < usage_groups; i++) {
		double bytes =
		    (double)(r->full.pss_kib[i] - r->empty.pss_kib[i]) * 1024 / options.readers;

		printf("parked_bytes.%s %.0f\n", usage_names[i], bytes);
		printf("empty_kib.%s %lld\n", usage_names[i], (long long)r->empty.pss_kib[i]);
		all += bytes;
	}
	printf("parked_bytes.all %.0f\n", all);
}

static void
print_login(void)
{
	double seconds = (double)(login.end.at_us - login.begin.at_us) / 1e6;

	printf("logins_s %.1f\nfailed %llu\nhash_us %lld\n", (double)login.took_us.count / seconds,
	    (unsigned long long)login.failed, (long long)login.hash_us);
	print_latency("login", &login.took_us);
	print_usage(&login.begin, &login.end, login.took_us.count);
}

static int
print_load(const struct load_result *r, bool good)
{
	double seconds = (double)(r->end.at_us - r->begin.at_us) / 1e6;

	if (!good) {
		(void)fprintf(stderr, "magpie-bench: the readers don't come to wait\n");
		return 1;
	}
	printf("readers %u\nopening_s %.2f\n", options.readers, r->opening_s);
	if (options.strike != NULL)
		printf("recovery_s %.2f\n", r->recovery_s);
	printf("waiting %llu\ngone %llu\nreaders_refused %llu\ntold_to_wait %llu\n",
	    (unsigned long long)r->waiting, (unsigned long long)crowd.gone,
	    (unsigned long long)crowd.refused, (unsigned long long)crowd.told_to_wait);
	printf("sends_s %.1f\ndeliveries_s %.1f\n", (double)r->sends / seconds,
	    (double)r->deliveries / seconds);
	printf("deliveries %llu\n", (unsigned long long)r->tally.deliveries);
	print_latency("delivery", &r->tally.delivery_us);
	if (r->tally.answer_us.count > 0)
		print_latency("answer", &r->tally.answer_us);
	printf("lost %llu\ndoubled %llu\nstray %llu\nbroken %llu\n", (unsigned long long)r->lost,
	    (unsigned long long)r->tally.doubled, (unsigned long long)r->tally.stray,
	    (unsigned long long)net_broken);
	printf("failed %llu\nunanswered %llu\nsent_again %llu\n",
	    (unsigned long long)sending.failed, (unsigned long long)sending.unanswered,
	    (unsigned long long)sending.again);
	printf("lives %llu\nlives_failed %llu\n", (unsigned long long)r->lives,
	    (unsigned long long)r->lives_failed);
	print_usage(&r->begin, &r->end, options.strike != NULL ? options.readers : r->deliveries);
	print_parked(r);
	return 0;
}

enum kind { TARGET, TEXT, COUNT, NUMBER, FLAG, GROUPS, PROCESS };

static const struct row {
	const char *name;
	enum kind kind;
	double least, most;
	void *at;
} rows[] = {
	{ "--target", TARGET, 0, 0, NULL },
	{ "--host", TEXT, 0, 0, &options.host },
	{ "--readers", COUNT, 1, 1e6, &options.readers },
	{ "--senders", COUNT, 1, 1e4, &options.senders },
	{ "--users", COUNT, 1, 1e6, &options.users },
	{ "--groups", GROUPS, 0, 0, NULL },
	{ "--first-group", COUNT, 0, 1e6, &options.first_group },
	{ "--groups-only", FLAG, 0, 0, &options.groups_only },
	{ "--rate", NUMBER, -1, 1e6, &options.rate },
	{ "--seconds", NUMBER, 0.1, 600, &options.seconds },
	{ "--warm", NUMBER, 0, 600, &options.warm },
	{ "--messages", COUNT, 1, 1e7, &options.messages },
	{ "--life", FLAG, 0, 0, &options.life },
	{ "--strike", TEXT, 0, 0, &options.strike },
	{ "--login", TEXT, 0, 0, &login.password },
	{ "--hash", TEXT, 0, 0, &login.hash },
	{ "--process", PROCESS, 0, 0, NULL },
};

static void
take_option(const struct row *row, char *value)
{
	switch (row->kind) {
	case TARGET:
		for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++)
			if (strcmp(value, targets[i]->name) == 0)
				target = targets[i];
		break;
	case TEXT:
		*(const char **)row->at = value;
		break;
	case COUNT:
		*(uint32_t *)row->at = (uint32_t)number(value, row->least, row->most);
		break;
	case NUMBER:
		*(double *)row->at = number(value, row->least, row->most);
		break;
	case FLAG:
		*(bool *)row->at = true;
		break;
	case GROUPS:
		read_groups(value);
		break;
	case PROCESS:
		if (!usage_add(value))
			refuse("--process");
	}
}

static void
read_options(int argc, char **argv)
{
	options = (struct options){
		.readers = 500, .senders = 50, .seconds = 10, .warm = 1, .messages = 2000000
	};
	for (int i = 1; i < argc; i++) {
		const struct row *row = rows, *end = rows + sizeof rows / sizeof rows[0];

		while (row < end && strcmp(row->name, argv[i]) != 0)
			row++;
		if (row == end || (row->kind != FLAG && ++i == argc))
			refuse(argv[i < argc ? i : argc - 1]);
		take_option(row, argv[i]);
	}
	options.resync = options.strike != NULL;
	if (options.users == 0)
		options.users = options.readers;
	if (target == NULL || options.host == NULL || !net_open(options.host))
		refuse("--target and --host");
	if (options.senders > options.readers || (options.groups_only && options.group_count == 0))
		refuse("--senders, --groups");
	for (uint32_t i = 0; i < options.group_count; i++)
		if (options.groups[i].size == 0 ||
		    options.groups[i].first + options.groups[i].size > options.readers)
			refuse("--groups");
}

int
main(int argc, char **argv)
{
	static struct load_result result;
	bool good;

	read_options(argc, argv);
	options.nonce = (unsigned)(net_now() & 0x7fffffff);
	srandom(options.nonce);
	/* Whatever happens, it ends. */
	(void)alarm((unsigned)(options.warm + options.seconds) + LONGEST_S);
	if (login.password != NULL) {
		good = login_run(&login);
		print_login();
		return good ? 0 : 1;
	}
	good = load_run(target, &result);
	good = print_load(&result, good) == 0;
	tally_free(&result.tally);
	return good ? 0 : 1;
}
