-- The newest schema, as pg_dump of PostgreSQL 15 prints it: for readers. Made by sql/dump-schema
-- from a migrated database, and kept true by t/10-sql-migrate.t: not to be edited. The reasons are
-- in sql/migrations, the functions in sql/functions.

CREATE TABLE magpie.membership (
    conversation_id bigint NOT NULL,
    user_id bigint NOT NULL,
    role text NOT NULL,
    joined_rev bigint NOT NULL,
    left_rev bigint,
    read_seq bigint DEFAULT 0 NOT NULL,
    history_from bigint,
    cleared_seq bigint DEFAULT 0 NOT NULL,
    hidden_seq bigint,
    pinned boolean DEFAULT false NOT NULL,
    muted boolean DEFAULT false NOT NULL,
    mentions boolean DEFAULT true NOT NULL,
    marked_unread boolean DEFAULT false NOT NULL,
    nickname text DEFAULT ''::text NOT NULL,
    muted_until timestamp with time zone,
    announcement_seen bigint DEFAULT 0 NOT NULL,
    group_name text,
    CONSTRAINT membership_check CHECK ((left_rev > joined_rev)),
    CONSTRAINT membership_joined_rev_check CHECK ((joined_rev >= 0)),
    CONSTRAINT membership_read_seq_check CHECK ((read_seq >= 0)),
    CONSTRAINT membership_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'member'::text])))
)
WITH (fillfactor='80');

CREATE TABLE magpie.message (
    conversation_id bigint NOT NULL,
    seq bigint NOT NULL,
    rev bigint NOT NULL,
    kind text NOT NULL,
    from_id bigint NOT NULL,
    msg text NOT NULL,
    notice jsonb,
    client_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    mentions bigint[]
)
WITH (autovacuum_vacuum_insert_scale_factor='0', autovacuum_vacuum_insert_threshold='200000', autovacuum_freeze_min_age='0');

CREATE TABLE magpie.chat_group (
    id bigint NOT NULL,
    name text NOT NULL,
    name_key text COLLATE pg_catalog."C",
    description text DEFAULT ''::text NOT NULL,
    max_members integer DEFAULT 200 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    visibility text DEFAULT 'private'::text NOT NULL,
    joining text DEFAULT 'request'::text NOT NULL,
    who_invites text DEFAULT 'admins'::text NOT NULL,
    history text DEFAULT 'joined'::text NOT NULL,
    muted boolean DEFAULT false NOT NULL,
    slow_mode integer DEFAULT 0 NOT NULL,
    announcement text DEFAULT ''::text NOT NULL,
    announcement_by bigint,
    announcement_at timestamp with time zone,
    announcement_seq bigint DEFAULT 0 NOT NULL,
    dissolved_at timestamp with time zone,
    avatar_id uuid,
    CONSTRAINT chat_group_description_check CHECK ((char_length(description) <= 255)),
    CONSTRAINT chat_group_max_members_check CHECK (((max_members >= 2) AND (max_members <= 500))),
    CONSTRAINT chat_group_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 64))),
    CONSTRAINT chat_group_name_key_check CHECK (((char_length(name_key) >= 1) AND (char_length(name_key) <= 256)))
);

CREATE TABLE magpie.account (
    id bigint NOT NULL,
    username text COLLATE pg_catalog."C",
    name text NOT NULL,
    password_hash text NOT NULL,
    me_rev bigint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    deleted_at timestamp with time zone,
    status text DEFAULT ''::text NOT NULL,
    find_me text DEFAULT 'everybody'::text NOT NULL,
    ask_me text DEFAULT 'everybody'::text NOT NULL,
    presence text DEFAULT 'online'::text NOT NULL,
    last_seen text DEFAULT 'friends'::text NOT NULL,
    avatar_id uuid,
    CONSTRAINT account_me_rev_check CHECK ((me_rev >= 0)),
    CONSTRAINT account_password_hash_check CHECK (((char_length(password_hash) >= 1) AND (char_length(password_hash) <= 512))),
    CONSTRAINT account_username_check CHECK ((username ~ '^[a-z0-9_.-]{3,32}$'::text))
)
WITH (fillfactor='80');

ALTER TABLE magpie.account ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME magpie.account_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE magpie.avatar (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    picture bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT avatar_picture_check CHECK (((octet_length(picture) >= 1) AND (octet_length(picture) <= 65536)))
);
ALTER TABLE ONLY magpie.avatar ALTER COLUMN picture SET STORAGE EXTERNAL;

