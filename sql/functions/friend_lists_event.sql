-- friend_lists_event(user): tells the user's tabs all lists, in their order: so whoever missed one such
-- event has it from the next. Returns the outbox row's id. A helper; locks the user's account.
create or replace function friend_lists_event(p_user int8) returns int8
language sql
as $$
    select user_event(p_user, 'friend-lists', jsonb_build_object('lists', coalesce(
        (select jsonb_agg(jsonb_build_object('id', l.id, 'name', l.name) order by l.place, l.id)
           from friend_list l where l.user_id = p_user), '[]')))
$$;
