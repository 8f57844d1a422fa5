-- block_event(user, blocked, on): tells the user's own tabs that somebody is blocked now, or no longer.
-- Returns the outbox row's id. A helper; locks the user's account.
create or replace function block_event(p_user int8, p_blocked int8, p_on bool) returns int8
language sql
as $$
    select user_event(p_user, 'block', jsonb_build_object('user', user_card(p_blocked), 'blocked', p_on))
$$;
