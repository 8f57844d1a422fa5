-- group_dissolve(me, group): ends the group. All are led out by one notice, the last that they see; what
-- was said stays, for each to be read; the name is free; invitations, requests and links end.
-- Problems: not-found, not-allowed (group_refusal).
-- outbox: the notice, and an event for each who was in it, was invited or has asked. Writes chat_group,
-- membership, conversation, message, account, and as joining_end.
create or replace function group_dissolve(p_me int8, p_group int8)
returns table (problem text, field text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_mine    record;
    v_notice  record;
    v_members int8[];
begin
    select * into v_mine from group_enter(p_me, p_group, 'dissolve');
    problem := v_mine.problem;
    if problem is null then
        select * into v_notice from group_notice(v_mine.conversation_id, 'group-dissolved', p_me, null);
        with gone as (
            update membership m set left_rev = v_notice.seq, nickname = ''
             where m.conversation_id = v_mine.conversation_id and m.left_rev is null
            returning m.user_id
        )
        select array_agg(g.user_id order by g.user_id) into v_members from gone g;
        perform group_end(p_group);
        perform lock_people(v_members || array(select joining_people(v_mine.conversation_id, null)));
        outbox := v_notice.outbox_id || group_events(v_members, p_group, true) || joining_end(p_group);
    end if;
    return next;
end
$$;
