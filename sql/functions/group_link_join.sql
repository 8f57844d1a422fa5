-- group_link_join(me, token_hash): comes into a group by a link. Under the conversation's lock, so of many at once for the
-- last use, and for the last place, one succeeds.
-- Problems: not-found (group_link_good; or my account was deleted), already-member, group-full: neither takes a use.
-- card: the group as I see it then, as JSON. outbox: the notice, and the events. Writes group_link, and what
-- group_join does.
create or replace function group_link_join(p_me int8, p_token_hash bytea)
returns table (problem text, field text, card jsonb, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_link record;
begin
    -- Asked before, so that nobody locks what isn't there for them, and again under the locks.
    for v_pass in 1 .. 2 loop
        select * into v_link from group_link_good(p_me, p_token_hash);
        problem := case when v_link.link_id is null
                          or exists (select from account a where a.id = p_me and a.deleted_at is not null)
                        then 'not-found'
                        when group_member(p_me, v_link.group_id) then 'already-member'
                        when not group_has_room(v_link.conversation_id, v_link.group_id) then 'group-full' end;
        exit when problem is not null or v_pass = 2;
        perform joining_lock(v_link.conversation_id, p_me, false);
    end loop;
    if problem is null then
        update group_link l set uses = l.uses + 1 where l.id = v_link.link_id;
        problem := case when not found then 'not-found' end;    -- revoked while this looked: that takes no lock but the link's
    end if;
    if problem is null then
        outbox := group_join(v_link.conversation_id, v_link.group_id, p_me, 'member-joined', p_me);
        card := group_card(v_link.group_id, p_me);
    end if;
    return next;
end
$$;