CREATE TABLE magpie.block (
    user_id bigint NOT NULL,
    blocked_id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT block_self CHECK ((user_id <> blocked_id))
);

ALTER TABLE magpie.chat_group ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME magpie.chat_group_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE magpie.conversation (
    id bigint NOT NULL,
    kind text NOT NULL,
    rev bigint DEFAULT 0 NOT NULL,
    low_id bigint,
    high_id bigint,
    group_id bigint,
    limited boolean DEFAULT false NOT NULL
)
WITH (fillfactor='60');

ALTER TABLE magpie.conversation ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME magpie.conversation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE magpie.friend_list (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    name text NOT NULL,
    name_key text NOT NULL COLLATE pg_catalog."C",
    place integer NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT friend_list_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 32))),
    CONSTRAINT friend_list_name_key_check CHECK (((char_length(name_key) >= 1) AND (char_length(name_key) <= 128))),
    CONSTRAINT friend_list_place_check CHECK ((place >= 1))
);

ALTER TABLE magpie.friend_list ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME magpie.friend_list_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE magpie.friend_request (
    id bigint NOT NULL,
    from_id bigint NOT NULL,
    to_id bigint NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    answered_at timestamp with time zone,
    CONSTRAINT friend_request_answered CHECK (((state = 'open'::text) = (answered_at IS NULL))),
    CONSTRAINT friend_request_note_check CHECK ((char_length(note) <= 4000)),
    CONSTRAINT friend_request_self CHECK ((from_id <> to_id))
);

ALTER TABLE magpie.friend_request ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME magpie.friend_request_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE magpie.friendship (
    user_id bigint NOT NULL,
    friend_id bigint NOT NULL,
    conversation_id bigint NOT NULL,
    remark text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    remark_key text DEFAULT ''::text NOT NULL COLLATE pg_catalog."C",
    list_id bigint,
    CONSTRAINT friendship_remark_check CHECK ((char_length(remark) <= 64)),
    CONSTRAINT friendship_self CHECK ((user_id <> friend_id))
);

CREATE TABLE magpie.group_ban (
    group_id bigint NOT NULL,
    user_id bigint NOT NULL,
    by_id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT group_ban_self CHECK ((by_id <> user_id))
);

CREATE TABLE magpie.group_invitation (
    id bigint NOT NULL,
    group_id bigint NOT NULL,
    user_id bigint NOT NULL,
    from_id bigint NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    answered_at timestamp with time zone,
    CONSTRAINT group_invitation_answered CHECK (((state = 'open'::text) = (answered_at IS NULL))),
    CONSTRAINT group_invitation_self CHECK ((from_id <> user_id)),
    CONSTRAINT group_invitation_state_check CHECK ((state = ANY (ARRAY['open'::text, 'accepted'::text, 'rejected'::text, 'withdrawn'::text, 'expired'::text])))
);

ALTER TABLE magpie.group_invitation ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME magpie.group_invitation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE magpie.group_join_request (
    id bigint NOT NULL,
    group_id bigint NOT NULL,
    user_id bigint NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    state text DEFAULT 'open'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    answered_at timestamp with time zone,
    CONSTRAINT group_join_request_answered CHECK (((state = 'open'::text) = (answered_at IS NULL))),
    CONSTRAINT group_join_request_note_check CHECK ((char_length(note) <= 200)),
    CONSTRAINT group_join_request_state_check CHECK ((state = ANY (ARRAY['open'::text, 'accepted'::text, 'rejected'::text, 'withdrawn'::text, 'expired'::text])))
);

ALTER TABLE magpie.group_join_request ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME magpie.group_join_request_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE magpie.group_link (
    id bigint NOT NULL,
    group_id bigint NOT NULL,
    by_id bigint NOT NULL,
    token_hash bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    max_uses integer NOT NULL,
    uses integer DEFAULT 0 NOT NULL,
    CONSTRAINT group_link_max_uses_check CHECK (((max_uses >= 1) AND (max_uses <= 500))),
    CONSTRAINT group_link_token_hash_check CHECK ((octet_length(token_hash) = 32)),
    CONSTRAINT group_link_uses CHECK (((uses >= 0) AND (uses <= max_uses)))
);

ALTER TABLE magpie.group_link ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME magpie.group_link_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE magpie.kept_username (
    username text NOT NULL COLLATE pg_catalog."C",
    free_at timestamp with time zone NOT NULL
);

