-- group_ban_add(me, group, user): the user comes into this group by no road any more; whoever is in it goes, and
-- sees the notice of it and nothing later. What is open between the two ends, and so do the user's own
-- invitations and links. Again it does nothing.
-- Problems, in this order: not-found (I am not in the group), not-allowed; self (user_id); not-found (user_id:
-- group_ban_may); not-allowed (an admin bans no admin, nobody the owner).
-- outbox: the notice, and the events. Writes group_ban, membership, group_invitation, group_join_request,
-- group_link, conversation, message.
create or replace function group_ban_add(p_me int8, p_group int8, p_user int8)
returns table (problem text, field text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_mine record;
    v_role text;
    v_id   int8;
begin
    select * into v_mine from group_enter(p_me, p_group, 'ban');
    problem := v_mine.problem;
    if problem is null then
        perform from membership m
          where m.conversation_id = v_mine.conversation_id and m.user_id = p_user for no key update;
        perform lock_people(array(select joining_people(v_mine.conversation_id, p_user) where group_ban_may(p_me, p_group, p_user)
                                   union select i.user_id from group_invitation i
                                          where i.group_id = p_group and i.from_id = p_user and i.state = 'open'));
        v_role := (select s.role from standing_in(p_user, p_group) s);
    end if;

    if problem is not null then
        null;
    elsif p_user = p_me then
        problem := 'self';
        field := 'user_id';
    elsif not group_ban_may(p_me, p_group, p_user) then
        problem := 'not-found';
        field := 'user_id';
    elsif v_role is not null and not may('ban-' || v_role, v_mine.standing) then
        problem := 'not-allowed';
    elsif exists (select from group_ban b where b.group_id = p_group and b.user_id = p_user) then
        outbox := '{}';
    else
        insert into group_ban (group_id, user_id, by_id) values (p_group, p_user, p_me);
        if v_role is not null then
            outbox := group_leave(v_mine.conversation_id, p_group, p_user, 'member-banned', p_me);
        else
            outbox := array(select n.outbox_id
                              from group_notice(v_mine.conversation_id, 'member-banned', p_me, p_user) n);
        end if;
        outbox := outbox || joining_close(p_group, p_user, 'withdrawn', 'rejected');
        for v_id in
            update group_invitation i set state = 'withdrawn', answered_at = now()
             where i.group_id = p_group and i.from_id = p_user and i.state = 'open'
            returning i.id
        loop
            outbox := outbox || group_invitation_event(v_id);
        end loop;
        delete from group_link l where l.group_id = p_group and l.by_id = p_user;
    end if;
    return next;
end
$$;
