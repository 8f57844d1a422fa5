-- friend_event(user, friend, remark, list, ended): tells the user that a friendship has begun, is
-- another now, or has ended. Returns the outbox row's id. A helper; the user's account is locked already.
drop function if exists friend_event(int8, int8, text, bool);
create or replace function friend_event(p_user int8, p_friend int8, p_remark text, p_list int8, p_ended bool)
returns int8
language sql
as $$
    select user_event(p_user, 'friend', jsonb_build_object(
        'friend', friend_card(p_friend, p_remark, p_list), 'ended', p_ended))
$$;
