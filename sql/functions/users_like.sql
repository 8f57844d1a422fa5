-- users_like(me, key, after, limit): whose user name begins with key, of those who may be found so ('everybody')
-- by me; whose user name it is ('exact'); and friends whose user name or remark begins with it. key is folded.
-- By user name, those above `after`, `limit` at most. Reads account, friendship, block, conversation, permission.
select admit_column('users_like(int8, text, text, int)', 'avatar');
create or replace function users_like(p_me int8, p_key text, p_after text, p_limit int)
returns table (id int8, username text, name text, status text, remark text, avatar uuid)
language plpgsql stable security definer set search_path = magpie, pg_temp
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
    -- A user name has no character above "~", so all that begin with key are between key and key~.
    return query
    select x.id, x.username, x.name, x.status, x.remark, x.avatar_id
      from ((select a.id, a.username, a.name, a.status, f.remark, a.avatar_id
               from friendship f join account a on a.id = f.friend_id
              where f.user_id = p_me and a.username > p_after
                and (starts_with(a.username, p_key) or starts_with(f.remark_key, p_key)))
             union all
            (select a.id, a.username, a.name, a.status, null, a.avatar_id
               from account a
              where a.username >= p_key and a.username < p_key || '~' and a.username > p_after
                and a.find_me = 'everybody' and a.id <> p_me
                and not exists (select from friendship f where f.user_id = p_me and f.friend_id = a.id)
                and may('find', standing_with(p_me, a.id))
              order by a.username limit p_limit)
             union all
            (select n.id, n.username, n.name, n.status, null, n.avatar
               from user_named(p_me, p_key) n
               join account a on a.id = n.id and a.find_me = 'exact'
              where n.username > p_after and n.remark is null)) x
     order by x.username limit p_limit;
end
$$;
