/* main.c: the worker: settings, drivers, the table of routes, the loop. */
#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"

#include "account.h"
#include "arena.h"
#include "avatars.h"
#include "bans.h"
#include "batch.h"
#include "bell.h"
#include "blocks.h"
#include "conversations.h"
#include "db.h"
#include "door.h"
#include "drain.h"
#include "friend_lists.h"
#include "friend_requests.h"
#include "friends.h"
#include "group_members.h"
#include "group_settings.h"
#include "groups.h"
#include "health.h"
#include "history.h"
#include "invitations.h"
#include "joining.h"
#include "links.h"
#include "log.h"
#include "loop.h"
#include "outbox.h"
#include "password.h"
#include "people.h"
#include "picture.h"
#include "poll.h"
#include "pool.h"
#include "presence.h"
#include "receive.h"
#include "redis.h"
#include "route.h"
#include "send.h"
#include "sessions.h"
#include "settings.h"
#include "watchdog.h"

enum { TIDY_MS = 10000 };

static const struct route routes[] = {
	/* The table is gone through in order: what is asked most stands first. */
	ROUTE("GET", "/api/receive", receive_steps),
	ROUTE("POST", "/api/send", send_steps),
	ROUTE("POST", "/api/register", account_register_steps),
	ROUTE("POST", "/api/login", account_login_steps),
	ROUTE("POST", "/api/logout", account_logout_steps),
	ROUTE("GET", "/api/me", people_me_steps),
	ROUTE("PATCH", "/api/me", people_me_change_steps),
	ROUTE("POST", "/api/me/delete", sessions_delete_account_steps),
	ROUTE("POST", "/api/password", sessions_password_steps),
	ROUTE("GET", "/api/sessions", sessions_list_steps),
	ROUTE("DELETE", "/api/sessions", sessions_end_others_steps),
	ROUTE("DELETE", "/api/sessions/ID", sessions_end_steps),
	ROUTE("GET", "/api/settings", people_settings_steps),
	ROUTE("PATCH", "/api/settings", people_settings_change_steps),
	ROUTE_UPLOAD("PUT", "/api/me/avatar", avatars_mine_put_steps),
	ROUTE("DELETE", "/api/me/avatar", avatars_mine_remove_steps),
	ROUTE_UPLOAD("PUT", "/api/groups/ID/avatar", avatars_group_put_steps),
	ROUTE("DELETE", "/api/groups/ID/avatar", avatars_group_remove_steps),
	ROUTE("GET", "/api/avatars/ID", avatars_get_steps),
	ROUTE("GET", "/api/users", people_find_steps),
	ROUTE("POST", "/api/friend-requests", friend_requests_ask_steps),
	ROUTE("GET", "/api/friend-requests", friend_requests_list_steps),
	ROUTE("DELETE", "/api/friend-requests/ID", friend_requests_withdraw_steps),
	ROUTE("POST", "/api/friend-requests/ID/accept", friend_requests_accept_steps),
	ROUTE("POST", "/api/friend-requests/ID/reject", friend_requests_reject_steps),
	ROUTE("GET", "/api/friends", friends_list_steps),
	ROUTE("PATCH", "/api/friends/ID", friends_change_steps),
	ROUTE("DELETE", "/api/friends/ID", friends_remove_steps),
	ROUTE("GET", "/api/friend-lists", friend_lists_get_steps),
	ROUTE("POST", "/api/friend-lists", friend_lists_create_steps),
	ROUTE("PATCH", "/api/friend-lists/ID", friend_lists_change_steps),
	ROUTE("DELETE", "/api/friend-lists/ID", friend_lists_remove_steps),
	ROUTE("POST", "/api/blocks", blocks_add_steps),
	ROUTE("GET", "/api/blocks", blocks_list_steps),
	ROUTE("DELETE", "/api/blocks/ID", blocks_remove_steps),
	ROUTE("POST", "/api/groups", groups_create_steps),
	ROUTE("GET", "/api/groups", groups_list_steps),
	ROUTE("GET", "/api/groups/ID", groups_get_steps),
	ROUTE("PATCH", "/api/groups/ID", group_settings_change_steps),
	ROUTE("DELETE", "/api/groups/ID", group_settings_dissolve_steps),
	ROUTE("PUT", "/api/groups/ID/announcement", group_settings_announce_steps),
	ROUTE("POST", "/api/groups/ID/announcement/seen", group_settings_seen_steps),
	ROUTE("POST", "/api/groups/ID/owner", group_settings_owner_steps),
	ROUTE("POST", "/api/groups/ID/members", group_members_add_steps),
	ROUTE("PATCH", "/api/groups/ID/members/USER", group_members_change_steps),
	ROUTE("DELETE", "/api/groups/ID/members/USER", group_members_remove_steps),
	ROUTE("PATCH", "/api/conversations/TYPE/ID", conversations_change_steps),
	ROUTE("POST", "/api/conversations/TYPE/ID/clear", conversations_clear_steps),
	ROUTE("GET", "/api/public-groups", joining_find_steps),
	ROUTE("POST", "/api/groups/ID/join", joining_ask_steps),
	ROUTE("DELETE", "/api/groups/ID/join", joining_withdraw_steps),
	ROUTE("GET", "/api/groups/ID/join-requests", joining_list_steps),
	ROUTE("POST", "/api/groups/ID/join-requests/USER/accept", joining_accept_steps),
	ROUTE("POST", "/api/groups/ID/join-requests/USER/reject", joining_reject_steps),
	ROUTE("POST", "/api/groups/ID/invitations", invitations_invite_steps),
	ROUTE("GET", "/api/groups/ID/invitations", invitations_made_steps),
	ROUTE("DELETE", "/api/groups/ID/invitations/USER", invitations_withdraw_steps),
	ROUTE("GET", "/api/group-invitations", invitations_mine_steps),
	ROUTE("POST", "/api/group-invitations/ID/accept", invitations_accept_steps),
	ROUTE("POST", "/api/group-invitations/ID/reject", invitations_reject_steps),
	ROUTE("POST", "/api/groups/ID/links", links_create_steps),
	ROUTE("GET", "/api/groups/ID/links", links_list_steps),
	ROUTE("DELETE", "/api/groups/ID/links/LINK", links_revoke_steps),
	ROUTE("POST", "/api/group-links/look", links_look_steps),
	ROUTE("POST", "/api/group-links/join", links_join_steps),
	ROUTE("POST", "/api/groups/ID/bans", bans_add_steps),
	ROUTE("GET", "/api/groups/ID/bans", bans_list_steps),
	ROUTE("DELETE", "/api/groups/ID/bans/USER", bans_remove_steps),
	ROUTE("GET", "/api/history", history_steps),
	ROUTE("POST", "/api/read", history_read_steps),
	ROUTE("POST", "/api/queues", receive_open_steps),
	ROUTE("POST", "/api/changes", receive_changes_steps),
	ROUTE("GET", "/healthz", health_live_steps),
	ROUTE("GET", "/readyz", health_ready_steps),
	ROUTE("GET", "/metrics", health_metrics_steps),
	{ NULL, NULL, NULL, NULL, false },
};

