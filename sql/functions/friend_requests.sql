-- friend_requests(me): the open requests made to me ('incoming') and by me ('outgoing'),
-- oldest first; the user is the other one. Those that are too old are none. Reads friend_request, account. For workers that
-- don't know pages of them (friend_request_page).
select admit_column('friend_requests(int8)', 'avatar');
create or replace function friend_requests(p_me int8)
returns table (direction text, id int8, user_id int8, username text, name text, note text, "timestamp" text,
               avatar uuid)
language sql stable security definer set search_path = magpie, pg_temp
as $$
    select r.direction, r.id, a.id, a.username, a.name, r.note, rfc3339(r.created_at), a.avatar_id
      from (select 'incoming' as direction, i.id, i.from_id as other_id, i.note, i.created_at
              from friend_request i
             where i.to_id = p_me and i.state = 'open' and friend_request_current(i.created_at)
            union all
            select 'outgoing', o.id, o.to_id, o.note, o.created_at
              from friend_request o
             where o.from_id = p_me and o.state = 'open' and friend_request_current(o.created_at)) r
      join account a on a.id = r.other_id
     order by r.direction, r.id
$$;
