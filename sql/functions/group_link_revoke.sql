-- group_link_revoke(me, group, link): ends a link: my own, or anybody's where I may.
-- Problems: not-found: I am not in the group, or there is no such link for me to revoke. Writes group_link.
create or replace function group_link_revoke(p_me int8, p_group int8, p_link int8)
returns table (problem text, field text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
begin
    delete from group_link l using standing_in(p_me, p_group) s
     where l.id = p_link and l.group_id = p_group and may('see-group', s.standing)
       and (l.by_id = p_me or may('manage-invitations', s.standing));
    if found then
        outbox := '{}';
    else
        problem := 'not-found';
    end if;
    return next;
end
$$;
