-- group_invitation_answer(me, invitation, accept): accepts or rejects an invitation made to me. Accepting again what made
-- me the member that I still am has the same result and does nothing.
-- Problems: not-found: unknown, made to another, answered already, withdrawn, or too old; group-full: it
-- stays open.
-- outbox: the notice, and the events. Writes group_invitation and, when it accepts, what group_join does.
create or replace function group_invitation_answer(p_me int8, p_invitation int8, p_accept bool)
returns table (problem text, field text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_group        int8;
    v_conversation int8;
    v_state        text;
begin
    select i.group_id, c.id into v_group, v_conversation
      from group_invitation i join conversation c on c.group_id = i.group_id
     where i.id = p_invitation and i.user_id = p_me
       and (i.state = 'open' or i.state = 'accepted' and p_accept);
    if found then
        perform joining_lock(v_conversation, p_me, false);
        select case when i.state = 'open' and not friend_request_current(i.created_at) then 'expired' else i.state end
          into v_state from group_invitation i where i.id = p_invitation;
    end if;
    if v_state = 'open' and not p_accept then
        update group_invitation i set state = 'rejected', answered_at = now() where i.id = p_invitation;
        outbox := group_invitation_event(p_invitation);
    elsif v_state = 'open' and not group_has_room(v_conversation, v_group) then
        problem := 'group-full';
    elsif v_state = 'open' then
        outbox := group_join(v_conversation, v_group, p_me, 'member-joined', p_me);
    elsif v_state = 'accepted' and p_accept and group_member(p_me, v_group) then
        outbox := '{}';
    else
        problem := 'not-found';
    end if;
    return next;
end
$$;
