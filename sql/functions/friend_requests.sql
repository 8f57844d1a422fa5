-- friend_requests(me): all of friend_request_page, the incoming ones first, for workers that don't know pages of them.
select admit_column('friend_requests(int8)', 'avatar');
create or replace function friend_requests(p_me int8)
returns table (direction text, id int8, user_id int8, username text, name text, note text, "timestamp" text,
               avatar uuid)
language sql stable security definer set search_path = magpie, pg_temp
as $$
    select p.direction, p.id, p.user_id, p.username, p.name, p.note, p."timestamp", p.avatar
      from friend_request_page(p_me, 0, null) p
     order by p.direction, p.id
$$;