/* What the command line asks for. */
struct command {
	const char *listen_path;
	const char *heartbeat_path;
	bool check_settings;
};

static const char usage[] =
    "usage: magpie-worker [-c FILE] [--set NAME=VALUE]... [--listen PATH]\n"
    "                     [--heartbeat PIPE] [--check-settings]\n"
    "       magpie-worker --version | --help\n"
    "\n"
    "Serves Magpie's /api/ over FastCGI, at the socket that it inherits (systemd's, or\n"
    "descriptor 0) or at PATH. Settings come from FILE and then from --set; see magpie-worker(8).\n";

static void
die(const char *what)
{
	(void)fprintf(stderr, "magpie-worker: %s\n", what);
	exit(EXIT_FAILURE);
}

static void
parse_command(int argc, char **argv, struct settings *s, struct command *command)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "set", required_argument, NULL, 's' },
		{ "listen", required_argument, NULL, 'l' },
		{ "heartbeat", required_argument, NULL, 'b' },
		{ "check-settings", no_argument, NULL, 'k' },
		{ "version", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	char error[512];

	for (int option; (option = getopt_long(argc, argv, "c:h", options, NULL)) != -1;) {
		switch (option) {
		case 'c':
			if (!settings_load(s, optarg, error, sizeof error))
				die(error);
			break;
		case 's':
			if (!settings_set(s, optarg, error, sizeof error))
				die(error);
			break;
		case 'l':
			command->listen_path = optarg;
			break;
		case 'b':
			command->heartbeat_path = optarg;
			break;
		case 'k':
			command->check_settings = true;
			break;
		case 'v':
			(void)printf("magpie-worker %s\n", PACKAGE_VERSION);
			exit(EXIT_SUCCESS);
		case 'h':
			(void)fputs(usage, stdout);
			exit(EXIT_SUCCESS);
		default:
			(void)fputs(usage, stderr);
			exit(EXIT_FAILURE);
		}
	}
	if (optind < argc) {
		(void)fputs(usage, stderr);
		exit(EXIT_FAILURE);
	}
}

