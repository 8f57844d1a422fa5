-- block_add(me, user): from now on this user and I neither write to nor ask each other, nor see when
-- the other is there. Ends a friendship, the open requests between us and the open invitations into groups:
-- the other is told just what an end or a rejection tells. Again it does nothing.
-- Problems: self, not-found (user_id): unknown, or nobody whom I can know (block_may); busy: see lock_pair.
-- outbox: the events for both. Writes block, friendship, friend_request, group_invitation.
create or replace function block_add(p_me int8, p_user int8)
returns table (problem text, field text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_request    record;
    v_invitation int8;
begin
    if p_user = p_me then
        problem := 'self';
    elsif not block_may(p_me, p_user) then
        problem := 'not-found';
    end if;
    if problem is null and not lock_pair(p_me, p_user) then
        problem := 'busy';
    elsif problem is null and not block_may(p_me, p_user) then    -- under the locks, again
        problem := 'not-found';
    end if;
    if problem is not null then
        field := case problem when 'busy' then null else 'user_id' end;
        return next;
        return;
    end if;

    outbox := '{}';
    insert into block (user_id, blocked_id) values (p_me, p_user) on conflict do nothing;
    if found then
        outbox := coalesce(friendship_end(p_me, p_user), '{}');
        for v_request in select * from friend_request_between(p_me, p_user) loop
            outbox := outbox || friend_request_close(v_request.request_id,
                case when v_request.from_id = p_me then 'withdrawn' else 'rejected' end);
        end loop;
        for v_invitation in
            update group_invitation i
               set state = case i.from_id when p_me then 'withdrawn' else 'rejected' end, answered_at = now()
             where i.state = 'open' and i.user_id in (p_me, p_user) and i.from_id in (p_me, p_user)
            returning i.id
        loop
            outbox := outbox || group_invitation_event(v_invitation);
        end loop;
        outbox := outbox || block_event(p_me, p_user, true);
    end if;
    return next;
end
$$;
