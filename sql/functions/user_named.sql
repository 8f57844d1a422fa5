-- user_named(me, username): who has exactly this user name: a friend of mine, or somebody who may be
-- found. No row: unknown, oneself, not to be found, or I am blocked there; all after the same look-ups.
-- remark is null where it is no friend. Reads account, friendship, block.
-- (plpgsql, so that the plan is kept: a function in SQL is planned at each call.)
create or replace function user_named(p_me int8, p_username text)
returns table (id int8, username text, name text, status text, remark text)
language plpgsql stable security definer set search_path = magpie, pg_temp
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
    return query
    select a.id, a.username, a.name, a.status, f.remark
      from account a
      left join friendship f on f.user_id = p_me and f.friend_id = a.id
     where a.username = p_username and a.id <> p_me
       and (f.user_id is not null or a.find_me = 'everybody'
            and not exists (select from block b where b.user_id = a.id and b.blocked_id = p_me));
end
$$;
