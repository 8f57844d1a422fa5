/* avatars.c: see avatars.h. */
#include "avatars.h"

#include <string.h>
#include <strings.h>

#include "answer.h"
#include "outbox.h"
#include "picture_file.h"
#include "ratelimit.h"
#include "session.h"
#include "text.h"

/* PUT */

static enum picture_kind
said_kind(const char *type)
{
	if (type == NULL)
		return PICTURE_NONE;
	if (strcasecmp(type, "image/png") == 0)
		return PICTURE_PNG;
	if (strcasecmp(type, "image/jpeg") == 0)
		return PICTURE_JPEG;
	return strcasecmp(type, "image/webp") == 0 ? PICTURE_WEBP : PICTURE_NONE;
}

/* What it says it is must be what it is. Nothing stands in the query. */
static enum step_result
check_picture(struct request *r)
{
	enum picture_kind said = said_kind(door_param(&r->in, "CONTENT_TYPE"));

	if (*r->query != '\0')
		return answer_problem_detail(
		    r, PROBLEM_MALFORMED, NULL, "nothing stands in the query here");
	if (said == PICTURE_NONE)
		return answer_problem_detail(r, PROBLEM_MEDIA_TYPE, NULL,
		    "a picture is image/png, image/jpeg or image/webp");
	if (picture_kind((const uint8_t *)r->in.body, r->in.body_len) != said)
		return answer_problem_detail(r, PROBLEM_MEDIA_TYPE, NULL,
		    "the picture is not of the type that Content-Type says");
	return STEP_NEXT;
}

/* The small picture as a bytea. */
static const char *
picture_arg(struct request *r)
{
	return db_bytes(r->arena, r->picture, r->picture_len);
}

static enum step_result
refuse_picture(struct request *r)
{
	return answer_problem(r, PROBLEM_BAD_PICTURE, NULL);
}

static enum step_result
change_mine(struct request *r)
{
	if (r->picture == NULL)
		return refuse_picture(r);
	return request_db(r, "avatar_change", DB_ARGS(db_id(r->arena, r->user_id), picture_arg(r)));
}

static enum step_result
change_groups(struct request *r)
{
	if (r->picture == NULL)
		return refuse_picture(r);
	return request_db(r, "group_avatar_change",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0]), picture_arg(r)));
}

static enum step_result
answer_changed(struct request *r)
{
	struct json j = { 0 };

	json_open(&j);
	json_member_string(&j, "avatar", db_text(r->db, 0, "avatar"));
	json_close(&j);
	return answer_json(r, 200, &j);
}

step_fn *const avatars_mine_put_steps[] = { AUTHENTICATE, check_csrf, check_picture_rate, obey_rate,
	check_picture, request_picture, change_mine, outbox_take, answer_changed, NULL };
step_fn *const avatars_group_put_steps[] = { AUTHENTICATE, check_csrf, check_picture_rate,
	obey_rate, request_ids, check_picture, request_picture, change_groups, outbox_take,
	answer_changed, NULL };

/* DELETE */

static enum step_result
remove_mine(struct request *r)
{
	return request_db(r, "avatar_change", DB_ARGS(db_id(r->arena, r->user_id), NULL));
}

static enum step_result
remove_groups(struct request *r)
{
	return request_db(r, "group_avatar_change",
	    DB_ARGS(db_id(r->arena, r->user_id), db_id(r->arena, r->ids[0]), NULL));
}

step_fn *const avatars_mine_remove_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_nothing, remove_mine, outbox_answer, NULL };
step_fn *const avatars_group_remove_steps[] = { AUTHENTICATE, check_csrf, check_rate, obey_rate,
	request_ids, request_nothing, remove_groups, outbox_answer, NULL };

/* GET /api/avatars/ID */

static enum step_result
ask_picture(struct request *r)
{
	char id[37];

	if (!text_uuid(r->path_ids[0], strlen(r->path_ids[0]), id))
		return answer_problem(r, PROBLEM_NOT_FOUND, NULL);
	return request_db(r, "avatar_picture", DB_ARGS(arena_strdup(r->arena, id)));
}

static enum step_result
answer_picture(struct request *r)
{
	const char *hex = r->db->rows > 0 ? db_text(r->db, 0, "picture") : NULL;

	if (r->db->problem != PROBLEM_NONE)
		return answer_db_problem(r);
	if (hex == NULL)
		return answer_problem(r, PROBLEM_NOT_FOUND, NULL);

	size_t hex_len = strlen(hex) - 2, len = hex_len / 2; /* behind \x */
	uint8_t *bytes = arena_alloc(r->arena, len + 1);

	if (!text_unhex(hex + 2, hex_len, bytes, len))
		return answer_problem(r, PROBLEM_INTERNAL, NULL);
	return answer_lasting(r, "image/webp", bytes, len);
}

step_fn *const avatars_get_steps[] = { AUTHENTICATE, check_avatar_rate, obey_rate, request_nothing,
	ask_picture, answer_picture, NULL };
