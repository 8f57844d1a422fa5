-- group_announce(me, group, text): puts a text on top of the group, unread by each until seen; '' takes
-- it away. Problems: not-found, not-allowed (group_refusal).
-- outbox: the notice; none where there was nothing to take away. Writes chat_group, membership,
-- conversation, message.
create or replace function group_announce(p_me int8, p_group int8, p_text text)
returns table (problem text, field text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_mine   record;
    v_notice record;
begin
    select * into v_mine from group_enter(p_me, p_group, 'announce');
    problem := v_mine.problem;
    if problem is null and p_text = '' and exists (
        select from chat_group g where g.id = p_group and g.announcement = '')
    then
        outbox := '{}';
    elsif problem is null then
        select * into v_notice from group_notice(v_mine.conversation_id,
            case p_text when '' then 'announcement-removed' else 'announcement' end, p_me, null,
            case p_text when '' then '{}' else jsonb_build_object('text', p_text) end);
        update chat_group g
           set announcement = p_text, announcement_by = p_me, announcement_at = now(),
               announcement_seq = v_notice.seq
         where g.id = p_group;
        update membership m set announcement_seen = v_notice.seq
         where m.conversation_id = v_mine.conversation_id and m.user_id = p_me;
        outbox := array[v_notice.outbox_id];
    end if;
    return next;
end
$$;