/* All that holds, but for passwords. Ends the worker where db.conninfo is none. */
static void
check_settings(struct settings *s, bool print)
{
	struct buffer shown = { 0 };
	char *conninfo = s->db_conninfo, error[512];

	if (!db_conninfo(conninfo, &shown, error, sizeof error))
		die(error);
	if (print) {
		s->db_conninfo = shown.data;
		settings_print(s, stdout);
		s->db_conninfo = conninfo;
	}
	buffer_free(&shown);
}

static enum log_level
level_named(const char *name)
{
	static const char *const names[] = { "debug", "info", "warn", "error" };
	enum log_level level = LOG_ERROR;

	while (level > LOG_DEBUG && strcmp(names[level], name) != 0)
		level--;
	return level;
}

/* Redis is there again, or the bell is new: whoever waits may have missed something. */
static void
doubt(void)
{
	if (!redis_is_up() || !bell_is_up())
		return;
	poll_doubt();
	presence_doubt();
}

/* A backlog that was worked off, or ten thousand polls that went, would else stay the worker's. */
static void
on_tidy(struct deadline *d)
{
	arena_trim();
	deadline_set(d, TIDY_MS, on_tidy);
}

int
main(int argc, char **argv)
{
	static struct deadline tidy;
	static struct settings s;
	struct command command = { 0 };
	char error[512];

	settings_init(&s);
	parse_command(argc, argv, &s, &command);
	check_settings(&s, command.check_settings);
	if (command.check_settings)
		return EXIT_SUCCESS;
	log_level(level_named(s.log_level));
	log_open();
	if (sodium_init() < 0)
		die("libsodium can't start");
	loop_init();
	if (!pool_open((int)s.password_threads))
		die("can't start a thread");
	if (!password_open((int)s.password_queue, s.password_memory_kib))
		die("can't hash passwords: too little memory for password.memory_kib?");
	if (!door_open(command.listen_path, request_begin, error, sizeof error))
		die(error);
	picture_open((int)s.picture_queue);
	door_take_uploads(route_may_upload, (int)s.picture_queue);
	drain_open(s.drain_seconds);
	request_open(&s);
	route_open(routes);
	db_open(s.db_conninfo, (int)s.db_connections, (int)s.db_timeout_ms);
	redis_open(s.redis_address, s.redis_password, (int)s.redis_timeout_ms, doubt);
	bell_open(
	    &(struct bell_listener){ .ring = poll_ring, .heard = poll_heard, .doubt = doubt });
	batch_open();
	outbox_open();
	poll_open(s.receive_parked_max);
	presence_open();
	watchdog_open(command.heartbeat_path);
	deadline_set(&tidy, TIDY_MS, on_tidy);
	log_info(NULL, "ready", "version=%s", PACKAGE_VERSION);
	loop_run();
	bell_close();
	redis_close();
	db_close();
	pool_close();
	settings_free(&s);
	log_info(NULL, "ended", "%s", "");
	return EXIT_SUCCESS;
}