CREATE TABLE magpie.message_key (
    sender bigint NOT NULL,
    client_id uuid NOT NULL,
    conversation_id bigint NOT NULL,
    seq bigint NOT NULL,
    text_hash bytea NOT NULL
)
WITH (autovacuum_vacuum_insert_scale_factor='0', autovacuum_vacuum_insert_threshold='200000', autovacuum_freeze_min_age='0');

CREATE TABLE magpie.outbox (
    id bigint NOT NULL,
    type text NOT NULL,
    conversation_id bigint,
    seq bigint,
    user_id bigint,
    session_id bigint,
    event jsonb,
    tries integer DEFAULT 0 NOT NULL,
    leased_until timestamp with time zone,
    holder text DEFAULT 
CASE
    WHEN starts_with(current_setting('application_name'::text), 'magpie-worker '::text) THEN current_setting('application_name'::text)
    ELSE NULL::text
END,
    conversation_ids bigint[],
    seqs bigint[]
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='2000', autovacuum_vacuum_insert_scale_factor='0', autovacuum_vacuum_insert_threshold='20000', autovacuum_analyze_scale_factor='0', autovacuum_analyze_threshold='20000');

ALTER TABLE magpie.outbox ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME magpie.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE magpie.past_membership (
    conversation_id bigint NOT NULL,
    user_id bigint NOT NULL,
    joined_rev bigint NOT NULL,
    left_rev bigint NOT NULL,
    CONSTRAINT past_membership_check CHECK ((left_rev > joined_rev)),
    CONSTRAINT past_membership_joined_rev_check CHECK ((joined_rev >= 0))
);

CREATE TABLE magpie.permission (
    action text NOT NULL,
    standing text NOT NULL
);

