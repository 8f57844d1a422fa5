-- blocks(me, after, limit): those whom I block, whose ids are above `after`, by id, `limit` of them at
-- most. Reads block, account.
select admit_column('blocks(int8, int8, int)', 'avatar');
create or replace function blocks(p_me int8, p_after int8, p_limit int)
returns table (id int8, username text, name text, "timestamp" text, avatar uuid)
language sql stable security definer set search_path = magpie, pg_temp
as $$
    select a.id, a.username, a.name, rfc3339(b.created_at), a.avatar_id
      from block b join account a on a.id = b.blocked_id
     where b.user_id = p_me and b.blocked_id > p_after
     order by b.blocked_id limit p_limit
$$;
