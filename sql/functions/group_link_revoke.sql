-- group_link_revoke(me, group, link): ends a link: my own, or anybody's where I may.
-- Problems: not-found: I am not in the group, or there is no such link for me to revoke. Writes group_link.
create or replace function group_link_revoke(p_me int8, p_group int8, p_link int8)
returns table (problem text, field text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_mine record;
begin
    select * into v_mine from standing_in(p_me, p_group);
    problem := case when group_refusal('see-group', v_mine.standing) is not null then 'not-found' end;
    if problem is null then
        delete from group_link l
         where l.id = p_link and l.group_id = p_group
           and (l.by_id = p_me or may('manage-invitations', v_mine.standing));
        problem := case when not found then 'not-found' end;
    end if;
    if problem is null then
        outbox := '{}';
    end if;
    return next;
end
$$;