CREATE TABLE magpie.schema_migration (
    number integer NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT schema_migration_checksum_check CHECK ((checksum ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT schema_migration_number_check CHECK ((number >= 1))
);

CREATE TABLE magpie.seen (
    user_id bigint NOT NULL,
    at timestamp with time zone NOT NULL
);

CREATE TABLE magpie.session (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    token_hash bytea NOT NULL,
    user_agent text DEFAULT ''::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_used_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    address text DEFAULT ''::text NOT NULL,
    CONSTRAINT session_token_hash_check CHECK ((octet_length(token_hash) = 32)),
    CONSTRAINT session_user_agent_check CHECK ((char_length(user_agent) <= 255))
);

ALTER TABLE magpie.session ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME magpie.session_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE magpie.slow_write (
    user_id bigint NOT NULL,
    conversation_id bigint NOT NULL,
    wrote_at timestamp with time zone NOT NULL
);

ALTER TABLE magpie.account
    ADD CONSTRAINT account_ask_me CHECK ((ask_me = ANY (ARRAY['everybody'::text, 'nobody'::text]))) NOT VALID;

ALTER TABLE magpie.account
    ADD CONSTRAINT account_find_me CHECK ((find_me = ANY (ARRAY['everybody'::text, 'exact'::text, 'nobody'::text]))) NOT VALID;

ALTER TABLE magpie.account
    ADD CONSTRAINT account_last_seen CHECK ((last_seen = ANY (ARRAY['friends'::text, 'nobody'::text]))) NOT VALID;

ALTER TABLE magpie.account
    ADD CONSTRAINT account_names CHECK (
CASE
    WHEN (deleted_at IS NULL) THEN ((username IS NOT NULL) AND ((char_length(name) >= 1) AND (char_length(name) <= 32)))
    ELSE ((username IS NULL) AND (name = ''::text))
END) NOT VALID;

ALTER TABLE ONLY magpie.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (id);

ALTER TABLE magpie.account
    ADD CONSTRAINT account_presence CHECK ((presence = ANY (ARRAY['online'::text, 'busy'::text, 'invisible'::text]))) NOT VALID;

ALTER TABLE magpie.account
    ADD CONSTRAINT account_status CHECK ((char_length(status) <= 80)) NOT VALID;

ALTER TABLE ONLY magpie.account
    ADD CONSTRAINT account_username_key UNIQUE (username);

ALTER TABLE ONLY magpie.avatar
    ADD CONSTRAINT avatar_pkey PRIMARY KEY (id);

ALTER TABLE ONLY magpie.block
    ADD CONSTRAINT block_pkey PRIMARY KEY (user_id, blocked_id);

ALTER TABLE magpie.chat_group
    ADD CONSTRAINT chat_group_announcement CHECK (((char_length(announcement) <= 1000) AND ((announcement = ''::text) OR (num_nulls(announcement_by, announcement_at) = 0)))) NOT VALID;

ALTER TABLE magpie.chat_group
    ADD CONSTRAINT chat_group_dissolved CHECK (((dissolved_at IS NULL) = (name_key IS NOT NULL))) NOT VALID;

ALTER TABLE ONLY magpie.chat_group
    ADD CONSTRAINT chat_group_name_key_key UNIQUE (name_key);

ALTER TABLE ONLY magpie.chat_group
    ADD CONSTRAINT chat_group_pkey PRIMARY KEY (id);

ALTER TABLE magpie.chat_group
    ADD CONSTRAINT chat_group_settings CHECK (((visibility = ANY (ARRAY['private'::text, 'public'::text])) AND (joining = ANY (ARRAY['open'::text, 'request'::text])) AND (who_invites = ANY (ARRAY['admins'::text, 'members'::text])) AND (history = ANY (ARRAY['all'::text, 'joined'::text])) AND ((slow_mode >= 0) AND (slow_mode <= 3600)))) NOT VALID;

ALTER TABLE ONLY magpie.conversation
    ADD CONSTRAINT conversation_group_id_key UNIQUE (group_id);

ALTER TABLE ONLY magpie.conversation
    ADD CONSTRAINT conversation_pair UNIQUE (low_id, high_id);

ALTER TABLE ONLY magpie.conversation
    ADD CONSTRAINT conversation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY magpie.friend_list
    ADD CONSTRAINT friend_list_name UNIQUE (user_id, name_key);

ALTER TABLE ONLY magpie.friend_list
    ADD CONSTRAINT friend_list_own UNIQUE (user_id, id);

ALTER TABLE ONLY magpie.friend_list
    ADD CONSTRAINT friend_list_pkey PRIMARY KEY (id);

ALTER TABLE ONLY magpie.friend_request
    ADD CONSTRAINT friend_request_pkey PRIMARY KEY (id);

ALTER TABLE magpie.friend_request
    ADD CONSTRAINT friend_request_state_check CHECK ((state = ANY (ARRAY['open'::text, 'accepted'::text, 'rejected'::text, 'withdrawn'::text, 'expired'::text]))) NOT VALID;

ALTER TABLE ONLY magpie.friendship
    ADD CONSTRAINT friendship_pkey PRIMARY KEY (user_id, friend_id);

ALTER TABLE magpie.friendship
    ADD CONSTRAINT friendship_remark_key CHECK ((char_length(remark_key) <= 256)) NOT VALID;

ALTER TABLE ONLY magpie.group_ban
    ADD CONSTRAINT group_ban_pkey PRIMARY KEY (group_id, user_id);

ALTER TABLE ONLY magpie.group_invitation
    ADD CONSTRAINT group_invitation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY magpie.group_join_request
    ADD CONSTRAINT group_join_request_pkey PRIMARY KEY (id);

ALTER TABLE ONLY magpie.group_link
    ADD CONSTRAINT group_link_pkey PRIMARY KEY (id);

ALTER TABLE ONLY magpie.group_link
    ADD CONSTRAINT group_link_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY magpie.kept_username
    ADD CONSTRAINT kept_username_pkey PRIMARY KEY (username);

ALTER TABLE magpie.membership
    ADD CONSTRAINT membership_nickname CHECK ((char_length(nickname) <= 32)) NOT VALID;

ALTER TABLE ONLY magpie.membership
    ADD CONSTRAINT membership_pkey PRIMARY KEY (conversation_id, user_id);

ALTER TABLE magpie.membership
    ADD CONSTRAINT membership_view CHECK ((((history_from >= 0) AND (history_from <= joined_rev)) AND (cleared_seq >= 0) AND (hidden_seq >= 0))) NOT VALID;

ALTER TABLE ONLY magpie.message_key
    ADD CONSTRAINT message_key_pkey PRIMARY KEY (sender, client_id);

ALTER TABLE ONLY magpie.message
    ADD CONSTRAINT message_pkey PRIMARY KEY (conversation_id, seq);

ALTER TABLE ONLY magpie.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

ALTER TABLE ONLY magpie.past_membership
    ADD CONSTRAINT past_membership_pkey PRIMARY KEY (conversation_id, user_id, joined_rev);

ALTER TABLE ONLY magpie.permission
    ADD CONSTRAINT permission_pkey PRIMARY KEY (action, standing);

ALTER TABLE ONLY magpie.schema_migration
    ADD CONSTRAINT schema_migration_pkey PRIMARY KEY (number);

ALTER TABLE ONLY magpie.seen
    ADD CONSTRAINT seen_pkey PRIMARY KEY (user_id);

ALTER TABLE magpie.session
    ADD CONSTRAINT session_address CHECK ((char_length(address) <= 64)) NOT VALID;

ALTER TABLE ONLY magpie.session
    ADD CONSTRAINT session_pkey PRIMARY KEY (id);

ALTER TABLE ONLY magpie.session
    ADD CONSTRAINT session_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY magpie.slow_write
    ADD CONSTRAINT slow_write_pkey PRIMARY KEY (user_id, conversation_id);

CREATE UNIQUE INDEX account_avatar ON magpie.account USING btree (avatar_id) WHERE (avatar_id IS NOT NULL);

CREATE INDEX account_findable ON magpie.account USING btree (username) WHERE (find_me = 'everybody'::text);

CREATE INDEX block_blocked ON magpie.block USING btree (blocked_id);

CREATE INDEX chat_group_public ON magpie.chat_group USING gin (magpie.name_pairs(name_key)) WHERE ((visibility = 'public'::text) AND (dissolved_at IS NULL));

CREATE INDEX friend_request_from ON magpie.friend_request USING btree (from_id, created_at);

CREATE INDEX friend_request_open_from ON magpie.friend_request USING btree (from_id) WHERE (state = 'open'::text);

CREATE UNIQUE INDEX friend_request_open_pair ON magpie.friend_request USING btree (LEAST(from_id, to_id), GREATEST(from_id, to_id)) WHERE (state = 'open'::text);

CREATE INDEX friend_request_open_to ON magpie.friend_request USING btree (to_id) WHERE (state = 'open'::text);

CREATE INDEX friend_request_pair ON magpie.friend_request USING btree (to_id, from_id);

CREATE UNIQUE INDEX group_avatar ON magpie.chat_group USING btree (avatar_id) WHERE (avatar_id IS NOT NULL);

CREATE INDEX group_ban_user ON magpie.group_ban USING btree (user_id);

CREATE INDEX group_invitation_from ON magpie.group_invitation USING btree (from_id, created_at);

CREATE UNIQUE INDEX group_invitation_open ON magpie.group_invitation USING btree (group_id, user_id) WHERE (state = 'open'::text);

CREATE INDEX group_invitation_open_to ON magpie.group_invitation USING btree (user_id, id) WHERE (state = 'open'::text);

CREATE INDEX group_join_request_from ON magpie.group_join_request USING btree (user_id, created_at);

CREATE UNIQUE INDEX group_join_request_open ON magpie.group_join_request USING btree (group_id, user_id) WHERE (state = 'open'::text);

CREATE INDEX group_link_by ON magpie.group_link USING btree (by_id);

CREATE INDEX group_link_group ON magpie.group_link USING btree (group_id);

CREATE INDEX membership_user_id ON magpie.membership USING btree (user_id);

CREATE UNIQUE INDEX message_changed ON magpie.message USING btree (conversation_id, rev) WHERE (rev > seq);

CREATE INDEX session_user_id ON magpie.session USING btree (user_id);

ALTER TABLE ONLY magpie.account
    ADD CONSTRAINT account_avatar FOREIGN KEY (avatar_id) REFERENCES magpie.avatar(id);

ALTER TABLE ONLY magpie.block
    ADD CONSTRAINT block_blocked_id_fkey FOREIGN KEY (blocked_id) REFERENCES magpie.account(id);

ALTER TABLE ONLY magpie.block
    ADD CONSTRAINT block_user_id_fkey FOREIGN KEY (user_id) REFERENCES magpie.account(id);

ALTER TABLE ONLY magpie.conversation
    ADD CONSTRAINT conversation_group_id_fkey FOREIGN KEY (group_id) REFERENCES magpie.chat_group(id);

ALTER TABLE ONLY magpie.conversation
    ADD CONSTRAINT conversation_high_id_fkey FOREIGN KEY (high_id) REFERENCES magpie.account(id);

ALTER TABLE ONLY magpie.conversation
    ADD CONSTRAINT conversation_low_id_fkey FOREIGN KEY (low_id) REFERENCES magpie.account(id);

ALTER TABLE ONLY magpie.friend_list
    ADD CONSTRAINT friend_list_user_id_fkey FOREIGN KEY (user_id) REFERENCES magpie.account(id);

ALTER TABLE ONLY magpie.friend_request
    ADD CONSTRAINT friend_request_from_id_fkey FOREIGN KEY (from_id) REFERENCES magpie.account(id);

ALTER TABLE ONLY magpie.friend_request
    ADD CONSTRAINT friend_request_to_id_fkey FOREIGN KEY (to_id) REFERENCES magpie.account(id);

ALTER TABLE ONLY magpie.friendship
    ADD CONSTRAINT friendship_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES magpie.conversation(id);

ALTER TABLE ONLY magpie.friendship
    ADD CONSTRAINT friendship_friend_id_fkey FOREIGN KEY (friend_id) REFERENCES magpie.account(id);

ALTER TABLE ONLY magpie.friendship
    ADD CONSTRAINT friendship_list FOREIGN KEY (user_id, list_id) REFERENCES magpie.friend_list(user_id, id);

ALTER TABLE ONLY magpie.friendship
    ADD CONSTRAINT friendship_user_id_fkey FOREIGN KEY (user_id) REFERENCES magpie.account(id);

ALTER TABLE ONLY magpie.chat_group
    ADD CONSTRAINT group_avatar FOREIGN KEY (avatar_id) REFERENCES magpie.avatar(id);

ALTER TABLE ONLY magpie.group_ban
    ADD CONSTRAINT group_ban_by_id_fkey FOREIGN KEY (by_id) REFERENCES magpie.account(id);

ALTER TABLE ONLY magpie.group_ban
    ADD CONSTRAINT group_ban_group_id_fkey FOREIGN KEY (group_id) REFERENCES magpie.chat_group(id);

ALTER TABLE ONLY magpie.group_ban
    ADD CONSTRAINT group_ban_user_id_fkey FOREIGN KEY (user_id) REFERENCES magpie.account(id);

ALTER TABLE ONLY magpie.group_invitation
    ADD CONSTRAINT group_invitation_from_id_fkey FOREIGN KEY (from_id) REFERENCES magpie.account(id);

ALTER TABLE ONLY magpie.group_invitation
    ADD CONSTRAINT group_invitation_group_id_fkey FOREIGN KEY (group_id) REFERENCES magpie.chat_group(id);

ALTER TABLE ONLY magpie.group_invitation
    ADD CONSTRAINT group_invitation_user_id_fkey FOREIGN KEY (user_id) REFERENCES magpie.account(id);

ALTER TABLE ONLY magpie.group_join_request
    ADD CONSTRAINT group_join_request_group_id_fkey FOREIGN KEY (group_id) REFERENCES magpie.chat_group(id);

ALTER TABLE ONLY magpie.group_join_request
    ADD CONSTRAINT group_join_request_user_id_fkey FOREIGN KEY (user_id) REFERENCES magpie.account(id);

ALTER TABLE ONLY magpie.group_link
    ADD CONSTRAINT group_link_by_id_fkey FOREIGN KEY (by_id) REFERENCES magpie.account(id);

ALTER TABLE ONLY magpie.group_link
    ADD CONSTRAINT group_link_group_id_fkey FOREIGN KEY (group_id) REFERENCES magpie.chat_group(id);

ALTER TABLE ONLY magpie.membership
    ADD CONSTRAINT membership_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES magpie.conversation(id);

ALTER TABLE ONLY magpie.membership
    ADD CONSTRAINT membership_user_id_fkey FOREIGN KEY (user_id) REFERENCES magpie.account(id);

ALTER TABLE ONLY magpie.past_membership
    ADD CONSTRAINT past_membership_conversation_id_user_id_fkey FOREIGN KEY (conversation_id, user_id) REFERENCES magpie.membership(conversation_id, user_id);

ALTER TABLE ONLY magpie.seen
    ADD CONSTRAINT seen_user_id_fkey FOREIGN KEY (user_id) REFERENCES magpie.account(id);

ALTER TABLE ONLY magpie.session
    ADD CONSTRAINT session_user_id_fkey FOREIGN KEY (user_id) REFERENCES magpie.account(id) ON DELETE CASCADE;

