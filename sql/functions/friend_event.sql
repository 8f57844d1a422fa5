-- friend_event(user, friend, remark, ended): tells the user that a friendship has begun or
-- ended. Returns the outbox row's id. A helper; both accounts are locked already.
create or replace function friend_event(p_user int8, p_friend int8, p_remark text, p_ended bool)
returns int8
language sql
as $$
    select user_event(p_user, 'friend', jsonb_build_object(
        'friend', user_card(p_friend) || jsonb_build_object('remark', p_remark), 'ended', p_ended))
$$;
