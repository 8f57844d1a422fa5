-- group_pass(me, group, user): the group is that member's now, and I am an admin. Of two at once one
-- succeeds, since the other one isn't the owner any longer.
-- Problems: not-found, not-allowed (group_refusal); self, not-found (user_id): not in the group.
-- outbox: the notice, and the events for both. Writes membership, conversation, message.
create or replace function group_pass(p_me int8, p_group int8, p_user int8)
returns table (problem text, field text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_mine record;
begin
    select * into v_mine from group_enter(p_me, p_group, 'pass-ownership');
    if v_mine.problem is not null then
        problem := v_mine.problem;
    elsif p_user = p_me then
        problem := 'self';
        field := 'user_id';
    elsif (select s.role is not null from standing_in(p_user, p_group) s) is not true then
        problem := 'not-found';
        field := 'user_id';
    else
        outbox := array(select n.outbox_id from group_notice(v_mine.conversation_id, 'owner-passed', p_me, p_user) n);
        perform group_new_owner(v_mine.conversation_id, p_me, p_user, 'admin');
        perform lock_accounts(p_me, p_user);
        outbox := outbox || group_event(p_me, p_group, false) || group_event(p_user, p_group, false);
    end if;
    return next;
end
$$;
