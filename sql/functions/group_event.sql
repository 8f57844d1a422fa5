-- group_event(user, group, ended): tells the user of having come into a group, or out of it, or of what
-- is another thing now between the two. Returns the outbox row's id. A helper; locks the user's account.
drop function if exists group_event(int8, int8, text, bool);
create or replace function group_event(p_user int8, p_group int8, p_ended bool) returns int8
language sql
as $$
    select user_event(p_user, 'group', jsonb_build_object('group', group_shape(p_user, p_group), 'ended', p_ended))
$$;
