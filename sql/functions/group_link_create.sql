-- group_link_create(me, group, token_hash, expires_in, max_uses): makes a link into a group by which so many may come in, for
-- expires_in seconds.
-- Problems: not-found, not-allowed (group_invite_refused); too-many-open: the group has 100 that are good.
-- Clears away those that are good for nothing. Writes group_link.
create or replace function group_link_create(
    p_me int8, p_group int8, p_token_hash bytea, p_expires_in int, p_max_uses int)
returns table (problem text, field text, link_id int8, expires_at text, name text)
language plpgsql security definer set search_path = magpie, pg_temp
as $$
begin
    problem := group_invite_refused(p_me, p_group);
    if problem is null then
        perform from conversation c where c.group_id = p_group for no key update;
        problem := group_invite_refused(p_me, p_group);
    end if;
    if problem is null then
        if (select count(*) from group_link l
             where l.group_id = p_group and l.expires_at > now() and l.uses < l.max_uses) >= 100 then
            problem := 'too-many-open';
        end if;
    end if;
    if problem is null then
        delete from group_link l where l.group_id = p_group and (l.expires_at <= now() or l.uses >= l.max_uses);
        insert into group_link as l (group_id, by_id, token_hash, expires_at, max_uses)
        values (p_group, p_me, p_token_hash, now() + p_expires_in * interval '1 second', p_max_uses)
        returning l.id, rfc3339(l.expires_at) into link_id, expires_at;
        name := (select a.name from account a where a.id = p_me);
    end if;
    return next;
end
$$;
