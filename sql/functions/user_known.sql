-- user_known(me, user): who has that id, as user_named: somebody whom I have met, blocked, or may find by how the
-- name begins (block_may). What they say of themselves is for those alone who find them by name. No row:
-- unknown, or as though, after the same look-ups (materialized: none is left out). Reads account, and what block_may
-- and user_named do.
create or replace function user_known(p_me int8, p_user int8)
returns table (id int8, username text, name text, status text, remark text, avatar uuid)
language plpgsql stable security definer set search_path = magpie, pg_temp
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
    return query
    with asked as materialized (
        select a.id, a.username, a.name, a.avatar_id, block_may(p_me, p_user) as known
          from (select) one left join account a on a.id = p_user
    )
    select k.id, k.username, k.name, coalesce(n.status, ''), n.remark, k.avatar_id
      from asked k left join user_named(p_me, k.username) n on true
     where k.known and k.id <> p_me;
end
$$;
