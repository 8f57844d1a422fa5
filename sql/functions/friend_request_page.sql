-- friend_request_page(me, after, limit): the open requests made to me ('incoming') and by me ('outgoing')
-- whose ids are above `after`, by id, `limit` of them at most; the user is the other one. Those that
-- are too old are none. Reads friend_request, account.
create or replace function friend_request_page(p_me int8, p_after int8, p_limit int)
returns table (id int8, direction text, user_id int8, username text, name text, avatar uuid, note text, "timestamp" text)
language sql stable security definer set search_path = magpie, pg_temp
as $$
    select r.id, r.direction, a.id, a.username, a.name, a.avatar_id, r.note, rfc3339(r.created_at)
      from (select i.id, 'incoming' as direction, i.from_id as other_id, i.note, i.created_at
              from friend_request i
             where i.to_id = p_me and i.state = 'open' and i.id > p_after and friend_request_current(i.created_at)
            union all
            select o.id, 'outgoing', o.to_id, o.note, o.created_at
              from friend_request o
             where o.from_id = p_me and o.state = 'open' and o.id > p_after and friend_request_current(o.created_at)
             order by 1 limit p_limit) r
      join account a on a.id = r.other_id
     order by r.id
$$;
