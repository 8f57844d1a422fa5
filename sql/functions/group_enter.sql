-- group_enter(me, group, action): the beginning of each change of a group: may I do that? Then the group's
-- conversation is locked until the end of the transaction, and nothing changes who may what meanwhile.
-- problem: see group_refusal. A helper. Locks conversation.
create or replace function group_enter(p_me int8, p_group int8, p_action text)
returns table (problem text, conversation_id int8, standing text, role text)
language plpgsql
as $$
#variable_conflict use_column
declare
    v_mine record;
begin
    -- Asked before, so that nobody locks a conversation who may not, and again under the lock.
    for v_pass in 1 .. 2 loop
        select * into v_mine from standing_in(p_me, p_group);
        problem := group_refusal(p_action, v_mine.standing);
        exit when problem is not null or v_pass = 2;
        perform from conversation c where c.id = v_mine.conversation_id for no key update;
    end loop;
    conversation_id := v_mine.conversation_id;
    standing := v_mine.standing;
    role := v_mine.role;
    return next;
end
$$;
