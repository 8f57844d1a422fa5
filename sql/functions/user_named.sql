-- user_named(me, username): who has exactly this user name: a friend of mine, or somebody who may be
-- found. No row: unknown, oneself, not to be found, or I am blocked there; all after the same look-ups
-- (materialized: none is left out). remark is null where it is no friend. Reads account, friendship, block.
-- (plpgsql, so that the plan is kept: a function in SQL is planned at each call.)
select admit_column('user_named(int8, text)', 'avatar');
create or replace function user_named(p_me int8, p_username text)
returns table (id int8, username text, name text, status text, remark text, avatar uuid)
language plpgsql stable security definer set search_path = magpie, pg_temp
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
    return query
    with found as materialized (
        select a.id, a.username, a.name, a.status, a.find_me, a.avatar_id,
               (select f.remark from friendship f
                 where f.user_id = p_me and f.friend_id = coalesce(a.id, 0)) as remark,
               exists (select from block b where b.user_id = coalesce(a.id, 0) and b.blocked_id = p_me) as blocks_me
          from (select) one left join account a on a.username = p_username
    )
    select f.id, f.username, f.name, f.status, f.remark, f.avatar_id from found f
     where f.id <> p_me and (f.remark is not null or f.find_me = 'everybody' and not f.blocks_me);
end
$$;
