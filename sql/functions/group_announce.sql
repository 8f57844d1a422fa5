-- group_announce(me, group, text): puts a text on top of the group, unread by each until seen; '' takes
-- it away. Problems: not-found, not-allowed (group_refusal).
-- outbox: the notice; none where there was nothing to take away. Writes chat_group, membership,
-- conversation, message, message_key.
create or replace function group_announce(p_me int8, p_group int8, p_text text)
returns table (problem text, field text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_mine record;
begin
    select * into v_mine from group_enter(p_me, p_group, 'announce');
    problem := v_mine.problem;
    if problem is null and p_text = '' and exists (
        select from chat_group g where g.id = p_group and g.announcement = '')
    then
        outbox := '{}';
    elsif problem is null then
        outbox := array[group_announcement_put(v_mine.conversation_id, p_me, p_text)];
        update membership m set announcement_seen = g.announcement_seq
          from chat_group g
         where g.id = p_group and m.conversation_id = v_mine.conversation_id and m.user_id = p_me;
    end if;
    return next;
end
$$;
