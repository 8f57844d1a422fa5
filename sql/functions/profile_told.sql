-- profile_told(user): tells the user's own tabs, and all friends, what is seen of the user now. Returns the
-- outbox rows' ids. A helper; profile_lock has locked the accounts.
create or replace function profile_told(p_user int8) returns int8[]
language sql
as $$
    select user_event(p_user, 'me', jsonb_build_object('me', user_card(p_user) || jsonb_build_object(
               'status', (select a.status from account a where a.id = p_user))))
        || profile_events(p_user)
$$;
