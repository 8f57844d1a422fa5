-- user_named(me, username): who has exactly this user name: a friend of mine, or somebody whom I may find
-- and who may be found so. No row: unknown, oneself, not to be found, or I am blocked there; all after the same look-ups
-- (materialized: none is left out). remark is null where it is no friend. Reads account, friendship, block,
-- conversation, permission.
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
               standing_with(p_me, coalesce(a.id, 0)) as standing
          from (select) one left join account a on a.username = p_username
    ), judged as materialized (
        select f.*, may('find', f.standing) as may_find from found f
    )
    select j.id, j.username, j.name, j.status, j.remark, j.avatar_id from judged j
     where j.id <> p_me and (j.remark is not null or j.find_me <> 'nobody' and j.may_find);
end
$$;
