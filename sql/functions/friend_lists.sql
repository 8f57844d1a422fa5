-- friend_lists(me): my lists of friends, in my order. The default one, which is always there, has no
-- row. Reads friend_list.
create or replace function friend_lists(p_me int8) returns table (id int8, name text)
language sql stable security definer set search_path = magpie, pg_temp
as $$
    select l.id, l.name from friend_list l where l.user_id = p_me order by l.place, l.id
$$;
